#include "library.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "../path.h"
#include "libc.h"

#define LIBRARY "liblistenas.so"

/* The directory, beside the command, of the library that is built for musl. */
#define MUSL "musl"

/* Where glibc's libraries are. The first is the command's own value of $LIB. */
static const char *const directories[] = {
    LIB, "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "lib64", "lib/i386-linux-gnu", "lib32", "lib",
};

/* A library of another word size counts as missing. */
static bool fits(const char *path, const struct binary *binary)
{
    struct binary library;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool sound = elf_program_read(fd, &library) == NULL;
    close(fd);
    return sound && library.kind == BINARY_LIBRARY && library.bits == binary->bits &&
           library.machine == binary->machine && library.foreign_order == binary->foreign_order;
}

static bool is_of_musl(const struct binary *binary)
{
    return libc_of_loader(binary->loader).libc == LIBC_MUSL;
}

/* Writes the path of a library; false if it is too long, or the library does not fit. */
static bool try_path(const struct binary *binary, char path[PATH_MAX], const char *root, const char *directory)
{
    int length = snprintf(path, PATH_MAX, "%s/%s" LIBRARY, root, directory);
    return length < PATH_MAX && fits(path, binary);
}

static bool find_beside(const struct binary *binary, const char *root, char entry[PATH_MAX])
{
    if (is_of_musl(binary))
        return try_path(binary, entry, root, MUSL "/");
    return try_path(binary, entry, root, "") || try_path(binary, entry, root, "lib32/");
}

/*
 * With $LIB, children of another word size find their library. That works only if this directory is what $LIB means
 * here.
 */
static bool format_entry(char entry[PATH_MAX], const char *root, const char *directory)
{
    const char *written = strcmp(directory, LIB) == 0 ? "$LIB" : directory;
    return snprintf(entry, PATH_MAX, "%s/%s/listenas/" LIBRARY, root, written) < PATH_MAX;
}

/* By its own path: musl's loader replaces nothing in LD_PRELOAD. */
static bool find_installed_for_musl(const struct binary *binary, const char *root, char entry[PATH_MAX])
{
    char directory[64], below[80];
    libc_musl_directory(binary->loader, directory, sizeof directory);
    snprintf(below, sizeof below, "%s/listenas/", directory);
    return directory[0] && try_path(binary, entry, root, below);
}

static bool find_installed(const struct binary *binary, const char *root, char entry[PATH_MAX])
{
    if (is_of_musl(binary))
        return find_installed_for_musl(binary, root, entry);
    char path[PATH_MAX], directory[64];
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        snprintf(directory, sizeof directory, "%s/listenas/", directories[i]);
        if (try_path(binary, path, root, directory))
            return format_entry(entry, root, directories[i]);
    }
    return false;
}

/* Removes the last name of a path. */
static void to_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

/* The root of the installation: PREFIX, or wherever it was moved to. */
static bool find(const struct binary *binary, char entry[PATH_MAX], char own[PATH_MAX])
{
    char prefix[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, PATH_MAX - 1);
    own[length > 0 ? length : 0] = '\0';
    to_parent(own);
    strcpy(prefix, own);
    to_parent(prefix);
    bool known = own[0] != '\0'; /* /proc may be missing */
    return (known && (find_beside(binary, own, entry) || find_installed(binary, prefix, entry))) ||
           find_installed(binary, PREFIX, entry);
}

bool library_locate(const struct binary *binary, char path[PATH_MAX])
{
    char entry[PATH_MAX], own[PATH_MAX];
    if (!find(binary, entry, own))
        return false;
    const char *written = strstr(entry, "/$LIB/");
    int front = written ? (int)(written - entry) : (int)strlen(entry);
    int length = snprintf(path, PATH_MAX, "%.*s%s%s", front, entry, written ? "/" LIB : "",
                          written ? written + strlen("/$LIB") : "");
    return length < PATH_MAX;
}

static void say_missing(const struct binary *binary, const char *called, const char *own)
{
    char kind[64];
    const char *beside = own[0] ? own : "the command's directory, which is unknown without /proc";
    elf_program_describe(binary, kind, sizeof kind);
    if (is_of_musl(binary))
        say("%s is linked to musl (its loader is %s), and there is no %s " LIBRARY " for musl: not in %s/" MUSL
            ", not in %s/lib/*-linux-musl/listenas; make musl builds one",
            called, binary->loader, kind, beside, PREFIX);
    else
        say("%s is %s, and there is no %s " LIBRARY ": not in %s, not in %s/lib*/listenas; build and install one",
            called, kind, kind, beside, PREFIX);
}

int library_find(const struct binary *binary, const char *called, char entry[PATH_MAX])
{
    char own[PATH_MAX];
    if (!find(binary, entry, own)) {
        say_missing(binary, called, own);
        return STATUS_OWN;
    }
    /* The loader expands what follows a dollar sign: here only the $LIB above may be expanded. */
    const char *dollar = strchr(entry, '$');
    if (!entry[strcspn(entry, " :")] && (!dollar || strcmp(dollar, "$LIB/listenas/" LIBRARY) == 0))
        return 0;
    say("the library %s cannot be named in LD_PRELOAD: there is a blank, a colon or a dollar sign in its path; move it",
        entry);
    return STATUS_OWN;
}

char *library_preload(const char *entry, const char *existing)
{
    const char *rest = existing ? existing : "";
    char *preload = calloc(1, strlen(rest) + strlen(entry) + 2), *end = preload;
    if (!preload)
        return NULL;
    while (*(rest += strspn(rest, " :"))) {
        size_t length = strcspn(rest, " :");
        memcpy(end, rest, length);
        end[length] = '\0';
        rest += length;
        if (strcmp(base_name(end), LIBRARY) == 0)
            continue;
        end += length;
        *end++ = ':';
    }
    strcpy(end, entry);
    return preload;
}
