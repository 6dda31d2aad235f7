/*
 * The probe on this host as it is, and under the profiles of two platforms whose kernels were asked, or read, case
 * by case: each answer must be theirs, or one that a key calls not enforced.
 */
#include <fnmatch.h>

#include "../../shim/profile/loader/load.h"
#include "../conformance/job.h"

#define LINE_SIZE 256
#define WORD_SIZE 32

enum platform { NATIVE, NETBSD, FREEBSD, PLATFORMS };

static const char *const profiles[PLATFORMS] = {"native", "netbsd-7", "freebsd-13"};

static const struct row {
    const char *cases, *answers[PLATFORMS];
    const char *keys; /* of the words behind '!' */
    const char *source;
} rows[] = {
#define ROW(cases, linux, netbsd, freebsd, keys, source) {cases, {linux, netbsd, freebsd}, keys, source},
#include "answers.def"
};

#define ROWS (sizeof rows / sizeof *rows)

static struct job jobs[PLATFORMS];
static struct annotated_profile annotated[PLATFORMS];
static char probe[PATH_MAX];

struct tally {
    int right, wrong, not_enforced;
};

static const struct row *row_of(const char *name)
{
    for (size_t row = 0; row < ROWS; row++)
        if (fnmatch(rows[row].cases, name, FNM_EXTMATCH) == 0)
            return &rows[row];
    return NULL;
}

/* Takes the next word of the line; false at its end. */
static bool next_word(const char **line, char word[WORD_SIZE])
{
    *line += strspn(*line, " ");
    size_t length = strcspn(*line, " ");
    snprintf(word, WORD_SIZE, "%.*s", (int)length, *line);
    *line += length;
    return length > 0;
}

/* What the command has to say comes before the probe's answers. */
static const char *answers_of(enum platform platform)
{
    const char *at = jobs[platform].text;
    while (strncmp(at, "listenas: ", 10) == 0)
        at += strcspn(at, "\n") + 1;
    return at;
}

/* Without the right to refuse, a full queue drops, and the command has said so. */
static bool lacks_refuser(enum platform platform)
{
    return answers_of(platform) != jobs[platform].text;
}

/* Whether the profile says of one of the row's keys that it is not enforced. */
static bool is_excused(const struct row *row, enum platform platform)
{
    char name[WORD_SIZE];
    const char *keys = row->keys ? row->keys : "";
    while (next_word(&keys, name)) {
        enum key key = key_of_name(name);
        ck_assert_msg(key != KEY_NONE, "%s is no key", name);
        if (annotated[platform].entries[key].standing == STANDING_NOT_ENFORCED ||
            (key == KEY_listen_overflow_tcp && lacks_refuser(platform)))
            return true;
    }
    return false;
}

/* Word by word: the worst of them is the case's. */
static void check_case(const struct row *row, enum platform platform, const char *name, const char *seen,
                       struct tally *tally)
{
    char expected[WORD_SIZE], word[WORD_SIZE];
    const char *answer = row->answers[platform], *rest = seen;
    bool wrong = false, excused = false;
    while (next_word(&answer, expected)) {
        bool may_differ = expected[0] == '!';
        bool differs = !next_word(&rest, word) || strcmp(expected + may_differ, word) != 0;
        excused = excused || (differs && may_differ && is_excused(row, platform));
        wrong = wrong || (differs && !(may_differ && is_excused(row, platform)));
    }
    wrong = next_word(&rest, word) || wrong;
    tally->wrong += wrong;
    tally->not_enforced += excused && !wrong;
    tally->right += !excused && !wrong;
    if (wrong)
        fprintf(stderr, "%s: %s: expected %s (%s), observed %s\n", profiles[platform], name, row->answers[platform],
                row->source, seen);
}

/* Splits "CASE = ANSWER" at `line` and returns the rest; NULL at the end. */
static const char *take_line(const char *at, char line[LINE_SIZE], const char **answer)
{
    if (!*at)
        return NULL;
    size_t length = strcspn(at, "\n");
    snprintf(line, LINE_SIZE, "%.*s", (int)length, at);
    char *middle = strstr(line, " = ");
    ck_assert_msg(middle && length < LINE_SIZE, "%s", line);
    *middle = '\0';
    *answer = middle + 3;
    return at + length + (at[length] == '\n');
}

START_TEST(every_answer_is_the_kernels)
{
    char line[LINE_SIZE];
    const char *answer;
    struct tally tally = {0};
    ck_assert_msg(jobs[_i].status == 0, "%s: status %x: %s", profiles[_i], jobs[_i].status, jobs[_i].text);
    for (const char *at = answers_of((enum platform)_i); (at = take_line(at, line, &answer));) {
        const struct row *row = row_of(line);
        if (row && row->answers[_i])
            check_case(row, (enum platform)_i, line, answer, &tally);
    }
    printf("%s: %d cases right, %d wrong, %d not enforced\n", profiles[_i], tally.right, tally.wrong,
           tally.not_enforced);
    ck_assert_int_eq(tally.wrong, 0);
    ck_assert_int_gt(tally.right, 0);
}
END_TEST

/* A row that fits no case of the probe's says nothing; one of IPv6 alone may have none here. */
START_TEST(every_row_speaks)
{
    char line[LINE_SIZE];
    const char *answer;
    bool speaks[ROWS] = {false};
    for (const char *at = jobs[NATIVE].text; (at = take_line(at, line, &answer));) {
        const struct row *row = row_of(line);
        if (row)
            speaks[row - rows] = true;
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(speaks[i] || (strchr(rows[i].cases, '6') && !strstr(jobs[NATIVE].text, "tcp6")), "%s",
                      rows[i].cases);
}
END_TEST

static void run_all(void)
{
    snprintf(probe, sizeof probe, "%s/tests/oracle/probe", build_directory());
    for (enum platform platform = NATIVE; platform < PLATFORMS; platform++) {
        struct diagnostics diagnostics = {0};
        jobs[platform] = (struct job){.ring = "off", .own_network = true};
        snprintf(jobs[platform].program, sizeof jobs[platform].program, "%s/%s", build_directory(),
                 platform == NATIVE ? "tests/oracle/probe" : "listenas");
        const char *const words[] = {"run", "-p", profiles[platform], "--", probe};
        if (platform != NATIVE)
            memcpy(jobs[platform].words + 1, words, sizeof words);
        if (!annotated_profile_load(&annotated[platform], profiles[platform], NULL, NULL, &diagnostics))
            abort();
    }
    jobs_run(jobs, PLATFORMS, PLATFORMS);
}

int main(void)
{
    Suite *suite = suite_create("oracle");
    TCase *whole = tcase_create("oracle");
    tcase_add_loop_test(whole, every_answer_is_the_kernels, 0, PLATFORMS);
    tcase_add_test(whole, every_row_speaks);
    suite_add_tcase(suite, whole);
    SRunner *runner = srunner_create(suite);
    forget_user();
    unsetenv("LISTENAS_REFUSER");
    run_all();
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
