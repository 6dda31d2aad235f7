/*
 * The recorded answers of real kernels, as if the probe had run on them: what the reader makes of them must agree with
 * the built-in profiles of these platforms.
 */
#include <fnmatch.h>

#include "../../shim/cli/probe/compare.h"
#include "../conformance/job.h"
#include "../suite.h"

#define WORD_SIZE 32

enum platform { NETBSD, FREEBSD, PLATFORMS };

/* The queues were counted on the kernels with these backlogs; INT_MAX stands for the 1000000 that was tried. */
static const struct machine {
    const char *profile, *system, *release, *tcp, *local;
} machines[PLATFORMS] = {
    {"netbsd-7", "NetBSD", "7.99.34",
     "-1:1 0:1 1:2 2:3 3:4 4:5 5:6 8:9 10:11 14:15 127:128 128:129 129:129 2147483647:129",
     "-1:1 0:1 1:2 2:4 3:5 4:7 5:8 8:13 10:16 14:22 127:191 128:193 129:193 2147483647:193"},
    {"freebsd-13", "FreeBSD", "13.0-RELEASE",
     "-1:193 0:1 1:2 2:4 3:5 4:7 5:8 8:13 10:16 14:22 127:191 128:193 129:193 2147483647:193",
     "-1:193 0:1 1:2 2:4 3:5 4:7 5:8 8:13 10:16 14:22 127:191 128:193 129:193 2147483647:193"},
};

static const struct row {
    const char *cases, *answers[PLATFORMS], *source;
} rows[] = {
#define ROW(cases, linux, netbsd, freebsd, keys, source) {cases, {netbsd, freebsd}, source},
#include "../oracle/answers.def"
};

static const struct recorded {
    const char *name;
    int word;
    const char *line, *words;
} recorded[] = {
#define RECORDED(name, word, line, words) {name, word, line, words},
#include "recorded.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The platform's answer to a case, NULL if none is recorded. */
static const char *answer_to(const char *name, enum platform platform)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (fnmatch(rows[i].cases, name, FNM_EXTMATCH) == 0)
            return strncmp(rows[i].source, "measured", 8) == 0 ? rows[i].answers[platform] : NULL;
    return NULL;
}

/* The word of this number, without the mark of one that no profile can keep; false beyond the last. */
static bool take_word(const char *answer, int number, char word[WORD_SIZE])
{
    for (; number > 0 && *answer; number--) {
        answer += strcspn(answer, " ");
        answer += strspn(answer, " ");
    }
    answer += *answer == '!';
    snprintf(word, WORD_SIZE, "%.*s", (int)strcspn(answer, " "), answer);
    return word[0] != '\0';
}

/* By "WORD=PRINTED ...". */
static void translate(const char *words, char word[WORD_SIZE])
{
    size_t length = strlen(word);
    for (const char *at = words; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && at[length] == '=') {
            at += length + 1;
            snprintf(word, WORD_SIZE, "%.*s", (int)strcspn(at, " "), at);
            return;
        }
}

static int write_recorded(FILE *file, enum platform platform)
{
    int count = 0;
    for (size_t i = 0; i < COUNT(recorded); i++) {
        char word[WORD_SIZE];
        const char *answer = answer_to(recorded[i].name, platform);
        if (!answer || !take_word(answer, recorded[i].word, word))
            continue;
        translate(recorded[i].words, word);
        fprintf(file, "%s=%s\n", recorded[i].line, word);
        count++;
    }
    return count;
}

/* The longest of the paths that were bound, and what one byte more gave. */
static void write_paths(FILE *file, enum platform platform)
{
    int longest = 0;
    const char *beyond = NULL;
    for (int length = 1; length < 260; length++) {
        char name[64], word[WORD_SIZE];
        snprintf(name, sizeof name, "unix-stream fresh bind-path-%d", length);
        const char *answer = answer_to(name, platform);
        if (!answer || !take_word(answer, 0, word))
            continue;
        if (strcmp(word, "ok") == 0)
            longest = length;
        else if (!beyond)
            beyond = answer;
    }
    ck_assert_ptr_nonnull(beyond);
    fprintf(file, "bind.unix_path_max@unix=%d\nbind.unix_path_long@unix=%s\n", longest, beyond);
}

static void write_queues(FILE *file, const char *numbers, const char *family)
{
    for (const char *at = numbers; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
        fprintf(file, "queue.%.*s@%s=%d\n", (int)strcspn(at, ":"), at, family, atoi(strchr(at, ':') + 1));
}

/* Returns how many lines are of cases. */
static int write_report(const char *path, enum platform platform)
{
    const struct machine *machine = &machines[platform];
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "listenas-probe=1\nsystem=%s\nrelease=%s\ndate=2026-01-01\n", machine->system, machine->release);
    int count = write_recorded(file, platform);
    write_paths(file, platform);
    write_queues(file, machine->tcp, "inet");
    write_queues(file, machine->local, "unix");
    fputs("end=0\n", file);
    fclose(file);
    return count;
}

static struct measured measured;
static struct comparison comparison;

static int read_recorded(enum platform platform)
{
    static struct report report;
    struct diagnostics diagnostics = {0};
    char path[] = "/tmp/recorded-XXXXXX";
    close(mkstemp(path));
    int count = write_report(path, platform);
    bool good = report_read(&report, path, &diagnostics);
    unlink(path);
    ck_assert_msg(good, "%s", diagnostics.first);
    measure(&measured, &report);
    ck_assert(comparison_load(&comparison, &report, &measured));
    return count;
}

START_TEST(the_profile_agrees_with_the_kernel)
{
    int wrong = 0, count = read_recorded((enum platform)_i);
    int own = builtin_find(machines[_i].profile);
    ck_assert_int_eq(comparison.own, own);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (differs(&comparison.of[own], &measured, key)) {
            fprintf(stderr, "%s: %s: says %s, measured %s\n", machines[_i].profile, key_rows[key].full,
                    comparison.of[own].entries[key].text, measured.of[key].text);
            wrong++;
        }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_gt(count, 60);
    ck_assert_str_eq(builtin_profiles[comparison.nearest].name, machines[_i].profile);
    comparison_free(&comparison);
}
END_TEST

/* What Linux cannot keep of them, by the reasons that the built-in profiles give. */
START_TEST(what_linux_cannot_keep_is_marked)
{
    read_recorded(NETBSD);
    ck_assert_str_eq(measured.of[KEY_bind_unix_path_max].text, "253");
    ck_assert_str_eq(hindrance(&comparison, &measured, KEY_bind_unix_path_max), "Linux ends at 108 bytes");
    ck_assert_str_eq(measured.of[KEY_listen_closed_unix].text, "end");
    ck_assert_ptr_nonnull(strstr(hindrance(&comparison, &measured, KEY_listen_closed_unix), "Linux says ECONNRESET"));
    ck_assert_ptr_null(hindrance(&comparison, &measured, KEY_connect_not_listening));
    comparison_free(&comparison);
}
END_TEST

/* A row that no recorded case has says nothing. */
START_TEST(every_row_speaks)
{
    for (size_t i = 0; i < COUNT(recorded); i++)
        ck_assert_msg(answer_to(recorded[i].name, NETBSD) || answer_to(recorded[i].name, FREEBSD), "%s",
                      recorded[i].name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recorded");
    TCase *whole = tcase_create("recorded");
    forget_user();
    tcase_add_loop_test(whole, the_profile_agrees_with_the_kernel, 0, PLATFORMS);
    tcase_add_test(whole, what_linux_cannot_keep_is_marked);
    tcase_add_test(whole, every_row_speaks);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
