/*
 * The observer `conform` on this host as it is, and under each profile: every answer must be what the
 * profile's own words say, or this host's where they say nothing or cannot be kept.
 */
#include "../../shim/kernel/facts.h"
#include "../../shim/kernel/host.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../suite.h"
#include "expectation.h"
#include "job.h"

/* Where, below the build directory, the library and the observer are. */
#ifndef OBSERVED
#define OBSERVED ""
#define CANNOT_OBSERVE() NULL
/* Whether the C library answers in the kernel's place. */
#define IS_LIBCS(key) ((void)(key), false)
#endif

/* They wait for clients that do not get in more than they compute. */
#define WIDTH 6
#define JOBS 256
#define TRIALS 31
#define OUTPUT_SIZE 65536

static const char *const trials[TRIALS] = {
    "-1", "0",  "1",  "2",  "3",  "4",  "5",  "6",   "7",   "8",   "9",    "10",      "11",         "12",         "13",
    "14", "15", "16", "17", "18", "19", "20", "127", "128", "129", "4096", "1000000", "2147483647", "-2147483648"};

/* For a queue that is as another that is tried in full, or as long as the kernel allows. */
static const char *const few_trials[] = {"-1", "0", "1", "5", "128", "1000", NULL};

static const char *const families[] = {"inet", "inet6", "unix"};
static const int domains[] = {AF_INET, AF_INET6, AF_UNIX};

static struct job jobs[JOBS];
static int job_count;
static char library[PATH_MAX], directory[64], own_profile[96];

static struct job *add_job(const char *profile, const char *set, const char *verb)
{
    struct job *job = &jobs[job_count++];
    job->own_network = true;
    if (job_count > JOBS)
        abort();
    snprintf(job->program, sizeof job->program, "%s" OBSERVED "/tests/conformance/conform", build_directory());
    job->preload = profile ? library : NULL;
    job->profile = profile;
    job->set = set;
    job->ring = verb && strcmp(verb, "capacity") == 0 ? "off" : directory;
    job->words[1] = verb;
    return job;
}

static void add_capacity(const char *profile, const char *set, const char *family, const char *const *backlogs)
{
    struct job *job = add_job(profile, set, "capacity");
    int word = 2;
    job->words[word++] = family;
    for (int i = 0; i < TRIALS && backlogs[i] && word < JOB_WORDS - 1; i++)
        job->words[word++] = backlogs[i];
}

/* These show in how many clients get in. */
static bool shows_in_capacity(enum key key)
{
    const char *name = key_rows[key].full;
    return strncmp(name, "listen.backlog_", 15) == 0 || strncmp(name, "listen.capacity_", 16) == 0;
}

/* Outside of tests as well, where Check cannot assert. */
static void load(struct annotated_profile *annotated, const char *profile, const char *set)
{
    struct diagnostics diagnostics = {0};
    if (annotated_profile_load(annotated, profile, NULL, set, &diagnostics))
        return;
    fprintf(stderr, "%s\n", diagnostics.first);
    abort();
}

static bool same_queues(const struct annotated_profile *a, const struct annotated_profile *b)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (shows_in_capacity(key) && strcmp(said(a, key), said(b, key)) != 0)
            return false;
    return true;
}

/* Whether a profile before this one says the same of every number. */
static bool has_twin(const struct builtin *builtin, const struct annotated_profile *annotated)
{
    struct annotated_profile other;
    for (const struct builtin *earlier = builtins; earlier < builtin; earlier++) {
        load(&other, earlier->name, NULL);
        if (same_queues(&other, annotated))
            return true;
    }
    return false;
}

static const char *const *trials_for(const struct builtin *builtin, int family)
{
    struct annotated_profile annotated;
    load(&annotated, builtin->name, NULL);
    bool is_known = strcmp(builtin->name, "netbsd-7") == 0 || strcmp(builtin->name, "freebsd-13") == 0;
    bool endless = domains[family] == AF_UNIX && strcmp(said(&annotated, KEY_listen_capacity_unix), "unlimited") == 0;
    return !is_known && (endless || has_twin(builtin, &annotated)) ? few_trials : trials;
}

/* NULL is this host as it is. */
static void add_profile(const struct builtin *builtin)
{
    const char *profile = builtin ? builtin->name : NULL;
    if (!profile || strcmp(profile, "native") == 0 || strcmp(profile, "linux") == 0)
        add_job(profile, NULL, "errors");
    add_job(profile, NULL, "data-path");
    for (int i = 0; i < 3; i++)
        add_capacity(profile, NULL, families[i], builtin ? trials_for(builtin, i) : trials);
}

static const char *const one_trial[] = {"5", "128", NULL};
static const char floor_set[] = "listen.backlog_floor=64";
static const char three_ports_set[] = "bind.port_min=20000,bind.port_max=20002";
static const char host_ports_set[] = "bind.port_min=40000,bind.port_max=40002";
static const char refuse_set[] = "listen.overflow_unix=refuse";
static const char endless_set[] = "accept.timeout=no";

/* Each value of accept.accept4, over platforms whose accept passes much on and nothing. */
static const char *const accept4_sets[] = {
    "accept.accept4=kernel",  "accept.accept4=yes",    "accept.accept4=emulate",
    "accept.accept4=inherit", "accept.accept4=ignore", "accept.accept4=ENOSYS",
};
static const char *const accept4_profiles[] = {"bsd", "cygwin", "linux"};
static const char two_mistakes_set[] = "accept.not_listening_inet=EXDEV,accept.not_listening_unix=EXDEV";
/* A key that shares ports by other means than bind.reuse, set alone. */
static const struct {
    const char *set;
    enum key key;
} alone[] = {
    {"bind.time_wait_reuse=ok", KEY_bind_time_wait_reuse},
    {"bind.dual_stack=after", KEY_bind_dual_stack},
    {"record.facts=yes", KEY_record_facts},
};
#define ACCEPT4_SETS (sizeof accept4_sets / sizeof *accept4_sets)
#define ACCEPT4_PROFILES (sizeof accept4_profiles / sizeof *accept4_profiles)

/* Five listens in a row on sockets that are not bound, where the platform has three ports to choose from: outside of
 * the host's own range of ports, and within it. */
static const struct {
    const char *profile, *set, *expected;
} three_ports[] = {
    {"linux", three_ports_set, "ok ok ok EADDRINUSE EADDRINUSE"},
    {"linux", host_ports_set, "ok ok ok EADDRINUSE EADDRINUSE"},
    {"linux-2.2", three_ports_set, "ok ok ok EAGAIN EAGAIN"},
    {"bsd", three_ports_set, "ok ok ok EADDRINUSE EADDRINUSE"},
    {"mks", three_ports_set, "EINVAL EINVAL EINVAL EINVAL EINVAL"},
};

static void write_own_profile(void)
{
    snprintf(own_profile, sizeof own_profile, "%s/own.conf", directory);
    FILE *file = fopen(own_profile, "we");
    if (!file)
        abort();
    fputs("[profile]\ninherits = bsd\n\n[listen]\nbacklog_max = 7\n", file);
    fclose(file);
}

static void run_all(void)
{
    snprintf(library, sizeof library, "%s" OBSERVED "/liblistenas.so", build_directory());
    snprintf(directory, sizeof directory, "/tmp/conformance-XXXXXX");
    if (!mkdtemp(directory))
        abort();
    setenv("TMPDIR", directory, 1); /* what a crash leaves goes with the directory */
    write_own_profile();
    /* Those that look for ports come first, while there are no crowds that hold them. */
    add_job(NULL, NULL, NULL);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        add_job(builtin->name, NULL, NULL);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        add_job("native", alone[i].set, NULL);
    add_profile(NULL);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        add_profile(builtin);
    for (int i = 0; i < 3; i++) {
        add_capacity("native", floor_set, families[i], one_trial);
        add_capacity("bsd", floor_set, families[i], one_trial);
        add_capacity(own_profile, NULL, families[i], one_trial);
    }
    add_job("bsd", refuse_set, NULL);
    for (size_t i = 0; i < ACCEPT4_PROFILES * ACCEPT4_SETS; i++)
        add_job(accept4_profiles[i / ACCEPT4_SETS], accept4_sets[i % ACCEPT4_SETS], "accept4");
    add_job("bsd", two_mistakes_set, "accept4");
    add_job(NULL, NULL, "cancel");
    add_job("native", endless_set, "cancel");
    add_job(NULL, NULL, "cancel-connect");
    add_job("bsd", refuse_set, "cancel-connect");
    for (size_t i = 0; i < sizeof three_ports / sizeof *three_ports; i++)
        add_job(three_ports[i].profile, three_ports[i].set, "unbound");
    jobs_run(jobs, job_count, WIDTH);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What the observer printed for this profile, verb and family. */
static const char *output_of(const char *profile, const char *set, const char *verb, const char *family)
{
    for (int i = 0; i < job_count; i++) {
        struct job *job = &jobs[i];
        if (!same(job->profile, profile) || !same(job->set, set) || !same(job->words[1], verb) ||
            !same(verb && family ? job->words[2] : NULL, family))
            continue;
        ck_assert_msg(job->status == 0, "conform %s under %s: status %x: %s", verb ? verb : "",
                      profile ? profile : "nothing", job->status, job->text);
        return job->text;
    }
    ck_abort_msg("%s under %s was not run", verb ? verb : "conform", profile ? profile : "nothing");
    return NULL;
}

/* Copies what stands behind "name = " in the output; false if there is no such line. */
static bool find_answer(const char *output, const char *name, char *answer, size_t size)
{
    size_t length = strlen(name);
    for (const char *line = output; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
        if (strncmp(line, name, length) == 0 && strncmp(line + length, " = ", 3) == 0) {
            snprintf(answer, size, "%.*s", (int)strcspn(line + length + 3, "\n"), line + length + 3);
            return true;
        }
    }
    return false;
}

/* What cannot be brought about here says nothing, unless it can without the library and the profile speaks of it. */
static bool is_unknown(const struct annotated_profile *annotated, enum key key, const char *seen, const char *native)
{
    bool silent = strcmp(said(annotated, key), "kernel") == 0 || strcmp(native, "unknown") == 0;
    if (strcmp(seen, "unknown") != 0 || !silent)
        return false;
    fprintf(stderr, "skipped: %s: cannot be observed under %s\n", key_rows[key].full, annotated->name);
    return true;
}

static bool is_here(const char *family)
{
    return !strstr(output_of(NULL, NULL, "capacity", family), "is not here");
}

/* These are the whole kernel's, so tests/cli/check_isolate.c looks at them. */
static bool is_hosts(enum key key)
{
    return strcmp(key_rows[key].section, "host") == 0;
}

/* These say what is recorded and which errors can be provoked: no call answers otherwise for them. */
static bool is_silent(enum key key)
{
    return strcmp(key_rows[key].section, "record") == 0 || strcmp(key_rows[key].section, "errors") == 0;
}

/* These show in how many clients get in, or in which ports are chosen; one needs IPv6 to show. */
static bool shows_elsewhere(enum key key)
{
    return key == KEY_bind_port_min || key == KEY_bind_port_max || shows_in_capacity(key) || is_hosts(key) ||
           is_silent(key) || (key == KEY_bind_dual_stack && !is_here("inet6"));
}

/* What the refuser does is for tests/refuser: here there is none, and the kernel's way stays, as the record says. */
static bool needs_refuser(enum key key)
{
    return key == KEY_listen_overflow_tcp || key == KEY_listen_relisten_excess || key == KEY_filter_overflow ||
           key == KEY_filter_capacity;
}

/* Whether the program hears the C library and not the kernel: where no key in force acts at accept4. */
static bool hears_libc(const struct annotated_profile *annotated, enum key key)
{
    return IS_LIBCS(key) && !annotated->profile.needs.phases[CALL_accept4];
}

static const char *expected_of(const struct annotated_profile *annotated, enum key key, const char *native)
{
    if (needs_refuser(key) || hears_libc(annotated, key))
        return native;
    return expected_answer(annotated, key, IS_LIBCS(key) ? key_rows[key].native : native);
}

START_TEST(every_answer_is_the_profiles)
{
    const char *profile = builtins[_i].name, *output = output_of(profile, NULL, NULL, NULL);
    char native[256], seen[256];
    struct annotated_profile annotated;
    load(&annotated, profile, NULL);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const char *name = key_rows[key].full;
        if (shows_elsewhere(key))
            continue;
        ck_assert_msg(find_answer(output_of(NULL, NULL, NULL, NULL), name, native, sizeof native), "%s", name);
        ck_assert_msg(find_answer(output, name, seen, sizeof seen), "%s: %s: not observed", profile, name);
        if (is_unknown(&annotated, key, seen, native))
            continue;
        const char *expected = expected_of(&annotated, key, native);
        ck_assert_msg(strcmp(seen, expected) == 0, "%s: %s: expected %s, observed %s", profile, name, expected, seen);
    }
}
END_TEST

/* keys.def says what Linux does by itself. */
START_TEST(this_host_is_as_the_keys_say)
{
    char seen[256];
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct key_row *row = &key_rows[key];
        if (shows_elsewhere(key) || IS_LIBCS(key) || !row->native[0])
            continue;
        ck_assert(find_answer(output_of(NULL, NULL, NULL, NULL), row->full, seen, sizeof seen));
        bool unprivileged = strncmp(row->full, "bind.low_port", 13) == 0 && strcmp(seen, "ok") == 0;
        ck_assert_msg(unprivileged || strcmp(seen, row->native) == 0 || strcmp(seen, "unknown") == 0,
                      "%s: expected %s, observed %s", row->full, row->native, seen);
    }
}
END_TEST

START_TEST(a_key_alone_changes_no_other_answer)
{
    char native[256], seen[256];
    const char *output = output_of("native", alone[_i].set, NULL, NULL);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const char *name = key_rows[key].full;
        if (shows_elsewhere(key) || key == alone[_i].key)
            continue;
        ck_assert(find_answer(output_of(NULL, NULL, NULL, NULL), name, native, sizeof native));
        ck_assert(find_answer(output, name, seen, sizeof seen));
        ck_assert_msg(strcmp(seen, native) == 0, "%s: %s: expected %s, observed %s", alone[_i].set, name, native, seen);
    }
}
END_TEST

static void find_capacity(const char *profile, const char *set, const char *family, const char *backlog, char seen[64])
{
    char name[32];
    snprintf(name, sizeof name, "%s %s", family, backlog);
    const char *output = output_of(profile, set, "capacity", family);
    ck_assert_msg(find_answer(output, name, seen, 64), "%s: %s: %s", profile, name, output);
}

/* How many clients got in, or -1 if there were too few descriptors to tell. */
static int64_t seen_capacity(const char *profile, const char *set, const char *family, const char *backlog)
{
    char seen[64], *end;
    find_capacity(profile, set, family, backlog, seen);
    if (strncmp(seen, "skipped", 7) == 0)
        return -1;
    int64_t number = strtoll(seen, &end, 10);
    ck_assert_msg(!*end, "%s: %s %s: %s", profile, family, backlog, seen);
    return number;
}

static void check_capacity(const char *profile, const char *set, int family, const char *backlog)
{
    char seen[64];
    int64_t asked = strtoll(backlog, NULL, 10);
    char refusal[32];
    if (expected_refusal(profile, set, domains[family], asked, refusal)) {
        find_capacity(profile, set, families[family], backlog, seen);
        ck_assert_msg(strcmp(seen, refusal) == 0, "%s: %s: listen(fd, %s): expected %s, observed %s", profile,
                      families[family], backlog, refusal, seen);
        return;
    }
    int64_t queued = seen_capacity(profile, set, families[family], backlog);
    int64_t expected = expected_capacity(profile, set, domains[family], asked, facts_kernel_max());
    ck_assert_msg(queued == expected || queued == -1, "%s: %s: listen(fd, %s): expected %jd clients, observed %jd",
                  profile, families[family], backlog, (intmax_t)expected, (intmax_t)queued);
}

static void check_capacities(const char *profile, const char *set, int family, const char *const *backlogs)
{
    for (int i = 0; i < TRIALS && backlogs[i] && is_here(families[family]); i++)
        check_capacity(profile, set, family, backlogs[i]);
}

static void check_one_trial(const char *profile, const char *set)
{
    for (int family = 0; family < 3; family++)
        check_capacities(profile, set, family, one_trial);
}

START_TEST(every_capacity_is_the_profiles)
{
    for (int family = 0; family < 3; family++)
        check_capacities(builtins[_i].name, NULL, family, trials_for(&builtins[_i], family));
}
END_TEST

/*
 * Published and measured numbers, copied from no code: columns as in the head. Those of NetBSD 7 and FreeBSD 13 were
 * measured on their kernels but for backlogs of 6, 7, 9, 11 to 13 and 15, which follow from the others' formula.
 */
static const struct {
    const char *backlog;
    int linux_any, bsd_any, dragonfly_tcp, dragonfly_unix, netbsd_tcp, netbsd_unix, freebsd_any;
} known[] = {
    {"-1", INT_MAX, 1, 129, 193, 1, 1, 193},
    {"-2147483648", INT_MAX, 1, 129, 193, 1, 1, 193},
    {"0", 1, 1, 1, 1, 1, 1, 1},
    {"1", 2, 2, 2, 2, 2, 2, 2},
    {"2", 3, 4, 3, 4, 3, 4, 4},
    {"3", 4, 5, 4, 5, 4, 5, 5},
    {"4", 5, 7, 5, 7, 5, 7, 7},
    {"5", 6, 8, 6, 8, 6, 8, 8},
    {"6", 7, 8, 7, 10, 7, 10, 10},
    {"7", 8, 8, 8, 11, 8, 11, 11},
    {"8", 9, 8, 9, 13, 9, 13, 13},
    {"9", 10, 8, 10, 14, 10, 14, 14},
    {"10", 11, 8, 11, 16, 11, 16, 16},
    {"11", 12, 8, 12, 17, 12, 17, 17},
    {"12", 13, 8, 13, 19, 13, 19, 19},
    {"13", 14, 8, 14, 20, 14, 20, 20},
    {"14", 15, 8, 15, 22, 15, 22, 22},
    {"15", 16, 8, 16, 23, 16, 23, 23},
    {"127", 128, 8, 128, 191, 128, 191, 191},
    {"128", 129, 8, 129, 193, 129, 193, 193},
    {"129", 130, 8, 129, 193, 129, 193, 193},
    {"4096", 4097, 8, 129, 193, 129, 193, 193},
    {"1000000", INT_MAX, 8, 129, 193, 129, 193, 193},
};

/* A number as far as this host's own limit lets it show. */
static int64_t within_host(int64_t number)
{
    return number > facts_kernel_max() ? facts_kernel_max() + 1 : number;
}

static void check_known(const char *profile, int family, const char *backlog, int number)
{
    int64_t seen = seen_capacity(profile, NULL, families[family], backlog);
    int64_t expected = within_host(number);
    ck_assert_msg(seen == expected || seen == -1, "%s: %s: listen(fd, %s): known are %jd clients, observed %jd",
                  profile, families[family], backlog, (intmax_t)expected, (intmax_t)seen);
}

START_TEST(capacities_are_those_that_are_known)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int family = 0; family < 3; family++) {
            bool local = domains[family] == AF_UNIX;
            if (!is_here(families[family]))
                continue;
            check_known("linux", family, known[i].backlog, known[i].linux_any);
            check_known("bsd-4.2", family, known[i].backlog, known[i].bsd_any);
            check_known("dragonfly", family, known[i].backlog,
                        local ? known[i].dragonfly_unix : known[i].dragonfly_tcp);
            check_known("netbsd-7", family, known[i].backlog, local ? known[i].netbsd_unix : known[i].netbsd_tcp);
            check_known("freebsd-13", family, known[i].backlog, known[i].freebsd_any);
        }
}
END_TEST

START_TEST(chosen_ports_are_within_the_profiles_range)
{
    char seen[256];
    struct annotated_profile annotated;
    const char *profile = builtins[_i].name;
    load(&annotated, profile, NULL);
    int64_t low = said_number(&annotated, KEY_bind_port_min, 1),
            high = said_number(&annotated, KEY_bind_port_max, 65535);
    ck_assert(find_answer(output_of(profile, NULL, NULL, NULL), "ports", seen, sizeof seen));
    for (char *next = seen; *next;) {
        int64_t port = strtoll(next, &next, 10);
        ck_assert_msg(port >= low && port <= high, "%s: %s", profile, seen);
    }
}
END_TEST

START_TEST(a_listen_fails_when_the_profiles_ports_are_taken)
{
    char seen[256];
    const char *output = output_of(three_ports[_i].profile, three_ports[_i].set, "unbound", NULL);
    ck_assert(find_answer(output, "unbound listens", seen, sizeof seen));
    ck_assert_msg(strcmp(seen, three_ports[_i].expected) == 0, "%s: %s", three_ports[_i].profile, seen);
}
END_TEST

/* At once, with nothing left of how it was done, and the socket can still connect. */
START_TEST(a_full_unix_queue_refuses_preloaded_clients)
{
    static const char *const expected[][3] = {
        {"blocking client, full", "EAGAIN", "ECONNREFUSED"},
        {"its time-out", "40000", "40000"},
        {"its O_NONBLOCK", "0", "0"},
        {"blocking client, room", "ok", "ok"},
        {"listen.overflow_unix", "block", "refuse"},
    };
    char seen[256];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert(find_answer(output_of(NULL, NULL, NULL, NULL), expected[i][0], seen, sizeof seen));
        ck_assert_str_eq(seen, expected[i][1]);
        ck_assert(find_answer(output_of("bsd", refuse_set, NULL, NULL), expected[i][0], seen, sizeof seen));
        ck_assert_str_eq(seen, expected[i][2]);
    }
}
END_TEST

/* The answers by hand, of bsd, cygwin and linux: cygwin's accept passes close-on-exec on as well. */
START_TEST(each_value_of_accept4_does_what_it_says)
{
    static const char *const expected[ACCEPT4_PROFILES][ACCEPT4_SETS] = {
        {"yes", "yes", "emulate", "inherit", "ignore", "ENOSYS"},
        {"yes", "yes", "emulate", "inherit", "ignore", "ENOSYS"},
        {"yes", "yes", "yes", "yes", "ignore", "ENOSYS"},
    };
    size_t row = (size_t)_i / ACCEPT4_SETS, column = (size_t)_i % ACCEPT4_SETS;
    const char *profile = accept4_profiles[row], *set = accept4_sets[column];
    const char *output = output_of(profile, set, "accept4", NULL);
    char seen[256];
    struct annotated_profile annotated;
    load(&annotated, profile, set);
    ck_assert(find_answer(output, "accept.accept4", seen, sizeof seen));
    ck_assert_msg(strcmp(seen, expected[row][column]) == 0, "%s, %s: %s", profile, set, seen);
    if (hears_libc(&annotated, KEY_accept_accept4_unknown_flag))
        return;
    ck_assert(find_answer(output, "accept.accept4_unknown_flag", seen, sizeof seen));
    ck_assert_str_eq(seen, strstr(set, "ENOSYS") ? "ENOSYS" : "EINVAL");
}
END_TEST

/* As Linux does: whatever else is wrong with the call. */
START_TEST(an_emulated_accept4_checks_its_flags_first)
{
    char seen[256];
    ck_assert(find_answer(output_of("bsd", two_mistakes_set, "accept4", NULL), "accept4, unknown flag, not listening",
                          seen, sizeof seen));
    ck_assert_str_eq(seen, "EINVAL");
}
END_TEST

/* The wait is the library's own there, and must end by what ends accept. */
/* The library has the shortest time-out set while it asks whether there is room. */
START_TEST(a_cancelled_connect_leaves_no_time_out)
{
    static const char name[] = "time-out after a connect was cancelled";
    char seen[64];
    ck_assert(find_answer(output_of(NULL, NULL, "cancel-connect", NULL), name, seen, sizeof seen));
    ck_assert_str_eq(seen, "none");
    ck_assert(find_answer(output_of("bsd", refuse_set, "cancel-connect", NULL), name, seen, sizeof seen));
    ck_assert_str_eq(seen, "none");
}
END_TEST

START_TEST(a_wait_without_time_out_is_a_cancellation_point)
{
    static const char name[] = "cancel in accept after its time-out";
    char seen[256];
    ck_assert(find_answer(output_of(NULL, NULL, "cancel", NULL), name, seen, sizeof seen));
    ck_assert_str_eq(seen, "returned");
    ck_assert(find_answer(output_of("native", endless_set, "cancel", NULL), name, seen, sizeof seen));
    ck_assert_str_eq(seen, "canceled");
}
END_TEST

/* Two listeners at one address, both with SO_REUSEADDR: in WinSock the first has the clients until it is closed. */
START_TEST(the_first_of_two_listeners_gets_the_clients)
{
    static const char *const expected[][2] = {
        {"winsock", "5 to the first, 0 to the second, then 1"},
        {"mks", "5 to the first, 0 to the second, then 1"},
        {"bsd", "not shared"},
        {"linux", "not shared"},
    };
    char seen[256];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *output = output_of(expected[i][0], NULL, NULL, NULL);
        ck_assert(find_answer(output, "clients of a shared port", seen, sizeof seen));
        ck_assert_msg(strcmp(seen, expected[i][1]) == 0, "%s: %s", expected[i][0], seen);
    }
}
END_TEST

/* Two queued clients, three accepts, another listen, and a client at the old port; then a shutdown while they wait. */
START_TEST(a_listener_that_is_shut_down_ends_as_the_platforms)
{
    static const struct {
        const char *profile, *receiving, *both, *meanwhile;
    } expected[] = {
        {"bsd", "ok, accepted accepted ECONNABORTED, listen ok, client ok",
         "ok, accepted accepted ECONNABORTED, listen EINVAL, client ECONNREFUSED",
         "again EINVAL, listen EINVAL, 2 served"},
        {"netbsd-7", "ok, accepted accepted ECONNABORTED, listen ok, client ok",
         "ok, accepted accepted ECONNABORTED, listen EINVAL, client ECONNREFUSED",
         "again EINVAL, listen EINVAL, 2 served"},
        {"freebsd-9", "ok, accepted accepted ECONNABORTED, listen ok, client ok",
         "ok, accepted accepted ECONNABORTED, listen EINVAL, client ECONNREFUSED",
         "again ECONNRESET, listen EINVAL, 2 served"},
        {"linux", "ok, EINVAL EINVAL EINVAL, listen ok, client ECONNREFUSED",
         "ok, EINVAL EINVAL EINVAL, listen ok, client ECONNREFUSED", "again ENOTCONN, listen ok, 0 served"},
    };
    static const char *const names[] = {"SHUT_RD of a queue", "SHUT_RDWR of a queue", "during SHUT_RDWR of a queue"};
    const char *const answers[] = {expected[_i].receiving, expected[_i].both, expected[_i].meanwhile};
    const char *output = output_of(expected[_i].profile, NULL, NULL, NULL);
    char seen[256];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert(find_answer(output, names[i], seen, sizeof seen));
        ck_assert_msg(strcmp(seen, answers[i]) == 0, "%s: %s: %s", expected[_i].profile, names[i], seen);
    }
}
END_TEST

/* The client hears from a listener that comes while its connect is under way. */
START_TEST(a_dropped_connect_succeeds_when_somebody_listens)
{
    static const char *const expected[][2] = {
        {"netbsd-7", "EINPROGRESS, then ok"},
        {"netbsd", "EINPROGRESS, then ok"},
        {"freebsd-13", "EINPROGRESS, then ECONNREFUSED"},
    };
    char seen[256];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *output = output_of(expected[i][0], NULL, NULL, NULL);
        ck_assert(find_answer(output, "a listener that comes late, inet", seen, sizeof seen));
        ck_assert_msg(strcmp(seen, expected[i][1]) == 0, "%s: %s", expected[i][0], seen);
    }
}
END_TEST

START_TEST(sizes_that_no_program_has_set_are_the_hosts)
{
    char native[256], seen[256];
    ck_assert(find_answer(output_of(NULL, NULL, NULL, NULL), "sizes not set", native, sizeof native));
    ck_assert(find_answer(output_of(builtins[_i].name, NULL, NULL, NULL), "sizes not set", seen, sizeof seen));
    ck_assert_msg(strcmp(seen, native) == 0, "%s: %s", builtins[_i].name, seen);
}
END_TEST

/* Observations that say the same on every platform, however it answers elsewhere. */
START_TEST(everywhere_alike)
{
    static const char *const alike[][2] = {
        {"peer's name, shut down", "ok"},
        {"behind the family", "zeros"},
        {"own SO_REUSEPORT", "0 0, set 1 1"},
        {"own SO_INCOMING_CPU, inet", "-1 -1 3 3 3 0 7 -1"},
        {"own SO_INCOMING_CPU, unix", "-1 -1 3 3 3 0 7 -1"},
        {"SO_INCOMING_CPU of a connection", "a processor"},
    };
    const char *profile = builtins[_i].name;
    char seen[256];
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        ck_assert(find_answer(output_of(profile, NULL, NULL, NULL), alike[i][0], seen, sizeof seen));
        ck_assert_msg(strcmp(seen, alike[i][1]) == 0, "%s: %s: observed %s", profile, alike[i][0], seen);
    }
}
END_TEST

/* The ports that a host chooses differ from run to run. */
static void without_ports(const char *output, char *copy)
{
    const char *ports = strstr(output, "\nports ="), *rest = ports ? strchr(ports + 1, '\n') : NULL;
    int length = (int)(rest ? (size_t)(ports - output) : strlen(output));
    snprintf(copy, OUTPUT_SIZE, "%.*s%s", length, output, rest ? rest : "");
}

static void check_unchanged(const char *profile, const char *verb, const char *family)
{
    static char native[OUTPUT_SIZE], output[OUTPUT_SIZE];
    size_t equal = 0;
    ck_assert_uint_lt(strlen(output_of(NULL, NULL, verb, family)), OUTPUT_SIZE);
    ck_assert_uint_lt(strlen(output_of(profile, NULL, verb, family)), OUTPUT_SIZE);
    without_ports(output_of(NULL, NULL, verb, family), native);
    without_ports(output_of(profile, NULL, verb, family), output);
    while (native[equal] && native[equal] == output[equal])
        equal++;
    while (equal > 0 && native[equal - 1] != '\n')
        equal--;
    ck_assert_msg(strcmp(native, output) == 0, "%s: without the library:\n%.60s\nwith it:\n%.60s", profile,
                  native + equal, output + equal);
}

START_TEST(nothing_changes_under_native_and_linux)
{
    static const char *const profiles[] = {"native", "linux"};
    const char *profile = profiles[_i];
    check_unchanged(profile, NULL, NULL);
    check_unchanged(profile, "errors", NULL);
    for (int family = 0; family < 3; family++)
        check_unchanged(profile, "capacity", families[family]);
}
END_TEST

START_TEST(the_data_path_is_the_hosts)
{
    check_unchanged(builtins[_i].name, "data-path", NULL);
}
END_TEST

START_TEST(the_floor_raises_a_small_backlog)
{
    check_one_trial("native", floor_set);
    check_one_trial("bsd", floor_set);
    ck_assert_int_eq(seen_capacity("native", floor_set, "inet", "5"), within_host(65));
    ck_assert_int_eq(seen_capacity("native", floor_set, "unix", "5"), within_host(65));
    ck_assert_int_eq(seen_capacity("native", floor_set, "inet", "128"), within_host(129));
    ck_assert_int_eq(seen_capacity("bsd", floor_set, "inet", "5"), within_host(97));
    ck_assert_int_eq(seen_capacity("bsd", floor_set, "unix", "128"), within_host(97));
}
END_TEST

START_TEST(a_profile_can_be_a_file)
{
    check_one_trial(own_profile, NULL);
    ck_assert_int_eq(seen_capacity(own_profile, NULL, "inet", "5"), within_host(8));
    ck_assert_int_eq(seen_capacity(own_profile, NULL, "unix", "128"), within_host(11));
}
END_TEST

static Suite *conformance(void)
{
    Suite *suite = suite_create("conformance");
    TCase *whole = tcase_create("conformance");
    int profiles = 0;
    while (builtins[profiles].name)
        profiles++;
    tcase_add_test(whole, this_host_is_as_the_keys_say);
    tcase_add_loop_test(whole, a_key_alone_changes_no_other_answer, 0, (int)(sizeof alone / sizeof *alone));
    tcase_add_loop_test(whole, every_answer_is_the_profiles, 0, profiles);
    tcase_add_loop_test(whole, every_capacity_is_the_profiles, 0, profiles);
    tcase_add_test(whole, capacities_are_those_that_are_known);
    tcase_add_loop_test(whole, chosen_ports_are_within_the_profiles_range, 0, profiles);
    tcase_add_test(whole, the_first_of_two_listeners_gets_the_clients);
    tcase_add_loop_test(whole, a_listen_fails_when_the_profiles_ports_are_taken, 0,
                        sizeof three_ports / sizeof *three_ports);
    tcase_add_loop_test(whole, a_listener_that_is_shut_down_ends_as_the_platforms, 0, 4);
    tcase_add_test(whole, a_dropped_connect_succeeds_when_somebody_listens);
    tcase_add_loop_test(whole, sizes_that_no_program_has_set_are_the_hosts, 0, profiles);
    tcase_add_loop_test(whole, everywhere_alike, 0, profiles);
    tcase_add_test(whole, a_full_unix_queue_refuses_preloaded_clients);
    tcase_add_loop_test(whole, each_value_of_accept4_does_what_it_says, 0, (int)(ACCEPT4_PROFILES * ACCEPT4_SETS));
    tcase_add_test(whole, an_emulated_accept4_checks_its_flags_first);
    tcase_add_test(whole, a_wait_without_time_out_is_a_cancellation_point);
    tcase_add_test(whole, a_cancelled_connect_leaves_no_time_out);
    tcase_add_loop_test(whole, nothing_changes_under_native_and_linux, 0, 2);
    tcase_add_loop_test(whole, the_data_path_is_the_hosts, 0, profiles);
    tcase_add_test(whole, the_floor_raises_a_small_backlog);
    tcase_add_test(whole, a_profile_can_be_a_file);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    const char *reason = CANNOT_OBSERVE();
    if (reason) {
        fprintf(stderr, "skipped: %s\n", reason);
        return EXIT_SUCCESS;
    }
    enter_own_network(); /* its limits are what the jobs find in theirs */
    forget_user();
    unsetenv("LISTENAS_REFUSER"); /* see needs_refuser */
    run_all();
    int status = suite_run(conformance());
    remove_directory(directory);
    return status;
}
