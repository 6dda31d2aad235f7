/* Ring files that nobody wrote: a reader must refuse them or read them through, and never crash. */
#include <sys/mman.h>
#include <unistd.h>

#include "../../shim/ring/append.h"
#include "../../shim/ring/sites.h"
#include "fuzz.h"

#define RUNS 20000

/* Reads every byte, for a sanitizer to see. */
static unsigned int sum_of(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;
    unsigned int sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

static volatile unsigned int total;

static void read_tables(const struct ring *ring)
{
    struct site site;
    struct module module;
    for (uint32_t number = 0; number < 70; number++) {
        if (ring_site(ring, number, &site))
            total += sum_of(site.frames, site.count * sizeof *site.frames);
        if (ring_module(ring, number, &module))
            total += (unsigned int)strlen(module.path) + sum_of(module.build_id, module.build_id_size);
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
        ring_is_unwritten(ring, head - number);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct ring ring;
    int fd = memfd_create("ring", MFD_CLOEXEC);
    struct ring_kind kind;
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    /* Every other one with its sum made right, or hardly any would get past it. */
    if (size > sizeof kind && data[size - 1] & 1) {
        memcpy(&kind, data, sizeof kind);
        kind.sum = ring_kind_sum(&kind);
        if (pwrite(fd, &kind, sizeof kind, 0) != (ssize_t)sizeof kind)
            abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!ring_open_to_read(&ring, path)) {
        read_everything(&ring);
        ring_close(&ring);
    }
    close(fd);
    return 0;
}

/* A ring of 64 or 128 slots: not begun, half full, or gone round; each record from a site of its own. */
size_t fuzz_sample(size_t index, uint8_t *input)
{
    static _Alignas(HEADER_PAGE) unsigned char file[65536];
    static const uint32_t fill[] = {0, 40, 300};
    struct ring_header *header = (struct ring_header *)file;
    struct ring ring;
    if (index >= 6)
        return 0;
    memset(file, 0, sizeof file);
    ring_kind_make(&header->kind, HEADER_PAGE, index < 3 ? 64 : 128);
    size_t size = (size_t)ring_kind_size(&header->kind);
    ring_take_map(&ring, file, size, &header->kind);
    const struct module_seen module = {"/usr/bin/server", 15, (const uint8_t *)"0123456789", 10};
    uint32_t number_of_module = ring_module_index(&ring, &module, 1);
    for (uint32_t number = 0; number < fill[index % 3]; number++) {
        const struct site_seen seen = {.place = ring_place_of(number_of_module, number), .pid = 1, .call = 1};
        bool is_new;
        uint32_t site = ring_site_index(&ring, &seen, &is_new);
        if (is_new)
            ring_site_write(&ring, site, &seen, (const uint64_t[]){seen.place, 7}, 2);
        const struct record record = {
            .time_ns = number, .pid = 1, .call = 1, .address_length = 40, .site = (uint16_t)site};
        ring_append(&ring, &record);
    }
    memcpy(input, file, size);
    return size;
}

#ifndef LIBFUZZER
int main(int count, char **arguments)
{
    return fuzz_main(count, arguments, RUNS);
}
#endif
