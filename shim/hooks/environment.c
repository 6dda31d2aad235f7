#include "environment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_name(const char *string, const char *name)
{
    size_t length = strlen(name);
    return strncmp(string, name, length) == 0 && string[length] == '=';
}

void environment_put_first(const char *name, const char *value)
{
    size_t count = 0, kept = 0;
    char *string;
    while (environ && environ[count])
        count++;
    char **strings = calloc(count + 2, sizeof *strings);
    if (!strings)
        return;
    for (size_t i = 0; i < count; i++)
        if (!has_name(environ[i], name))
            strings[++kept] = environ[i];
    if (kept == 0 || asprintf(&string, "%s=%s", name, value) < 0) {
        free(strings);
        return;
    }
    strings[0] = string;
    environ = strings; /* the array that was there is the program's: main may hold it */
}
