#include "place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *ring_folder(void)
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    return runtime && runtime[0] == '/' && access(runtime, W_OK | X_OK) == 0 ? runtime : "/dev/shm";
}

/* What a header takes of the size that was asked for, at most: there is room for 369 key names. */
#define HEADER_ROOM 16384u

/* The largest ring that fits into `bytes`, at least the smallest there is. */
static uint32_t slots_in(unsigned long long bytes)
{
    uint32_t slots = RING_SLOTS_LEAST;
    while (slots < RING_SLOTS_MOST && HEADER_ROOM + 2ull * slots * sizeof(struct ring_slot) <= bytes)
        slots *= 2;
    return slots;
}

static bool read_size(const char *text, uint32_t *slots)
{
    char *end;
    errno = 0;
    unsigned long long bytes = strtoull(text, &end, 10);
    int shift = *end == 'K' || *end == 'k' ? 10 : *end == 'M' || *end == 'm' ? 20 : *end == 'G' || *end == 'g' ? 30 : 0;
    if (text[0] < '0' || text[0] > '9' || errno || end[shift > 0] != '\0' || bytes > (~0ull >> 31))
        return false;
    *slots = slots_in(bytes << shift);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What is not there yet is made only if it is called a ring: a folder that was mistyped is not. */
static bool is_ring(const char *path)
{
    size_t length = strlen(path), end = strlen(".ring");
    return (length > end && strcmp(path + length - end, ".ring") == 0) || access(path, F_OK) == 0;
}

const char *ring_place(const char *setting, const char *program, uint32_t pid, uint64_t born_ns,
                       struct ring_place *place)
{
    const char *folder = ring_folder();
    int length;
    *place = (struct ring_place){.slots = RING_SLOTS_USUAL};
    if (setting && strcmp(setting, "off") == 0) {
        place->off = true;
        return NULL;
    }
    bool usual = !setting || !*setting || read_size(setting, &place->slots);
    if (!usual && setting[0] != '/')
        return "expected off, a size such as 512K, or an absolute path, of a folder or of a file NAME.ring";
    place->named = !usual && !is_folder(setting);
    if (place->named && !is_ring(setting))
        return "there is no such folder; a file's name would end in .ring";
    if (!place->named)
        length = snprintf(place->path, sizeof place->path, "%s/listenas-%.32s-%u-%" PRIx64 ".ring",
                          usual ? folder : setting, program, pid, born_ns);
    else
        length = snprintf(place->path, sizeof place->path, "%s", setting);
    return length < (int)sizeof place->path ? NULL : "the path is too long";
}
