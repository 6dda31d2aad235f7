/* `listenas profiles`: two platforms side by side, one key on all. */
#include "../../shim/profile/loader/search.h"
#include "child.h"

#define PROFILES(...) call(command, "profiles", __VA_ARGS__, (char *)NULL)

static void write_profile(const char *name, const char *text)
{
    write_text(in_directory("%s.conf", name), text, 0644);
    setenv("LISTENAS_CONF_PATH", directory, 1);
}

/* The line of `out` that begins with `start` and a blank, cut at its end; static memory. */
static const char *line_of(const char *out, const char *start)
{
    static char line[512];
    size_t length = strlen(start);
    for (const char *at = out; at && *at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
        if (strncmp(at, start, length) != 0 || at[length] != ' ')
            continue;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        return line;
    }
    return NULL;
}

static int lines_in(const char *out)
{
    int lines = 0;
    for (; *out; out++)
        lines += *out == '\n';
    return lines;
}

/* One's own stands for the built-in profile of its name, once. */
START_TEST(diff_shows_only_what_differs)
{
    write_profile("one", "[listen]\nbacklog_max = 5 # a\nbacklog_min = 2 # b\nunbound_unix = EINVAL # c\n");
    write_profile("two", "[listen]\nbacklog_max = 7 # a\nbacklog_min = 2 # z\nunbound_unix = ok # not enforced: no\n");
    struct answer answer = PROFILES("diff", "one", "two");
    ASSERT_QUIET(answer, 0);
    ck_assert_int_eq(lines_in(answer.out), 3);
    ck_assert_str_eq(line_of(answer.out, "listen.backlog_max"),
                     "listen.backlog_max             5                            7");
    ck_assert_str_eq(line_of(answer.out, "listen.unbound_unix"),
                     "listen.unbound_unix            EINVAL                       ok (not enforced)");
}
END_TEST

/* The same word differs where it is kept on one side only; how sure its source is makes no difference. */
START_TEST(diff_looks_at_the_standing)
{
    write_profile("one", "[listen]\nbacklog_max = 5 # a\nbacklog_min = 2 # b\n");
    write_profile("two", "[listen]\nbacklog_max = 5 # not enforced: why\nbacklog_min = 2 # unverified: c\n");
    struct answer answer = PROFILES("diff", "one", "two");
    ASSERT_QUIET(answer, 0);
    ck_assert_int_eq(lines_in(answer.out), 2);
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "listen.backlog_max"), "5 (not enforced)"));
}
END_TEST

START_TEST(diff_takes_settings)
{
    ck_assert_ptr_nonnull(strstr(PROFILES("diff", "linux", "linux").out, "no difference\n"));
    struct answer answer = PROFILES("diff", "-o", "listen.backlog_max=9", "bsd", "freebsd-2");
    ASSERT_QUIET(answer, 0);
    ck_assert_ptr_null(line_of(answer.out, "listen.backlog_max"));
    ck_assert_ptr_nonnull(line_of(PROFILES("diff", "bsd", "freebsd-2").out, "listen.backlog_max"));
}
END_TEST

START_TEST(diff_needs_two_that_exist)
{
    ASSERT_TOLD(PROFILES("diff", "bsd"), 2, "expected the names of two profiles");
    ASSERT_TOLD(PROFILES("diff", "bsd", "linux", "mks"), 2, "expected the names of two profiles");
    ASSERT_TOLD(PROFILES("diff", "bsd", "freebsd-31"), 2, "did you mean freebsd-");
}
END_TEST

START_TEST(explain_tells_of_every_platform)
{
    struct answer answer = PROFILES("explain", "listen.unbound_unix");
    ASSERT_QUIET(answer, 0);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        ck_assert_msg(line_of(answer.out, builtin->name), "%s", builtin->name);
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "freebsd-13"), "EDESTADDRREQ "));
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "hurd"), "not enforced: "));
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "hurd"), "@ built-in hurd:"));
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "hpux"), "unverified: "));
    ck_assert_ptr_nonnull(strstr(line_of(answer.out, "native"), "not promised"));
    ck_assert_ptr_nonnull(strstr(answer.out, "Portable: always bind before you listen"));
    ck_assert_str_eq(PROFILES("explain", "unbound_unix").out, answer.out);
}
END_TEST

START_TEST(explain_offers_the_nearest)
{
    ASSERT_TOLD(PROFILES("explain", "listen.unbound_inte"), 2, "did you mean listen.unbound_inet?");
    ASSERT_TOLD(PROFILES("explain", "unbound_inte"), 2, "did you mean unbound_inet?");
    ASSERT_TOLD(PROFILES("explain", "quite another thing"), 2, "`listenas profiles keys` lists all");
    ASSERT_TOLD(PROFILES("explain"), 2, "expected one key");
}
END_TEST

START_TEST(words_that_are_none)
{
    ASSERT_TOLD(PROFILES("dif"), 2, "did you mean diff?");
    ASSERT_TOLD(PROFILES("something"), 2, "unknown word \"something\"");
    ASSERT_TOLD(PROFILES("list", "more"), 2, "takes no arguments");
    ASSERT_TOLD(PROFILES("show"), 2, "expected the name of one profile");
    struct answer answer = PROFILES("--help");
    ASSERT_QUIET(answer, 0);
    ck_assert_ptr_nonnull(line_of(answer.out, "  explain KEY"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        diff_shows_only_what_differs,    diff_looks_at_the_standing, diff_takes_settings, diff_needs_two_that_exist,
        explain_tells_of_every_platform, explain_offers_the_nearest, words_that_are_none, NULL,
    };
    return run_suite("compare", tests);
}
