#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char no_file[] = "is not a regular file";

/* Returns how many bytes there were. */
static size_t read_all(int fd, char *to, size_t size)
{
    size_t done = 0;
    ssize_t length;
    while (done < size && (length = pread(fd, to + done, size - done, (off_t)done)) > 0)
        done += (size_t)length;
    return done;
}

const char *snapshot_of_fd(struct ring *ring, int fd)
{
    struct ring_kind kind = {0};
    struct stat status;
    void *copy;
    if (fstat(fd, &status) != 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return no_file;
    if (status.st_size > 0 && pread(fd, &kind, sizeof kind, 0) < 0)
        return strerror(errno);
    const char *fault = ring_fault(&kind, (uint64_t)status.st_size);
    if (fault)
        return fault;
    size_t size = (size_t)ring_kind_size(&kind);
    if (posix_memalign(&copy, 4096, size) != 0)
        return strerror(ENOMEM);
    size_t length = read_all(fd, copy, size);
    if (length < size || memcmp(copy, &kind, sizeof kind) != 0) {
        free(copy);
        return length < size ? "is truncated" : "changed its header while it was read";
    }
    ring_take_map(ring, copy, size, &kind);
    return NULL;
}

const char *snapshot_of_file(struct ring *ring, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) /* only to open a device can start it */
        return no_file;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return strerror(errno);
    const char *fault = snapshot_of_fd(ring, fd);
    close(fd);
    return fault;
}

void snapshot_free(struct ring *ring)
{
    free(ring->header);
    *ring = (struct ring){0};
}
