/* Every verb, and the files: what is wrong is named, and what to do. */
#include "child.h"

/* The table must not shrink unnoticed. */
#define MISTAKES_LEAST 150

/* A message is one line, or a few; what is no profile at all may take ten and a count. */
#define LINES_MOST 12

static const struct mistake {
    int status;
    const char *line, *message;
} mistakes[] = {
#define MISTAKE(status, line, message) {status, line, message},
#define CONF(text, message)
#define CONTRADICTION(text, message)
#include "mistakes.def"
};

static const struct conf {
    const char *text, *message;
    bool runs; /* each line is legal, so run starts the program */
} confs[] = {
#define MISTAKE(status, line, message)
#define CONF(text, message) {text, message, false},
#define CONTRADICTION(text, message) {text, message, true},
#include "mistakes.def"
};

#define MISTAKES (sizeof mistakes / sizeof *mistakes)
#define CONFS (sizeof confs / sizeof *confs)

static void make_tree(void)
{
    static const char *const directories[] = {"tree", "tree/mks.d", "tree/bsd.d", "tree/msk.d", "tree/osx.d"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        ck_assert_int_eq(mkdir(directories[i], 0755), 0);
    write_text("tree/mks.d/50-port.conf", "[bind]\nport_min = 5000\nport_mx = 6000\n", 0644);
    write_text("tree/bsd.d/10-parent.conf", "[profile]\ninherits = linux\n", 0644);
    write_text("good.conf", "[listen]\nbacklog_max = 5\n", 0644);
    write_text("bad.conf", "[listen]\nbacklg_max = 5\n", 0644);
    write_text("text", "hello\n", 0755);
    write_text("script", "#!/nonexistent\n", 0755);
    ck_assert_int_eq(symlink("nowhere", "link"), 0);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/bin:%s", directory, getenv("PATH"));
    setenv("PATH", path, 1);
}

/* Each line is the command's own, and safe to print. */
static void expect_message(const struct answer *answer, const char *what, int status, const char *message)
{
    int lines = 0;
    ck_assert_msg(answer->status == status, "%s: status %d, not %d: %s", what, answer->status, status, answer->err);
    ck_assert_msg(strstr(answer->err, message), "%s: \"%s\" is not in: %s", what, message, answer->err);
    for (const char *line = answer->err; *line; line = strchr(line, '\n') + 1) {
        ck_assert_msg(strncmp(line, "listenas: ", 10) == 0 && strchr(line, '\n'), "%s: %s", what, answer->err);
        lines++;
    }
    ck_assert_msg(lines <= LINES_MOST, "%s: %d lines: %s", what, lines, answer->err);
    ck_assert_msg(answer->out[0] == '\0', "%s: prints on stdout: %s", what, answer->out);
}

START_TEST(mistakes_on_the_command_line_are_told)
{
    make_tree();
    for (size_t i = 0; i < MISTAKES; i++) {
        struct answer answer = call("sh", "-c", mistakes[i].line, (char *)NULL);
        expect_message(&answer, mistakes[i].line, mistakes[i].status, mistakes[i].message);
    }
}
END_TEST

START_TEST(mistakes_in_files_are_told)
{
    for (size_t i = 0; i < CONFS; i++) {
        write_text("x.conf", confs[i].text, 0644);
        struct answer checked = call(command, "profiles", "check", "-q", "x.conf", (char *)NULL);
        expect_message(&checked, confs[i].text, 1, confs[i].message);
        if (confs[i].runs)
            continue;
        struct answer run = RUN("-p", "./x.conf", "sh", "-c", "echo started");
        expect_message(&run, confs[i].text, 125,
                       strstr(confs[i].message, ": ") ? strstr(confs[i].message, ": ") : confs[i].message);
    }
    ck_assert_uint_ge(MISTAKES + CONFS, MISTAKES_LEAST);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {mistakes_on_the_command_line_are_told, mistakes_in_files_are_told, NULL};
    return run_suite("mistakes", tests);
}
