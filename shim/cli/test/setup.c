#include "setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ring/place.h"
#include "../cli.h"
#include "../run/library.h"
#include "../run/preflight.h"
#include "file.h"
#include "launch.h"
#include "memory.h"
#include "platforms.h"
#include "pool.h"
#include "shard.h"
#include "split.h"
#include "status.h"

/* --- what is run --- */

/* Made absolute, links stay: a program such as a busybox tells by its own name what it is to be. */
static int name_program(struct plan *plan, const char *path)
{
    char here[PATH_MAX];
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    const char *directory = path[0] == '/' ? "" : getcwd(here, sizeof here);
    int length = directory ? snprintf(plan->program, PATH_MAX, "%s%s%s", directory, *directory ? "/" : "", path) : -1;
    if (length > 0 && length < PATH_MAX)
        return 0;
    say("%s: its absolute path cannot be told", path);
    return STATUS_OWN;
}

static int check_program(struct plan *plan)
{
    static struct program program;
    char entry[PATH_MAX];
    if (preflight(&program, plan->words[0], entry) != 0)
        return STATUS_USAGE;
    plan->preload = library_preload(entry, getenv("LD_PRELOAD"));
    if (plan->preload)
        return name_program(plan, program.path);
    say("out of memory");
    return STATUS_OWN;
}

static bool is_repository(const char *directory)
{
    static const char *const marks[] = {".git", ".hg", ".svn", "_darcs", ".jj"};
    bool is = false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !is; i++) {
        char *path = memory_format("%s/%s", directory, marks[i]);
        is = access(path, F_OK) == 0;
        free(path);
    }
    return is;
}

/* The nearest directory from this one upwards that a version control system made; else this one. */
static char *find_root(void)
{
    char path[PATH_MAX], *here = getcwd(path, sizeof path) ? memory_text(path) : memory_text("/");
    for (char *slash; *path && !is_repository(path); *slash = '\0')
        if (!(slash = strrchr(path, '/')))
            break;
    return *path && is_repository(path) ? (free(here), memory_text(path)) : here;
}

int setup_root(const char **root)
{
    char *settled = *root ? realpath(*root, NULL) : find_root();
    if (!settled)
        say("--root: %s: %s", *root, strerror(errno));
    *root = settled;
    return settled ? 0 : STATUS_USAGE;
}

/* --- where it is kept --- */

char *setup_state(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        return memory_format("%s/listenas/test", state);
    if (home && home[0] == '/')
        return memory_format("%s/.local/state/listenas/test", home);
    return NULL;
}

/* The same command in the same directory takes the place of its last result. */
static char *make_id(const struct plan *plan)
{
    char here[PATH_MAX];
    uint64_t hash = shard_hash(0, getcwd(here, sizeof here) ? here : "");
    for (char **word = plan->words; *word; word++)
        hash = shard_hash(hash, *word);
    hash = shard_hash(hash, plan->each ? plan->each : "");
    hash = shard_hash(hash, plan->split ? plan->split->name : "");
    return memory_format("%08x", (unsigned int)(hash ^ hash >> 32));
}

static void make_kept(struct plan *plan)
{
    char *state = setup_state();
    if (!state)
        return;
    plan->kept = memory_format("%s/%s", state, plan->id);
    directory_remove(plan->kept);
    int error = directory_make(plan->kept);
    if (error) {
        say("%s cannot be made: %s; nothing is kept for --replay", plan->kept, strerror(error));
        free(plan->kept);
        plan->kept = NULL;
    }
    free(state);
}

/* LISTENAS_RING may name the directory of the rings, or their size. */
static int make_work(struct plan *plan)
{
    const char *ring = getenv("LISTENAS_RING");
    struct ring_place place;
    struct stat status;
    bool is_named = ring && ring[0] == '/' && stat(ring, &status) == 0 && S_ISDIR(status.st_mode);
    char *path = memory_format("%s/listenas-test-XXXXXX", is_named ? ring : ring_directory());
    if (!ring || ring[0] == '/' || ring_place(ring, "", 0, 0, &place) != NULL)
        place.slots = RING_SLOTS_USUAL;
    plan->ring_slots = place.slots;
    if (!mkdtemp(path)) {
        say("%s cannot be made: %s", path, strerror(errno));
        free(path);
        return STATUS_OWN;
    }
    plan->work = path;
    return 0;
}

static void settle_isolation(struct plan *plan)
{
    plan->is_isolated = launch_can_isolate(plan);
    if (plan->is_isolated)
        return;
    plan->jobs = 1;
    plan->has_jobs = true;
    say("so the runs go one after the other, in the network of this host, with a TMPDIR of their own");
}

int setup_begin(struct plan *plan, bool keeps)
{
    int status = setup_root(&plan->root);
    if (!status)
        status = check_program(plan);
    if (!status)
        status = platforms_load(&plan->platforms, plan->names, plan->set);
    if (!status)
        status = make_work(plan);
    if (status)
        return status;
    plan->id = make_id(plan);
    if (keeps)
        make_kept(plan);
    pool_prepare();
    settle_isolation(plan);
    return 0;
}

void setup_keep(const struct plan *plan, const json_t *document)
{
    char *path = memory_format("%s/result.json", plan->kept);
    char *text = json_dumps(document, JSON_INDENT(1));
    int error = text ? file_write(path, text, strlen(text)) : ENOMEM;
    if (error)
        say("%s cannot be written: %s; --replay will not find it", path, strerror(error));
    free(text);
    free(path);
}

void setup_end(struct plan *plan)
{
    if (plan->work)
        directory_remove(plan->work);
}
