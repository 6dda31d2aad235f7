#include "lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* The default of execvp when PATH is not set. */
#define USUAL_PATH "/bin:/usr/bin"

/* Returns 0, or the errno that execve would give for this file. `*mode` is 0 if the file cannot be seen. */
static int judge(const char *path, mode_t *mode)
{
    struct stat status;
    *mode = 0;
    if (stat(path, &status) != 0)
        return errno;
    *mode = status.st_mode;
    if (!S_ISREG(status.st_mode))
        return EACCES;
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static int say_missing(const char *called, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length > 0)
        say("%s is a link to %.*s, which does not exist", called, (int)length, target);
    else
        say("%s does not exist", called);
    return STATUS_NOT_FOUND;
}

static int say_fault(const char *called, const char *path, int error, mode_t mode)
{
    if (error == ENOENT)
        return say_missing(called, path);
    if (S_ISDIR(mode))
        say("%s is a directory, not a program", called);
    else if (mode && !S_ISREG(mode))
        say("%s is not a regular file", called);
    else if (error == EACCES && mode && !(mode & 0111))
        say("%s is not executable; chmod +x makes it so", called);
    else if (error == EACCES && mode)
        say("%s cannot be executed by this user, or from this file system (noexec)", called);
    else
        say("%s cannot be executed: %s", called, strerror(error));
    return STATUS_CANNOT;
}

/* The next candidate of PATH; an empty directory means the current one. False if the path is too long. */
static bool candidate(const char *directory, size_t length, const char *name, char path[PATH_MAX])
{
    const char *slash = length > 0 && directory[length - 1] != '/' ? "/" : "";
    int size = length < PATH_MAX ? snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, directory, slash, name) : PATH_MAX;
    return size < PATH_MAX;
}

/* Goes on after a file that cannot be executed, and reports it if no other is found. */
static int search(const char *called, const char *name, char path[PATH_MAX])
{
    const char *list = getenv("PATH"), *directory = list ? list : USUAL_PATH;
    char first[PATH_MAX] = "";
    mode_t mode, first_mode = 0;
    for (;; directory++) {
        size_t length = strcspn(directory, ":");
        if (candidate(directory, length, name, path)) {
            int error = judge(path, &mode);
            if (error == 0)
                return 0;
            if (error == EACCES && !first[0]) {
                strcpy(first, path);
                first_mode = mode;
            }
        }
        directory += length;
        if (!*directory)
            break;
    }
    if (first[0])
        return say_fault(first, first, EACCES, first_mode);
    say("%s is in no directory of PATH (%s)", called, list ? list : USUAL_PATH);
    return STATUS_NOT_FOUND;
}

int lookup(const char *called, const char *name, bool along_path, char path[PATH_MAX])
{
    mode_t mode;
    if (along_path && name[0] && !strchr(name, '/'))
        return search(called, name, path);
    if (strlen(name) >= PATH_MAX)
        return say_fault(called, name, ENAMETOOLONG, 0);
    strcpy(path, name);
    int error = judge(path, &mode);
    return error ? say_fault(name[0] ? called : "\"\"", path, error, mode) : 0;
}
