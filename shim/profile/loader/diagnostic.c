#include "diagnostic.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "visible.h"

#define TEXT_SIZE 1024

bool complaints_are_heard(const struct complaints *complaints)
{
    return complaints && complaints->count < (complaints->tell ? COMPLAINTS_MAX : 1);
}

void complaints_end(const struct complaints *complaints)
{
    char text[64];
    int more = complaints->count - COMPLAINTS_MAX;
    if (!complaints->tell || more <= 0)
        return;
    snprintf(text, sizeof text, "and %d more mistake%s; mend these first", more, more == 1 ? "" : "s");
    complaints->tell(text);
}

static void add(struct complaints *complaints, const char *text)
{
    char visible[TEXT_SIZE]; /* a file may hold anything, and complaints go to terminals */
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    if (complaints->count == 1)
        visible_copy(complaints->first, sizeof complaints->first, visible, strlen(visible), VISIBLE_TEXT);
    if (complaints->tell)
        complaints->tell(visible);
}

static size_t print_spot(char *text, struct spot spot)
{
    if (!spot.name)
        return 0;
    int length = spot.line > 0 ? snprintf(text, TEXT_SIZE, "%s:%d: ", spot.name, spot.line)
                               : snprintf(text, TEXT_SIZE, "%s: ", spot.name);
    return length < 0 ? 0 : length < TEXT_SIZE ? (size_t)length : TEXT_SIZE - 1;
}

void complain_at(struct complaints *complaints, struct spot spot, const char *format, ...)
{
    char text[TEXT_SIZE] = "";
    va_list arguments;
    bool heard = complaints_are_heard(complaints);
    if (complaints && complaints->count < INT_MAX)
        complaints->count++;
    if (!heard)
        return;
    size_t length = print_spot(text, spot);
    va_start(arguments, format);
    vsnprintf(text + length, sizeof text - length, format, arguments);
    va_end(arguments);
    add(complaints, text);
}
