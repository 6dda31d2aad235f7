/*
 * Which system calls the library makes on its own: a server forbids itself all but one socket call and those that
 * listenas-sandbox(7) grants to the profile in force, and lives; and what it grants is needed.
 */
#include "../suite.h"
#include "compile.h"

#include <assert.h>
#include <sys/syscall.h>

#include "../../shim/profile/builtin.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/profile.h"

#define NAMES_MOST 64
#define WORD_SIZE 12

/* --- system calls by name --- */

static const struct {
    const char *name;
    int number;
} system_calls[] = {
#define NAME(name)                                                                                                     \
    {                                                                                                                  \
#name, SYS_##name                                                                                              \
    }
    NAME(accept4),     NAME(bind),       NAME(clock_gettime),   NAME(close),
    NAME(connect),     NAME(exit_group), NAME(fallocate),       NAME(fchmod),
    NAME(fchmodat),    NAME(fcntl),      NAME(fstat),           NAME(fstatfs),
    NAME(getpeername), NAME(getpid),     NAME(getppid),         NAME(getrandom),
    NAME(getsockname), NAME(getsockopt), NAME(gettid),          NAME(ioctl),
    NAME(linkat),      NAME(listen),     NAME(madvise),         NAME(mmap),
    NAME(newfstatat),  NAME(openat),     NAME(ppoll),           NAME(prlimit64),
    NAME(read),        NAME(readlinkat), NAME(rt_sigaction),    NAME(rt_sigprocmask),
    NAME(setsockopt),  NAME(shutdown),   NAME(socket),          NAME(unlinkat),
    NAME(write),       NAME(munmap),     NAME(mprotect),        NAME(brk),
    NAME(pread64),     NAME(execve),     NAME(set_tid_address), NAME(set_robust_list),
    NAME(prctl),       NAME(futex),      NAME(ftruncate),       NAME(geteuid),
#ifdef SYS_link
    NAME(link),        NAME(unlink),     NAME(access),          NAME(readlink),
    NAME(poll),
#endif
#ifdef SYS_arch_prctl
    NAME(arch_prctl),
#endif
#ifdef SYS_rseq
    NAME(rseq),
#endif
#ifdef SYS_accept
    NAME(accept),
#endif
#undef NAME
};

#define KNOWN (sizeof system_calls / sizeof *system_calls)

/* One bit for each of them. */
typedef uint64_t set_of_calls;
static_assert(KNOWN <= 64, "each has its bit");

static set_of_calls bit_of_name(const char *name, size_t length)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (strlen(system_calls[i].name) == length && memcmp(system_calls[i].name, name, length) == 0)
            return (set_of_calls)1 << i;
    return 0;
}

static set_of_calls bit_of(const char *name)
{
    return bit_of_name(name, strlen(name));
}

/* --- the lists of listenas-sandbox(7) --- */

static char *page;

static void read_page(void)
{
    size_t size = 0;
    FILE *file = fopen(source_directory(__FILE__, "../../shim/cli/help/topics/sandbox.txt"), "re");
    if (!file || getdelim(&page, &size, '\0', file) < 0)
        exit(1);
    fclose(file);
}

/* The item of this label: where its system calls begin. They end at an empty line. */
static const char *find_item(const char *label)
{
    char start[160];
    size_t length = (size_t)snprintf(start, sizeof start, "\n- %s: ", label);
    for (const char *at = page; *at; at++) {
        size_t same = 0;
        while (same < length && (at[same] == start[same] || (at[same] == '\n' && start[same] == ' ')))
            same++;
        if (same == length)
            return at + length;
    }
    ck_abort_msg("no item \"%s\" in the page", label);
    return NULL;
}

/* Each word after the last colon of the item. */
static set_of_calls granted(const char *label)
{
    set_of_calls set = 0;
    const char *at = find_item(label), *end = strstr(at, "\n\n"), *colon;
    while ((colon = memchr(at, ':', (size_t)(end - at))))
        at = colon + 1;
    for (at += strspn(at, " \n"); at < end; at += strspn(at, " \n")) {
        size_t length = strcspn(at, " \n");
        set_of_calls bit = bit_of_name(at, length);
        ck_assert_msg(bit != 0, "%s: unknown system call %.*s", label, (int)length, at);
        set |= bit;
        at += length;
    }
    return set;
}

/* --- which rows a profile has --- */

#define AT(call) (1u << CALL_##call)
#define ACCEPTS (AT(accept) | AT(accept4))
#define EVERYWHERE (~0u)

/* A row is that of a profile with a key that acts at one of these calls, in one of these phases, and needs one of these
 * facts; every such key if `needs` is 0. */
static const struct feature {
    const char *row;
    unsigned int calls, phases, needs;
} features[] = {
    {"the default of IPV6_V6ONLY", AT(socket), 1 << PHASE_DONE, 0},
    {"what a socket is (type, state, names, whether somebody waits)", EVERYWHERE, EVERYWHERE,
     NEED_ROLE | NEED_HISTORY | NEED_SHUT | NEED_STOPPED | NEED_BOUND | NEED_QUEUED | NEED_CONNECTION},
    {"whether memory can be read (an address, a length, an option)",
     AT(bind) | AT(connect) | AT(setsockopt) | AT(getsockname) | AT(getpeername), EVERYWHERE, 0},
    {"whether memory can be read (an address, a length, an option)", ACCEPTS, EVERYWHERE, NEED_LENGTH},
    {"whether memory can be written (the room for an address)", ACCEPTS, EVERYWHERE, NEED_ADDRESS},
    {"whether memory can be written (the room for an address)", AT(getsockname) | AT(getpeername), 1 << PHASE_DONE, 0},
    {"flags and owner of a descriptor, and whether one is free", EVERYWHERE, EVERYWHERE,
     NEED_FLAGS | NEED_CLOSE_ON_EXEC | NEED_OWNER | NEED_DESCRIPTORS},
    {"options, and what the socket went through", EVERYWHERE, EVERYWHERE,
     NEED_MARK | NEED_OPTIONS_TCP | NEED_OPTIONS_UNIX | NEED_TIMEOUTS | NEED_FILTER},
    {"options, and what the socket went through", AT(setsockopt) | AT(connect), EVERYWHERE, 0},
    {"a listener that is shut down", AT(shutdown), EVERYWHERE, 0},
    {"ports (who shares one, which is chosen)", EVERYWHERE, EVERYWHERE, NEED_PORT_USE | NEED_PORT_RANGE},
    {"the other end of an AF_UNIX connection", EVERYWHERE, EVERYWHERE, NEED_PEER_GONE},
    {"an AF_UNIX path (its link, its mode)", AT(bind), EVERYWHERE, NEED_PATH},
    {"an AF_UNIX path (its link, its mode)", AT(connect), EVERYWHERE, NEED_PATH},
};

#define FEATURES (sizeof features / sizeof *features)

static bool has(const struct profile *profile, enum call call, const struct feature *feature)
{
    if (!(feature->calls & 1u << call))
        return false;
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        if (feature->phases & 1u << phase && needs_phase(&profile->needs, call, (enum phase)phase) &&
            (feature->needs == 0 || profile->needs.facts[call][phase] & feature->needs))
            return true;
    return false;
}

/* An option that the program sets may be the one in which the library keeps its mark. */
static bool has_mark(const struct profile *profile, enum call call)
{
    return call == CALL_setsockopt && profile->needs.all;
}

static set_of_calls granted_to(const struct profile *profile, enum call call)
{
    set_of_calls set = 0;
    for (size_t i = 0; i < FEATURES; i++)
        if (has(profile, call, &features[i]))
            set |= granted(features[i].row);
    return has_mark(profile, call) ? set | granted(features[2].row) | granted(features[7].row) : set;
}

/* --- runs --- */

static const struct {
    enum call call;
    const char *name;
} calls[] = {
#define HOOK(result, name, parameters, arguments, by_system_call) {CALL_##name, #name},
#include "../../shim/profile/calls.def"
};

#define CALLS (sizeof calls / sizeof *calls)

static char directory[64], library[PATH_MAX], ring[128], words[NAMES_MOST][WORD_SIZE];

/* Runs the server with the system calls in `set` allowed. Returns -1, or the number of the one that it died of. */
static int run(const char *where, const char *profile, const char *call, const char *ring_setting, set_of_calls set)
{
    bool anew = strcmp(where, "joined") == 0 || strcmp(where, "exec") == 0;
    struct job job = {.words = {NULL, where, call}, .preload = anew ? NULL : library, .profile = profile};
    int count = 3;
    job.ring = ring_setting;
    set |= bit_of("exit_group") | bit_of(call) | (strcmp(call, "accept") == 0 ? bit_of("accept4") : 0);
    for (size_t i = 0; i < KNOWN; i++)
        if (set & (set_of_calls)1 << i) {
            snprintf(words[count], WORD_SIZE, "%d", system_calls[i].number);
            job.words[count] = words[count];
            count++;
        }
    snprintf(job.program, sizeof job.program, "%s/program", directory);
    jobs_run(&job, 1, 1);
    int forbidden = WIFEXITED(job.status) && WEXITSTATUS(job.status) == 2 ? atoi(job.text) : -1;
    ck_assert_msg(forbidden >= 0 || job.status == 0, "%s %s as %s: status %x: %s", where, call, profile,
                  (unsigned int)job.status, job.text);
    free(job.text);
    return forbidden;
}

static void expect_life(const char *where, const char *profile, const char *call, const char *setting, set_of_calls set)
{
    int forbidden = run(where, profile, call, setting, set);
    ck_assert_msg(forbidden < 0, "%s, %s as %s dies of system call %d, which listenas-sandbox(7) does not name", where,
                  call, profile, forbidden);
}

static void load(struct profile *profile, const char *name)
{
    struct diagnostics diagnostics = {0};
    ck_assert_msg(profile_load(profile, name, "server", NULL, &diagnostics), "%s", diagnostics.first);
}

/* What the rows grant to the process that starts, and to the one that makes its ring. */
static set_of_calls granted_to_start(void)
{
    return granted("the constructor, beside what the dynamic loader needs") | bit_of("prctl") | bit_of("rt_sigaction") |
           bit_of("ftruncate");
}

static set_of_calls needed_by_loader(void)
{
    static const char *const names[] = {
        "execve",          "brk",   "mmap",      "munmap",     "mprotect", "openat",     "read",
        "pread64",         "close", "fstat",     "newfstatat", "access",   "arch_prctl", "set_tid_address",
        "set_robust_list", "rseq",  "prlimit64", "getrandom",  "futex"};
    set_of_calls set = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        set |= bit_of(names[i]);
#if !__GLIBC_PREREQ(2, 34)
    set |= bit_of("rt_sigaction") | bit_of("rt_sigprocmask"); /* the start of libpthread */
#endif
    return set;
}

/* In each place where a process can be: the filter is the last thing before the call. */
START_TEST(native_and_linux_make_none)
{
    static const char *const places[] = {"here", "thread", "child", "joined"};
    for (size_t i = 0; i < CALLS; i++)
        for (size_t k = 0; k < sizeof places / sizeof *places; k++)
            for (int as_linux = 0; as_linux < 2; as_linux++)
                expect_life(places[k], as_linux ? "linux" : "native", calls[i].name,
                            strcmp(places[k], "joined") == 0 ? ring : directory, 0);
}
END_TEST

START_TEST(others_make_those_of_their_rows)
{
    struct profile profile;
    load(&profile, builtins[_i].name);
    for (size_t i = 0; i < CALLS; i++) {
        set_of_calls set = granted_to(&profile, calls[i].call);
        expect_life("child", builtins[_i].name, calls[i].name, directory, set);
        expect_life("joined", builtins[_i].name, calls[i].name, ring, set);
    }
}
END_TEST

START_TEST(a_filter_that_is_there_before)
{
    static const char *const profiles[] = {"native", "linux", "glibc", "bsd", "mks", "freebsd"};
    struct profile loaded;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        load(&loaded, profiles[i]);
        expect_life("exec", profiles[i], "accept4", ring,
                    needed_by_loader() | granted_to_start() | granted_to(&loaded, CALL_accept4));
    }
}
END_TEST

START_TEST(a_ring_that_is_made_under_a_filter)
{
    static const char *const names[] = {"socket", "accept4"}; /* the second: of a process that makes no socket */
    for (size_t i = 0; i < 2; i++)
        expect_life("joined", "linux", names[i], directory, granted("making the ring, where there is none"));
}
END_TEST

/* What the server is seen to die of, one after the other. */
static set_of_calls found(const char *profile, const char *call)
{
    set_of_calls set = 0;
    for (int forbidden; (forbidden = run("here", profile, call, directory, set)) >= 0;) {
        size_t i = 0;
        while (i < KNOWN && system_calls[i].number != forbidden)
            i++;
        ck_assert_msg(i < KNOWN, "%s as %s: system call %d has no name here", call, profile, forbidden);
        set |= (set_of_calls)1 << i;
    }
    return set;
}

/* By the release of libc or of the kernel it is another of these. */
static set_of_calls alternatives(void)
{
    return bit_of("rt_sigprocmask") | bit_of("madvise") | bit_of("fstat") | bit_of("newfstatat") | bit_of("accept4") |
           bit_of("poll") | bit_of("ppoll");
}

START_TEST(no_row_grants_more_than_is_needed)
{
    set_of_calls needed[FEATURES] = {0};
    for (const struct builtin *builtin = builtins; builtin->name; builtin++) {
        struct profile loaded;
        load(&loaded, builtin->name);
        for (size_t i = 0; i < CALLS; i++) {
            set_of_calls set = found(builtin->name, calls[i].name) | bit_of(calls[i].name);
            for (size_t k = 0; k < FEATURES; k++)
                if (has(&loaded, calls[i].call, &features[k]))
                    needed[k] |= set;
        }
    }
    for (size_t k = 0; k < FEATURES; k++)
        for (size_t i = k + 1; i < FEATURES; i++)
            if (strcmp(features[k].row, features[i].row) == 0)
                needed[i] = needed[k] |= needed[i];
    for (size_t k = 0; k < FEATURES; k++)
        for (size_t i = 0; i < KNOWN; i++)
            if (granted(features[k].row) & ~needed[k] & ~alternatives() & (set_of_calls)1 << i)
                ck_abort_msg("%s: nobody needs %s", features[k].row, system_calls[i].name);
}
END_TEST

static int profile_count(void)
{
    int count = 0;
    while (builtins[count].name)
        count++;
    return count;
}

static Suite *sandbox(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *whole = tcase_create("sandbox");
    tcase_set_timeout(whole, 120);
    tcase_add_test(whole, native_and_linux_make_none);
    tcase_add_loop_test(whole, others_make_those_of_their_rows, 0, profile_count());
    tcase_add_test(whole, a_filter_that_is_there_before);
    tcase_add_test(whole, a_ring_that_is_made_under_a_filter);
    tcase_add_test(whole, no_row_grants_more_than_is_needed);
    suite_add_tcase(suite, whole);
    return suite;
}

/* The ring that a later process finds. */
static void make_ring(void)
{
    char options[3 * PATH_MAX];
    snprintf(options, sizeof options, "-o %s/program %s/server.c", directory, source_directory(__FILE__, "sandbox"));
    compile(options);
    snprintf(ring, sizeof ring, "%s/found.ring", directory);
    setenv("WHERE_PRELOAD", library, 1);
    struct job job = {.words = {NULL, "here", "socket"}, .preload = library, .ring = ring};
    snprintf(job.program, sizeof job.program, "%s/program", directory);
    jobs_run(&job, 1, 1);
    free(job.text);
    if (access(ring, F_OK) != 0)
        exit(1);
}

int main(void)
{
    forget_user();
    read_page();
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    snprintf(directory, sizeof directory, "/tmp/sandbox-XXXXXX");
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    make_ring();
    int status = suite_run(sandbox());
    remove_directory(directory);
    return status;
}
