#include "environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A process that starts has no heap yet: making one takes longer than all the rest of the constructor. */
#define FEW_STRINGS 54

static char *few[FEW_STRINGS + 2];

/* The profile and the ring. */
#define OWN_STRINGS 2
static char *own[OWN_STRINGS];

static bool has_name(const char *string, const char *name, size_t length)
{
    return strncmp(string, name, length) == 0 && string[length] == '=';
}

static void put_first(char *string)
{
    size_t count = 0, kept = 0, length = (size_t)(strchr(string, '=') - string);
    while (environ && environ[count])
        count++;
    char **strings = count <= FEW_STRINGS && !few[0] ? few : calloc(count + 2, sizeof *strings);
    if (!strings)
        return;
    for (size_t i = 0; i < count; i++)
        if (!has_name(environ[i], string, length))
            strings[++kept] = environ[i];
    if (kept == 0) {
        if (strings != few)
            free(strings);
        return;
    }
    strings[0] = string;
    environ = strings; /* the array that was there is the program's: main may hold it */
}

void environment_put_first(char *string)
{
    size_t i = 0;
    while (i < OWN_STRINGS - 1 && own[i])
        i++;
    own[i] = string;
    put_first(string);
}

static bool is_there(const char *string)
{
    for (char **strings = environ; strings && *strings; strings++)
        if (*strings == string)
            return true;
    return false;
}

void environment_restore(void)
{
    for (size_t i = 0; i < OWN_STRINGS && own[i]; i++)
        if (!is_there(own[i]))
            put_first(own[i]);
}
