/*
 * syscall(): a call that a program makes by its number is answered and recorded as the call of libc's function, every
 * other number is libc's own, and the library itself makes no call through a syscall() that somebody else may define.
 */
#include "../../shim/ring/cursor.h"
#include "../../shim/ring/sites.h"
#include "../suite.h"
#include "compile.h"

#define RECORDS_MOST 256

static const char *const profiles[] = {"native",  "linux",      "bsd",     "mks",
                                       "solaris", "freebsd-13", "winsock", "linux-2.0"};
#define PROFILES (sizeof profiles / sizeof *profiles)

/* Of these for the observer, which takes some seconds. */
#define PROFILES_OBSERVED 6

static char directory[64], library[PATH_MAX], hostile_before[3 * PATH_MAX], hostile_behind[3 * PATH_MAX],
    between[3 * PATH_MAX];

/* --- what is compiled --- */

static void compile_all(void)
{
    static const struct {
        const char *name, *source, *options;
    } targets[] = {
        {"by-function", "calls", ""},
        {"by-number", "calls", "-DBY_NUMBER"},
#ifdef SYS_socketcall
        {"by-socketcall", "calls", "-DBY_SOCKETCALL"},
#endif
        {"kinds", "kinds", ""},
        {"constructor.so", "kinds", "-DAS_CONSTRUCTOR -shared -fPIC"},
        {"nothing", "nothing", ""},
        {"hostile.so", "hostile", "-shared -fPIC"},
        {"between.so", "between", "-shared -fPIC"},
    };
    char options[3 * PATH_MAX];
    const char *source = source_directory(__FILE__, "syscall");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        snprintf(options, sizeof options, "%s -o %s/%s %s/%s.c", targets[i].options, directory, targets[i].name, source,
                 targets[i].source);
        compile(options);
    }
}

/* --- runs --- */

static struct job job_of(const char *program, const char *preload, const char *profile, const char *ring)
{
    struct job job = {.preload = preload, .profile = profile, .ring = ring, .own_network = true};
    snprintf(job.program, sizeof job.program, "%s%s%s", *program == '/' ? "" : directory, *program == '/' ? "" : "/",
             program);
    return job;
}

/* Where two texts differ, but for the line of the ports that the kernel chose; NULL where they do not. */
static const char *find_difference(const char *text, const char *other)
{
    while (*text || *other) {
        size_t length = strcspn(text, "\n"), other_length = strcspn(other, "\n");
        bool chosen = strncmp(text, "ports = ", 8) == 0 && strncmp(other, "ports = ", 8) == 0;
        if (!chosen && (length != other_length || memcmp(text, other, length) != 0))
            return text;
        text += length + (text[length] != '\0');
        other += other_length + (other[other_length] != '\0');
    }
    return NULL;
}

/* What each has printed must be what the first has. */
static void expect_same_text(const struct job *jobs, int count)
{
    for (int i = 0; i < count; i++) {
        const struct job *job = &jobs[i];
        ck_assert_msg(job->status == 0, "%s, %s, under %s: status %x: %.999s", job->program, job->preload, job->profile,
                      job->status, job->text);
        const char *line = find_difference(job->text, jobs[0].text);
        ck_assert_msg(!line, "%s, %s, under %s: otherwise than the first: %.*s", job->program, job->preload,
                      job->profile, line ? (int)strcspn(line, "\n") : 0, line);
    }
}

/* A directory of the test's own to be in, for the sockets with a path. */
static void enter(const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s-%d", directory, name, (int)getpid());
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chdir(path), 0);
}

/* --- records --- */

/* Whether the program itself made the call, whatever way it took. */
static bool is_called_by(const struct ring *ring, const struct record *record, const char *program)
{
    struct site site;
    struct module module;
    if (!ring_site(ring, record->site, &site) || !ring_module(ring, site.frames[0].module, &module))
        return false;
    const char *slash = strrchr(module.path, '/');
    return slash && strcmp(slash + 1, program) == 0;
}

/* The first record tells the program's name. */
static size_t read_records(const char *path, const char *program, struct record records[RECORDS_MOST])
{
    struct ring ring = {0};
    struct cursor cursor;
    struct told told;
    size_t count = 0;
    enum cursor_answer answer;
    const char *fault = ring_open_to_read(&ring, path);
    ck_assert_msg(!fault, "%s: %s", path, fault);
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    while ((answer = cursor_next(&cursor, &told)) != CURSOR_END) {
        ck_assert_int_eq(answer, CURSOR_RECORD);
        ck_assert_uint_lt(count, RECORDS_MOST);
        ck_assert_msg(count == 0 || is_called_by(&ring, &told.record, program), "record %zu of %s", count, path);
        records[count++] = told.record;
    }
    cursor_close(&cursor);
    ring_close(&ring);
    return count;
}

/* All of a record but who, when and where from; of an address the family, since the kernel chooses ports. */
static void clear_circumstances(struct record *record)
{
    record->time_ns = 0;
    record->pid = record->tid = record->site = 0;
    memset(record->address + sizeof(sa_family_t), 0, sizeof record->address - sizeof(sa_family_t));
}

static void expect_same_records(const char *profile, const char *one, const char *other, const char *program)
{
    static struct record ones[RECORDS_MOST], others[RECORDS_MOST];
    size_t count = read_records(one, "by-function", ones), other_count = read_records(other, program, others);
    ck_assert_uint_gt(count, 20);
    ck_assert_msg(count == other_count, "%s: %zu records, and otherwise %zu", profile, count, other_count);
    for (size_t i = 1; i < count; i++) {
        clear_circumstances(&ones[i]);
        clear_circumstances(&others[i]);
        ck_assert_msg(memcmp(&ones[i], &others[i], sizeof ones[i]) == 0, "%s: record %zu: call %d, and otherwise %d",
                      profile, i, ones[i].call, others[i].call);
    }
}

static void expect_as_by_function(const char *program, const char *preload, const char *profile)
{
    char one_ring[PATH_MAX], other_ring[PATH_MAX];
    snprintf(one_ring, sizeof one_ring, "%s/one-%d.ring", directory, (int)getpid());
    snprintf(other_ring, sizeof other_ring, "%s/other-%d.ring", directory, (int)getpid());
    struct job jobs[] = {job_of("by-function", library, profile, one_ring),
                         job_of(program, preload, profile, other_ring)};
    enter(program);
    for (int i = 0; i < 2; i++)
        jobs_run(&jobs[i], 1, 1);
    expect_same_text(jobs, 2);
    expect_same_records(profile, one_ring, other_ring, program);
}

START_TEST(calls_by_number_are_answered_and_recorded_as_functions)
{
    expect_as_by_function("by-number", library, profiles[_i]);
}
END_TEST

#ifdef SYS_socketcall
START_TEST(multiplexed_calls_are_answered_and_recorded_as_functions)
{
    expect_as_by_function("by-socketcall", library, profiles[_i]);
}
END_TEST
#endif

/*
 * The observer makes some thousand calls and prints what the platform answers to each. Those by number are answered as
 * functions; and while it makes none by number, nor does the library, as a syscall() shows that nobody survives.
 */
START_TEST(observer_sees_no_difference)
{
    char by_function[PATH_MAX], by_number[PATH_MAX];
    const char *profile = profiles[_i];
    snprintf(by_function, sizeof by_function, "%s/tests/conformance/conform", build_directory());
    snprintf(by_number, sizeof by_number, "%s/tests/conformance/conform-by-number", build_directory());
    struct job jobs[] = {
        job_of(by_function, library, profile, "off"),
        job_of(by_number, library, profile, "off"),
        job_of(by_function, hostile_before, profile, "off"),
        job_of(by_function, hostile_behind, profile, "off"),
    };
    jobs_run(jobs, 4, 4);
    expect_same_text(jobs, 4);
}
END_TEST

/* --- other numbers --- */

static const char every_kind[] = "vfork = its pid, child's status 700\n"
                                 "clone = its pid, child's status 800\n"
                                 "clone with a stack = its pid, child's status 900\n"
                                 "gettid: 1\n"
                                 "write: 1\n"
                                 "mmap: 1\n"
                                 "sixth argument: 1\n"
                                 "no such number: 1\n"
                                 "negative number: 1\n"
                                 "listen: 1\n"
                                 "socketcall: 1\n"
                                 "accept: 1, cancellation is enabled: 1\n"
                                 "cancelled in the end: 1\n";

static void expect_every_kind(const char *program, const char *preload, const char *profile)
{
    struct job job = job_of(program, preload, profile, "off");
    jobs_run(&job, 1, 1);
    ck_assert_msg(job.status == 0, "under %s: status %x: %s", profile ? profile : "nothing", job.status, job.text);
    ck_assert_str_eq(job.text, every_kind);
}

START_TEST(other_numbers_are_libcs)
{
    expect_every_kind("kinds", NULL, NULL);
    expect_every_kind("kinds", library, "native");
    expect_every_kind("kinds", library, "bsd");
}
END_TEST

/* The loader runs the constructor of the last library in the list first. */
START_TEST(every_number_works_before_our_constructor)
{
    char preload[3 * PATH_MAX];
    snprintf(preload, sizeof preload, "%s:%s/constructor.so", library, directory);
    expect_every_kind("nothing", preload, "bsd");
}
END_TEST

/* --- other libraries --- */

/* What comes between has its own bind, listen, accept and setsockopt, and they are calls by number. */
START_TEST(a_library_between_may_call_by_number)
{
    expect_as_by_function(_i % 2 ? "by-number" : "by-function", between, profiles[_i / 2]);
}
END_TEST

static Suite *calls_by_number(void)
{
    Suite *suite = suite_create("syscall");
    TCase *whole = tcase_create("syscall");
    tcase_set_timeout(whole, 120);
    tcase_add_loop_test(whole, calls_by_number_are_answered_and_recorded_as_functions, 0, PROFILES);
#ifdef SYS_socketcall
    tcase_add_loop_test(whole, multiplexed_calls_are_answered_and_recorded_as_functions, 0, PROFILES);
#endif
    tcase_add_loop_test(whole, observer_sees_no_difference, 0, PROFILES_OBSERVED);
    tcase_add_test(whole, other_numbers_are_libcs);
    tcase_add_test(whole, every_number_works_before_our_constructor);
    tcase_add_loop_test(whole, a_library_between_may_call_by_number, 0, 2 * PROFILES);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    forget_user();
    snprintf(directory, sizeof directory, "/tmp/syscall-XXXXXX");
    if (!mkdtemp(directory))
        return 1;
    setenv("TMPDIR", directory, 1);
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    snprintf(hostile_before, sizeof hostile_before, "%s/hostile.so:%s", directory, library);
    snprintf(hostile_behind, sizeof hostile_behind, "%s:%s/hostile.so", library, directory);
    snprintf(between, sizeof between, "%s:%s/between.so", library, directory);
    compile_all();
    int status = suite_run(calls_by_number());
    remove_directory(directory);
    return status;
}
