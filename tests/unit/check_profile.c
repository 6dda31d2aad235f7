/* The loader: what a file may say, what each mistake is told as, and what is in force afterwards. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../../shim/profile/suggest.h"
#include "../suite.h"

static char directory[64];
static struct annotated_profile annotated;
static char told[8192];

static void collect(const char *diagnostic)
{
    strncat(told, diagnostic, sizeof told - strlen(told) - 2);
    strcat(told, "\n");
}

static void make_directory(void)
{
    strcpy(directory, "/tmp/listenas-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    setenv("LISTENAS_CONF_PATH", directory, 1);
    told[0] = '\0';
}

static void remove_directory(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static const char *write_file(const char *name, const char *text, size_t length)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, length), (ssize_t)length);
    close(fd);
    return path;
}

static const char *conf(const char *name, const char *text)
{
    return write_file(name, text, strlen(text));
}

static bool same_value(const struct profile *one, const struct profile *other, enum key key)
{
    const void *a = (const char *)one + key_fields[key].offset, *b = (const char *)other + key_fields[key].offset;
    const struct formula *f = a, *g = b;
    const struct value *v = a, *w = b;
    if (key_fields[key].kind == KIND_VALUE)
        return v->word == w->word && v->number == w->number;
    if (key_fields[key].kind == KIND_ERRORS)
        return memcmp(a, b, sizeof(struct errors)) == 0;
    return f->kernel == g->kernel && (f->kernel || (f->times == g->times && f->over == g->over && f->plus == g->plus &&
                                                    f->min == g->min && f->max == g->max));
}

/* The profile alone, as the library loads it, is that of the annotated profile. */
static bool load(const char *name, const char *program, const char *overrides)
{
    struct diagnostics diagnostics = {.tell = collect}, quiet = {0};
    struct profile profile;
    told[0] = '\0';
    bool good = annotated_profile_load(&annotated, name, program, overrides, &diagnostics);
    ck_assert_int_eq(profile_load(&profile, name, program, overrides, &quiet), good);
    ck_assert_str_eq(quiet.first, diagnostics.first);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        ck_assert_msg(same_value(&profile, &annotated.profile, (enum key)key), "%s", key_rows[key].full);
    return good;
}

#define ck_assert_told(part) ck_assert_msg(strstr(told, part), "expected \"%s\" in:\n%s", part, told)

static const struct entry *entry(const char *key)
{
    return &annotated.entries[key_of_name(key)];
}

/* --- the table of keys --- */

/* Each word that a row lists is a word, each range can be read, and the initial value is legal and not only promised.
 */
START_TEST(rows_are_sound)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct key_row *row = &key_rows[key];
        struct profile profile, initial;
        bool promise_only;
        ck_assert_int_eq(key_of_name(row->full), key);
        ck_assert_msg(!key_set(&profile, (enum key)key, row->initial, &promise_only) && !promise_only, "%s", row->full);
        key_reset(&initial, (enum key)key);
        ck_assert_msg(same_value(&profile, &initial, (enum key)key), "%s", row->full);
        if (row->native[0])
            ck_assert_msg(!key_set(&profile, (enum key)key, row->native, &promise_only) && !promise_only, "%s",
                          row->full);
        ck_assert_msg(key_help((enum key)key)[0] && key_advice((enum key)key)[0], "%s", row->full);
        char legal[128];
        snprintf(legal, sizeof legal, "%s", row->legal);
        for (char *word = strtok(legal, " "); word; word = strtok(NULL, " ")) {
            struct value value;
            const char *bare = word + (word[0] == '!');
            if (key_fields[key].kind == KIND_FORMULA || strcmp(bare, "ERRNO") == 0 || strstr(bare, ".."))
                continue;
            ck_assert_msg(value_parse(bare, &value), "%s: %s", row->full, word);
            ck_assert(value_is_legal(row->legal, value, &promise_only));
            ck_assert_int_eq(promise_only, word[0] == '!');
        }
    }
}
END_TEST

START_TEST(values_by_table)
{
    static const struct {
        const char *text;
        bool good;
        enum word word;
        int number;
    } rows[] = {
        {"kernel", true, WORD_KERNEL, 0},
        {"0", true, WORD_NUMBER, 0},
        {"-3", true, WORD_NUMBER, -3},
        {"2147483647", true, WORD_NUMBER, INT_MAX},
        {"2147483648", false, 0, 0},
        {"99999999999999999999", false, 0, 0},
        {"5o", false, 0, 0},
        {"", false, 0, 0},
        {" 5", false, 0, 0},
        {"EINVAL", true, WORD_ERRNO, EINVAL},
        {"EWOULDBLOCK", true, WORD_ERRNO, EAGAIN},
        {"EINCONN", false, 0, 0},
        {"einval", false, 0, 0},
        {"skip", true, WORD_SKIP, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value value = {0};
        ck_assert_msg(value_parse(rows[i].text, &value) == rows[i].good, "%s", rows[i].text);
        if (rows[i].good) {
            ck_assert_int_eq(value.word, rows[i].word);
            ck_assert_int_eq(value.number, rows[i].number);
        }
    }
}
END_TEST

START_TEST(formulas_that_are_none)
{
    static const char *const rows[] = {
        "",       "5",     "b b",           "b +",  "b + x",        "3/0 b", "3/ b",        "/2 b", "-1 b",
        "b + -1", "b min", "b max 2 min 3", "3/2b", "2147483648 b", "b # x", "3/2 b + 1 1", "bb",   "kernel b"};
    struct formula formula;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(!formula_parse(rows[i], &formula), "\"%s\"", rows[i]);
}
END_TEST

START_TEST(suggest_words)
{
    static const struct {
        const char *written, *offered, *found;
    } rows[] = {
        {"autobnd", "autobind", "autobind"},
        {"atuobind", "autobind", "autobind"},
        {"AUTOBIND", "autobind", "autobind"},
        {"something else", "autobind", ""},
        {"no", "EIO", ""},
        {"EOI", "EIO", "EIO"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char best[32];
        struct suggestion nearest = suggest_start(rows[i].written, best, sizeof best);
        suggest_try(&nearest, rows[i].offered);
        ck_assert_str_eq(suggest_found(&nearest) ? best : "", rows[i].found);
    }
}
END_TEST

/* --- files --- */

START_TEST(builtin_profiles_are_good)
{
    for (const struct builtin *builtin = builtins; builtin->name; builtin++) {
        ck_assert_msg(load(builtin->name, NULL, NULL), "%s", told);
        ck_assert_msg(annotated.summary[0], "%s has no summary", builtin->name);
        /* A note longer than its place would be shown cut. */
        for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
            ck_assert_msg(annotated.entries[key].standing == STANDING_INITIAL || annotated.entries[key].note[0],
                          "%s: %s has no source", builtin->name, key_rows[key].full);
    }
}
END_TEST

/* What was made of conf/ when listenas was built is what the loader makes of the text, and in the same order. */
START_TEST(builtin_settings_are_what_the_text_says)
{
    ck_assert_int_gt(builtin_count, 0);
    for (int i = 0; i < builtin_count; i++) {
        ck_assert_str_eq(builtins[i].name, builtin_profiles[i].name);
        ck_assert_int_eq(builtin_find(builtins[i].name), i);
        ck_assert_msg(load(builtins[i].name, NULL, NULL), "%s", told);
        if (annotated.parent[0])
            ck_assert_str_eq(builtin_profiles[builtin_profiles[i].parent].name, annotated.parent);
        else
            ck_assert_int_eq(builtin_profiles[i].parent, -1);
        ck_assert_int_eq(builtin_profiles[i].line, annotated.parent_line);
    }
    ck_assert_ptr_null(builtins[builtin_count].name);
}
END_TEST

START_TEST(settings_come_on_top_of_a_builtin)
{
    struct diagnostics quiet = {0};
    struct profile profile;
    ck_assert(profile_load(&profile, "freebsd", NULL, "listen.backlog_max=64", &quiet));
    ck_assert_int_eq(profile.listen_backlog_max.number, 64);
    ck_assert_int_eq(profile.listen_backlog_excess.word, WORD_MAX);
    conf("own.conf", "[profile]\ninherits = freebsd\n[listen]\nbacklog_max = 7\n[program \"a\"]\ninherits = mks\n");
    ck_assert_msg(load("own", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 7);
    ck_assert_msg(load("own", "a", "listen.backlog_min=3"), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 3);
}
END_TEST

/* A user's file wins, of the profile that was asked for and of one that this inherits. */
START_TEST(a_user_file_hides_a_builtin)
{
    conf("freebsd-9.conf", "[listen]\nbacklog_max = 77\nbacklog_min = 3\n");
    ck_assert_msg(load("freebsd-9", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 77);
    ck_assert_msg(load("freebsd", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 128);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 3);
    conf("freebsd.conf", "[listen]\nbacklog_max = 78\n");
    ck_assert_msg(load("freebsd", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 78);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.word, WORD_KERNEL);
}
END_TEST

/* Built-in profiles between a user's files are told as their text would be. */
START_TEST(a_cycle_through_a_builtin_is_told)
{
    conf("freebsd-9.conf", "[profile]\ninherits = freebsd\n");
    ck_assert(!load("freebsd", NULL, NULL));
    ck_assert_told("freebsd-9.conf:2: inherits \"freebsd\", which inherits from it in turn");
    conf("freebsd-9.conf", "[profile]\ninherits = nosuch\n");
    ck_assert(!load("freebsd", NULL, NULL));
    ck_assert_told("freebsd-9.conf:2: unknown profile \"nosuch\"");
}
END_TEST

START_TEST(native_and_linux_need_nothing)
{
    static const char *const names[] = {"native", "linux"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert(load(names[i], NULL, NULL));
        /* linux sets IPV6_V6ONLY, which a host can have changed, and what holds under run --isolate. */
        for (int call = CALL_start + 1; call < CALL_COUNT; call++)
            ck_assert_msg(call == CALL_socket || annotated.profile.needs.phases[call] == 0, "%s: call %d", names[i],
                          call);
        ck_assert_uint_eq(annotated.profile.needs.all, 0);
    }
}
END_TEST

START_TEST(notes_and_standing)
{
    const char *path = conf("notes.conf", "[profile]\nsummary = a # b\n[listen]\nbacklog_max = 7   # here [x#1]\n"
                                          "  backlog_min=2\n"
                                          "connected_tcp = EISCONN # unverified: a guess\n"
                                          "unbound_unix = ok # not enforced: it cannot be\n"
                                          "unbound_inet = EINVAL # not enforced: on a whim\n");
    ck_assert_msg(load(path, NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 7);
    ck_assert_str_eq(entry("listen.backlog_max")->note, "here [x#1]");
    ck_assert_int_eq(entry("listen.backlog_max")->standing, STANDING_KEPT);
    ck_assert_int_eq(entry("listen.backlog_max")->line, 4);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 2);
    ck_assert_int_eq(entry("listen.connected_tcp")->standing, STANDING_UNVERIFIED);
    ck_assert_int_eq(annotated.profile.listen_connected_tcp.number, EISCONN);
    ck_assert_int_eq(entry("listen.unbound_unix")->standing, STANDING_NOT_ENFORCED);
    ck_assert_int_eq(annotated.profile.listen_unbound_unix.word, WORD_KERNEL);
    ck_assert_int_eq(annotated.profile.listen_unbound_inet.word, WORD_KERNEL);
    ck_assert_int_eq(entry("bind.bound")->standing, STANDING_INITIAL);
}
END_TEST

/* A file is read in pieces of 4096 bytes: a line may begin in one and end in the next, at any of its bytes. */
START_TEST(lines_go_on_in_the_next_piece)
{
    static const char line[] = "  backlog_max = 7 # note\nbacklog_min = 2\n";
    static char text[4096 + sizeof line];
    for (size_t start = 4096 - sizeof line; start <= 4096; start++) {
        size_t head = (size_t)snprintf(text, sizeof text, "[listen]\n#");
        memset(text + head, 'x', start - head - 1);
        /* A line has an end: the padding is of short comments. */
        for (size_t i = head + 80; i < start - 2; i += 80)
            text[i] = '\n', text[i + 1] = '#';
        text[start - 1] = '\n';
        strcpy(text + start, line);
        ck_assert_msg(load(conf("pieces.conf", text), NULL, NULL), "%zu: %s", start, told);
        ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 7);
        ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 2);
        ck_assert_str_eq(entry("listen.backlog_max")->note, "note");
    }
}
END_TEST

START_TEST(an_heir_speaks_last)
{
    conf("parent.conf", "[listen]\nbacklog_max = 7\nbacklog_min = 3\n");
    conf("heir.conf", "[listen]\nbacklog_max = 9\n[profile]\ninherits = parent\n");
    ck_assert_msg(load("heir", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 9);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 3);
    ck_assert_ptr_nonnull(strstr(annotated.files[entry("listen.backlog_min")->file], "parent.conf"));
    ck_assert_ptr_nonnull(strstr(annotated.files[entry("listen.backlog_max")->file], "heir.conf"));
}
END_TEST

START_TEST(a_byte_order_mark_is_ignored)
{
    static const char *const texts[] = {"\xef\xbb\xbf[profile]\ninherits = parent\n",
                                        "\xef\xbb\xbf \t[profile]\ninherits = parent\n",
                                        "\f[profile]\n\v inherits = parent\n"};
    conf("parent.conf", "\xef\xbb\xbf[listen]\nbacklog_max = 7\n");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(load(conf("heir.conf", texts[i]), NULL, NULL), "%s", told);
        ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 7);
    }
}
END_TEST

/* What a parent could not keep an heir can. */
START_TEST(an_heir_lifts_what_was_not_enforced)
{
    conf("parent.conf", "[listen]\nunbound_inet = EINVAL # not enforced: no\n");
    conf("heir.conf", "[profile]\ninherits = parent\n[listen]\nunbound_inet = EDESTADDRREQ # yes\n");
    ck_assert_msg(load("heir", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_unbound_inet.number, EDESTADDRREQ);
}
END_TEST

START_TEST(a_user_file_can_inherit_its_own_name)
{
    conf("bsd.conf", "[profile]\ninherits = bsd\n[listen]\nbacklog_min = 2\n");
    ck_assert_msg(load("bsd", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_min.number, 2);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 5);
}
END_TEST

START_TEST(a_relative_path_stands_against_the_heir)
{
    conf("parent.conf", "[listen]\nbacklog_max = 7\n");
    const char *path = conf("heir.conf", "[profile]\ninherits = ./parent.conf\n");
    ck_assert_msg(load(path, NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 7);
}
END_TEST

START_TEST(each_program_may_inherit)
{
    conf("other.conf", "[listen]\nbacklog_max = 3\n");
    const char *path = conf("two.conf", "[profile]\ninherits = bsd\n[program \"a\"]\ninherits = mks\n"
                                        "[program \"b\"]\ninherits = other\n");
    ck_assert_msg(load(path, "a", NULL), "%s", told);
    ck_assert_msg(load(path, "b", NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 3);
}
END_TEST

START_TEST(programs_have_sections)
{
    const char *text = "[program \"legacyd\"]\nlisten.backlog_max = 3\ninherits = mks\n"
                       "[listen]\nbacklog_max = 9\nconnected_tcp = EISCONN\n"
                       "[program \"other\"]\nlisten.backlog_max = 4\n";
    conf("host.conf", text);
    ck_assert_msg(load("host", "legacyd", NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 3);
    ck_assert_int_eq(annotated.profile.listen_unbound_inet.number, EINVAL);
    ck_assert_msg(load("host", "other", NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 4);
    ck_assert_int_eq(annotated.profile.listen_unbound_inet.word, WORD_KERNEL);
    ck_assert_msg(load("host", NULL, NULL), "%s", told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 9);
}
END_TEST

START_TEST(overrides_come_last)
{
    ck_assert_msg(load("bsd", NULL, "listen.backlog_max=64, listen.capacity_tcp = b + 1 ,accept.accept4=yes"), "%s",
                  told);
    ck_assert_int_eq(annotated.profile.listen_backlog_max.number, 64);
    ck_assert(annotated.profile.listen_capacity_tcp.kernel); /* what Linux does by itself */
    ck_assert_int_eq(annotated.profile.accept_accept4.word, WORD_KERNEL);
    ck_assert_str_eq(annotated.files[entry("listen.backlog_max")->file], "LISTENAS_SET (run -o)");
}
END_TEST

/* --- mistakes --- */

static const struct {
    const char *text, *told;
} mistakes[] = {
    {"[listen]\nbacklog_mx = 3\n", ":2: listen.backlog_mx: unknown key; did you mean listen.backlog_max?"},
    {"[listen]\nbacklog_max = 5o\n", ":2: listen.backlog_max: \"5o\" is not legal here; expected kernel 0..2147483647"},
    {"[listen]\nbacklog_max = -1\n", ":2: listen.backlog_max: \"-1\" is not legal"},
    {"[listen]\nbacklog_max = 99999999999\n", "is not legal"},
    {"[listen]\nbacklog_max =\n", "\"\" is not legal"},
    {"[listen]\nunbound_inet = 22\n",
     ":2: listen.unbound_inet: \"22\" is not legal here; expected kernel autobind ERRNO"},
    {"[listen]\nunbound_inet = 65536\n", "\"65536\" is not legal"},
    {"[listen]\nunbound_inet = -22\n", "\"-22\" is not legal"},
    {"[listen]\nunbound_inet = E22\n", "\"E22\" is not legal"},
    {"[listen]\nunbound_inet = autobnd\n", "did you mean autobind?"},
    {"[listen]\nunbound_inet = EINVL\n", "did you mean EINVAL?"},
    {"[listen]\ncapacity_tcp = 3/2 x\n", "or a formula such as"},
    {"[listen]\nbacklog_max = 3\n\nbacklog_max = 4\n", ":4: listen.backlog_max: is set twice, first in line 2"},
    {"backlog_max = 3\n", ":1: backlog_max: stands before any section"},
    {"[listn]\nbacklog_max = 3\n", "listn.backlog_max: unknown key; did you mean listen.backlog_max?"},
    {"[program \"srv]\n", ":1: [program \"srv]: expected [program \"NAME\"], with the quotes"},
    {"[program \"\"]\n", "expected [program \"NAME\"]"},
    {"[profile]\ninherits = something-else\n",
     ":2: unknown profile \"something-else\"; `listenas profiles` lists all\n"},
    {"[listen]\n\xef\xbb\xbf[accept]\n", ":2: is neither"},
    {"[program srv]\nlisten.backlog_max = 3\n", ":1: [program srv]: expected [program \"NAME\"], with the quotes"},
    {"[profile]\nsumary = x\n", "unknown in [profile]; expected inherits, summary or source"},
    {"[profile]\ninherits = bds\n", ":2: unknown profile \"bds\"; did you mean bsd?"},
    {"[profile]\ninherits = bsd\ninherits = mks\n", ":3: inherits: is set twice, first in line 2"},
    {"[profile]\ninherits = bsd\n[listen]\n[profile]\ninherits = bsd\n", ":5: inherits: is set twice, first in line 2"},
    {"[profile]\nsummary = a\nsummary = b\n", ":3: summary: is set twice, first in line 2"},
    {"[profile]\nsource = a\nsource = a\n", ":3: source: is set twice"},
    {"[program \"p\"]\ninherits = bsd\ninherits = mks\n", ":3: inherits: is set twice, first in line 2"},
    {"[program \"legacyd\"]\ninherits = bsd\ninherits = mks\n", ":3: inherits: is set twice, first in line 2"},
    {"[listen]\nconnected_tcp = ok\n", "Linux cannot keep \"ok\"; write \"# not enforced: why\""},
    {"[listen\nbacklog_max = 3\n", ":1: is neither"},
    {"[listen]\nrubbish\n", ":2: is neither"},
    {"[program legacyd]\nlisten.backlog_max = 3\n", "unknown key"},
    {"[program \"legacyd\"]\nbacklog_max = 3\n", ":2: backlog_max: unknown key"},
    {"[program \"legacyd\"]\nlisten.backlog_max = x\n", ":2: listen.backlog_max: \"x\" is not legal"},
    {"[program \"p\"]\nlisten.backlog_max = 3\nlisten.backlog_max = 4\n", "is set twice"},
    {"[program \"p\"]\n\ninherits = bds\n", ":3: unknown profile \"bds\"; did you mean bsd?"},
    {"[listen]\nrubbish\nbacklog_max = 3\nmore\n", ":4: is neither"},
    {"[listn]\n", ":1: [listn]: unknown section; did you mean listen?"},
};

START_TEST(mistakes_by_table)
{
    const char *path = conf("wrong.conf", mistakes[_i].text);
    ck_assert(!load(path, NULL, NULL));
    ck_assert_told("wrong.conf");
    ck_assert_told(mistakes[_i].told);
}
END_TEST

START_TEST(all_mistakes_are_told_in_one_reading)
{
    ck_assert(!load(conf("wrong.conf", "[listen]\na = 1\nbacklog_max = x\nb = 1\n"), "legacyd", NULL));
    ck_assert_told(":2: listen.a");
    ck_assert_told(":3: listen.backlog_max");
    ck_assert_told(":4: listen.b");
    ck_assert_ptr_null(strstr(strstr(told, ":2:") + 1, ":2:")); /* each once */
}
END_TEST

/* A line is too long, or holds a NUL byte, wherever a piece of the file ends in it. */
START_TEST(a_line_is_judged_as_a_whole)
{
    static char text[8192];
    for (size_t start = 3790; start < 4096; start++) {
        size_t length = (size_t)snprintf(text, sizeof text, "[listen]\n");
        while (length < start)
            text[length++] = '\n';
        memset(text + length, '#', 300);
        text[length + 300] = '\n';
        ck_assert(!load(write_file("long.conf", text, length + 301), NULL, NULL));
        ck_assert_told("the line is too long; a line has at most 198 bytes");
        text[length + 150] = text[length + 10] = '\0';
        ck_assert(!load(write_file("nul.conf", text, length + 301), NULL, NULL));
        ck_assert_told("holds a NUL byte: not a text file");
    }
}
END_TEST

START_TEST(a_broken_section_hides_nothing)
{
    ck_assert(!load(conf("broken.conf", "[profile]\n[oops\ninherits = nosuch\n"), NULL, NULL));
    ck_assert_told(":2: is neither");
    ck_assert_told("unknown profile \"nosuch\"");
}
END_TEST

START_TEST(cycles_are_told)
{
    conf("a.conf", "[profile]\ninherits = b\n");
    conf("b.conf", "[profile]\ninherits = c\n");
    conf("c.conf", "[profile]\ninherits = a\n");
    ck_assert(!load("a", NULL, NULL));
    ck_assert_told("c.conf:2: inherits \"a\", which inherits from it in turn");
}
END_TEST

/* A path that is written against the heir's directory comes to be the same in the second turn. */
START_TEST(cycles_of_paths_are_told)
{
    char here[PATH_MAX];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_int_eq(chdir(directory), 0);
    conf("a.conf", "[profile]\nsummary = a\ninherits = ./b.conf\n");
    conf("b.conf", "[profile]\ninherits = ././a.conf\n");
    ck_assert(!load("./a.conf", NULL, NULL));
    ck_assert_told("./b.conf:2: inherits \"././a.conf\", which inherits from it in turn");
    ck_assert(!load("a.conf", NULL, NULL));
    ck_assert_told("unknown profile \"a.conf\"; did you mean ./a.conf?");
    ck_assert_int_eq(chdir(here), 0);
}
END_TEST

START_TEST(long_chains_end)
{
    char name[32], text[64];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "n%d.conf", i);
        snprintf(text, sizeof text, "[profile]\ninherits = n%d\n", i + 1);
        conf(name, text);
    }
    conf("n20.conf", "[profile]\nsummary = the last\n");
    ck_assert(!load("n0", NULL, NULL));
    ck_assert_told("n7.conf:2: inherits \"n8\", deeper than 8 profiles may inherit");
}
END_TEST

START_TEST(things_that_are_no_profile)
{
    char path[PATH_MAX];
    ck_assert(!load("nosuch", NULL, NULL));
    ck_assert_told("unknown profile \"nosuch\"");
    snprintf(path, sizeof path, "%s/nosuch.conf", directory);
    ck_assert(!load(path, NULL, NULL));
    ck_assert_told("nosuch.conf: No such file");
    ck_assert(!load(directory, NULL, NULL));
    ck_assert_told("is a directory");
    snprintf(path, sizeof path, "%s/fifo", directory);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(!load(path, NULL, NULL));
    ck_assert_told("is not a regular file");
}
END_TEST

/* Files that say nothing true of their size, never end, or cannot be read: none hangs who names it. */
START_TEST(files_without_an_end)
{
    static const struct {
        const char *path, *told;
    } rows[] = {
        {"/proc/self/pagemap", "/proc/self/pagemap: has more than 65536 bytes; a profile has at most 65536"},
        {"/proc/self/mem", "/proc/self/mem: cannot be read: Input/output error"},
        {"/dev/zero", "/dev/zero: is not a regular file"},
        {"/dev/full", "/dev/full: is not a regular file"},
        {"/dev/tty", "/dev/tty: is not a regular file"},
        {"/proc/self/fd", "/proc/self/fd: is a directory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char heir[128];
        ck_assert(!load(rows[i].path, NULL, NULL));
        ck_assert_told(rows[i].told);
        snprintf(heir, sizeof heir, "[profile]\ninherits = %s\n", rows[i].path);
        ck_assert(!load(conf("heir.conf", heir), NULL, NULL));
        ck_assert_told(rows[i].told);
    }
}
END_TEST

/* A daemon without a terminal does not get one from its profile's path. */
START_TEST(no_device_is_opened)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status;
    if (terminal < 0) {
        puts("skipped: no_device_is_opened: there are no terminals here");
        return;
    }
    ck_assert_int_eq(grantpt(terminal) + unlockpt(terminal), 0);
    pid_t child = fork();
    if (child == 0) {
        bool none = setsid() > 0 && !load(ptsname(terminal), NULL, NULL) && open("/dev/tty", O_RDWR | O_CLOEXEC) < 0;
        _exit(none && strstr(told, "is not a regular file") ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close(terminal);
}
END_TEST

/* A file of as many lines as fit, each of which is `line`, and an heir that inherits it as often as it may. */
static void write_flood(const char *section, const char *line)
{
    static char text[65536];
    size_t length = (size_t)snprintf(text, sizeof text, "%s\n", section);
    while (length + strlen(line) + 1 < sizeof text)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\n", line);
    conf("flood.conf", text);
    length = 0;
    for (int i = 0; i < 9; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length,
                             "[program \"legacyd\"]\ninherits = flood\n[program \"x\"]\nlisten.backlog_max = 1\n");
    conf("heir.conf", text);
}

/* The same lines, and as many, each made a comment. */
static void write_flood_of_comments(const char *line)
{
    char comments[256];
    bool begins = true;
    size_t length = 0;
    for (; line[length] && length < sizeof comments - 1; length++) {
        comments[length] = begins ? '#' : line[length];
        begins = line[length] == '\n';
    }
    comments[length] = '\0';
    write_flood("[listen]", comments);
}

/* Processor time of one load, the least of three; whatever it says is not kept. */
static double cost_of_load(void (*tell)(const char *))
{
    double least = 1e9;
    for (int i = 0; i < 3; i++) {
        static struct profile profile;
        struct diagnostics diagnostics = {.tell = tell};
        struct timespec before, after;
        told[0] = '\0';
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        profile_load(&profile, "heir", "legacyd", NULL, &diagnostics);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        double cost = (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
        least = cost < least ? cost : least;
    }
    return least;
}

static const struct {
    const char *section, *line;
} floods[] = {
    {"[listen]", "bcklg_mximum_of_what_is_nowhere_to_be_found = 1"},
    {"[listen]", "unbound_inet = EINVALIDARGUMENTS"},
    {"[listen]", "[lsten]"},
    {"[profile]", "inherits = something-unknown"},
    {"[program \"legacyd\"]", "inherits = something-unknown"},
    {"[program \"legacyd\"]", "listen.bcklg_mximum_of_what_is_nowhere = 1"},
    {"", "[program \"a\"]\ninherits = unknown-thing\n[program \"b\"]\ninherits = unknown-thing"},
    {"", "[program \"a\"]\nlisten.unbound_inet = EINVALID\n[program \"b\"]\nlisten.unbound_inet = EINVALID"},
    {"[program \"other\"]", "listen.bcklg_mximum_of_what_is_nowhere = 1"},
};

/* As many mistakes as there is room for cost not much more than as many lines without one. */
START_TEST(a_flood_of_mistakes_costs_little)
{
    const char *line = floods[_i].line;
    write_flood_of_comments(line);
    double plain = cost_of_load(collect);
    write_flood(floods[_i].section, line);
    double heard = cost_of_load(collect), quiet = cost_of_load(NULL);
    ck_assert_msg(heard < 80 * plain, "%s: %g s, against %g s", line, heard, plain);
    ck_assert_msg(quiet < 80 * plain, "%s: %g s, against %g s", line, quiet, plain);
}
END_TEST

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

START_TEST(mistakes_beyond_ten_are_counted)
{
    static char text[8192];
    for (int count = 9; count < 14; count++) {
        size_t length = (size_t)snprintf(text, sizeof text, "[listen]\n");
        for (int i = 0; i < count; i++)
            length += (size_t)snprintf(text + length, sizeof text - length, "no_%d = 1\n", i);
        ck_assert(!load(conf("wrong.conf", text), NULL, NULL));
        ck_assert_int_eq(count_lines(told), count <= 10 ? count : 11);
        ck_assert_told(count == 9 ? ":10: listen.no_8" : ":11: listen.no_9");
        ck_assert_int_eq(strstr(told, "mend these first") != NULL, count > 10);
        ck_assert_told(count == 11 ? "and 1 more mistake; mend these first" : count == 13 ? "and 3 more mistakes" : "");
    }
}
END_TEST

START_TEST(noise_is_told_and_bounded)
{
    static char noise[1 << 20];
    unsigned int seed = 7;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)rand_r(&seed);
    ck_assert(!load(write_file("noise.conf", noise, sizeof noise), NULL, NULL));
    ck_assert_told("has 1048576 bytes; a profile has at most 65536");
    ck_assert(!load(write_file("noise.conf", noise, 60000), NULL, NULL));
    ck_assert_told("mend these first");
    for (const char *c = told; *c; c++)
        ck_assert_msg((unsigned char)*c >= ' ' || *c == '\n', "a diagnostic holds the byte %d", *c);
    memset(noise, 'x', 5000);
    ck_assert(!load(write_file("noise.conf", noise, 5000), NULL, NULL));
    ck_assert_told(":1: the line is too long");
    ck_assert(!load(write_file("noise.conf", "[listen]\nbacklog_max = 3\0\n", 26), NULL, NULL));
    ck_assert_told(":2: holds a NUL byte");
}
END_TEST

START_TEST(no_permission_is_told)
{
    const char *path = conf("closed.conf", "[listen]\nbacklog_max = 3\n");
    chmod(path, 0);
    chmod(directory, 0755);
    pid_t child = fork(); /* root reads everything */
    if (child == 0) {
        bool ordinary = geteuid() != 0 || setuid(65534) == 0;
        _exit(ordinary && !load(path, NULL, NULL) && strstr(told, "closed.conf: Permission denied") ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(overrides_with_mistakes)
{
    static const struct {
        const char *overrides, *told;
    } rows[] = {
        {"listen.backlog_max", "LISTENAS_SET (run -o): \"listen.backlog_max\" is not of the form section.key=value"},
        {"listen.backlog_mx=3",
         "LISTENAS_SET (run -o): listen.backlog_mx: unknown key; did you mean listen.backlog_max?"},
        {"listen.backlog_max=x", "LISTENAS_SET (run -o): listen.backlog_max: \"x\" is not legal"},
        {"listen.connected_tcp=ok", "Linux cannot keep"},
        {"listen.unbound_inet=65558", "\"65558\" is not legal here; expected kernel autobind ERRNO"},
        {"=", "is not of the form"},
        {",,", "is not of the form"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(!load("native", NULL, rows[i].overrides), "%s", rows[i].overrides);
        ck_assert_told(rows[i].told);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile");
    TCase *tables = tcase_create("tables"), *files = tcase_create("files"), *wrong = tcase_create("mistakes");
    tcase_add_test(tables, rows_are_sound);
    tcase_add_test(tables, values_by_table);
    tcase_add_test(tables, formulas_that_are_none);
    tcase_add_test(tables, suggest_words);
    tcase_add_checked_fixture(files, make_directory, remove_directory);
    tcase_add_test(files, builtin_profiles_are_good);
    tcase_add_test(files, builtin_settings_are_what_the_text_says);
    tcase_add_test(files, settings_come_on_top_of_a_builtin);
    tcase_add_test(files, a_user_file_hides_a_builtin);
    tcase_add_test(files, a_cycle_through_a_builtin_is_told);
    tcase_add_test(files, native_and_linux_need_nothing);
    tcase_add_test(files, notes_and_standing);
    tcase_add_test(files, lines_go_on_in_the_next_piece);
    tcase_add_test(files, an_heir_speaks_last);
    tcase_add_test(files, a_byte_order_mark_is_ignored);
    tcase_add_test(files, an_heir_lifts_what_was_not_enforced);
    tcase_add_test(files, a_user_file_can_inherit_its_own_name);
    tcase_add_test(files, a_relative_path_stands_against_the_heir);
    tcase_add_test(files, each_program_may_inherit);
    tcase_add_test(files, programs_have_sections);
    tcase_add_test(files, overrides_come_last);
    tcase_add_checked_fixture(wrong, make_directory, remove_directory);
    tcase_add_loop_test(wrong, mistakes_by_table, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_test(wrong, all_mistakes_are_told_in_one_reading);
    tcase_add_test(wrong, a_line_is_judged_as_a_whole);
    tcase_add_test(wrong, a_broken_section_hides_nothing);
    tcase_add_test(wrong, cycles_are_told);
    tcase_add_test(wrong, cycles_of_paths_are_told);
    tcase_add_test(wrong, long_chains_end);
    tcase_add_test(wrong, things_that_are_no_profile);
    tcase_add_test(wrong, files_without_an_end);
    tcase_add_test(wrong, no_device_is_opened);
    tcase_add_loop_test(wrong, a_flood_of_mistakes_costs_little, 0, sizeof floods / sizeof *floods);
    tcase_add_test(wrong, mistakes_beyond_ten_are_counted);
    tcase_add_test(wrong, noise_is_told_and_bounded);
    tcase_add_test(wrong, no_permission_is_told);
    tcase_add_test(wrong, overrides_with_mistakes);
    suite_add_tcase(suite, tables);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, wrong);
    return suite_run(suite);
}
