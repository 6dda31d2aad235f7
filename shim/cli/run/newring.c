#include "newring.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../guest/ring_names.h"
#include "../cli.h"
#include "../lookup.h"

int newring_place(struct newring *ring, const char *source, const char *setting, const char *program)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const char *fault = ring_place(setting, base_name(program), (uint32_t)getpid(),
                                   (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, &ring->place);
    ring->made = false;
    if (!fault)
        return 0;
    if (setting && setting[0] == '/') { /* the program can run without a record */
        ring->place.off = true;
        say("cannot make the record %s: %s; the program runs without one", setting, fault);
        return 0;
    }
    say("%s: \"%s\": %s", source, setting ? setting : "", fault);
    return STATUS_OWN;
}

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
    bool missing = access(ring->place.path, F_OK) != 0;
    int error = ring_names_open(&mapping, ring->place.path, identity);
    if (error) {
        ring->place.off = true;
        say("cannot make the record %s: %s; the program runs without one", ring->place.path,
            error == EEXIST ? "there is a file that is no record of this user's" : strerror(error));
        return;
    }
    ring->made = missing;
    ring_close(&mapping);
}

void newring_remove(const struct newring *ring)
{
    if (ring->made)
        unlink(ring->place.path);
}
