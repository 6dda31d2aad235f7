#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

static char *read_all(int fd, size_t *size)
{
    char *text = NULL;
    size_t used = 0, room = 0;
    for (;;) {
        if (room - used < 4096)
            text = memory_more(text, room += room + 8192, 1);
        ssize_t length = read(fd, text + used, room - used - 1);
        if (length <= 0) {
            text[used] = '\0';
            *size = used;
            return length == 0 ? text : (free(text), NULL);
        }
        used += (size_t)length;
    }
}

char *file_read_bytes(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char *text = read_all(fd, size);
    int error = errno;
    close(fd);
    errno = error;
    return text;
}

char *file_read(const char *path)
{
    size_t size;
    return file_read_bytes(path, &size);
}

static int write_to(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t length = write(fd, text, size);
        if (length < 0 && errno != EINTR)
            return errno;
        if (length > 0) {
            text += length;
            size -= (size_t)length;
        }
    }
    return 0;
}

/* A full disk may show at the close only. */
static int write_path(const char *path, int flags, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
    if (fd < 0)
        return errno;
    int error = write_to(fd, text, size);
    return close(fd) != 0 && !error ? errno : error;
}

/* What is no file itself, such as /dev/null or the link /dev/stdout, is written to and never replaced. */
int file_write(const char *path, const char *text, size_t size)
{
    struct stat status;
    if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return write_path(path, O_TRUNC | O_NOCTTY, text, size);
    char *draft = memory_format("%s.%d", path, (int)getpid());
    unlink(draft); /* of an earlier process of this number, or planted: a link there would lead elsewhere */
    int error = write_path(draft, O_EXCL, text, size);
    bool is_made = error != EEXIST;
    if (!error && rename(draft, path) != 0)
        error = errno;
    if (error && is_made)
        unlink(draft);
    free(draft);
    return error;
}

int directory_make(const char *path)
{
    char *upper = memory_text(path), *slash = strrchr(upper, '/');
    int error = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
    if (error == ENOENT && slash && slash != upper) {
        *slash = '\0';
        error = directory_make(upper);
        if (!error)
            error = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
    }
    free(upper);
    return error;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    remove(path);
    return 0;
}

void directory_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
