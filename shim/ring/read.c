/* The reader: see append.h for the order of things and the names of its steps. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lane.h"
#include "repeats.h"
#include "ring.h"
#include "stamp.h"

static const char no_file[] = "is not a regular file";

uint64_t ring_head(const struct ring *ring)
{
    uint64_t given = 0;
    for (uint32_t lane = 0; lane < ring->lanes; lane++)
        given += lane_head(ring, lane);
    return given;
}

/* What a slot was found to hold. */
struct found {
    uint64_t stamp, lost, repeats, sum, words[RECORD_WORDS];
    bool is_steady; /* nobody began to write meanwhile */
};

static void look(struct found *found, const struct ring_slot *slot)
{
    found->stamp = atomic_load_explicit(&slot->stamp, memory_order_acquire); /* R1, with A3 */
    found->lost = atomic_load_explicit(&slot->lost, memory_order_acquire);   /* R2, with A2 */
    found->sum = 0;
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        found->words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire); /* R2, with A2 */
        found->sum += stamp_term(found->words[i], i);
    }
    found->repeats = atomic_load_explicit(&slot->repeats, memory_order_acquire);                 /* R2 */
    found->is_steady = atomic_load_explicit(&slot->stamp, memory_order_relaxed) == found->stamp; /* R3 */
}

/* The earlier number whose record the slot has whole, if it has one: the round beside it tells which. */
static bool find_older(const struct ring *ring, uint64_t number, const struct found *found, uint64_t *older)
{
    const uint64_t slots = ring->mask + UINT64_C(1);
    uint64_t rounds = (lane_round(ring, number) - repeats_round(found->repeats)) & 0xff;
    *older = number - rounds * slots;
    return found->is_steady && rounds > 0 && found->stamp == stamp_of(*older, found->sum);
}

/* The answer for a number that its slot does not hold, and that no later number has replaced. */
static enum ring_answer answer_of(const struct ring *ring, uint64_t number, const struct found *found)
{
    uint64_t older;
    if (!found->is_steady)
        return RING_BUSY;
    if (stamp_is_busy(found->stamp))
        return busy_is_of(found->stamp, lane_round(ring, number)) ? RING_BUSY : RING_WAIT;
    return found->stamp == SLOT_EMPTY || find_older(ring, number, found, &older) ? RING_WAIT : RING_DAMAGED;
}

/* Whether the slot of this number is another's by now. */
static bool is_overtaken(const struct ring *ring, uint64_t number)
{
    const struct lane_place place = lane_place(ring, number);
    const uint64_t head = lane_head(ring, place.lane);
    return place.seq < head && head - place.seq > lane_slots(ring);
}

enum ring_answer ring_read_repeats(const struct ring *ring, uint64_t number, struct record *record,
                                   struct repeats *repeats)
{
    struct found found;
    bool is_late = is_overtaken(ring, number);
    look(&found, &ring->slots[number & ring->mask]);
    if (!found.is_steady || found.stamp != stamp_of(number, found.sum))
        return is_late ? RING_LOST : answer_of(ring, number, &found);
    memcpy(record, found.words, sizeof *record);
    *repeats = (struct repeats){.count = repeats_count(found.repeats),
                                .last_ns = record->time_ns + repeats_time(found.repeats),
                                .lost = found.lost};
    return RING_RECORD;
}

enum ring_answer ring_read(const struct ring *ring, uint64_t number, struct record *record)
{
    struct repeats repeats;
    return ring_read_repeats(ring, number, record, &repeats);
}

bool ring_read_older(const struct ring *ring, uint64_t number, uint64_t *older)
{
    struct found found;
    look(&found, &ring->slots[number & ring->mask]);
    return find_older(ring, number, &found, older);
}

/* Of a slot that is being written, the stamp knows. */
static uint64_t slot_lost(const struct ring_slot *slot)
{
    uint64_t stamp = atomic_load_explicit(&slot->stamp, memory_order_acquire);
    return stamp_is_busy(stamp) ? busy_lost(stamp) : atomic_load_explicit(&slot->lost, memory_order_acquire);
}

uint64_t ring_slot_lost(const struct ring *ring, uint64_t number)
{
    return slot_lost(&ring->slots[number & ring->mask]);
}

uint64_t ring_lost(const struct ring *ring)
{
    uint64_t lost = 0;
    for (uint64_t i = 0; i <= ring->mask; i++)
        lost += slot_lost(&ring->slots[i]);
    return lost;
}

uint64_t ring_calls(const struct ring *ring)
{
    uint64_t calls = 0;
    for (uint64_t i = 0; i <= ring->mask; i++) {
        const struct ring_slot *slot = &ring->slots[i];
        uint64_t repeats = atomic_load_explicit(&slot->repeats, memory_order_relaxed);
        calls += slot_lost(slot);
        if (stamp_is_whole(atomic_load_explicit(&slot->stamp, memory_order_relaxed)))
            calls += 1 + repeats_count(repeats);
    }
    return calls;
}

void ring_take_map(struct ring *ring, void *map, size_t size, const struct ring_kind *kind)
{
    size_t room = (kind->header_size - offsetof(struct ring_header, key_names)) / KEY_NAME_SIZE;
    *ring = (struct ring){.header = map,
                          .slots = (struct ring_slot *)((char *)map + kind->slots_offset),
                          .mask = kind->slots - 1,
                          .slot_bits = (uint8_t)__builtin_ctz(kind->slots),
                          .lanes = (uint8_t)kind->lanes,
                          .run_bits = (uint8_t)__builtin_ctz(kind->slots / kind->lanes),
                          .lane_late = kind->slots / kind->lanes / 2,
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
