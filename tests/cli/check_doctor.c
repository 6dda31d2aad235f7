/* `listenas doctor`, and what --version tells of it. */
#include "child.h"

#include <jansson.h>

#include "../../shim/cli/doctor/finding.h"

static const char *const names[] = {
#define FINDING(name, needs, keys, means) #name,
#include "../../shim/cli/doctor/findings.def"
};

#define NAMES (sizeof names / sizeof *names)

/* A finding of `listenas doctor --json`; the caller frees it. */
static json_t *finding(const char *name)
{
    struct answer answer = call(command, "doctor", "--json", (char *)NULL);
    json_t *all = json_loads(answer.out, 0, NULL), *it, *found = NULL;
    size_t i;
    ck_assert_msg(all != NULL, "%s%s", answer.out, answer.err);
    json_array_foreach(json_object_get(all, "findings"), i, it)
        if (strcmp(json_string_value(json_object_get(it, "name")), name) == 0)
            found = json_incref(it);
    json_decref(all);
    ck_assert_msg(found != NULL, "%s", name);
    return found;
}

static void expect(const char *name, const char *member, const char *part)
{
    json_t *it = finding(name);
    const char *text = json_string_value(json_object_get(it, member));
    ck_assert_msg(text && strstr(text, part), "%s: %s: \"%s\" is not in \"%s\"", name, member, part, text);
    json_decref(it);
}

static bool lists(const char *name, const char *member, const char *wanted)
{
    json_t *it = finding(name), *word;
    size_t i;
    bool has = false;
    json_array_foreach(json_object_get(it, member), i, word)
        has |= strcmp(json_string_value(word), wanted) == 0;
    json_decref(it);
    return has;
}

START_TEST(everything_is_looked_at)
{
    struct answer text = call(command, "doctor", (char *)NULL);
    ck_assert_str_eq(text.err, "");
    ck_assert_msg(text.status == 0 || text.status == 1, "%d", text.status);
    ck_assert_int_eq(text.status, strstr(text.out, "\nlacks ") != NULL);
    for (size_t i = 0; i < NAMES; i++) {
        char name[64];
        snprintf(name, sizeof name, " %s ", names[i]);
        ck_assert_msg(strstr(text.out, name), "%s: %s", names[i], text.out);
        json_decref(finding(names[i]));
    }
    expect("library", "found", in_directory("bin/liblistenas.so, build "));
}
END_TEST

START_TEST(missing_rights_are_told)
{
    if (!is_root())
        return;
    expect("refuser", "state", "good");
    child_user = NOBODY;
    expect("refuser", "state", "lacks");
    expect("refuser", "do", "setcap cap_net_raw,cap_net_admin+ep");
    ck_assert(lists("refuser", "keys", "listen.overflow_tcp"));
    ck_assert(lists("refuser", "profiles", "mks"));
    ck_assert(!lists("refuser", "profiles", "native"));
    expect("destroy", "state", "lacks");
    ck_assert(lists("destroy", "keys", "listen.relisten_excess"));
    ck_assert_int_eq(call(command, "doctor", (char *)NULL).status, 1);
    struct answer version = call(command, "--version", (char *)NULL);
    ASSERT_QUIET(version, 0);
    ck_assert_msg(strstr(version.out, "this host lacks: refuser, destroy"), "%s", version.out);
}
END_TEST

START_TEST(the_environment_counts)
{
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
    expect("named", "found", "nobody answers at @listenas-nobody");
    setenv("LISTENAS_RING", "/nonexistent", 1);
    expect("record", "state", "lacks");
    setenv("LISTENAS_RING", "off", 1);
    expect("record", "state", "note");
    setenv("LISTENAS_CONF_PATH", directory, 1);
    expect("profiles", "found", directory);
    ck_assert_int_eq(unlink("bin/liblistenas.so"), 0);
    setenv("LISTENAS_REFUSER", "", 1);
    struct answer version = call(command, "-V", (char *)NULL);
    ck_assert_msg(strncmp(version.out, "listenas ", 9) == 0, "%s", version.out);
}
END_TEST

/* Settings that a network of its own can have. */
START_TEST(a_short_somaxconn_is_told)
{
    if (unshare(CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0)) != 0) {
        fputs("skipped: no network of its own here\n", stderr);
        return;
    }
    int fd = open("/proc/sys/net/core/somaxconn", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "128", 3) != 3) {
        fputs("skipped: net.core.somaxconn cannot be set here\n", stderr);
        return;
    }
    close(fd);
    expect("somaxconn", "state", "lacks");
    expect("somaxconn", "found", "net.core.somaxconn is 128: a queue holds 129 connections");
    expect("somaxconn", "do", "sysctl net.core.somaxconn=");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {everything_is_looked_at, missing_rights_are_told, the_environment_counts,
                                  a_short_somaxconn_is_told, NULL};
    return run_suite("doctor", tests);
}
