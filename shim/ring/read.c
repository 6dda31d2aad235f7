/* The reader: see append.h for the order of things and the names of its steps. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "repeats.h"
#include "ring.h"
#include "stamp.h"

static const char no_file[] = "is not a regular file";

uint64_t ring_head(const struct ring *ring)
{
    return atomic_load_explicit(&ring->header->head, memory_order_acquire);
}

enum ring_answer ring_read_repeats(const struct ring *ring, uint64_t number, struct record *record,
                                   struct repeats *repeats)
{
    struct ring_slot *slot = &ring->slots[number & ring->mask];
    uint64_t words[RECORD_WORDS], sum = 0, head = ring_head(ring);
    uint64_t before = atomic_load_explicit(&slot->stamp, memory_order_acquire); /* R1, with A3 */
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire); /* R2, with A2 */
        sum += stamp_term(words[i], i);
    }
    uint64_t more = atomic_load_explicit(&slot->repeats, memory_order_acquire); /* R2, with A2 and A4 */
    uint64_t after = atomic_load_explicit(&slot->stamp, memory_order_relaxed);  /* R3 */
    if (before == after && before == stamp_of(number, sum)) {
        memcpy(record, words, sizeof *record);
        *repeats = (struct repeats){.count = repeats_count(more), .last_ns = record->time_ns + repeats_time(more)};
        return RING_RECORD;
    }
    /* Number `number` of a ring that has gone round past it will never come. */
    return number >= head || head - number <= ring->mask + UINT64_C(1) ? RING_WAIT : RING_LOST;
}

enum ring_answer ring_read(const struct ring *ring, uint64_t number, struct record *record)
{
    struct repeats repeats;
    return ring_read_repeats(ring, number, record, &repeats);
}

uint64_t ring_lost(const struct ring *ring)
{
    uint64_t lost = 0;
    for (uint64_t i = 0; i <= ring->mask; i++)
        lost += atomic_load_explicit(&ring->slots[i].lost, memory_order_relaxed);
    return lost;
}

bool ring_is_unwritten(const struct ring *ring, uint64_t number)
{
    const uint64_t slots = ring->mask + UINT64_C(1);
    struct record older;
    return atomic_load_explicit(&ring->slots[number & ring->mask].stamp, memory_order_acquire) <= SLOT_BUSY ||
           (number >= slots && ring_read(ring, number - slots, &older) == RING_RECORD);
}

void ring_take_map(struct ring *ring, void *map, size_t size, const struct ring_kind *kind)
{
    size_t room = (kind->header_size - offsetof(struct ring_header, key_names)) / KEY_NAME_SIZE;
    *ring = (struct ring){.header = map,
                          .slots = (struct ring_slot *)((char *)map + kind->slots_offset),
                          .mask = kind->slots - 1,
                          .size = size,
                          .keys = (uint32_t)room};
    for (enum ring_table_number table = 0; table < RING_TABLES_KNOWN; table++)
        ring->tables[table] = (struct ring_part){.first = (char *)map + kind->tables[table].offset,
                                                 .stride = kind->tables[table].entry_size,
                                                 .entries = kind->tables[table].entries};
}

const char *ring_call_name(const struct ring *ring, uint32_t call)
{
    return call < ring->header->calls && call < CALL_NAMES ? ring->header->call_names[call] : NULL;
}

const char *ring_key_name(const struct ring *ring, uint32_t key)
{
    return key < ring->header->keys && key < ring->keys ? ring->header->key_names[key] : NULL;
}

bool ring_has_magic(int fd)
{
    char magic[sizeof RING_MAGIC - 1];
    return pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic && memcmp(magic, RING_MAGIC, sizeof magic) == 0;
}

/* A file of /proc, which has no size, is not read: to read it can mean to take something out of it. */
const char *ring_kind_of_fd(struct ring_kind *kind, int fd)
{
    struct stat status;
    *kind = (struct ring_kind){0};
    if (fstat(fd, &status) != 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return no_file;
    if (status.st_size > 0 && pread(fd, kind, sizeof *kind, 0) < 0)
        return strerror(errno);
    return ring_fault(kind, (uint64_t)status.st_size);
}

/* Checks before it maps: touching a page beyond the end of the file would raise SIGBUS. */
const char *ring_open_fd_to_read(struct ring *ring, int fd)
{
    struct ring_kind kind;
    const char *fault = ring_kind_of_fd(&kind, fd);
    if (fault)
        return fault;
    size_t size = (size_t)ring_kind_size(&kind);
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return strerror(errno);
    ring_take_map(ring, map, size, &kind);
    return NULL;
}

const char *ring_open_file(const char *path, int *fd)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) /* only to open a device can start it */
        return no_file;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return *fd < 0 ? strerror(errno) : NULL;
}

const char *ring_open_to_read(struct ring *ring, const char *path)
{
    int fd;
    const char *fault = ring_open_file(path, &fd);
    if (fault)
        return fault;
    fault = ring_open_fd_to_read(ring, fd);
    close(fd);
    return fault;
}
