/* Removes rings that nobody writes to any more. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/ring.h"
#include "../cli.h"
#include "../clock.h"
#include "../path.h"
#include "ringlife.h"
#include "rings.h"
#include "ringsearch.h"

/* A draft is open until the ring has its name. Without leases only its age tells whether that is over. */
#define DRAFT_SECONDS 60

struct removing {
    const struct removal *removal;
    const char *name; /* that is looked for; NULL for any ring */
    int found, dead;  /* rings that the name stands for, and those of them that are dead */
    bool has_failed;
};

bool rings_read_span(const char *text, uint64_t *seconds)
{
    static const char units[] = "smhdw";
    static const uint64_t lengths[] = {1, 60, 3600, 86400, 7 * 86400};
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (errno || !unit || end[1] || number > UINT64_MAX / lengths[unit - units])
        return false;
    *seconds = number * lengths[unit - units];
    return true;
}

/* --- which --- */

/* A ring of any version begins with the magic; a file without it is no ring, whatever its name. */
static bool is_of_ours(const struct ring_found *found)
{
    return found->kind == RING_DRAFT || ring_has_magic(found->fd);
}

/* When it was written to last; of what cannot be read, when it was changed. */
static uint64_t last_ns(const struct ring_found *found)
{
    struct ring ring;
    if (ring_open_fd_to_read(&ring, found->fd) != NULL)
        return (uint64_t)found->status.st_ctim.tv_sec * CLOCK_SECOND;
    uint64_t last = cursor_newest(&ring, 0), born = ring.header->born_ns;
    ring_close(&ring);
    return last ? last : born;
}

static bool is_old(const struct ring_found *found, uint64_t older_s)
{
    if (found->kind == RING_DRAFT && older_s < DRAFT_SECONDS)
        return time(NULL) - found->status.st_mtime > DRAFT_SECONDS;
    return older_s == 0 || last_ns(found) / CLOCK_SECOND + older_s < (uint64_t)time(NULL);
}

/* The program's name as the file's has it; that is cut where it is long. */
static bool is_program(const char *file, const char *name)
{
    size_t length;
    uint32_t pid;
    uint64_t born_ns;
    char number[16];
    if (!ring_name_read(file, &length, &pid, &born_ns))
        return false;
    const char *program = file + strlen("listenas-");
    size_t program_length = length - strlen("listenas-");
    snprintf(number, sizeof number, "%u", pid);
    return strcmp(name, number) == 0 || (strlen(name) == program_length && strncmp(program, name, program_length) == 0);
}

static bool is_meant(const struct ring_found *found, const char *name)
{
    const char *file = base_name(found->path);
    return !name || strcmp(name, found->path) == 0 || strcmp(name, file) == 0 || is_program(file, name);
}

/* --- looking, before anything is removed --- */

static void visit_count(const struct ring_found *found, void *context)
{
    struct removing *removing = context;
    if (!is_meant(found, removing->name) || !is_of_ours(found))
        return;
    removing->found++;
    removing->dead += ring_life(found->fd) == LIFE_ENDED;
}

static int say_none(const char *name, int found, int error)
{
    if (found)
        say("%s: its program still runs; nothing was removed", name);
    else if (error && strchr(name, '/'))
        say("%s: %s; nothing was removed", name,
            error == EPERM    ? "it is another user's"
            : error == EINVAL ? "it is no regular file"
                              : strerror(error));
    else
        say("%s: there is no such ring; listenas log --list shows all; nothing was removed", name);
    return found || error == EPERM ? STATUS_OWN : STATUS_USAGE;
}

/* A path stands for that file, whatever it is called. */
static int visit_name(struct removing *removing, const char *name, ring_visit visit)
{
    removing->name = strchr(name, '/') ? NULL : name;
    if (removing->name)
        rings_visit(false, visit, removing);
    return removing->name ? 0 : ring_visit_path(name, visit, removing);
}

static int check_names(const struct removal *removal)
{
    for (int i = 0; i < removal->count; i++) {
        struct removing removing = {.removal = removal};
        int error = visit_name(&removing, removal->names[i], visit_count);
        if (error || removing.dead == 0)
            return say_none(removal->names[i], removing.found, error);
    }
    return 0;
}

/* --- removing --- */

static void print_removed(const char *path)
{
    fputs("removed ", stdout);
    print_visible(path, 0);
    putchar('\n');
}

/* While it is held, nobody begins to write to it. */
static void visit_remove(const struct ring_found *found, void *context)
{
    struct removing *removing = context;
    if (!is_meant(found, removing->name) || !is_of_ours(found) || !is_old(found, removing->removal->older_s) ||
        ring_hold(found->fd) != LIFE_ENDED || !ring_is_still_there(found))
        return;
    if (unlinkat(found->directory, found->name, 0) == 0) {
        print_removed(found->path);
    } else if (errno != ENOENT) { /* somebody else was quicker */
        say("%s: %s", found->path, strerror(errno));
        removing->has_failed = true;
    }
}

int rings_remove_dead(const struct removal *removal)
{
    struct removing removing = {.removal = removal};
    int status = check_names(removal);
    if (status)
        return status;
    for (int i = 0; i < removal->count; i++)
        visit_name(&removing, removal->names[i], visit_remove);
    if (removal->count == 0)
        rings_visit(false, visit_remove, &removing);
    return removing.has_failed ? STATUS_OWN : 0;
}
