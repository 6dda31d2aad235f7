#include "environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE_FIRST 8192u

bool environment_read(struct environment *environment, uint32_t pid)
{
    char path[64];
    size_t room = SIZE_FIRST;
    ssize_t length = 0;
    *environment = (struct environment){.text = malloc(room)};
    snprintf(path, sizeof path, "/proc/%u/environ", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && environment->text &&
           (length = read(fd, environment->text + environment->size, room - 1 - environment->size)) > 0) {
        environment->size += (size_t)length;
        if (environment->size < room - 1)
            continue;
        char *more = realloc(environment->text, room *= 2);
        if (!more)
            break;
        environment->text = more;
    }
    if (environment->text)
        environment->text[environment->size] = '\0';
    if (fd >= 0)
        close(fd);
    return fd >= 0 && environment->text && length == 0;
}

void environment_free(struct environment *environment)
{
    free(environment->text);
    *environment = (struct environment){0};
}

const char *environment_get(const struct environment *environment, const char *name)
{
    const size_t length = strlen(name);
    for (size_t at = 0; environment->text && at < environment->size; at += strlen(environment->text + at) + 1)
        if (strncmp(environment->text + at, name, length) == 0 && environment->text[at + length] == '=')
            return environment->text + at + length + 1;
    return NULL;
}

const char *environment_asks(const struct environment *environment)
{
    /* not those that only say where something is: people export them */
    static const char *const names[] = {"LISTENAS_PROFILE", "LISTENAS_SET", "LISTENAS_PROVOKE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = environment_get(environment, names[i]);
        if (value && *value)
            return names[i];
    }
    return NULL;
}
