#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../profile/loader/visible.h"
#include "cli.h"

/* One write, so that lines of several processes do not mix. A name from a file is made safe for the terminal. */
void say(const char *format, ...)
{
    char text[3 * PATH_MAX], visible[sizeof text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    fprintf(stderr, "listenas: %s\n", visible);
}

void print_visible(const char *text, int width)
{
    char visible[4 * PATH_MAX];
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    printf("%-*s", width, visible);
}

void say_diagnostic(const char *diagnostic)
{
    say("%s", diagnostic);
}

int say_unknown(const char *kind, const struct suggestion *nearest, const char *lister)
{
    if (suggest_found(nearest))
        say("unknown %s \"%s\"; did you mean %s?", kind, nearest->text, nearest->best);
    else
        say("unknown %s \"%s\"; `%s` lists all", kind, nearest->text, lister);
    return STATUS_USAGE;
}
