/* What all verbs have in common: exit statuses, letters of options, and what becomes of output that nobody takes. */
#include "child.h"

#include <signal.h>

#define VERBS_MOST 32
#define NAME_SIZE 32

/* The verbs, as the completions get them. */
static size_t list_verbs(char verbs[VERBS_MOST][NAME_SIZE])
{
    struct answer answer = call(command, "help", "--words=VERB", (char *)NULL);
    size_t count = 0;
    ASSERT_QUIET(answer, 0);
    for (const char *line = answer.out; *line && count < VERBS_MOST; line += strcspn(line, "\n") + 1)
        snprintf(verbs[count++], NAME_SIZE, "%.*s", (int)strcspn(line, "\n"), line);
    ck_assert_uint_gt(count, 6);
    return count;
}

START_TEST(a_wrong_command_line_ends_with_two)
{
    char verbs[VERBS_MOST][NAME_SIZE];
    for (size_t i = list_verbs(verbs); i-- > 0;) {
        int expected = strcmp(verbs[i], "run") == 0 ? 125 : 2;
        ASSERT_TOLD(call(command, verbs[i], "--no-such-option", (char *)NULL), expected, "unknown option");
        ASSERT_TOLD(call(command, verbs[i], "-Z", (char *)NULL), expected, "unknown option -Z");
        ASSERT_TOLD(call(command, verbs[i], "--help=x", (char *)NULL), expected, "takes no value");
    }
    ck_assert_int_eq(call(command, (char *)NULL).status, 2);
}
END_TEST

START_TEST(every_verb_tells_its_statuses)
{
    char verbs[VERBS_MOST][NAME_SIZE];
    for (size_t i = list_verbs(verbs); i-- > 0;) {
        struct answer answer = call(command, verbs[i], "--help", (char *)NULL);
        ASSERT_SAYS(answer, "\nexit status:\n");
        ck_assert_msg(strcmp(verbs[i], "run") == 0 || strstr(answer.out, "2 for"), "%s: %s", verbs[i], answer.out);
    }
    struct answer page = call(command, "help", "--man", (char *)NULL);
    ASSERT_SAYS(page, "EXIT STATUS");
    ASSERT_SAYS(page, "The command line is wrong");
}
END_TEST

/* --- letters --- */

/* What a letter is called in all verbs; more than one name where they mean the same. */
static const struct letter {
    char letter;
    const char *names;
} letters[] = {
    {'a', " all "},     {'b', " baseline "},   {'c', " color "},   {'e', " calls "},
    {'f', " follow "},  {'h', " help "},       {'i', " isolate "}, {'j', " jobs "},
    {'l', " list "},    {'n', " last count "}, {'o', " set "},     {'p', " profile platforms as "},
    {'P', " provoke "}, {'q', " quiet "},      {'r', " ring "},    {'s', " split "},
    {'t', " timeout "}, {'v', " verbose "},    {'w', " watch "},
};

static const char *names_of(char letter)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == letter)
            return letters[i].names;
    return "";
}

START_TEST(a_letter_means_the_same_in_every_verb)
{
    char verbs[VERBS_MOST][NAME_SIZE];
    int found = 0;
    for (size_t i = list_verbs(verbs); i-- > 0;) {
        struct answer answer = call(command, verbs[i], "--help", (char *)NULL);
        for (const char *at = answer.out; (at = strstr(at, "\n  -")); at++) {
            char name[NAME_SIZE + 2];
            if (strncmp(at + 5, ", --", 4) != 0)
                continue;
            snprintf(name, sizeof name, " %.*s ", (int)strcspn(at + 9, " =\n"), at + 9);
            ck_assert_msg(strstr(names_of(at[4]), name), "%s: -%c is --%s", verbs[i], at[4], name + 1);
            found++;
        }
    }
    ck_assert_int_gt(found, 30);
}
END_TEST

/* Each of these fails for another reason than its option. */
START_TEST(letters_of_earlier_versions_are_taken)
{
    ASSERT_QUIET(call(command, "run", "-n", "true", (char *)NULL), 0);
    ASSERT_QUIET(call(command, "doctor", "-j", (char *)NULL), call(command, "doctor", (char *)NULL).status);
    ASSERT_TOLD(call(command, "log", "-p", "x", (char *)NULL), 2, "is not the number of a process");
    ASSERT_TOLD(call(command, "test", "-e", "nonesuch", "--", "true", "{}", (char *)NULL), 2,
                "nonesuch cannot be read");
    ASSERT_TOLD(call(command, "test", "-r", "xml", "--", "true", (char *)NULL), 2, "expected github");
    ASSERT_TOLD(call(command, "lint", "-r", "xml", "--", "true", (char *)NULL), 2, "expected github");
    ASSERT_TOLD(call(command, "export", "--chrome", "-l", "unix:a", (char *)NULL), 2, "--listen goes with");
    ASSERT_TOLD(call(command, "report", "-o", "a", "nonesuch", (char *)NULL), 2, "unknown server");
}
END_TEST

START_TEST(names_of_other_verbs_are_taken)
{
    ASSERT_QUIET(call(command, "run", "--platform=mks", "--dry-run", "true", (char *)NULL), 0);
    ASSERT_TOLD(call(command, "test", "--profiles=msk", "--", "true", (char *)NULL), 2, "did you mean mks?");
    ASSERT_TOLD(call(command, "lint", "--profile=msk", "--", "true", (char *)NULL), 2, "did you mean mks?");
    ASSERT_TOLD(call(command, "compare", "-p", "msk", "nonesuch", (char *)NULL), 2, "did you mean mks?");
    ck_assert_ptr_null(strstr(call(command, "run", "--help", (char *)NULL).out, "--platform"));
}
END_TEST

/* In a shell that runs as another platform the command's own sockets are still Linux's. */
START_TEST(the_command_itself_listens_natively)
{
    struct answer alone = RUN("-p", "mks", "true");
    ck_assert_int_eq(alone.status, 0);
    struct answer within = RUN("-p", "bsd", "-o", "bind.unix_unnamed=EISDIR", command, "run", "-p", "mks", "true");
    ck_assert_int_eq(within.status, 0);
    ck_assert_msg(strstr(within.err, "did not start") == NULL, "%s", within.err);
}
END_TEST

/* --- output that nobody takes --- */

static const char *const printing[] = {
    "listenas",
    "listenas --version",
    "listenas run --dry-run true",
    "listenas test -p mks -- true",
    "listenas why x@mks -- true",
    "listenas lint -- true",
    "listenas ps",
    "listenas profiles",
    "listenas profiles show mks",
    "listenas profiles show --json mks",
    "listenas profiles check mks",
    "listenas probe --emit",
    "listenas doctor",
    "listenas doctor --json",
    "listenas help ring",
    "listenas help --man",
    "listenas help --completion=zsh",
};

#define PRINTING (sizeof printing / sizeof *printing)

/* The command as a shell becomes it; its stdout is `out`. */
static struct answer print_to(const char *line, int out)
{
    char text[512];
    snprintf(text, sizeof text, "PATH='%s/bin:/usr/bin:/bin'; exec %s >&%d", directory, line, out);
    return call("sh", "-c", text, (char *)NULL);
}

START_TEST(who_has_read_enough_is_told_nothing)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    for (size_t i = 0; i < PRINTING; i++) {
        struct answer answer = print_to(printing[i], ends[1]);
        ck_assert_msg(WIFSIGNALED(answer.wait_status) && WTERMSIG(answer.wait_status) == SIGPIPE, "%s: %x: %s",
                      printing[i], (unsigned int)answer.wait_status, answer.err);
        ck_assert_msg(answer.err[0] == '\0', "%s: %s", printing[i], answer.err);
    }
    close(ends[1]);
}
END_TEST

START_TEST(output_that_is_lost_is_told)
{
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_ge(full, 0);
    for (size_t i = 0; i < PRINTING; i++)
        ASSERT_TOLD(print_to(printing[i], full), 125, "cannot write to stdout");
    close(full);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_wrong_command_line_ends_with_two,    every_verb_tells_its_statuses,  a_letter_means_the_same_in_every_verb,
        letters_of_earlier_versions_are_taken, names_of_other_verbs_are_taken, the_command_itself_listens_natively,
        who_has_read_enough_is_told_nothing,   output_that_is_lost_is_told,    NULL};
    return run_suite("manners", tests);
}
