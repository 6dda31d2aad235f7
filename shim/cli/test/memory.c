#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"

static void *must(void *memory)
{
    if (memory)
        return memory;
    say("out of memory");
    exit(STATUS_OWN);
}

void *memory_new(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *memory_more(void *old, size_t count, size_t size)
{
    return must(reallocarray(old, count ? count : 1, size));
}

char *memory_text(const char *text)
{
    return must(strdup(text));
}

char *memory_part(const char *text, size_t length)
{
    return must(strndup(text, length));
}

char *memory_format(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return must(length < 0 ? NULL : text);
}
