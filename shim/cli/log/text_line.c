#include "text_line.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void text_line_add(struct text_line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line->text + line->length, sizeof line->text - line->length, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->length += (size_t)length;
    if (line->length >= sizeof line->text)
        line->length = sizeof line->text - 1;
}

/* The bytes of a color at `at`, 0 if there is none. */
static size_t color_size(const char *at)
{
    return at[0] == '\033' && at[1] == '[' ? strcspn(at, "m") + 1 : 0;
}

/* Columns up to `end`; a byte that continues a character of UTF-8 has none. */
static int columns_to(const char *at, const char *end)
{
    int columns = 0;
    while (at < end) {
        size_t color = color_size(at);
        columns += color == 0 && ((unsigned char)*at & 0xC0) != 0x80;
        at += color ? color : 1;
    }
    return columns;
}

static const char *end_of_word(const char *at)
{
    return at + strcspn(at, " ");
}

/* The end of the clause: after the next "; ", where colors may stand between the two, or the end of the text. */
static const char *end_of_clause(const char *at)
{
    for (; *at; at++)
        if (*at == ';' && at[1 + strspn(at + 1, "\033[0123456789m")] == ' ')
            return at + 1 + strspn(at + 1, "\033[0123456789m");
    return at;
}

struct folding {
    char *text;
    size_t size, used;
    int width, indent, column;
};

static void put(struct folding *folding, const char *bytes, size_t size)
{
    if (size > folding->size - 1 - folding->used)
        size = folding->size - 1 - folding->used;
    memcpy(folding->text + folding->used, bytes, size);
    folding->used += size;
}

static void break_line(struct folding *folding)
{
    put(folding, "\n", 1);
    for (int i = 0; i < folding->indent; i++)
        put(folding, " ", 1);
    folding->column = folding->indent;
}

/* Whether what follows the blank before `at` goes to the next line, where it fits better. */
static bool belongs_to_next_line(const struct folding *folding, const char *at, bool begins_clause)
{
    int room = folding->width - folding->column - 1;
    int clause = columns_to(at, end_of_clause(at));
    if (columns_to(at, end_of_word(at)) > room)
        return folding->column > folding->indent;
    return begins_clause && clause > room && clause <= folding->width - folding->indent;
}

void text_line_fold(const char *line, int width, int indent, char *text, size_t size)
{
    struct folding folding = {.text = text, .size = size, .width = width, .indent = indent < width / 2 ? indent : 2};
    const char *at = line;
    while (*at) {
        const char *end = end_of_word(at);
        put(&folding, at, (size_t)(end - at));
        folding.column += columns_to(at, end);
        if (*end == '\0')
            break;
        bool ends_clause = end == end_of_clause(at);
        at = end + 1;
        if (width > 0 && belongs_to_next_line(&folding, at, ends_clause)) {
            break_line(&folding);
        } else {
            put(&folding, " ", 1);
            folding.column++;
        }
    }
    folding.text[folding.used] = '\0';
}

void text_line_print(struct text_line *line, int width, int indent)
{
    static char folded[2 * LINE_SIZE];
    line->text[line->length] = '\0';
    text_line_fold(line->text, width, indent, folded, sizeof folded);
    puts(folded);
    line->length = 0;
}
