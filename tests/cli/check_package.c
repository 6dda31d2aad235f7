/* What is installed, that it is complete, that nothing of it stays, and that what packagers make of it can be read. */
#include "child.h"

/* make, in the source, for an installation into the test's directory. */
static struct answer make(const char *target)
{
    char line[512];
    snprintf(line, sizeof line, "env -u MAKEFLAGS -u MAKELEVEL make -s -C %s/.. %s DESTDIR=%s/'a root'",
             getenv("LISTENAS_BUILD"), target, directory);
    return call("sh", "-c", line, (char *)NULL);
}

static struct answer shell(const char *line)
{
    return call("sh", "-c", line, (char *)NULL);
}

static bool has(const char *program)
{
    bool is_there = call("sh", "-c", "command -v \"$0\"", program, (char *)NULL).status == 0;
    if (!is_there)
        fprintf(stderr, "skipped: no %s here\n", program);
    return is_there;
}

START_TEST(everything_is_installed_and_removed)
{
    static const char *const files[] = {
        "bin/listenas",
        "include/listenas.h",
        "include/listenas-ring.h",
        "lib/*/listenas/liblistenas.so",
        "lib/*/liblistenas-ring.a",
        "lib/*/pkgconfig/listenas-ring.pc",
        "lib/systemd/system/listenas-refuser.service",
        "lib/systemd/system/listenas-refuser.socket",
        "lib/systemd/system/listenas@.service",
        "share/pkgconfig/listenas.pc",
        "share/listenas/mks.conf",
        "share/listenas/pytest_listenas.py",
        "share/man/man1/listenas.1",
        "share/man/man1/listenas-run.1",
        "share/man/man5/listenas-profile.5",
        "share/man/man7/liblistenas.7",
        "share/bash-completion/completions/listenas",
        "share/zsh/site-functions/_listenas",
        "share/fish/vendor_completions.d/listenas.fish",
    };
    ASSERT_QUIET(make("install"), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char line[256];
        snprintf(line, sizeof line, "ls 'a root'/usr/local/%s", files[i]);
        ASSERT_QUIET(shell(line), 0);
    }
    ASSERT_QUIET(shell("! grep -rI '@[A-Z]*@' 'a root'/usr/local/lib 'a root'/usr/local/share"), 0);
    ck_assert_str_eq(shell("find 'a root' ! -type d -perm /022").out, "");
    write_text("a root/usr/local/share/man/man1/other.1", "", 0644);
    ASSERT_QUIET(make("uninstall"), 0);
    ck_assert_str_eq(shell("find 'a root' ! -type d").out, "a root/usr/local/share/man/man1/other.1\n");
    ck_assert_str_eq(shell("find 'a root' -name '*listenas*'").out, "");
}
END_TEST

/*
 * LD_PRELOAD could not name the library there. With -n: for another PREFIX make would build the command anew, which
 * other tests run meanwhile.
 */
START_TEST(a_prefix_with_a_blank_is_refused)
{
    struct answer blank = make("-n install PREFIX='/opt/a b'"), colon = make("-n install PREFIX=/opt/a:b");
    ck_assert_msg(strstr(blank.err, "PREFIX=/opt/a b: expected a path without blanks and colons"), "%s", blank.err);
    ck_assert_int_ne(blank.status, 0);
    ck_assert_int_ne(colon.status, 0);
    ck_assert_str_eq(shell("ls -A").out, "bin\nrings\n");
}
END_TEST

/* The flags that take the directory's name out of the package are one word each. */
START_TEST(a_package_can_be_made_in_a_directory_with_a_blank)
{
    char line[PATH_MAX];
    ck_assert_int_eq(mkdir("a tree", 0755), 0);
    snprintf(line, sizeof line,
             "cd 'a tree' && for part in Makefile conf shim tests; do ln -s %s/../$part . || exit 1; done && "
             "env -u MAKEFLAGS -u MAKELEVEL make -n deb 2>&1 | grep -m 1 -o '\"[^\"]*file-prefix-map=[^\"]*\"'",
             getenv("LISTENAS_BUILD"));
    struct answer answer = shell(line);
    snprintf(line, sizeof line, "\"-ffile-prefix-map=%s=.\"\n", in_directory("a tree"));
    ck_assert_str_eq(answer.out, line);
}
END_TEST

/* Programs look these up by name: one that is missing is noticed only then. */
START_TEST(the_interface_is_that_of_its_list)
{
    ASSERT_QUIET(
        shell("nm -D --defined-only bin/liblistenas.so | awk '$3 ~ /^listenas_/ {print $3}' | sort > found &&"
              "grep -v '^#' $LISTENAS_BUILD/../shim/share/package/symbols | cut -d' ' -f1 | sort | diff - found"),
        0);
}
END_TEST

/* Each verb and topic has its page. */
START_TEST(pages_are_complete)
{
    ASSERT_QUIET(make("install"), 0);
    struct answer answer = shell("for verb in $(bin/listenas help --words=VERB); do "
                                 "[ -e \"a root/usr/local/share/man/man1/listenas-$verb.1\" ] || echo $verb; done");
    ck_assert_str_eq(answer.out, "");
    ck_assert_int_gt(atoi(shell("ls 'a root'/usr/local/share/man/man7 | wc -l").out), 3);
}
END_TEST

START_TEST(units_can_be_read)
{
    if (!has("systemd-analyze"))
        return;
    ASSERT_QUIET(make("install"), 0);
    struct answer answer =
        shell("mkdir units && cp 'a root'/usr/local/lib/systemd/system/* units/ && cp /bin/true units/ &&"
              "sed -i \"s|/usr/local/bin/listenas|$PWD/units/true|; /^Documentation/d\" units/*.s*e &&"
              "sed -i '/^Documentation/d' units/*.socket &&"
              "mv units/listenas@.service units/listenas@x.service &&"
              "systemd-analyze verify units/*.service units/*.socket 2>&1");
    ck_assert_str_eq(answer.out, "");
    ck_assert_int_eq(answer.status, 0);
}
END_TEST

START_TEST(the_spec_can_be_read)
{
    if (!has("rpmspec"))
        return;
    struct answer answer =
        shell("sed 's/@VERSION@/1/' $LISTENAS_BUILD/../shim/share/package/listenas.spec.in > x.spec &&"
              "rpmspec -q x.spec --qf '%{NAME}\\n' 2>&1");
    ASSERT_SAYS(answer, "listenas\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        everything_is_installed_and_removed,
        a_prefix_with_a_blank_is_refused,
        a_package_can_be_made_in_a_directory_with_a_blank,
        pages_are_complete,
        the_interface_is_that_of_its_list,
        units_can_be_read,
        the_spec_can_be_read,
        NULL,
    };
    return run_suite("package", tests);
}
