#include "libc.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../path.h"

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static struct loader of_name(const char *name)
{
    if (strstr(name, "musl"))
        return (struct loader){LIBC_MUSL, "musl"};
    if (strstr(name, "uClibc"))
        return (struct loader){LIBC_OTHER, "uClibc"};
    if (begins(name, "linker"))
        return (struct loader){LIBC_OTHER, "Android's bionic"};
    if (begins(name, "ld-linux") || begins(name, "ld64.so.") || begins(name, "ld.so.") || begins(name, "ld-lsb") ||
        begins(name, "ld-2."))
        return (struct loader){LIBC_GLIBC, "glibc"};
    return (struct loader){LIBC_OTHER, "a C library that is neither glibc nor musl"};
}

struct loader libc_of_loader(const char *path)
{
    char resolved[PATH_MAX];
    struct loader loader = of_name(base_name(path));
    if (loader.libc == LIBC_GLIBC && realpath(path, resolved) && strstr(base_name(resolved), "musl"))
        return of_name("musl");
    return loader;
}

void libc_musl_directory(const char *loader, char *directory, size_t size)
{
    char architecture[32], end[8];
    if (sscanf(base_name(loader), "ld-musl-%31[^.].%7s", architecture, end) == 2 && begins(end, "so"))
        snprintf(directory, size, "lib/%s-linux-musl", architecture);
    else
        directory[0] = '\0';
}
