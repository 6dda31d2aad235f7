#include "place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char too_long[] = "the path is too long";

/* Of a program's name in that of its ring. */
#define PROGRAM_MOST 32

const char *ring_directory(void)
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    return runtime && runtime[0] == '/' && access(runtime, W_OK | X_OK) == 0 ? runtime : "/dev/shm";
}

/* What a header takes of the size that was asked for, at most: there is room for 369 key names. */
#define HEADER_ROOM 16384u

uint64_t ring_size(uint32_t slots)
{
    struct ring_kind kind;
    ring_kind_make(&kind, HEADER_ROOM, slots, 0);
    return ring_kind_size(&kind);
}

uint64_t ring_size_least(void)
{
    return ring_size(RING_SLOTS_LEAST);
}

uint64_t ring_size_most(void)
{
    return ring_size(RING_SLOTS_MOST);
}

/* The largest ring that fits into `bytes`, at least the smallest there is. */
static uint32_t slots_in(unsigned long long bytes)
{
    uint32_t slots = RING_SLOTS_LEAST;
    while (slots < RING_SLOTS_MOST && ring_size(2 * slots) <= bytes)
        slots *= 2;
    return slots;
}

static bool read_size(const char *text, struct ring_place *place)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long long bytes = strtoull(text, &end, 10);
    int shift = *end == 'K' || *end == 'k' ? 10 : *end == 'M' || *end == 'm' ? 20 : *end == 'G' || *end == 'g' ? 30 : 0;
    if (errno || end[shift > 0] != '\0' || bytes > (~0ull >> 31))
        return false;
    bytes <<= shift;
    place->slots = slots_in(bytes);
    /* Less than a row of slots more is within reach of rounding: 129M is the largest in whole megabytes. */
    place->is_clamped = bytes < ring_size_least() || bytes >= ring_size_most() + (UINT64_C(1) << 20);
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

/* Takes what may follow a path off it, from its end: one size, and "isolated". Returns whether there was any. */
static bool cut_words(char *path, struct ring_place *place)
{
    bool has_size = false;
    for (char *comma; (comma = strrchr(path, ','));) {
        if (strcmp(comma + 1, "isolated") == 0)
            place->isolated = true;
        else if (!has_size && read_size(comma + 1, place))
            has_size = true;
        else
            break;
        *comma = '\0';
    }
    return has_size || place->isolated;
}

char *ring_place_setting(const struct ring_place *place, char *text)
{
    char digits[24], *digit = digits + sizeof digits;
    strcpy(text, place->path);
    *--digit = '\0';
    for (uint64_t size = ring_size(place->slots); size; size /= 10)
        *--digit = (char)('0' + size % 10);
    *--digit = ',';
    if (place->slots != RING_SLOTS_USUAL)
        strcat(text, digit);
    return place->isolated ? strcat(text, ",isolated") : text;
}

/* `path`: the setting without the words after it, which a file that exists may have in its name. */
static const char *place_at(char *path, const char *program, uint32_t pid, uint64_t born_ns, struct ring_place *place)
{
    size_t length = 0;
    enum found found = look_at(path);
    if (found == FOUND_NOTHING && cut_words(path, place))
        found = look_at(path);
    if (found == FOUND_DIRECTORY)
        return name_own_file(place, path, program, pid, born_ns) ? NULL : too_long;
    place->named = true;
    place->exists = found == FOUND_FILE;
    if (!place->exists && !is_called_ring(path))
        return "there is no such directory; a file's name would end in .ring";
    return put(place, &length, path, RING_PATH_MAX) ? NULL : too_long;
}

const char *ring_place(const char *setting, const char *program, uint32_t pid, uint64_t born_ns,
                       struct ring_place *place)
{
    char path[RING_SETTING_MAX];
    *place = (struct ring_place){.slots = RING_SLOTS_USUAL};
    if (setting && strcmp(setting, "off") == 0) {
        place->off = true;
        return NULL;
    }
    if (!setting || !*setting || read_size(setting, place))
        return name_own_file(place, ring_directory(), program, pid, born_ns) ? NULL : too_long;
    if (setting[0] != '/')
        return "expected off, a size such as 512K, or an absolute path, of a directory or of a file NAME.ring";
    if (strlen(setting) >= sizeof path)
        return too_long;
    return place_at(strcpy(path, setting), program, pid, born_ns, place);
}
