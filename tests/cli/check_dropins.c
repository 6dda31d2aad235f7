/* Drop-ins: NAME.d/FILE.conf adds to the profile NAME, in the command and in the library alike. */
#include "child.h"

#include <errno.h>

#define PROFILES(...) call(command, "profiles", __VA_ARGS__, (char *)NULL)

/* Exits with the errno of listen on a socket that was not bound: EINVAL under mks. */
static const char unbound[] = "#include <errno.h>\n#include <sys/socket.h>\n"
                              "int main(void) { int fd = socket(AF_INET, SOCK_STREAM, 0);"
                              " return listen(fd, 5) == 0 ? 0 : errno; }\n";

static void make_conf(void)
{
    ck_assert_int_eq(mkdir("conf", 0755), 0);
    ck_assert_int_eq(mkdir("conf/mks.d", 0755), 0);
    setenv("LISTENAS_CONF_PATH", in_directory("conf"), 1);
}

/* One key of mks, as text. */
static struct answer shown(const char *key)
{
    return PROFILES("show", "mks", key);
}

static void expect_shown(const char *key, const char *text)
{
    struct answer answer = shown(key);
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, text);
}

START_TEST(later_ones_override_in_byte_order)
{
    make_conf();
    write_text("conf/mks.d/9.conf", "[listen]\nbacklog_max = 9 # ours\n", 0644);
    write_text("conf/mks.d/10.conf", "[listen]\nbacklog_max = 10\nbacklog_min = 2\n", 0644);
    write_text("conf/mks.d/.hidden.conf", "[listen]\nbacklog_max = 11\n", 0644);
    write_text("conf/mks.d/Z.conf.bak", "[listen]\nbacklog_max = 12\n", 0644);
    expect_shown("listen.backlog_max", "= 9 ");
    expect_shown("listen.backlog_max", "conf/mks.d/9.conf:2\n");
    expect_shown("listen.backlog_min", "conf/mks.d/10.conf:3\n");
    expect_shown("listen.unbound_inet", "built-in mks:");
}
END_TEST

START_TEST(the_users_come_after_the_systems)
{
    make_conf();
    ck_assert_int_eq(mkdir("first", 0755), 0);
    ck_assert_int_eq(mkdir("first/mks.d", 0755), 0);
    char list[2 * PATH_MAX];
    snprintf(list, sizeof list, "%s:%s", in_directory("first"), in_directory("conf"));
    setenv("LISTENAS_CONF_PATH", list, 1);
    write_text("first/mks.d/a.conf", "[listen]\nbacklog_max = 1\n", 0644);
    write_text("conf/mks.d/z.conf", "[listen]\nbacklog_max = 2\n", 0644);
    expect_shown("listen.backlog_max", "= 1 ");
}
END_TEST

START_TEST(the_library_reads_them_too)
{
    make_conf();
    if (!compile("unbound", unbound, ""))
        return;
    ASSERT_QUIET(RUN("-p", "mks", "./unbound"), EINVAL);
    write_text("conf/mks.d/a.conf",
               "[listen]\nunbound_inet = EACCES\n[program \"unbound\"]\nlisten.unbound_inet = EPERM\n", 0644);
    ASSERT_QUIET(RUN("-p", "mks", "./unbound"), EPERM);
    ASSERT_QUIET(RUN("-p", "nutcracker", "./unbound"), EPERM);
    ASSERT_QUIET(RUN("-p", "winsock", "./unbound"), EINVAL);
    ck_assert_int_eq(rename("unbound", "other"), 0);
    ASSERT_QUIET(RUN("-p", "mks", "./other"), EACCES);
}
END_TEST

START_TEST(what_a_profile_inherits_has_its_own)
{
    make_conf();
    ck_assert_int_eq(mkdir("conf/own.d", 0755), 0);
    write_text("conf/own.conf", "[profile]\ninherits = mks\n[listen]\nbacklog_max = 3\n", 0644);
    write_text("conf/mks.d/a.conf", "[listen]\nbacklog_max = 2\nbacklog_min = 2\n", 0644);
    struct answer answer = PROFILES("show", "own", "listen.backlog_max", "listen.backlog_min");
    ASSERT_SAYS(answer, "conf/own.conf:4\n");
    ASSERT_SAYS(answer, "conf/mks.d/a.conf:3\n");
    write_text("conf/own.d/a.conf", "[listen]\nbacklog_max = 4\n", 0644);
    answer = PROFILES("show", "own", "listen.backlog_max");
    ASSERT_SAYS(answer, "conf/own.d/a.conf:2\n");
    /* A path means that file alone. */
    answer = PROFILES("show", in_directory("conf/own.conf"), "listen.backlog_max");
    ASSERT_SAYS(answer, "conf/own.conf:4\n");
}
END_TEST

START_TEST(another_name_of_a_users_profile_finds_its_drop_ins)
{
    make_conf();
    ck_assert_int_eq(mkdir("conf/macos.d", 0755), 0);
    write_text("conf/macos.conf", "[listen]\nbacklog_max = 3\nbacklog_min = 1\n", 0644);
    write_text("conf/macos.d/a.conf", "[listen]\nbacklog_max = 4\n", 0644);
    struct answer answer = PROFILES("show", "osx", "listen.backlog_max", "listen.backlog_min");
    ASSERT_SAYS(answer, "conf/macos.d/a.conf:2\n");
    ASSERT_SAYS(answer, "conf/macos.conf:3\n");
}
END_TEST

/* Each is refused, and the program of `run` does not start. */
static void expect_refused(const char *why)
{
    ASSERT_TOLD(shown("listen.backlog_max"), 2, why);
    ASSERT_TOLD(RUN("-p", "mks", "sh", "-c", "echo started"), 125, why);
}

START_TEST(those_of_others_are_refused)
{
    if (!is_root())
        return;
    make_conf();
    write_text("conf/mks.d/a.conf", "[listen]\nbacklog_max = 2\n", 0644);
    expect_shown("listen.backlog_max", "= 2 ");
    ck_assert_int_eq(chown("conf/mks.d/a.conf", NOBODY, NOBODY), 0);
    expect_refused("mks.d/a.conf: is not read: it belongs to user 65534");
    child_user = NOBODY;
    expect_shown("listen.backlog_max", "= 2 ");
    child_user = NOBODY - 1;
    expect_refused("mks.d/a.conf: is not read");
    child_user = 0;
    ck_assert_int_eq(chown("conf/mks.d/a.conf", 0, 0), 0);
    ck_assert_int_eq(chmod("conf/mks.d/a.conf", 0666), 0);
    expect_refused("expected a file of root or of user 0, as chown and chmod o-w make it");
    ck_assert_int_eq(chmod("conf/mks.d/a.conf", 0644), 0);
    ck_assert_int_eq(chmod("conf/mks.d", 0777), 0);
    expect_refused("mks.d: is not read: it belongs to neither root nor this user, or everybody can write to it");
    ck_assert_int_eq(chmod("conf/mks.d", 0755), 0);
    ck_assert_int_eq(chown("conf/mks.d", NOBODY, NOBODY), 0);
    expect_refused("mks.d: is not read");
}
END_TEST

/* In a user namespace root's files belong to whoever / belongs to. */
START_TEST(roots_are_read_in_a_user_namespace)
{
    if (!is_root())
        return;
    make_conf();
    if (!compile("unbound", unbound, ""))
        return;
    write_text("conf/mks.d/a.conf", "[listen]\nunbound_inet = EACCES\n", 0644);
    child_user = NOBODY - 1;
    struct answer answer = RUN("-i", "-p", "mks", "./unbound");
    if (answer.status == 125 && strstr(answer.err, "make namespaces"))
        fputs("skipped: no user namespace here\n", stderr);
    else
        ASSERT_QUIET(answer, EACCES);
}
END_TEST

START_TEST(odd_ones_are_told)
{
    make_conf();
    ck_assert_int_eq(mkdir("conf/mks.d/dir.conf", 0755), 0);
    expect_refused("mks.d/dir.conf: is a directory; expected a profile");
    ck_assert_int_eq(rmdir("conf/mks.d/dir.conf"), 0);
    ck_assert_int_eq(mkfifo("conf/mks.d/fifo.conf", 0644), 0);
    expect_refused("mks.d/fifo.conf: is not a regular file");
    ck_assert_int_eq(unlink("conf/mks.d/fifo.conf"), 0);
    for (int i = 0; i < 40; i++)
        write_text(in_directory("conf/mks.d/%d.conf", i), "[listen]\nbacklog_max = 2\n", 0644);
    struct answer answer = shown("listen.backlog_max");
    ck_assert_int_eq(answer.status, 2);
    ck_assert_msg(strstr(answer.err, "the profile is made of more than 31 files"), "%s", answer.err);
}
END_TEST

/* As a pipeline does before it installs a tree. */
START_TEST(a_tree_is_checked)
{
    make_conf();
    write_text("conf/own.conf", "[profile]\ninherits = mks\n[program \"sh\"]\nlisten.backlog_max = 3\n", 0644);
    write_text("conf/mks.d/a.conf", "[listen]\nbacklog_max = 2\n", 0644);
    unsetenv("LISTENAS_CONF_PATH");
    struct answer answer = PROFILES("check", "conf");
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, "conf/own.conf: good\n");
    ASSERT_SAYS(answer, "conf/mks.d: good\n");
    ASSERT_QUIET(PROFILES("check", "-q", "conf"), 0);
    ck_assert_str_eq(PROFILES("check", "-q", "conf").out, "");
    write_text("conf/own.conf", "[profile]\ninherits = mks\n[program \"nosuch\"]\nlisten.backlog_max = 3\n", 0644);
    answer = PROFILES("check", "conf");
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, "note: [program \"nosuch\"]: no program of that name is in PATH");
    write_text("conf/bsd.conf", "[listen]\nbacklog_max = 3\n", 0644);
    ASSERT_SAYS(PROFILES("check", "conf/bsd.conf"), "it hides the built-in profile bsd");
    write_text("conf/mks.d/b.conf", "[listen]\nbacklog_min = 7\n", 0644);
    ASSERT_TOLD(PROFILES("check", "-q", "conf/mks.d"), 1, "is above listen.backlog_max = 2 (");
    answer = PROFILES("check", "-q", "conf"); /* own inherits it */
    ck_assert_int_eq(answer.status, 1);
    ck_assert_msg(strstr(answer.err, "listenas: mks: ") && strstr(answer.err, "listenas: own: "), "%s", answer.err);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {later_ones_override_in_byte_order,
                                  the_users_come_after_the_systems,
                                  the_library_reads_them_too,
                                  what_a_profile_inherits_has_its_own,
                                  another_name_of_a_users_profile_finds_its_drop_ins,
                                  those_of_others_are_refused,
                                  roots_are_read_in_a_user_namespace,
                                  odd_ones_are_told,
                                  a_tree_is_checked,
                                  NULL};
    return run_suite("dropins", tests);
}
