/*
 * The probe on this host as it is, and run by `listenas run` as the platforms whose kernels answered: every answer must
 * be theirs, unless the profile itself says that it is not enforced.
 */
#include "../../shim/profile/book.h"
#include "../conformance/job.h"
#include "answers.h"

#define COUNT (sizeof rows / sizeof *rows)
#define WORD_SIZE 32

enum { NATIVE, NETBSD, FREEBSD, PLATFORMS };

static const char *const profiles[PLATFORMS] = {NULL, "netbsd-7", "freebsd-13"};

static struct job jobs[PLATFORMS];
static struct book books[PLATFORMS];
static char probe[PATH_MAX];

static struct tally {
    int right, excused, wrong;
} tallies[PLATFORMS];

static const char *answer_of(const struct row *row, int platform)
{
    return platform == NATIVE ? row->native : platform == NETBSD ? row->netbsd : row->freebsd;
}

static const char *line_of(const char *family, const char *question, const char *output)
{
    char start[160];
    int length = snprintf(start, sizeof start, "%s: %s =", family, question);
    const char *line = strstr(output, start);
    while (line && line > output && line[-1] != '\n')
        line = strstr(line + 1, start);
    return line ? line + length : NULL;
}

/* Takes the next word of the line; false at its end. */
static bool next_word(const char **line, char word[WORD_SIZE])
{
    *line += strspn(*line, " ");
    size_t length = strcspn(*line, " \n");
    snprintf(word, WORD_SIZE, "%.*s", (int)length, *line);
    *line += length;
    return length > 0;
}

/* Whether the profile says of one of the row's keys that it is not enforced. */
static bool is_excused(const struct row *row, int platform)
{
    char name[WORD_SIZE];
    const char *keys = row->key;
    if (!keys || platform == NATIVE)
        return false;
    while (next_word(&keys, name))
        if (books[platform].entries[key_of_name(name)].standing == STANDING_NOT_ENFORCED)
            return true;
    return false;
}

static void count_word(const struct row *row, int platform, const char *expected, const char *seen)
{
    bool may_differ = expected[0] == '!';
    if (strcmp(expected + may_differ, seen) == 0)
        tallies[platform].right++;
    else if (may_differ && is_excused(row, platform))
        tallies[platform].excused++;
    else
        tallies[platform].wrong++;
}

static void check_row(const struct row *row, const char *family, int platform)
{
    char expected[WORD_SIZE], seen[WORD_SIZE];
    const char *answer = answer_of(row, platform), *line = line_of(family, row->question, jobs[platform].text);
    if (!line)
        return;
    const char *whole = line;
    int wrong = tallies[platform].wrong;
    bool more = next_word(&line, seen);
    while (next_word(&answer, expected)) {
        count_word(row, platform, expected, more ? seen : "");
        more = more && next_word(&line, seen);
    }
    tallies[platform].wrong += more;
    if (tallies[platform].wrong != wrong)
        fprintf(stderr, "%s: %s: %s: expected %s, observed%.*s\n", platform ? profiles[platform] : "this host", family,
                row->question, answer_of(row, platform), (int)strcspn(whole, "\n"), whole);
}

static bool is_asked(const struct row *row, const char *family)
{
    bool tcp = strncmp(family, "inet", 4) == 0;
    return strcmp(row->families, family) == 0 || (tcp && strstr(row->families, "tcp")) ||
           (!tcp && strstr(row->families, "unix"));
}

START_TEST(every_answer_is_the_kernels)
{
    static const char *const families[] = {"inet", "inet6", "unix"};
    ck_assert_msg(jobs[_i].status == 0, "status %x: %s", jobs[_i].status, jobs[_i].text);
    for (int family = 0; family < 3; family++) {
        ck_assert_msg(family == 1 || strstr(jobs[_i].text, families[family]), "%s", jobs[_i].text);
        for (size_t row = 0; row < COUNT; row++)
            if (is_asked(&rows[row], families[family]))
                check_row(&rows[row], families[family], _i);
    }
    fprintf(stderr, "%s: %d right, %d not enforced, %d wrong\n", _i ? profiles[_i] : "this host", tallies[_i].right,
            tallies[_i].excused, tallies[_i].wrong);
    ck_assert_int_gt(tallies[_i].right, 0);
    ck_assert_int_eq(tallies[_i].wrong, 0);
}
END_TEST

/* A question that no row answers would be asked in vain, and a row without a question would never be wrong. */
START_TEST(rows_and_questions_are_the_same)
{
    for (const char *line = jobs[NATIVE].text; *line; line = strchr(line, '\n') + 1) {
        int answered = 0;
        for (size_t row = 0; row < COUNT; row++) {
            char start[160], family[8];
            snprintf(family, sizeof family, "%.*s", (int)strcspn(line, ":"), line);
            int length = snprintf(start, sizeof start, "%s: %s =", family, rows[row].question);
            answered += is_asked(&rows[row], family) && strncmp(line, start, (size_t)length) == 0;
        }
        ck_assert_msg(answered == 1, "%d answers to %.*s", answered, (int)strcspn(line, "\n"), line);
    }
    for (size_t row = 0; row < COUNT; row++) {
        bool local = strstr(rows[row].families, "unix"), here = local || strstr(jobs[NATIVE].text, "inet6");
        const char *family = local ? "unix" : strcmp(rows[row].families, "inet6") == 0 ? "inet6" : "inet";
        ck_assert_msg(!here || line_of(family, rows[row].question, jobs[NATIVE].text), "%s", rows[row].question);
    }
}
END_TEST

static void run_probes(void)
{
    snprintf(probe, sizeof probe, "%s/tests/accept/probe", build_folder());
    for (int platform = NATIVE; platform < PLATFORMS; platform++) {
        struct job *job = &jobs[platform];
        job->own_network = true;
        job->ring = "off";
        snprintf(job->program, sizeof job->program, "%s%s", build_folder(),
                 platform == NATIVE ? "/tests/accept/probe" : "/listenas");
        if (platform == NATIVE)
            continue;
        struct complaints complaints = {0};
        const char *const words[] = {"run", "-p", profiles[platform], "--", probe};
        memcpy(job->words + 1, words, sizeof words);
        if (!book_load(&books[platform], profiles[platform], NULL, NULL, &complaints))
            abort();
    }
    jobs_run(jobs, PLATFORMS, PLATFORMS);
}

int main(void)
{
    Suite *suite = suite_create("accept");
    TCase *whole = tcase_create("accept");
    tcase_add_loop_test(whole, every_answer_is_the_kernels, NATIVE, PLATFORMS);
    tcase_add_test(whole, rows_and_questions_are_the_same);
    suite_add_tcase(suite, whole);
    SRunner *runner = srunner_create(suite);
    forget_user();
    run_probes();
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
