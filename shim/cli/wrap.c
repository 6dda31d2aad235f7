#include "wrap.h"

#include <stdio.h>
#include <string.h>

/* Columns of `size` bytes of UTF-8: all but the bytes that continue a character. */
static int columns_of(const char *text, size_t size)
{
    int columns = 0;
    for (size_t i = 0; i < size; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* Prints words up to the end of the line, and returns where that is. */
static const char *print_line(const char *at, int indent, int width)
{
    int column = indent;
    while (*at && *at != '\n') {
        size_t length = strcspn(at, " \n");
        int columns = columns_of(at, length);
        if (column > indent && column + 1 + columns > width) {
            printf("\n%*s", indent, "");
            column = indent;
        }
        if (column > indent)
            putchar(' ');
        column += columns + (column > indent);
        fwrite(at, 1, length, stdout);
        at += length + strspn(at + length, " ");
    }
    return at;
}

void print_wrapped(const char *text, int indent, int width)
{
    for (const char *at = text;;) {
        size_t length = strcspn(at, "\n");
        if (*at == ' ')
            fwrite(at, 1, length, stdout), at += length;
        else
            at = print_line(at, indent, width);
        putchar('\n');
        if (*at == '\0' || *++at == '\0')
            return;
        if (*at != '\n')
            printf("%*s", indent, "");
    }
}
