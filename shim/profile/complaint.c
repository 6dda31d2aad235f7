#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void complain(struct complaints *complaints, const char *format, ...)
{
    char text[1024] = "";
    va_list arguments;
    if (complaints->count++ >= COMPLAINTS_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* A file may hold anything, and complaints go to terminals. */
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    if (complaints->count == 1)
        memcpy(complaints->first, text, sizeof complaints->first - 1);
    if (complaints->tell)
        complaints->tell(complaints->count == COMPLAINTS_MAX ? "and more mistakes: mend these first" : text);
}
