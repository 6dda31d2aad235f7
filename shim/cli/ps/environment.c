#include "environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE_FIRST 8192u
/*
 * A program is started with at most 6 MiB of words and environment: execve(2). A process may say later that its
 * environment is any part of its memory, of whatever size: prctl(2), PR_SET_MM_MAP.
 */
#define SIZE_MOST (8u << 20)
/* Of the variables that are kept, for each of possibly thousands of processes. */
#define KEPT_MOST (256u << 10)

/* Keeps the variables that this command asks for, and no more of them than would be sensible. */
static void keep_few(struct environment *environment)
{
    size_t kept = 0;
    for (size_t at = 0, size; at < environment->size; at += size) {
        const char *variable = environment->text + at;
        size = *variable ? strlen(variable) + 1 : 1;
        if (size == 1) /* millions of them: as zeros cost nobody anything */
            continue;
        bool is_ours = strncmp(variable, "LISTENAS_", 9) == 0 || strncmp(variable, "LD_PRELOAD=", 11) == 0;
        if (!is_ours || size > KEPT_MOST - kept)
            continue;
        memmove(environment->text + kept, variable, size);
        kept += size;
    }
    environment->size = kept;
    char *less = realloc(environment->text, kept + 1);
    environment->text = less ? less : environment->text;
}

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
        if (room >= SIZE_MOST)
            break;
        char *more = realloc(environment->text, room *= 2);
        if (!more)
            break;
        environment->text = more;
    }
    if (environment->text)
        environment->text[environment->size] = '\0';
    if (fd >= 0)
        close(fd);
    if (fd < 0 || !environment->text || length != 0) {
        environment_free(environment);
        return false;
    }
    keep_few(environment);
    return true;
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
