/* What is made of the verbs' tables: --help, manual pages, completions. */
#include "child.h"

#define HELP(...) call(command, "help", __VA_ARGS__, (char *)NULL)

#define VERBS_MOST 32

/* The verbs, as the completions get them. */
static size_t list_verbs(char verbs[VERBS_MOST][32])
{
    struct answer answer = HELP("--words=VERB");
    size_t count = 0;
    ASSERT_QUIET(answer, 0);
    for (const char *line = answer.out; *line && count < VERBS_MOST; line += strcspn(line, "\n") + 1)
        snprintf(verbs[count++], sizeof verbs[0], "%.*s", (int)strcspn(line, "\n"), line);
    ck_assert_uint_gt(count, 6);
    return count;
}

/* The names after "listenas help " in the list of all. */
static size_t list_topics(char topics[VERBS_MOST][32])
{
    struct answer answer = call(command, "help", (char *)NULL);
    size_t count = 0;
    for (const char *at = answer.out; (at = strstr(at, "    listenas help ")) && count < VERBS_MOST;) {
        at += strlen("    listenas help ");
        if (*at != ' ')
            snprintf(topics[count++], sizeof topics[0], "%.*s", (int)strcspn(at, " "), at);
    }
    ck_assert_uint_gt(count, 5);
    return count;
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (; *text; text += strcspn(text, "\n") + 1)
        longest = strcspn(text, "\n") > longest ? strcspn(text, "\n") : longest;
    return longest;
}

START_TEST(every_verb_is_explained)
{
    char verbs[VERBS_MOST][32];
    struct answer all = call(command, "help", (char *)NULL);
    for (size_t i = list_verbs(verbs); i-- > 0;) {
        struct answer answer = HELP(verbs[i]), option = call(command, verbs[i], "--help", (char *)NULL);
        ASSERT_QUIET(answer, 0);
        ASSERT_QUIET(option, 0);
        ck_assert_str_eq(answer.out, option.out);
        ck_assert_msg(strncmp(answer.out, "usage: listenas ", 16) == 0, "%s", answer.out);
        ASSERT_SAYS(all, verbs[i]);
    }
}
END_TEST

START_TEST(every_section_has_its_title)
{
    ASSERT_SAYS(HELP("stat"),
                "\n\nexit status:\n\n0 if a listener was printed, or with --watch; 2 for a wrong command line, ");
    ASSERT_SAYS(HELP("top"), "\n\nkeys:\n\n  ?            explain the keys");
    ASSERT_SAYS(HELP("top"), "\n  q            quit\n");
}
END_TEST

START_TEST(every_verb_has_examples)
{
    char verbs[VERBS_MOST][32];
    for (size_t i = list_verbs(verbs); i-- > 0;)
        ASSERT_SAYS(HELP(verbs[i]), "\n\nexamples:\n\n  ");
}
END_TEST

START_TEST(help_fits_the_reader)
{
    static const char *const widths[] = {"80", "100", "120"};
    char verbs[VERBS_MOST][32], topics[VERBS_MOST][32];
    size_t count = list_verbs(verbs), topic_count = list_topics(topics);
    for (size_t w = 0; w < 3; w++) {
        size_t widest = 0, most = strtoul(widths[w], NULL, 10);
        setenv("COLUMNS", widths[w], 1);
        for (size_t i = 0; i < count; i++) {
            size_t longest = longest_line(HELP(verbs[i]).out);
            ck_assert_msg(longest <= most, "%s: a line of %zu columns in %zu", verbs[i], longest, most);
            widest = longest > widest ? longest : widest;
        }
        for (size_t i = 0; i < topic_count; i++) {
            size_t longest = longest_line(HELP(topics[i]).out);
            ck_assert_msg(longest <= most, "%s: a line of %zu columns in %zu", topics[i], longest, most);
        }
        ck_assert_msg(widest > most - 10, "only %zu columns of %zu are used", widest, most);
    }
}
END_TEST

static bool is_there(const char *program)
{
    char line[128];
    snprintf(line, sizeof line, "command -v %s", program);
    if (call("sh", "-c", line, (char *)NULL).status == 0)
        return true;
    fprintf(stderr, "skipped: no %s here\n", program);
    return false;
}

/* Each long option of the help is in the page, which writes a dash as a minus. */
static void assert_options(const char *help, const char *page, const char *verb)
{
    char option[64];
    for (const char *at = help; (at = strstr(at, " --")); at++) {
        size_t length = strspn(at + 3, "abcdefghijklmnopqrstuvwxyz-");
        size_t used = (size_t)snprintf(option, sizeof option, "\\-\\-");
        for (size_t i = 0; i < length && used < sizeof option - 2; i++)
            used += (size_t)snprintf(option + used, sizeof option - used, at[3 + i] == '-' ? "\\-" : "%c", at[3 + i]);
        ck_assert_msg(strstr(page, option) != NULL, "%s: %s is not in the page", verb, option);
    }
}

/* mandoc finds what groff forgives. */
static void lint(const char *page, const char *verb)
{
    write_text(in_directory("page"), page, 0644);
    struct answer answer = call("mandoc", "-Tlint", "-W", "warning", "page", (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s: %s%s", verb, answer.out, answer.err);
}

START_TEST(every_verb_has_a_page)
{
    char verbs[VERBS_MOST][32];
    bool lints = is_there("mandoc");
    for (size_t i = list_verbs(verbs); i-- > 0;) {
        struct answer page = HELP("--man", verbs[i]);
        ASSERT_QUIET(page, 0);
        assert_options(HELP(verbs[i]).out, page.out, verbs[i]);
        if (lints)
            lint(page.out, verbs[i]);
    }
    struct answer page = call(command, "help", "--man", (char *)NULL);
    ASSERT_SAYS(page, ".BR listenas-log (1)");
    if (lints)
        lint(page.out, "listenas");
}
END_TEST

START_TEST(every_topic_has_text_and_page)
{
    char topics[VERBS_MOST][32];
    bool lints = is_there("mandoc");
    for (size_t i = list_topics(topics); i-- > 0;) {
        struct answer text = HELP(topics[i]), page = HELP("--man", topics[i]);
        ASSERT_QUIET(text, 0);
        ASSERT_QUIET(page, 0);
        ASSERT_SAYS(text, "\nSee also\n");
        ck_assert_msg(strstr(text.out, "\n@") == NULL && strstr(page.out, "\n@") == NULL, "%s", topics[i]);
        ck_assert_msg(strlen(page.out) > strlen(text.out) / 2, "%s", topics[i]);
        if (lints)
            lint(page.out, topics[i]);
    }
    ASSERT_SAYS(HELP("library"), "LISTENAS_CONF_PATH");
    ASSERT_SAYS(HELP("--man", "profile"), "listen.backlog_min = ");
}
END_TEST

/* What bash offers after these words, the last of which is to be completed. */
static struct answer completed(const char *words)
{
    char line[1024];
    snprintf(line, sizeof line,
             "PATH=%s/bin:$PATH; source <(listenas help --completion=bash); compopt() { :; }; COMP_WORDS=(%s); "
             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _listenas; echo \" ${COMPREPLY[*]} \"",
             directory, words);
    struct answer answer = call("bash", "-c", line, (char *)NULL);
    ASSERT_QUIET(answer, 0);
    return answer;
}

START_TEST(bash_completes)
{
    if (!is_there("bash"))
        return;
    ASSERT_SAYS(completed("listenas ''"), " run ");
    ASSERT_SAYS(completed("listenas pro"), " profiles ");
    ASSERT_SAYS(completed("listenas run --dry"), " --dry-run ");
    ASSERT_SAYS(completed("listenas run -p mk"), " mks ");
    ASSERT_SAYS(completed("listenas run --profile = netbsd-"), " netbsd-7 ");
    ASSERT_SAYS(completed("listenas test -p mks,netbsd-"), " mks,netbsd-7 ");
    ASSERT_SAYS(completed("listenas profiles exp"), " explain ");
    ASSERT_SAYS(completed("listenas profiles explain listen.backlog_mi"), " listen.backlog_min ");
    ASSERT_SAYS(completed("listenas profiles show sola"), " solaris ");
}
END_TEST

START_TEST(bash_runs_no_name)
{
    if (!is_there("bash"))
        return;
    ck_assert_int_eq(mkdir("conf", 0755), 0);
    setenv("LISTENAS_CONF_PATH", in_directory("conf"), 1);
    write_text("conf/a$(touch ran).conf", "[listen]\nbacklog_max = 5\n", 0644);
    write_text("conf/a`touch ran`.conf", "[listen]\nbacklog_max = 5\n", 0644);
    write_text("conf/a b.conf", "[listen]\nbacklog_max = 5\n", 0644);
    struct answer answer = completed("listenas run -p a");
    ck_assert_int_ne(access("ran", F_OK), 0);
    ASSERT_SAYS(answer, "a$(touch ran) ");
    ASSERT_SAYS(answer, " a b ");
}
END_TEST

START_TEST(other_shells_can_read_theirs)
{
    static const char *const shells[] = {"zsh", "fish"};
    for (size_t i = 0; i < 2; i++) {
        char option[32];
        snprintf(option, sizeof option, "--completion=%s", shells[i]);
        struct answer answer = HELP(option);
        ASSERT_QUIET(answer, 0);
        ASSERT_SAYS(answer, "dry-run");
        write_text(in_directory("completion"), answer.out, 0644);
        if (is_there(shells[i]))
            ASSERT_QUIET(call(shells[i], "-n", "completion", (char *)NULL), 0);
    }
}
END_TEST

START_TEST(mistakes_are_told)
{
    ASSERT_TOLD(HELP("rnu"), 2, "unknown verb or topic \"rnu\"; did you mean run?");
    ASSERT_TOLD(HELP("provok"), 2, "unknown verb or topic \"provok\"; did you mean provoke?");
    ASSERT_TOLD(HELP("nonsense"), 2, "unknown verb or topic \"nonsense\"; `listenas help` lists all");
    ASSERT_TOLD(HELP("run", "log"), 2, "expected one verb or topic, not 2");
    ASSERT_TOLD(HELP("--completion=bsh"), 2, "unknown shell \"bsh\"; did you mean bash?");
    ASSERT_TOLD(HELP("--words=CITY"), 2, "expected VERB, PROFILE or KEY");
    ASSERT_TOLD(HELP("--mna"), 2, "unknown option --mna; did you mean --man?");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_verb_is_explained,
        every_section_has_its_title,
        every_verb_has_examples,
        help_fits_the_reader,
        every_verb_has_a_page,
        bash_completes,
        bash_runs_no_name,
        every_topic_has_text_and_page,
        other_shells_can_read_theirs,
        mistakes_are_told,
        NULL,
    };
    return run_suite("help", tests);
}
