/* `listenas profiles`: list, show, check, keys. */
#include "child.h"

#include "../../shim/profile/loader/search.h"
#include "../../shim/profile/profile.h"

#define PROFILES(...) call(command, "profiles", __VA_ARGS__, (char *)NULL)

START_TEST(each_platform_has_a_line)
{
    struct answer list = call(command, "profiles", (char *)NULL);
    ck_assert_int_eq(list.status, 0);
    ck_assert_str_eq(list.err, "");
    size_t lines = 0, expected = 0;
    for (const char *c = list.out; *c; c++)
        lines += *c == '\n';
    for (const struct builtin *builtin = builtins; builtin->name; builtin++, expected++) {
        char line[80];
        snprintf(line, sizeof line, "%s%-12s ", expected ? "\n" : "", builtin->name);
        ASSERT_SAYS(list, line);
    }
    ck_assert_uint_eq(lines, expected);
}
END_TEST

START_TEST(a_file_stands_before_a_builtin)
{
    setenv("LISTENAS_CONF_PATH", directory, 1);
    write_text(in_directory("bsd.conf"), "[profile]\nsummary = our own\ninherits = bsd\n", 0644);
    write_text(in_directory("wrong.conf"), "[listen]\nx = 1\n", 0644);
    struct answer list = PROFILES("list");
    char line[128];
    snprintf(line, sizeof line, "%-12s our own  (%s)\n", "bsd", directory);
    ASSERT_SAYS(list, line);
    ck_assert_ptr_null(strstr(list.out, "4.4BSD"));
    ASSERT_SAYS(list, "wrong        has a mistake: ");
}
END_TEST

START_TEST(a_platform_is_shown_whole)
{
    struct answer shown = PROFILES("show", "mks");
    ck_assert_int_eq(shown.status, 0);
    ASSERT_SAYS(shown, "# mks: MKS/NuTCRACKER");
    ASSERT_SAYS(shown, "\n# source: PTC MKS Toolkit");
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        ASSERT_SAYS(shown, key_rows[key].full);
    ASSERT_SAYS(shown, "listen.backlog_max             = 200            # unverified: ");
    ASSERT_SAYS(shown, "  @ built-in mks:");
    ASSERT_SAYS(shown, "# not enforced: ");
    ASSERT_SAYS(shown, "# no profile sets it\n");
}
END_TEST

START_TEST(overrides_and_programs_are_shown)
{
    struct answer shown = PROFILES("show", "-o", "listen.backlog_max=64", "-o", "listen.backlog_min=2", "bsd");
    ASSERT_SAYS(shown, "listen.backlog_max             = 64             # @ LISTENAS_SET");
    ASSERT_SAYS(shown, "listen.backlog_min             = 2 ");
    write_text(in_directory("host.conf"), "[program \"legacyd\"]\nlisten.backlog_max = 7\n", 0644);
    shown = PROFILES("show", "--program=legacyd", in_directory("host.conf"));
    ASSERT_SAYS(shown, "listen.backlog_max             = 7 ");
    shown = PROFILES("show", in_directory("host.conf"));
    ck_assert_ptr_null(strstr(shown.out, "listen.backlog_max             = 7 "));
}
END_TEST

START_TEST(files_are_checked)
{
    write_text(in_directory("good.conf"), "[listen]\nbacklog_max = 5 # here\n", 0644);
    write_text(in_directory("bad.conf"), "[listen]\nbacklog_max = five\nbacklog_mn = 1\n", 0644);
    struct answer checked = PROFILES("check", "good.conf", "bad.conf");
    ck_assert_int_eq(checked.status, 125);
    ck_assert_str_eq(checked.out, "good.conf: good\n");
    ck_assert_msg(
        strstr(checked.err, "bad.conf:2: listen.backlog_max: \"five\" is not legal here; expected kernel 0.."), "%s",
        checked.err);
    ck_assert_msg(strstr(checked.err, "bad.conf:3: listen.backlog_mn: unknown key; did you mean listen.backlog_min?"),
                  "%s", checked.err);
    ASSERT_TOLD(PROFILES("check"), 125, "expected a file");
}
END_TEST

START_TEST(keys_are_documented)
{
    struct answer keys = PROFILES("keys"), page = call(command, "help", "--man", "profile", (char *)NULL);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        ASSERT_SAYS(keys, key_rows[key].full);
        ASSERT_SAYS(keys, key_help((enum key)key));
        ASSERT_SAYS(keys, key_advice((enum key)key));
        ASSERT_SAYS(page, key_rows[key].full);
    }
    ASSERT_SAYS(page, ".TH \"LISTENAS\\-PROFILE\" 5 ");
}
END_TEST

/* At which calls a key acts, and what of it cannot be kept. */
START_TEST(keys_tell_where_they_act)
{
    struct answer explained = PROFILES("explain", "listen.ports_exhausted");
    ASSERT_SAYS(explained, "Acts at: listen (after it failed).");
    ck_assert_ptr_null(strstr(explained.out, "Not enforced:"));
    explained = PROFILES("explain", "listen.overflow_tcp");
    ASSERT_SAYS(explained, "Acts at: listen (before it).");
    ASSERT_SAYS(explained, "Not enforced: ignore.");
    explained = PROFILES("explain", "listen.queue_order");
    ck_assert_ptr_null(strstr(explained.out, "Acts at:"));
    ASSERT_SAYS(explained, "Not enforced: lifo.");
    struct answer page = call(command, "help", "--man", "profile", (char *)NULL);
    ASSERT_SAYS(page, "Acts at: listen (before it), accept (after it).");
    ASSERT_SAYS(page, "Not enforced: ok ERRNO.");
}
END_TEST

START_TEST(mistakes_are_told)
{
    ASSERT_TOLD(PROFILES("show", "bds"), 125, "unknown profile \"bds\"; did you mean bsd?");
    ASSERT_TOLD(PROFILES("show"), 125, "expected the name of one profile");
    ASSERT_TOLD(PROFILES("shwo", "bsd"), 125, "did you mean show?");
    ASSERT_TOLD(PROFILES("show", "-o", "listen.backlog_mx=1", "bsd"), 125, "did you mean listen.backlog_max?");
    ASSERT_TOLD(PROFILES("keys", "--porgram=x"), 125, "did you mean --program?");
}
END_TEST

/* Of every verb: what was printed into nothing must not look like success. */
START_TEST(output_that_is_lost_is_told)
{
    static const char *const lost[] = {
        "--help",     "--version",     "run --help",        "run -n true",   "log --help",
        "log --list", "profiles list", "profiles show bsd", "profiles keys", "profiles diff bsd mks"};
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        char line[PATH_MAX];
        snprintf(line, sizeof line, "%s %s >/dev/full", command, lost[i]);
        ASSERT_TOLD(call("sh", "-c", line, (char *)NULL), 125, "cannot write to stdout");
        snprintf(line, sizeof line, "%s %s >&-", command, lost[i]);
        ASSERT_TOLD(call("sh", "-c", line, (char *)NULL), 125, "cannot write to stdout");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_platform_has_a_line,    a_file_stands_before_a_builtin,
                                  a_platform_is_shown_whole,   overrides_and_programs_are_shown,
                                  files_are_checked,           keys_are_documented,
                                  keys_tell_where_they_act,    mistakes_are_told,
                                  output_that_is_lost_is_told, NULL};
    return run_suite("profiles", tests);
}
