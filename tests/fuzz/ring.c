/*
 * Ring files that no library wrote, for `listenas log`: it must refuse them, or read them through and print what they
 * hold.
 *
 * An input is a list of changes to a ring that is really written first, with the names of this build: so inputs are
 * small, and stay of use when the layout of the file changes. Each change begins with a byte that says what it is:
 *
 *     0  append a record: which of the samples, an offset, a number of bytes, the bytes that overwrite it there
 *     1  overwrite the file: an offset of three bytes, a number of bytes, the bytes
 *     2  cut the file to a length of three bytes
 *     3  claim that so many records were begun: eight bytes
 *
 * An append makes a record that is whole, however odd; what is overwritten is mostly no record any more. After an input
 * whose last byte is odd, what the file says of its layout has its sum made right, or hardly any change would get past
 * it.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../shim/cli/log/printer.h"
#include "../../shim/cli/log/rings.h"
#include "../../shim/cli/verb.h"
#include "../../shim/guest/ring_names.h"
#include "../../shim/profile/profile.h"
#include "../../shim/ring/append.h"
#include "../../shim/ring/keep.h"
#include "../../shim/ring/sites.h"
#include "fuzz.h"

const char fuzz_name[] = "ring";
const unsigned int fuzz_runs = 8000;

#define SLOTS RING_SLOTS_LEAST
#define RECORDS 20

enum change { CHANGE_APPEND, CHANGE_OVERWRITE, CHANGE_CUT, CHANGE_HEAD, CHANGES };

/* The ring as it was written. */
static unsigned char *written;
static size_t written_size;

/* What is left of an input. */
struct input {
    const uint8_t *next;
    size_t left;
};

static size_t take(struct input *input, void *bytes, size_t size)
{
    if (size > input->left)
        size = input->left;
    memcpy(bytes, input->next, size);
    input->next += size;
    input->left -= size;
    return size;
}

static size_t take_number(struct input *input, size_t bytes)
{
    uint64_t number = 0;
    take(input, &number, bytes);
    return (size_t)number;
}

/* --- a ring that is really written --- */

static struct record sample_record(unsigned int index)
{
    static const uint8_t address[] = {AF_INET, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    struct record record = {.time_ns = 1000000000u + index,
                            .pid = 1,
                            .tid = 1,
                            .fd = 3,
                            .asked = 5,
                            .effective = 5,
                            .capacity = 8,
                            .given = 7,
                            .call = (uint16_t)(index % CALL_COUNT),
                            .address_length = sizeof address};
    record.key[0] = (uint16_t)(index * 7 % KEY_COUNT);
    memcpy(record.address, address, sizeof address);
    return record;
}

static bool nobody_is_gone(uint64_t owner, uint64_t cookie)
{
    (void)owner;
    (void)cookie;
    return false;
}

/* A listener and its process, with the records that the ring keeps of both. */
static void write_listener(const struct ring *ring)
{
    const struct record record = sample_record(1);
    struct ring_listener *listener =
        ring_listener(ring, ring_listener_claim(ring, UINT64_C(1) << 32 | 3, record.time_ns, nobody_is_gone));
    ring_keep_process(ring, 0, &record);
    for (int call = 0; call < LISTENER_MADE_BY; call++)
        ring_keep(&listener->made_by[call], (uint64_t)call, &record);
    ring_listener_failed(listener, 11);
    ring_listener_set(listener, LISTENER_LISTENS);
}

/* Sites in two modules and one in none. */
static void write_sites(const struct ring *ring)
{
    const struct module_seen modules[] = {{"/usr/bin/legacyd", 16, (const uint8_t *)"0123456789", 10},
                                          {"/usr/lib/libc.so.6", 18, (const uint8_t *)"", 0}};
    for (uint64_t i = 0; i < 3; i++) {
        uint32_t module = i < 2 ? ring_module_index(ring, &modules[i], 1) : 0;
        const struct site_seen seen = {.place = ring_place_of(module, i + 1), .pid = 1, .call = 1};
        const uint64_t frames[] = {seen.place, ring_place_of(1, 77)};
        bool is_new;
        uint32_t site = ring_site_index(ring, &seen, &is_new);
        if (is_new)
            ring_site_write(ring, site, &seen, frames, 2);
    }
}

static void write_ring(void)
{
    char directory[] = "/tmp/fuzz-ring-XXXXXX", path[64];
    const struct ring_identity identity = {
        .slots = SLOTS, .profile = "bsd", .diagnostic = "", .command = "legacyd\0-x", .command_size = 10};
    struct ring ring;
    fuzz_check(mkdtemp(directory) != NULL, "a directory for the ring");
    snprintf(path, sizeof path, "%s/ring", directory);
    fuzz_check(ring_names_open(&ring, path, identity) == 0, "the ring is made");
    write_sites(&ring);
    write_listener(&ring);
    for (unsigned int i = 0; i < RECORDS; i++) {
        struct record record = sample_record(i);
        for (record.site = 1; i % 2 && !ring_site(&ring, record.site, &(struct site){0}); record.site++)
            ;
        uint64_t number = ring_append(&ring, &record);
        if (i % 3 == 0)
            ring_repeat(&ring, number, &record);
    }
    written_size = ring.size;
    written = malloc(written_size);
    fuzz_check(written != NULL, "there is memory for a ring");
    memcpy(written, ring.header, written_size);
    ring_close(&ring);
    unlink(path);
    rmdir(directory);
}

/* --- changes --- */

static void append(struct ring *ring, struct input *input)
{
    struct record record = sample_record((unsigned int)take_number(input, 1));
    size_t at = take_number(input, 1) % sizeof record, size = take_number(input, 1);
    if (size > sizeof record - at)
        size = sizeof record - at;
    take(input, (char *)&record + at, size);
    ring_append(ring, &record);
}

static void overwrite(unsigned char *file, struct input *input)
{
    size_t at = take_number(input, 3) % written_size, size = take_number(input, 1);
    take(input, file + at, size < written_size - at ? size : written_size - at);
}

/* Returns how much of the file is there. An append goes where the ring as it was written would have it. */
static size_t change(unsigned char *file, struct input *input)
{
    struct ring_kind kind;
    struct ring ring;
    size_t size = written_size;
    memcpy(&kind, written, sizeof kind);
    ring_take_map(&ring, file, written_size, &kind);
    while (input->left > 0) {
        enum change what = (enum change)(take_number(input, 1) % CHANGES);
        if (what == CHANGE_APPEND)
            append(&ring, input);
        else if (what == CHANGE_OVERWRITE)
            overwrite(file, input);
        else if (what == CHANGE_CUT)
            size = take_number(input, 3) % (written_size + 1);
        else
            atomic_store(&ring.header->lanes[0].head, take_number(input, 8));
    }
    return size;
}

/* --- reading --- */

static volatile unsigned int total;

/* Reads every byte, for a sanitizer to see. */
static unsigned int sum_of(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;
    unsigned int sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

static void read_tables(const struct ring *ring)
{
    const struct ring_process *process;
    const struct ring_listener *listener;
    struct site site;
    struct module module;
    struct record record;
    uint64_t at;
    for (uint32_t number = 0; number < 70; number++) {
        if (ring_site(ring, number, &site))
            total += sum_of(site.frames, site.count * sizeof *site.frames);
        if (ring_module(ring, number, &module))
            total += (unsigned int)strlen(module.path) + sum_of(module.build_id, module.build_id_size);
        if ((process = ring_process(ring, number)) && ring_kept(&process->start, &at, &record))
            total += sum_of(&record, sizeof record);
        listener = ring_listener(ring, number);
        for (int call = 0; listener && call < LISTENER_MADE_BY; call++)
            if (ring_kept(&listener->made_by[call], &at, &record))
                total += sum_of(&record, sizeof record);
    }
}

static void read_everything(const struct ring *ring)
{
    struct record record;
    read_tables(ring);
    const uint64_t head = ring_head(ring), slots = ring->mask + UINT64_C(1);
    for (uint64_t number = 0; number < 2 * slots; number++) {
        if (ring_read(ring, number, &record) == RING_RECORD)
            total += sum_of(&record, sizeof record);
        if (ring_read(ring, head - number, &record) == RING_RECORD)
            total += sum_of(&record, sizeof record);
        uint64_t older;
        total += ring_read_older(ring, head - number, &older);
    }
    char addresses[1024];
    rings_addresses(ring, addresses, sizeof addresses);
    const struct listed listed = {
        .path = "ring", .state = "live", .header = ring->header, .calls = ring_calls(ring), .addresses = addresses};
    text_printer.listed(&listed);
    json_printer.listed(&listed);
}

static void print_log(char *path, const char *option, const char *other)
{
    char verb[] = "log", first[24], second[24];
    char *words[] = {verb, first, path, second, NULL};
    strcpy(first, option);
    strcpy(second, other);
    optind = 0; /* begin anew */
    fuzz_check(verb_log.run(4, words) == 0, "a ring that can be opened can be printed");
}

static void read_file(int fd)
{
    char path[32];
    struct ring ring;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ring_open_to_read(&ring, path) != NULL)
        return;
    read_everything(&ring);
    ring_close(&ring);
    print_log(path, "--json", "--explain");
    print_log(path, "--color=always", "-v");
    print_log(path, "--explain", "-n9");
    print_log(path, "--csv", "caller!=main");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char *file;
    struct input input = {data, size};
    if (!written) {
        write_ring();
        file = aligned_alloc(HEADER_PAGE, written_size);
        fuzz_check(file && freopen("/dev/null", "w", stdout), "there is memory, and nothing is printed");
        setenv("COLUMNS", "60", 1); /* so that lines are folded */
    }
    memcpy(file, written, written_size);
    size_t there = change(file, &input);
    struct ring_kind *kind = (struct ring_kind *)file;
    if (size > 0 && data[size - 1] & 1)
        kind->sum = ring_kind_sum(kind);
    int fd = memfd_create("ring", MFD_CLOEXEC);
    if (fd < 0 || write(fd, file, there) != (ssize_t)there)
        abort();
    read_file(fd);
    close(fd);
    return 0;
}

size_t fuzz_sample(size_t index, uint8_t *input)
{
    static const struct {
        const char *bytes;
        size_t size;
    } samples[] = {
        {"\0\1\0\0", 4},                           /* one more record */
        {"\0\1\60\2\377\377", 6},                  /* of a call that has no name */
        {"\0\2\103\3\377\377\377", 7},             /* an address that is longer than its room */
        {"\1\10\0\0\4\377\377\377\377", 9},        /* another version */
        {"\1\20\0\0\4\0\0\20\0", 9},               /* another header's size */
        {"\1\200\4\0\10\1\2\3\4\5\6\7\10", 13},    /* the header's texts */
        {"\2\0\20\0", 4},                          /* cut behind the header */
        {"\2\1\0\0", 4},                           /* cut to a byte */
        {"\3\377\377\377\377\377\377\377\377", 9}, /* the most records */
        {"\3\100\1\0\0\0\0\0\0", 9},               /* gone round */
    };
    if (index >= sizeof samples / sizeof *samples)
        return 0;
    memcpy(input, samples[index].bytes, samples[index].size);
    return samples[index].size;
}
