#include "diagnostic.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "visible.h"

#define TEXT_SIZE 1024

bool diagnostics_are_heard(const struct diagnostics *diagnostics)
{
    return diagnostics && diagnostics->count < (diagnostics->tell ? COMPLAINTS_MAX : 1);
}

void diagnostics_end(const struct diagnostics *diagnostics)
{
    char text[64];
    int more = diagnostics->count - COMPLAINTS_MAX;
    if (!diagnostics->tell || more <= 0)
        return;
    snprintf(text, sizeof text, "and %d more mistake%s; mend these first", more, more == 1 ? "" : "s");
    diagnostics->tell(text);
}

static void add(struct diagnostics *diagnostics, const char *text)
{
    char visible[TEXT_SIZE]; /* a file may hold anything, and a diagnostic goes to a terminal */
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    if (diagnostics->count == 1)
        visible_copy(diagnostics->first, sizeof diagnostics->first, visible, strlen(visible), VISIBLE_TEXT);
    if (diagnostics->tell)
        diagnostics->tell(visible);
}

static size_t print_spot(char *text, struct spot spot)
{
    if (!spot.name)
        return 0;
    int length = spot.line > 0 ? snprintf(text, TEXT_SIZE, "%s:%d: ", spot.name, spot.line)
                               : snprintf(text, TEXT_SIZE, "%s: ", spot.name);
    return length < 0 ? 0 : length < TEXT_SIZE ? (size_t)length : TEXT_SIZE - 1;
}

void diagnose_at(struct diagnostics *diagnostics, struct spot spot, const char *format, ...)
{
    char text[TEXT_SIZE] = "";
    va_list arguments;
    bool heard = diagnostics_are_heard(diagnostics);
    if (diagnostics && diagnostics->count < INT_MAX)
        diagnostics->count++;
    if (!heard)
        return;
    size_t length = print_spot(text, spot);
    va_start(arguments, format);
    vsnprintf(text + length, sizeof text - length, format, arguments);
    va_end(arguments);
    add(diagnostics, text);
}
