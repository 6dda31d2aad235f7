#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ring.h"

static void copy_name(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

static void copy_own_command(struct ring_header *header)
{
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, header->command, sizeof header->command);
    header->command_size = length > 0 ? (uint32_t)length : 0;
    close(fd);
}

static void copy_command(struct ring_header *header, const char *command, size_t size)
{
    header->command_size = (uint32_t)(size < sizeof header->command ? size : sizeof header->command);
    memcpy(header->command, command, header->command_size);
}

static void fill_header(struct ring_header *header, const struct ring_kind *kind, const struct ring_identity *identity)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    header->kind = *kind;
    header->pid = (uint32_t)getpid();
    header->born_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    copy_name(header->profile, sizeof header->profile, identity->profile);
    header->isolated = identity->isolated;
    copy_name(header->diagnostic, sizeof header->diagnostic, identity->diagnostic);
    if (identity->command)
        copy_command(header, identity->command, identity->command_size);
    else
        copy_own_command(header);
    header->calls = identity->calls < CALL_NAMES ? identity->calls : CALL_NAMES;
    header->keys = identity->keys;
    for (uint32_t i = 0; i < header->calls; i++)
        copy_name(header->call_names[i], CALL_NAME_SIZE, identity->call_names[i]);
    for (uint32_t i = 0; i < header->keys; i++)
        copy_name(header->key_names[i], KEY_NAME_SIZE, identity->key_names[i]);
}

static int map_ring(struct ring *ring, int fd, const struct ring_kind *kind, bool untouched)
{
    size_t size = (size_t)ring_kind_size(kind);
    /* MAP_POPULATE: a page fault at first touch costs as much as eighty appends. */
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | (untouched ? 0 : MAP_POPULATE), fd, 0);
    if (map == MAP_FAILED)
        return errno;
    ring_take_map(ring, map, size, kind);
    return 0;
}

/*
 * Reserving the space keeps a full disk from raising SIGBUS in the middle of somebody else's program. A size beyond
 * RLIMIT_FSIZE would raise SIGXFSZ there, so the limit is asked for first.
 */
static int reserve_space(int fd, off_t size)
{
    struct rlimit limit;
    int error;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < (rlim_t)size)
        return EFBIG;
    do
        error = posix_fallocate(fd, 0, size);
    while (error == EINTR);
    return error;
}

/* Whether the file has the very layout that this code gives to one of its size. */
static bool read_own_kind(struct ring_kind *kind, int fd, uint64_t file_size)
{
    struct ring_kind own;
    if (pread(fd, kind, sizeof *kind, 0) != (ssize_t)sizeof *kind || ring_fault(kind, file_size) != NULL)
        return false;
    ring_kind_make(&own, kind->header_size, kind->slots, kind->compatible & RING_COMPATIBLE_CASES);
    return memcmp(kind, &own, sizeof own) == 0;
}

/* A ring to write to must be our own and of a size that no store can run past. */
static int join_fd(struct ring *ring, int fd, bool untouched)
{
    struct ring_kind kind;
    struct stat status;
    if (fstat(fd, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 022) != 0 ||
        !read_own_kind(&kind, fd, (uint64_t)status.st_size))
        return EEXIST;
    /* A copy can have holes. */
    bool whole = (uint64_t)status.st_blocks * 512 >= (uint64_t)status.st_size;
    int error = whole ? 0 : reserve_space(fd, status.st_size);
    return error ? error : map_ring(ring, fd, &kind, untouched);
}

int ring_join(struct ring *ring, int fd)
{
    *ring = (struct ring){0};
    return join_fd(ring, fd, true);
}

static int join(struct ring *ring, const char *path, bool untouched)
{
    struct stat status;
    /* Only to open a device can start it, or make a terminal the program's own. */
    if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode) && !S_ISDIR(status.st_mode))
        return EEXIST;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno;
    int error = join_fd(ring, fd, untouched);
    close(fd);
    return error;
}

static char *put_number(char *to, uint64_t number)
{
    *to++ = '-';
    for (; number; number /= 10)
        *to++ = (char)('0' + number % 10);
    return to;
}

/*
 * Appends "-TID-TIME" to the path: a name that nobody else uses, neither a signal handler that interrupts this very
 * call, nor a thread of the same number in another container, nor one that was killed here before it could clean up.
 */
static int draft_name(char *draft, const char *path)
{
    struct timespec now;
    size_t length = strlen(path);
    if (length >= RING_PATH_MAX)
        return ENAMETOOLONG;
    clock_gettime(CLOCK_MONOTONIC, &now);
    strcpy(draft, path);
    char *end = put_number(draft + length, (uint64_t)gettid());
    *put_number(end, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec) = '\0';
    return 0;
}

static int lay_out(struct ring *ring, int fd, const struct ring_identity *identity)
{
    struct ring_kind kind;
    if (identity->keys > KEY_NAMES_MOST)
        return EINVAL;
    ring_kind_make(&kind, ring_header_size(identity->keys), identity->slots,
                   identity->cases ? RING_COMPATIBLE_CASES : 0);
    int error = reserve_space(fd, (off_t)ring_kind_size(&kind));
    if (!error)
        error = map_ring(ring, fd, &kind, identity->untouched);
    if (!error)
        fill_header(ring->header, &kind, identity);
    return error;
}

/* The file gets its name only when it is complete, so whoever sees it can use it. */
static int create(struct ring *ring, const char *path, const struct ring_identity *identity)
{
    char draft[RING_PATH_MAX + sizeof "-2147483647-18446744073709551615"];
    int error = draft_name(draft, path);
    if (error)
        return error;
    int fd = open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    error = fchmod(fd, 0600) == 0 ? lay_out(ring, fd, identity) : errno; /* whatever the umask is */
    close(fd);
    if (!error && link(draft, path) != 0) {
        error = errno;
        ring_close(ring);
    }
    unlink(draft);
    return error;
}

int ring_open(struct ring *ring, const char *path, const struct ring_identity *identity)
{
    *ring = (struct ring){0};
    int error = join(ring, path, identity->untouched);
    if (error == ENOENT) {
        error = create(ring, path, identity);
        if (error == EEXIST)
            error = join(ring, path, identity->untouched);
    }
    return error;
}

void ring_close(struct ring *ring)
{
    if (ring->header)
        munmap(ring->header, ring->size);
    *ring = (struct ring){0};
}
