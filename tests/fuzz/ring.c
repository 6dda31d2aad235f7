/* Ring files that nobody wrote: a reader must refuse them or read them through, and never crash. */
#include <sys/mman.h>
#include <unistd.h>

#include "../../shim/ring/append.h"
#include "fuzz.h"

#define RUNS 20000

/* Reads every byte of the record, for a sanitizer to see. */
static unsigned int sum_of(const struct record *record)
{
    const unsigned char *bytes = (const unsigned char *)record;
    unsigned int sum = 0;
    for (size_t i = 0; i < sizeof *record; i++)
        sum += bytes[i];
    return sum;
}

static volatile unsigned int total;

static void read_everything(const struct ring *ring)
{
    struct record record;
    const uint64_t head = ring_head(ring), slots = ring->mask + UINT64_C(1);
    for (uint64_t number = 0; number < 2 * slots; number++) {
        if (ring_read(ring, number, &record) == RING_RECORD)
            total += sum_of(&record);
        if (ring_read(ring, head - number, &record) == RING_RECORD)
            total += sum_of(&record);
        ring_is_unwritten(ring, head - number);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct ring ring;
    int fd = memfd_create("ring", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!ring_open_to_read(&ring, path)) {
        read_everything(&ring);
        ring_close(&ring);
    }
    close(fd);
    return 0;
}

/* A ring of 64 or 128 slots: not begun, half full, or gone round. */
size_t fuzz_sample(size_t index, uint8_t *input)
{
    static _Alignas(HEADER_PAGE) unsigned char file[HEADER_PAGE + 128 * sizeof(struct ring_slot)];
    static const uint32_t fill[] = {0, 40, 300};
    struct ring_header *header = (struct ring_header *)file;
    struct ring ring;
    if (index >= 6)
        return 0;
    memset(file, 0, sizeof file);
    header->kind = (struct ring_kind){
        "LISTENAS", RING_VERSION, RING_BYTE_ORDER, HEADER_PAGE, sizeof(struct ring_slot), index < 3 ? 64 : 128};
    size_t size = HEADER_PAGE + header->kind.slots * sizeof(struct ring_slot);
    ring_take_map(&ring, file, size, &header->kind);
    for (uint32_t number = 0; number < fill[index % 3]; number++) {
        const struct record record = {.time_ns = number, .pid = 1, .call = 1, .address_length = 48};
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
