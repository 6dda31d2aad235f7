/* Files that somebody wrote who wants to reach the terminal of whoever looks at them. */
#include "child.h"

#include "../../shim/ring/append.h"

/* Sets the title, in each of the ways; the last character may stay. */
#define TITLE                                                                                                          \
    "\033P1x\a\x9b"                                                                                                    \
    "1m\xc2\x9d\x7f\xe2\x80\xa8\xc3\xa9"
#define TITLE_SEEN "\\x1bP1x\\x07\\x9b1m\\xc2\\x9d\\x7f\\xe2\\x80\\xa8\xc3\xa9"

/* Nothing that a terminal obeys; what else is in TITLE would do so only behind one of these. */
static void expect_tame(const char *text, const char *what)
{
    static const char obeyed[] = "\033\a\x7f\x9b\x9d\xa8\r\b";
    for (const char *c = obeyed; *c; c++)
        ck_assert_msg(!strchr(text, *c), "%s: the byte %#x is in: %s", what, (unsigned char)*c, text);
}

static void expect_shown(struct answer answer, const char *what, int times)
{
    int seen = 0;
    expect_tame(answer.out, what);
    expect_tame(answer.err, what);
    const char *texts[] = {answer.out, answer.err};
    for (int i = 0; i < 2; i++)
        for (const char *at = texts[i]; (at = strstr(at, TITLE_SEEN)); at++)
            seen++;
    ck_assert_msg(seen == times, "%s: seen %d times, not %d: %s%s", what, seen, times, answer.out, answer.err);
}

#define PROFILES(...) call(command, "profiles", __VA_ARGS__, (char *)NULL)

START_TEST(profiles_reach_no_terminal)
{
    setenv("LISTENAS_CONF_PATH", directory, 1);
    write_text("a" TITLE ".conf",
               "[profile]\nsummary = " TITLE "\nsource = " TITLE "\n[listen]\nbacklog_max = 5 # " TITLE "\n"
               "unbound_unix = ok # not enforced: " TITLE "\n",
               0644);
    expect_shown(PROFILES("list"), "list", 2);
    expect_shown(PROFILES("show", "a" TITLE), "show", 7); /* the name, summary, source, two notes, two places */
    expect_shown(PROFILES("diff", "a" TITLE, "bsd"), "diff", 1);
    expect_shown(PROFILES("explain", "listen.backlog_max"), "explain", 3);
    expect_shown(PROFILES("check", "a" TITLE ".conf"), "check", 1);
}
END_TEST

START_TEST(mistakes_reach_no_terminal)
{
    static const char *const wrong[] = {
        "[listen]\n" TITLE " = 1\n",
        "[listen]\nbacklog_max = " TITLE "\n",
        "[" TITLE "]\n",
        "[program " TITLE "]\n",
        "[profile]\ninherits = " TITLE "\n",
        "[profile]\ninherits = /" TITLE "\n",
        "[profile]\n" TITLE " = 1\n",
        TITLE " = 1\n",
    };
    char preload[PATH_MAX];
    setenv("LISTENAS_CONF_PATH", directory, 1);
    setenv("LISTENAS_RING", "off", 1);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", in_directory("bin/liblistenas.so"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_text("wrong.conf", wrong[i], 0644);
        expect_shown(PROFILES("check", "wrong.conf"), wrong[i], 1);
        expect_shown(PROFILES("list"), wrong[i], 1);
        expect_shown(RUN("-p", "wrong", "true"), wrong[i], 1);
        expect_shown(call("env", preload, "LISTENAS_PROFILE=wrong", "true", (char *)NULL), wrong[i], 1);
    }
    expect_shown(call("env", preload, "LISTENAS_RING=" TITLE, "true", (char *)NULL), "ring", 1);
    expect_shown(call("env", preload, "LISTENAS_PROFILE=" TITLE, "true", (char *)NULL), "profile", 1);
}
END_TEST

/* Its words are for a shell: there they must mean the same. */
START_TEST(a_dry_run_reaches_no_terminal)
{
    static const char word[] = "'\\" TITLE;
    setenv("LISTENAS_RING", "off", 1);
    struct answer dry = RUN("-n", "printf", "%s", word);
    ASSERT_QUIET(dry, 0);
    expect_tame(dry.out, "dry run");
    struct answer run = call("bash", "-c", dry.out, (char *)NULL);
    if (run.status == 98) {
        fputs("skipped: there is no shell here that knows $'...'\n", stderr);
        return;
    }
    ASSERT_QUIET(run, 0);
    ck_assert_str_eq(run.out, word);
}
END_TEST

START_TEST(rings_reach_no_terminal)
{
    static const char *const names[] = {"start", "listen" TITLE};
    const struct ring_identity identity = {.slots = RING_SLOTS_LEAST,
                                           .profile = TITLE,
                                           .diagnostic = TITLE,
                                           .command = TITLE,
                                           .command_size = sizeof TITLE,
                                           .call_names = names,
                                           .key_names = names,
                                           .calls = 2,
                                           .keys = 2};
    const struct record start = {.time_ns = 1, .address = "a" TITLE, .address_length = sizeof TITLE + 1};
    const struct record odd = {
        .time_ns = 2, .call = 1, .key = {1}, .address = {1, 0, '/', 033, 0x9b, 0x7f}, .address_length = 6};
    struct ring ring;
    if (!hide_shared_memory())
        return;
    ck_assert_int_eq(ring_open(&ring, in_directory("rings/listenas-" TITLE ".ring"), &identity), 0);
    ring_append(&ring, &start);
    ring_append(&ring, &odd);
    ring_close(&ring);
    static const char *const options[] = {"--color=never", "--json", "--list", "--remove-dead"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct answer log = call(command, "log", options[i], (char *)NULL);
        ASSERT_QUIET(log, 0);
        expect_tame(log.out, options[i]);
        ck_assert_msg(strstr(log.out, i == 1 ? "\\u001bP1x" : "\\x1bP1x"), "%s", log.out);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {profiles_reach_no_terminal, mistakes_reach_no_terminal, a_dry_run_reaches_no_terminal,
                                  rings_reach_no_terminal, NULL};
    return run_suite("hostile", tests);
}
