/* `listenas profiles`: list, show, check, keys. */
#include "child.h"

#include <jansson.h>

#include "../../shim/profile/alias.h"
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
        snprintf(line, sizeof line, "\n%-12s ", builtin->name);
        ck_assert_msg(strncmp(list.out, line + 1, strlen(line + 1)) == 0 || strstr(list.out, line), "%s", list.out);
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
    ck_assert_int_eq(checked.status, 1);
    ck_assert_str_eq(checked.out, "good.conf: good\n");
    ck_assert_msg(
        strstr(checked.err, "bad.conf:2: listen.backlog_max: \"five\" is not legal here; expected kernel 0.."), "%s",
        checked.err);
    ck_assert_msg(strstr(checked.err, "bad.conf:3: listen.backlog_mn: unknown key; did you mean listen.backlog_min?"),
                  "%s", checked.err);
    ASSERT_TOLD(PROFILES("check"), 2, "expected a file");
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
    ASSERT_TOLD(PROFILES("show", "bds"), 2, "unknown profile \"bds\"; did you mean bsd?");
    ASSERT_TOLD(PROFILES("show"), 2, "expected the name of one profile");
    ASSERT_TOLD(PROFILES("shwo", "bsd"), 2, "did you mean show?");
    ASSERT_TOLD(PROFILES("show", "-o", "listen.backlog_mx=1", "bsd"), 2, "did you mean listen.backlog_max?");
    ASSERT_TOLD(PROFILES("keys", "--porgram=x"), 2, "did you mean --program?");
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

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

START_TEST(a_part_is_shown)
{
    struct answer shown = PROFILES("show", "mks", "listen.backlog_max");
    ck_assert_uint_eq(count_lines(shown.out), 1);
    ASSERT_SAYS(shown, "listen.backlog_max             = 200 ");
    shown = PROFILES("show", "mks", "backlog_max", "host");
    ASSERT_SAYS(shown, "listen.backlog_max ");
    ASSERT_SAYS(shown, "\nhost.syncookies ");
    ck_assert_ptr_null(strstr(shown.out, "bind."));
    shown = PROFILES("show", "--grep=zzqq", "mks");
    ck_assert_int_eq(shown.status, 1);
    shown = PROFILES("show", "--grep=einval", "mks");
    ASSERT_SAYS(shown, "listen.unbound_inet            = EINVAL");
    ck_assert_ptr_null(strstr(shown.out, "listen.backlog_max "));
    shown = PROFILES("show", "--set-only", "mks", "accept");
    ASSERT_SAYS(shown, "accept.inherit_nonblock ");
    ck_assert_ptr_null(strstr(shown.out, "no profile sets it"));
    shown = PROFILES("show", "mks", "accept");
    ASSERT_SAYS(shown, "no profile sets it");
}
END_TEST

START_TEST(other_names_are_known)
{
    static const char *const names[][2] = {{"osx", "macos"},       {"Darwin", "macos"},  {"win32", "winsock"},
                                           {"windows", "winsock"}, {"sunos", "solaris"}, {"illumos", "solaris"},
                                           {"nutcracker", "mks"},  {"4.4bsd", "bsd"},    {"hp-ux", "hpux"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char head[64];
        snprintf(head, sizeof head, "# %s: ", names[i][1]);
        struct answer shown = PROFILES("show", names[i][0]);
        ck_assert_msg(strncmp(shown.out, head, strlen(head)) == 0, "%s: %.200s", names[i][0], shown.out);
        struct answer run = RUN("-p", names[i][0], "sh", "-c", "echo $LISTENAS_PROFILE");
        snprintf(head, sizeof head, "%s\n", names[i][1]);
        ck_assert_str_eq(run.out, head);
    }
    setenv("LISTENAS_CONF_PATH", directory, 1);
    write_text("osx.conf", "[profile]\nsummary = our own\n", 0644);
    ASSERT_SAYS(PROFILES("show", "osx"), "# osx: our own");
}
END_TEST

/* Each is an alias of a profile that there is, and of no name that is one. */
START_TEST(aliases_lead_to_profiles)
{
    for (int i = 0; alias_name(i); i++) {
        ck_assert_msg(builtin_find(alias_find(alias_name(i))) >= 0, "%s", alias_name(i));
        ck_assert_msg(builtin_find(alias_name(i)) < 0, "%s", alias_name(i));
    }
}
END_TEST

START_TEST(lists_are_in_order)
{
    static const char *const order[] = {"native ",    "linux ",     "linux-2.0 ",  "bsd ",   "freebsd ",
                                        "freebsd-2 ", "freebsd-9 ", "freebsd-13 ", "macos ", "solaris ",
                                        "glibc ",     "winsock ",   "mks ",        "posix "};
    struct answer list = PROFILES("list");
    const char *at = list.out;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char line[32];
        snprintf(line, sizeof line, "\n%s", order[i]);
        const char *found = i == 0 ? strstr(at, order[i]) : strstr(at, line);
        ck_assert_msg(found != NULL, "%s is not after %.40s", order[i], at);
        at = found;
    }
    setenv("COLUMNS", "80", 1);
    ASSERT_SAYS(PROFILES("list"), "\n\nBSD\n  bsd ");
}
END_TEST

START_TEST(text_fits_the_width)
{
    static const char *const words[][3] = {{"show", "mks", NULL},
                                           {"show", "freebsd", NULL},
                                           {"list", NULL},
                                           {"diff", "mks", "freebsd"},
                                           {"explain", "listen.capacity_tcp", NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int width = 80; width <= 120; width += 40) {
            char columns[8];
            int longest = 0;
            snprintf(columns, sizeof columns, "%d", width);
            setenv("COLUMNS", columns, 1);
            struct answer answer = PROFILES(words[i][0], words[i][1], words[i][2]);
            ASSERT_QUIET(answer, 0);
            for (const char *line = answer.out; *line; line += strcspn(line, "\n") + 1)
                longest = (int)strcspn(line, "\n") > longest ? (int)strcspn(line, "\n") : longest;
            ck_assert_msg(longest <= width, "%s: %d columns of %d:\n%.3000s", words[i][0], longest, width, answer.out);
            ck_assert_msg(longest > width - 45, "%s: only %d columns of %d", words[i][0], longest, width);
        }
    }
}
END_TEST

START_TEST(programs_get_json)
{
    struct answer answer = PROFILES("show", "--json", "mks", "listen.backlog_max");
    json_t *all = json_loads(answer.out, 0, NULL);
    const char *name, *value, *standing, *file;
    int line;
    ck_assert_msg(all &&
                      json_unpack(all, "{s:s, s:{s:{s:s, s:s, s:s, s:i}}}", "name", &name, "keys", "listen.backlog_max",
                                  "value", &value, "standing", &standing, "file", &file, "line", &line) == 0,
                  "%s", answer.out);
    ck_assert_str_eq(name, "mks");
    ck_assert_str_eq(value, "200");
    ck_assert_str_eq(standing, "unverified");
    ck_assert_str_eq(file, "built-in mks");
    ck_assert_int_gt(line, 1);
    json_decref(all);
    answer = PROFILES("list", "--json");
    all = json_loads(answer.out, 0, NULL);
    ck_assert_uint_gt(json_array_size(all), 20);
    json_decref(all);
    answer = PROFILES("diff", "--json", "mks", "bsd");
    all = json_loads(answer.out, 0, NULL);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(all, "keys"), "listen.unbound_inet"));
    json_decref(all);
    answer = PROFILES("explain", "--json", "listen.backlog_max");
    all = json_loads(answer.out, 0, NULL);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(all, "profiles"), "freebsd-13"));
    json_decref(all);
}
END_TEST

/* On a terminal, here one of the test's own; what it prints. */
static void read_terminal(const char *line, char *text, size_t size)
{
    size_t used = 0;
    ssize_t got;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status;
    ck_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    pid_t child = fork();
    if (child == 0) {
        int slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
        dup2(slave, STDIN_FILENO);
        dup2(slave, STDOUT_FILENO);
        dup2(slave, STDERR_FILENO);
        close(slave);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(98);
    }
    while (used < size - 1 && (got = read(terminal, text + used, size - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    close(terminal);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
}

START_TEST(a_terminal_gets_a_pager)
{
    static char text[65536];
    char line[PATH_MAX];
    unsetenv("COLUMNS");
    setenv("PAGER", "sed s/^/paged:/", 1);
    snprintf(line, sizeof line, "%s profiles show mks host; echo ended $?", command);
    read_terminal(line, text, sizeof text);
    ck_assert_msg(strstr(text, "paged:host.syncookies"), "%s", text);
    ck_assert_msg(strstr(text, "ended 0"), "%s", text);
    setenv("PAGER", "true", 1); /* one that its user leaves at once */
    read_terminal(line, text, sizeof text);
    ck_assert_msg(strncmp(text, "ended 0", 7) == 0, "%s", text);
    setenv("PAGER", "", 1);
    read_terminal(line, text, sizeof text);
    ck_assert_msg(strncmp(text, "host.", 5) == 0, "%s", text);
    ck_assert_ptr_null(strstr(PROFILES("show", "mks", "host").out, "paged:"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_platform_has_a_line,
                                  a_file_stands_before_a_builtin,
                                  a_platform_is_shown_whole,
                                  overrides_and_programs_are_shown,
                                  files_are_checked,
                                  keys_are_documented,
                                  keys_tell_where_they_act,
                                  mistakes_are_told,
                                  output_that_is_lost_is_told,
                                  a_part_is_shown,
                                  other_names_are_known,
                                  aliases_lead_to_profiles,
                                  lists_are_in_order,
                                  text_fits_the_width,
                                  programs_get_json,
                                  a_terminal_gets_a_pager,
                                  NULL};
    return run_suite("profiles", tests);
}
