#include "line.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/loader/visible.h"
#include "terminal.h"

#define VISIBLE_ROOM (4 * PATH_MAX)

int line_width(void)
{
    const char *said = getenv("COLUMNS");
    return isatty(STDOUT_FILENO) || (said && strtol(said, NULL, 10) > 0) ? terminal_columns() : 0;
}

/* All but the bytes that go on a character of UTF-8. */
static int count(const char *text, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

int line_columns(const char *text)
{
    char visible[VISIBLE_ROOM];
    size_t length = visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    return count(visible, length);
}

void line_put(struct line *line, const char *text, int indent)
{
    char visible[VISIBLE_ROOM];
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    for (const char *at = visible; *at;) {
        size_t blanks = strspn(at, " "), length = blanks + strcspn(at + blanks, " ");
        int columns = count(at, length);
        if (line->width && line->column + columns > line->width && line->column > indent && length > blanks) {
            line_next(line, indent);
            at += blanks;
            length -= blanks;
            columns -= (int)blanks;
        }
        fwrite(at, 1, length, stdout);
        line->column += columns;
        at += length;
    }
}

void line_put_whole(struct line *line, const char *text, int indent)
{
    size_t blanks = strspn(text, " ");
    if (line->width && line->column + line_columns(text) > line->width && line->column > indent) {
        line_next(line, indent);
        text += blanks;
    }
    line_put(&(struct line){0}, text, 0);
    line->column += line_columns(text);
}

void line_tab(struct line *line, int column)
{
    do {
        putchar(' ');
        line->column++;
    } while (line->column < column);
}

void line_next(struct line *line, int column)
{
    printf("\n%*s", column, "");
    line->column = column;
}

void line_end(struct line *line)
{
    putchar('\n');
    line->column = 0;
}
