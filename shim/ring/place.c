#include "place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a program's name in that of its ring. */
#define PROGRAM_MOST 32

const char *ring_directory(void)
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    return runtime && runtime[0] == '/' && access(runtime, W_OK | X_OK) == 0 ? runtime : "/dev/shm";
}

/* What a header takes of the size that was asked for, at most: there is room for 369 key names. */
#define HEADER_ROOM 16384u

static uint64_t size_of_ring(uint32_t slots)
{
    struct ring_kind kind;
    ring_kind_make(&kind, HEADER_ROOM, slots, 0);
    return ring_kind_size(&kind);
}

/* The largest ring that fits into `bytes`, at least the smallest there is. */
static uint32_t slots_in(unsigned long long bytes)
{
    uint32_t slots = RING_SLOTS_LEAST;
    while (slots < RING_SLOTS_MOST && size_of_ring(2 * slots) <= bytes)
        slots *= 2;
    return slots;
}

static bool read_size(const char *text, uint32_t *slots)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long long bytes = strtoull(text, &end, 10);
    int shift = *end == 'K' || *end == 'k' ? 10 : *end == 'M' || *end == 'm' ? 20 : *end == 'G' || *end == 'g' ? 30 : 0;
    if (errno || end[shift > 0] != '\0' || bytes > (~0ull >> 31))
        return false;
    *slots = slots_in(bytes << shift);
    return true;
}

enum found { FOUND_NOTHING, FOUND_DIRECTORY, FOUND_FILE };

static enum found look_at(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR ? FOUND_NOTHING : FOUND_FILE;
    return S_ISDIR(status.st_mode) ? FOUND_DIRECTORY : FOUND_FILE;
}

/* What is not there yet is made only if it is called a ring: a directory that was mistyped is not. */
static bool is_called_ring(const char *path)
{
    size_t length = strlen(path), end = strlen(".ring");
    return length > end && strcmp(path + length - end, ".ring") == 0;
}

/* Appends at most `most` bytes of a text to the path; false if it does not fit. */
static bool put(struct ring_place *place, size_t *length, const char *text, size_t most)
{
    size_t size = strnlen(text, most);
    if (size >= sizeof place->path - *length)
        return false;
    memcpy(place->path + *length, text, size);
    *length += size;
    place->path[*length] = '\0';
    return true;
}

/* Without stdio, which costs a process that starts more pages than this library has. */
static bool put_number(struct ring_place *place, size_t *length, uint64_t number, unsigned int base)
{
    char digits[24], *digit = digits + sizeof digits;
    *--digit = '\0';
    do
        *--digit = "0123456789abcdef"[number % base];
    while (number /= base);
    return put(place, length, digit, sizeof digits);
}

static bool name_own_file(struct ring_place *place, const char *directory, const char *program, uint32_t pid,
                          uint64_t born_ns)
{
    size_t length = 0;
    return put(place, &length, directory, RING_PATH_MAX) && put(place, &length, "/listenas-", RING_PATH_MAX) &&
           put(place, &length, program, PROGRAM_MOST) && put(place, &length, "-", 1) &&
           put_number(place, &length, pid, 10) && put(place, &length, "-", 1) &&
           put_number(place, &length, born_ns, 16) && put(place, &length, ".ring", RING_PATH_MAX);
}

const char *ring_place(const char *setting, const char *program, uint32_t pid, uint64_t born_ns,
                       struct ring_place *place)
{
    static const char too_long[] = "the path is too long";
    size_t length = 0;
    *place = (struct ring_place){.slots = RING_SLOTS_USUAL};
    if (setting && strcmp(setting, "off") == 0) {
        place->off = true;
        return NULL;
    }
    if (!setting || !*setting || read_size(setting, &place->slots))
        return name_own_file(place, ring_directory(), program, pid, born_ns) ? NULL : too_long;
    if (setting[0] != '/')
        return "expected off, a size such as 512K, or an absolute path, of a directory or of a file NAME.ring";
    enum found found = look_at(setting);
    if (found == FOUND_DIRECTORY)
        return name_own_file(place, setting, program, pid, born_ns) ? NULL : too_long;
    place->named = true;
    place->exists = found == FOUND_FILE;
    if (!place->exists && !is_called_ring(setting))
        return "there is no such directory; a file's name would end in .ring";
    return put(place, &length, setting, RING_PATH_MAX) ? NULL : too_long;
}
