/*
 * The probe under each profile, in a network of its own: what the reader makes of its answers must be what the profile
 * says, of every key that is enforced and can be seen.
 */
#include "../../shim/cli/probe/compare.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/rules/listen.h"
#include "../conformance/expectation.h"
#include "../conformance/job.h"
#include "../suite.h"

/* They wait for clients that do not get in more than they compute. */
#define WIDTH 4
#define JOBS 64

static struct job jobs[JOBS];
static int job_count;
static char probe[PATH_MAX], command[PATH_MAX];
static struct measured native;

/* Keys that a profile enforces and that the probe cannot see under it: listed with the reason. */
static const struct unmeasured {
    const char *profiles; /* with blanks between them */
    enum key key;
} unmeasured[] = {
#define UNMEASURED(profiles, key, why) {profiles, KEY_##key},
#include "unmeasured.def"
};

static void add_jobs(void)
{
    jobs[job_count++] = (struct job){.own_network = true};
    snprintf(jobs[0].program, sizeof jobs[0].program, "%s", probe);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++) {
        struct job *job = &jobs[job_count++];
        if (job_count > JOBS)
            abort();
        *job = (struct job){.ring = "off"};
        snprintf(job->program, sizeof job->program, "%s", command);
        const char *const words[] = {"run", "--isolate", "-p", builtin->name, "--", probe};
        memcpy(job->words + 1, words, sizeof words);
    }
}

/* What the command itself said is not the probe's. */
static void write_answers(const struct job *job, FILE *file)
{
    for (const char *line = job->text; *line; line += strcspn(line, "\n") + 1)
        if (strncmp(line, "listenas: ", 10) != 0)
            fprintf(file, "%.*s\n", (int)strcspn(line, "\n"), line);
}

/*
 * A refuser has as long as the probe waits for it, half a second and less. On a busy machine it may be kept waiting for
 * longer, and the probe sees nobody refused: then it is run again.
 */
#define TRIALS 4

static void run_again(struct job *job)
{
    fprintf(stderr, "once more: %.200s\n", job->words[4]);
    free(job->text);
    job->text = NULL;
    jobs_run(job, 1, 1);
}

static void measure_job(const struct job *job, struct measured *measured)
{
    static struct report report;
    struct diagnostics diagnostics = {0};
    char path[] = "/tmp/answers-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_msg(job->status == 0, "status %x: %.2000s", job->status, job->text);
    FILE *file = fdopen(fd, "w");
    write_answers(job, file);
    fclose(file);
    bool good = report_read(&report, path, &diagnostics);
    unlink(path);
    ck_assert_msg(good && report.end.line, "%s", diagnostics.first);
    measure(measured, &report);
}

static void load(struct annotated_profile *annotated, const char *name)
{
    struct diagnostics diagnostics = {0};
    ck_assert_msg(annotated_profile_load(annotated, name, NULL, NULL, &diagnostics), "%s", diagnostics.first);
}

/* These nobody can see: the reader says so itself. */
static const bool unseen[KEY_COUNT] = {
#define UNSEEN(key, why) [KEY_##key] = true,
#include "../../shim/cli/probe/unseen.def"
};

static bool is_unmeasured(const char *profile, enum key key)
{
    if (unseen[key])
        return true;
    for (size_t i = 0; i < sizeof unmeasured / sizeof *unmeasured; i++)
        if (unmeasured[i].key == key && is_word_of(unmeasured[i].profiles, profile))
            return true;
    return false;
}

/* These are right if they give the same queues, however they are written. */
static bool is_of_queues(enum key key)
{
    const char *name = key_rows[key].full;
    return strncmp(name, "listen.backlog_", 15) == 0 || strncmp(name, "listen.capacity_", 16) == 0;
}

static bool is_port(enum key key)
{
    return key == KEY_bind_port_min || key == KEY_bind_port_max;
}

/* A sample tells the ends of a range to about a twentieth. */
static bool is_near(const struct annotated_profile *annotated, const char *expected, const char *seen)
{
    int64_t low = said_number(annotated, KEY_bind_port_min, 1024),
            high = said_number(annotated, KEY_bind_port_max, 65535);
    return llabs(strtoll(expected, NULL, 10) - strtoll(seen, NULL, 10)) <= (high - low) / 20 + 1;
}

/* Whether the profile itself, and not the kernel, says what is to be seen. */
static bool is_enforced(const struct annotated_profile *annotated, enum key key)
{
    const char *text = said(annotated, key);
    return strcmp(text, key_rows[key].initial) != 0 && strcmp(text, "kernel") != 0;
}

/* What this host does; in a network of its own, a platform without privileged ports has none. */
static const char *native_of(const struct annotated_profile *annotated, enum key key)
{
    bool low = key == KEY_bind_low_port || key == KEY_bind_low_port_wildcard;
    return low && strcmp(said(annotated, KEY_host_unprivileged_port), "0") == 0 ? "ok" : measured_meaning(&native, key);
}

/* What this host cannot do for the probe, whatever the platform: it may be without IPv6, or without other users. */
static bool is_hosts_limit(const struct measured *measured, enum key key)
{
    const char *remark = measured->of[key].remark;
    bool lacks = strstr(jobs[0].text, "\nwithout.inet6=") && strcmp(remark, "the probe did not come to it") == 0;
    if (!lacks && strcmp(remark, "this process cannot give up its privilege") != 0)
        return false;
    fprintf(stderr, "skipped: %s cannot be measured on this host\n", key_rows[key].full);
    return true;
}

/* Returns whether the key is as it should be; says so on stderr if not. */
static bool check_key(const struct annotated_profile *annotated, const struct measured *measured, enum key key)
{
    const char *seen = measured_meaning(measured, key), *profile = annotated->name;
    if (!measured->of[key].text[0]) {
        if (!is_enforced(annotated, key) || is_unmeasured(profile, key) || is_hosts_limit(measured, key))
            return true;
        fprintf(stderr, "%s: %s = %s was not measured: %s\n", profile, key_rows[key].full, said(annotated, key),
                measured->of[key].remark);
        return false;
    }
    const char *expected = expected_answer(annotated, key, native_of(annotated, key));
    if (!expected[0] || strcmp(seen, expected) == 0 || (is_port(key) && is_near(annotated, expected, seen)))
        return true;
    fprintf(stderr, "%s: %s: expected %s, measured %s\n", profile, key_rows[key].full, expected, seen);
    return false;
}

/* Measures the profile once more; returns how many keys are wrong, and in `right` how many are as they should be. */
static int check_keys(const struct annotated_profile *annotated, const struct job *job, int *right)
{
    static struct measured measured;
    int wrong = 0;
    measured = (struct measured){0};
    *right = 0;
    measure_job(job, &measured);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (is_of_queues(key))
            continue;
        bool good = check_key(annotated, &measured, key);
        wrong += !good;
        *right += good && measured.of[key].text[0];
    }
    return wrong;
}

START_TEST(every_key_is_the_profiles)
{
    static struct annotated_profile annotated;
    int right, wrong;
    load(&annotated, builtins[_i].name);
    measure_job(&jobs[0], &native);
    wrong = check_keys(&annotated, &jobs[_i + 1], &right);
    for (int trial = 1; trial < TRIALS && wrong > 0; trial++) {
        run_again(&jobs[_i + 1]);
        wrong = check_keys(&annotated, &jobs[_i + 1], &right);
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_gt(right, 150);
}
END_TEST

/* How many connections a listener holds under a profile, or the negative errno of listen. */
static int64_t capacity_of(const struct profile *profile, int domain, int64_t backlog)
{
    const struct facts facts = {.domain = domain, .type = SOCK_STREAM, .bound = true, .kernel_max = 1 << 20};
    struct listen_verdict verdict = listen_verdict(profile, &facts, (int)backlog);
    bool beyond = verdict.backlog < 0 || verdict.backlog > facts.kernel_max;
    if (verdict.verdict.decision == DECIDE_FAIL)
        return -verdict.verdict.error;
    return (beyond ? facts.kernel_max : verdict.backlog) + 1;
}

/* The profile that the measured queues make. */
static void take_queues(struct profile *profile, const struct measured *measured)
{
    bool promise_only;
    profile_reset(profile);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (is_of_queues(key) && measured->of[key].text[0])
            ck_assert_ptr_null(key_set(profile, key, measured->of[key].text, &promise_only));
    profile_derive(profile);
}

/*
 * Where the program shall see net.core.somaxconn, run --isolate sets it to the platform's, and no queue is longer than
 * one more than that.
 */
static int64_t most_queued(const char *name)
{
    static struct annotated_profile annotated;
    load(&annotated, name);
    const struct profile *profile = &annotated.profile;
    bool is_shown = profile->host_somaxconn_live.word == WORD_YES && profile->host_somaxconn.word == WORD_NUMBER;
    return is_shown ? profile->host_somaxconn.number + 1LL : INT64_MAX;
}

/* A queue that is longer than the host's kernel has it is measured as long as that. */
#define HOST_LEAST 4000

/* Returns whether the queue is as it should be; says so on stderr if not. */
static bool check_queue(const char *name, const struct profile *profile, int domain, int64_t backlog)
{
    char refusal[32];
    struct value value = {0};
    int64_t seen = capacity_of(profile, domain, backlog), longest = capacity_of(profile, domain, INT_MAX);
    int64_t expected = 0;
    if (expected_refusal(name, NULL, domain, backlog, refusal))
        expected = value_parse(refusal, &value) ? -value.number : 0;
    else
        expected = expected_capacity(name, NULL, domain, backlog, INT_MAX);
    if (expected > longest && longest > HOST_LEAST)
        expected = longest;
    if (expected > most_queued(name))
        expected = most_queued(name);
    if (seen != expected)
        fprintf(stderr, "%s: %s: listen(fd, %jd): expected %jd, measured %jd\n", name,
                domain == AF_UNIX ? "unix" : "tcp", (intmax_t)backlog, (intmax_t)expected, (intmax_t)seen);
    return seen == expected;
}

/* Returns how many of the queues are wrong. */
static int check_queues(const char *name, const struct job *job)
{
    static const int64_t backlogs[] = {INT_MIN, -200, -5,  -1,  0,   1,   2,    3,    4,    5,     6,       7,      8,
                                       9,       10,   11,  12,  13,  14,  15,   16,   17,   18,    19,      20,     100,
                                       127,     128,  129, 200, 511, 512, 1000, 1024, 4096, 65535, 1000000, INT_MAX};
    static struct measured measured;
    static struct profile profile;
    int wrong = 0;
    measured = (struct measured){0};
    measure_job(job, &measured);
    take_queues(&profile, &measured);
    for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++) {
        wrong += !check_queue(name, &profile, AF_INET, backlogs[i]);
        wrong += !check_queue(name, &profile, AF_UNIX, backlogs[i]);
    }
    return wrong;
}

START_TEST(every_queue_is_as_long_as_the_profiles)
{
    int wrong = check_queues(builtins[_i].name, &jobs[_i + 1]);
    for (int trial = 1; trial < TRIALS && wrong > 0; trial++) {
        run_again(&jobs[_i + 1]);
        wrong = check_queues(builtins[_i].name, &jobs[_i + 1]);
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* Nothing of listenas is in the process then. */
START_TEST(natively_it_is_linux)
{
    static struct annotated_profile linux_profile;
    int wrong = 0;
    load(&linux_profile, "linux");
    measure_job(&jobs[0], &native);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const char *seen = measured_meaning(&native, key), *text = linux_profile.entries[key].text,
                   *own = key_rows[key].native;
        bool unlike = (strcmp(text, "kernel") != 0 && differs(&linux_profile, &native, key)) ||
                      (own[0] && seen[0] && !is_of_queues(key) && strcmp(seen, own) != 0);
        if (unlike)
            fprintf(stderr, "%s: expected %s, measured %s\n", key_rows[key].full, text, seen);
        wrong += unlike;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static Suite *platforms(void)
{
    Suite *suite = suite_create("platforms");
    TCase *whole = tcase_create("platforms");
    tcase_add_test(whole, natively_it_is_linux);
    tcase_add_loop_test(whole, every_key_is_the_profiles, 0, builtin_count);
    tcase_add_loop_test(whole, every_queue_is_as_long_as_the_profiles, 0, builtin_count);
    suite_add_tcase(suite, whole);
    return suite;
}

static bool can_isolate(void)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(unshare(CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0)) != 0);
    return waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
    if (!can_isolate()) {
        fputs("skipped: programs cannot have a network of their own here\n", stderr);
        return EXIT_SUCCESS;
    }
    snprintf(probe, sizeof probe, "%s/tests/probe/probe", build_directory());
    snprintf(command, sizeof command, "%s/listenas", build_directory());
    forget_user();
    unsetenv("LISTENAS_REFUSER");
    add_jobs();
    jobs_run(jobs, job_count, WIDTH);
    return suite_run(platforms());
}
