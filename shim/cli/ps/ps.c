/* `listenas ps`: which processes have the library, and which should. */
#include "ps.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"
#include "../grow.h"
#include "../live/guard.h"
#include "../log/address.h"
#include "../number.h"
#include "../options.h"
#include "../path.h"

struct ps {
    const char *wanted; /* a program's name or a process's number; NULL: all */
    bool json;
    struct live live;
    struct scan scan;
    struct sight *sights;
    struct environment *environments; /* of the sights: their addresses point into these */
    size_t count, room, environment_room;
    int patience_ms; /* that is left for silent refusers */
};

/* --- one process --- */

/* Whether the process runs this command, which needs no library: a refuser, or a launcher that waits for a program. */
static bool is_command(const struct process *process)
{
    char path[64], target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%u/exe", process->pid);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    const char *name = base_name(target);
    return strcmp(name, "listenas") == 0 || strcmp(name, "listenas (deleted)") == 0;
}

/* By the base name of a word of its command line, as the process shows it now: of that, the beginning is enough. */
static bool command_has_name(uint32_t pid, const char *name)
{
    char path[64], words[4096];
    snprintf(path, sizeof path, "/proc/%u/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, words, sizeof words - 1);
    if (fd >= 0)
        close(fd);
    const char *end = words + (length > 0 ? length : 0);
    words[end - words] = '\0';
    for (const char *word = words; word < end; word += strlen(word) + 1)
        if (word[0] != '-' && strcmp(base_name(word), name) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct ps *ps, const struct process *process)
{
    uint32_t pid;
    if (!ps->wanted)
        return true;
    if (number_read_pid(ps->wanted, &pid))
        return process->pid == pid;
    return strncmp(ps->wanted, process->name, sizeof process->name - 1) == 0 ||
           command_has_name(process->pid, ps->wanted);
}

struct start_search {
    const struct ring *ring;
    uint32_t pid;
    struct record start;
    bool found;
};

static void find_start(void *context)
{
    struct start_search *search = context;
    search->found = ring_find_start(search->ring, search->pid, &search->start);
}

/* The platform: what the process wrote when it started; before its first call, what it was told. */
static void read_profile(struct sight *sight, const struct live_ring *ring, const struct environment *environment)
{
    struct start_search search = {.ring = ring ? &ring->ring : NULL, .pid = sight->process->pid};
    const char *told = environment_get(environment, "LISTENAS_PROFILE");
    if (!told || !*told)
        told = "native";
    visible_copy(sight->profile, sizeof sight->profile, told, strlen(told), VISIBLE_EXACT);
    if (!ring || ring->fault || !guard_run(find_start, &search) || !search.found)
        return;
    const struct start_names names = start_names(&search.start);
    sight->has_mistake = search.start.flags & RECORD_MISTAKE;
    if (names.profile_length)
        visible_copy(sight->profile, sizeof sight->profile, names.profile, names.profile_length, VISIBLE_EXACT);
}

static bool lacks_refuser(const struct live_ring *ring, uint32_t pid)
{
    for (size_t i = 0; ring && i < ring->count; i++)
        if (live_listens(ring, &ring->listeners[i]) && ring->listeners[i].pid == pid &&
            ring->listeners[i].refuser_error)
            return true;
    return false;
}

/* Workers of one server share a refuser, which answers each of them the same. */
static const struct refuser_seen *seen_before(const struct ps *ps, const struct process *process, const char *refuser)
{
    for (size_t i = 0; i < ps->count; i++) {
        const struct sight *other = &ps->sights[i];
        if (other->refuser.address && strcmp(other->refuser.address, refuser) == 0 &&
            other->process->user == process->user && other->process->own_network == process->own_network)
            return &other->refuser;
    }
    return NULL;
}

static void see_refuser(struct ps *ps, struct sight *sight, const char *refuser)
{
    const struct refuser_seen *before = seen_before(ps, sight->process, refuser);
    if (before)
        sight->refuser = *before;
    else
        refuser_see(&sight->refuser, refuser, sight->process, &ps->scan, &ps->patience_ms);
}

static void see(struct ps *ps, struct sight *sight, const struct environment *environment)
{
    const struct live_ring *ring = live_ring_of(&ps->live, sight->process);
    if (!sight->process->library) {
        missing_reason(sight->process, environment, sight->reason, sizeof sight->reason);
        return;
    }
    const char *refuser = environment_get(environment, "LISTENAS_REFUSER");
    read_profile(sight, ring, environment);
    if (refuser && *refuser)
        see_refuser(ps, sight, refuser);
    sight->lacks_refuser = lacks_refuser(ring, sight->process->pid);
}

/* Returns false if there is no memory. */
static bool look_at(struct ps *ps, const struct process *process)
{
    struct environment environment;
    struct sight sight = {.process = process};
    bool is_read = environment_read(&environment, process->pid);
    bool is_asked = is_read && missing_is_asked(&environment);
    bool has_room = grow(&ps->sights, ps->count, &ps->room, sizeof sight) &&
                    grow(&ps->environments, ps->count, &ps->environment_room, sizeof environment);
    if (!has_room || !is_wanted(ps, process) || (!process->library && (!is_asked || is_command(process)))) {
        environment_free(&environment);
        return has_room;
    }
    see(ps, &sight, &environment);
    ps->sights[ps->count] = sight;
    ps->environments[ps->count++] = environment;
    return true;
}

/* --- all --- */

static void print_text(const struct ps *ps)
{
    size_t missing = 0;
    for (size_t i = 0; i < ps->count; i++)
        missing += ps->sights[i].reason[0] != '\0';
    if (missing < ps->count)
        print_having(ps->sights, ps->count);
    else
        puts("no process has the library");
    if (missing) {
        putchar('\n');
        print_missing(ps->sights, ps->count);
    }
    if (ps->scan.hidden)
        printf("\n%zu process%s of other users may not be looked at\n", ps->scan.hidden,
               ps->scan.hidden == 1 ? "" : "es");
}

static void print_json(const struct ps *ps)
{
    for (size_t i = 0; i < ps->count; i++)
        print_sight_json(&ps->sights[i]);
    printf("{\"hidden\":%zu}\n", ps->scan.hidden);
}

/* As `stat` says it. Returns STATUS_USAGE. */
static int say_none(const struct ps *ps)
{
    char hidden[80] = "";
    if (ps->scan.hidden)
        snprintf(hidden, sizeof hidden, "; %zu process%s of other users may not be looked at", ps->scan.hidden,
                 ps->scan.hidden == 1 ? "" : "es");
    say("\"%s\": no process of this name or number has the library, or should%s", ps->wanted, hidden);
    return STATUS_USAGE;
}

static int print(const struct ps *ps)
{
    if (ps->wanted && ps->count == 0)
        return say_none(ps);
    if (ps->json)
        print_json(ps);
    else
        print_text(ps);
    return 0;
}

static int look(struct ps *ps)
{
    int error = live_refresh_all(&ps->live);
    if (!error)
        error = scan_processes(&ps->scan, true);
    for (size_t i = 0; !error && i < ps->scan.count; i++)
        if (!look_at(ps, &ps->scan.of[i]))
            error = ENOMEM;
    return error;
}

static void forget(struct ps *ps)
{
    for (size_t i = 0; i < ps->count; i++)
        environment_free(&ps->environments[i]);
    free(ps->environments);
    free(ps->sights);
    scan_free(&ps->scan);
    live_close(&ps->live);
}

static int run(int count, char **arguments)
{
    struct ps ps = {.patience_ms = REFUSERS_PATIENCE_MS};
    int option;
    while ((option = next_option(count, arguments, &verb_ps)) != -1) {
        if (option != 'j')
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
        ps.json = true;
    }
    if (count - optind > 1) {
        say("expected one program or process, not %d", count - optind);
        return STATUS_USAGE;
    }
    ps.wanted = optind < count ? arguments[optind] : NULL;
    live_open(&ps.live, &(struct live_choice){0});
    int error = look(&ps);
    if (error)
        say("/proc: %s", strerror(error));
    int status = error ? STATUS_OWN : print(&ps);
    forget(&ps);
    return status;
}

static const struct verb_option options[] = {
    {"json", OLD_LETTER('j'), NULL,
     "print one JSON object a line; the last one counts processes that may not be looked at"},
    {0},
};

static const struct verb_text more[] = {
    {"what is printed",
     "PROFILE is the platform as the process said when it made its first call; before that, what its environment "
     "says.\n\n"
     "REFUSER is the one that its LISTENAS_REFUSER names: whether it answers, whose it is, its process and how long it "
     "has run. \"none, but wanted\": a full queue should refuse clients, and the library found no refuser.\n\n"
     "RING is the file that it records to; - before its first call, or without a record.\n\n"
     "A process should have the library if LD_PRELOAD names it, or LISTENAS_PROFILE, LISTENAS_SET or LISTENAS_PROVOKE "
     "is in its environment, as that was when the program started."},
    {"exit status",
     "0; 2 for a wrong command line, or if no process of the NAME or PID has the library, or should; 125 if this "
     "command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas ps", "all processes that have the library, or should"},
    {"listenas ps inetd", "those of one program"},
    {"listenas ps --json | jq -r 'select(.has_library == false).pid'",
     "those that should have the library, and have it not"},
    {0},
};

const struct verb verb_ps = {
    .name = "ps",
    .summary = "list the processes that have the library, and those that should",
    .usage = "[option]... [NAME | PID]",
    .about =
        "Prints which processes have the library, as which platform, with which refuser and record; and which have "
        "it not though their environment asks for it, and why. Processes that this user may not look at are "
        "counted.\n\n"
        "NAME is a program or another word of a command line, PID a process; without one, all.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "ps(1), ld.so(8)",
    .run = run,
};
