#include "newring.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../../guest/ring_names.h"
#include "../cli.h"
#include "../clock.h"
#include "../path.h"

/* An option is meant for this run; the environment may be meant for many programs. */
static bool is_option(const char *source)
{
    return strcmp(source, NEWRING_OPTION) == 0;
}

static int say_size(const char *source, const char *setting)
{
    say("%s: \"%s\": a record has %" PRIu64 "K to %" PRIu64 "M", source, setting, (ring_size_least() + 1023) / 1024,
        (ring_size_most() + (1 << 20) - 1) >> 20);
    return STATUS_OWN;
}

int newring_place(struct newring *ring, const char *source, const char *setting, const char *program)
{
    const char *fault =
        ring_place(setting, base_name(program), (uint32_t)getpid(), clock_ns(CLOCK_REALTIME), &ring->place);
    if (!fault)
        return ring->place.is_clamped && is_option(source) ? say_size(source, setting) : 0;
    if (setting && setting[0] == '/' && !is_option(source)) { /* the program can run without a record */
        ring->place.off = true;
        say("cannot make the record %s: %s; the program runs without one", setting, fault);
        return 0;
    }
    say("%s: \"%s\": %s", source, setting ? setting : "", fault);
    return STATUS_OWN;
}

/* --- whether it can be made --- */

static int check_space(const char *directory, uint64_t size)
{
    struct statvfs status;
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size)
        return EFBIG;
    return statvfs(directory, &status) == 0 && (uint64_t)status.f_bavail * status.f_frsize < size ? ENOSPC : 0;
}

/* Returns 0 or an errno: ENOENT for a directory that does not exist, and for a path that leads through a file. */
static int check_directory(const struct ring_place *place)
{
    char directory[RING_PATH_MAX];
    directory_of(place->path, directory);
    if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0)
        return errno == ENOTDIR ? ENOENT : errno;
    return check_space(directory, ring_size(place->slots));
}

static int check_file(const struct ring_place *place)
{
    struct ring ring;
    int error = ring_names_open(&ring, place->path, (struct ring_identity){.slots = place->slots});
    if (!error)
        ring_close(&ring);
    return error;
}

static void turn_off(struct newring *ring, int error)
{
    ring->place.off = true;
    say("cannot make the record %s: %s; the program runs without one", ring->place.path,
        error == EEXIST ? "there is a file that is no record of this user's" : strerror(error));
}

int newring_check(struct newring *ring, const char *source, bool isolated)
{
    struct ring_place *place = &ring->place;
    if (place->off)
        return 0;
    place->isolated = isolated;
    int error = place->exists ? check_file(place) : check_directory(place);
    if (error == ENOENT && is_option(source)) {
        say("%s: %s: there is no such directory", source, place->path);
        return STATUS_OWN;
    }
    if (error)
        turn_off(ring, error);
    return 0;
}

/* --- made at once --- */

/* Joins the words as /proc/PID/cmdline has them, cut to fit, and returns their length in bytes. */
static size_t join_words(char *command, size_t room, char *const *words)
{
    size_t used = 0;
    for (; *words && used < room; words++) {
        size_t length = strlen(*words) + 1;
        length = length < room - used ? length : room - used;
        memcpy(command + used, *words, length);
        used += length;
    }
    return used;
}

void newring_make(struct newring *ring, const struct annotated_profile *annotated, char *const *words, bool isolated)
{
    char command[sizeof((struct ring_header *)0)->command];
    struct ring mapping;
    const struct ring_identity identity = {.slots = ring->place.slots,
                                           .profile = annotated->name,
                                           .diagnostic = "",
                                           .isolated = isolated,
                                           .cases = annotated->profile.record_facts.word == WORD_YES,
                                           .command = command,
                                           .command_size = join_words(command, sizeof command, words)};
    if (ring->place.off)
        return;
    int error = ring_names_open(&mapping, ring->place.path, identity);
    if (error) {
        turn_off(ring, error);
        return;
    }
    ring_close(&mapping);
}
