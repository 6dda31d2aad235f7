#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns how many bytes there were. */
static size_t read_all(int fd, char *to, size_t size)
{
    size_t done = 0;
    ssize_t length;
    while (done < size && (length = pread(fd, to + done, size - done, (off_t)done)) > 0)
        done += (size_t)length;
    return done;
}

static const char *copy_ring(struct ring *ring, int fd)
{
    struct ring_kind kind;
    void *copy;
    const char *fault = ring_kind_of_fd(&kind, fd);
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
    int fd;
    const char *fault = ring_open_file(path, &fd);
    if (fault)
        return fault;
    fault = copy_ring(ring, fd);
    close(fd);
    return fault;
}

void snapshot_free(struct ring *ring)
{
    free(ring->header);
    *ring = (struct ring){0};
}
