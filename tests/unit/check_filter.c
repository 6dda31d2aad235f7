/* The rules of accept filters by table: what each key's values make of a call. */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../shim/rules/accept_filter.h"
#include "../suite.h"

#define WHOLE ((socklen_t)sizeof(struct filter_argument))

/* An errno of each key that no platform uses, so that it can come from nowhere else. */
static const char *const distinct[] = {
    "filter.option=yes",      "filter.dnsready=E2BIG",           "filter.unlistening=EXDEV",    "filter.installed=EDOM",
    "filter.unknown=ENFILE",  "filter.unknown_misplaced=ENOTTY", "filter.short_argument=EFBIG", "filter.remove=EMLINK",
    "filter.get_none=ESPIPE", "filter.get_unlistening=EROFS"};

static void set(struct profile *profile, const char *setting)
{
    char name[64];
    bool promise_only;
    size_t length = strcspn(setting, "=");
    snprintf(name, sizeof name, "%.*s", (int)length, setting);
    enum key key = key_of_name(name);
    ck_assert_msg(key != KEY_NONE, "%s", setting);
    const char *expected = key_set(profile, key, setting + length + 1, &promise_only);
    ck_assert_msg(!expected && !promise_only, "%s: expected %s", setting, expected ? expected : "no promise");
}

/* The distinct errors, and over them the setting, unless it is NULL. */
static struct profile profile_with(const char *setting)
{
    struct profile profile;
    profile_reset(&profile);
    for (size_t i = 0; i < sizeof distinct / sizeof *distinct; i++)
        set(&profile, distinct[i]);
    if (setting)
        set(&profile, setting);
    return profile;
}

static const struct {
    const char *setting;
    bool listening;
    enum filter installed;
    const char *name; /* NULL: no argument */
    socklen_t length;
    enum decision decision;
    int error;
    enum filter filter;
    const char *why;
} sets[] = {
    {NULL, true, FILTER_NONE, "dataready", WHOLE, DECIDE_INSTALL, 0, FILTER_DATAREADY, "filter.option"},
    {NULL, true, FILTER_NONE, "httpready", WHOLE, DECIDE_INSTALL, 0, FILTER_HTTPREADY, "filter.option"},
    {NULL, true, FILTER_NONE, "httpready", WHOLE + 9, DECIDE_INSTALL, 0, FILTER_HTTPREADY, "filter.option"},
    {"filter.dnsready=ok", true, FILTER_NONE, "dnsready", WHOLE, DECIDE_INSTALL, 0, FILTER_DNSREADY, "filter.option"},
    {"filter.dnsready=ok", false, FILTER_NONE, "dnsready", WHOLE, DECIDE_FAIL, EXDEV, FILTER_NONE,
     "filter.unlistening"},
    {NULL, true, FILTER_NONE, "dnsready", WHOLE, DECIDE_FAIL, E2BIG, FILTER_NONE, "filter.dnsready"},
    {NULL, false, FILTER_NONE, "dnsready", WHOLE, DECIDE_FAIL, ENOTTY, FILTER_NONE, "filter.unknown_misplaced"},
    {"filter.dnsready=kernel", true, FILTER_NONE, "dnsready", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, false, FILTER_NONE, "dataready", WHOLE, DECIDE_FAIL, EXDEV, FILTER_NONE, "filter.unlistening"},
    {"filter.unlistening=kernel", false, FILTER_NONE, "dataready", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, true, FILTER_DATAREADY, "dataready", WHOLE, DECIDE_FAIL, EDOM, FILTER_NONE, "filter.installed"},
    {NULL, true, FILTER_HTTPREADY, "dataready", WHOLE, DECIDE_FAIL, EDOM, FILTER_NONE, "filter.installed"},
    {"filter.installed=kernel", true, FILTER_HTTPREADY, "dataready", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, true, FILTER_NONE, "dataread", WHOLE, DECIDE_FAIL, ENFILE, FILTER_NONE, "filter.unknown"},
    {NULL, true, FILTER_NONE, "datareadyy", WHOLE, DECIDE_FAIL, ENFILE, FILTER_NONE, "filter.unknown"},
    {NULL, true, FILTER_NONE, "", WHOLE, DECIDE_FAIL, ENFILE, FILTER_NONE, "filter.unknown"},
    {"filter.unknown=kernel", true, FILTER_NONE, "none", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, false, FILTER_NONE, "none", WHOLE, DECIDE_FAIL, ENOTTY, FILTER_NONE, "filter.unknown_misplaced"},
    {NULL, true, FILTER_DATAREADY, "none", WHOLE, DECIDE_FAIL, ENOTTY, FILTER_NONE, "filter.unknown_misplaced"},
    {"filter.unknown_misplaced=kernel", false, FILTER_NONE, "none", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, true, FILTER_NONE, NULL, WHOLE - 1, DECIDE_FAIL, EFBIG, FILTER_NONE, "filter.short_argument"},
    {NULL, true, FILTER_NONE, NULL, 1, DECIDE_FAIL, EFBIG, FILTER_NONE, "filter.short_argument"},
    {"filter.short_argument=kernel", true, FILTER_NONE, NULL, 1, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, true, FILTER_DATAREADY, NULL, 0, DECIDE_FAIL, EMLINK, FILTER_NONE, "filter.remove"},
    {"filter.remove=ok", true, FILTER_DATAREADY, NULL, 0, DECIDE_INSTALL, 0, FILTER_NONE, "filter.remove"},
    {"filter.remove=ok", true, FILTER_NONE, NULL, 0, DECIDE_INSTALL, 0, FILTER_NONE, "filter.remove"},
    {"filter.remove=ok", false, FILTER_NONE, NULL, 0, DECIDE_FAIL, EXDEV, FILTER_NONE, "filter.unlistening"},
    {"filter.remove=kernel", true, FILTER_NONE, NULL, 0, DECIDE_CALL, 0, FILTER_NONE, ""},
    {"filter.option=EACCES", true, FILTER_NONE, "dataready", WHOLE, DECIDE_FAIL, EACCES, FILTER_NONE, "filter.option"},
    {"filter.option=EACCES", false, FILTER_NONE, NULL, 0, DECIDE_FAIL, EACCES, FILTER_NONE, "filter.option"},
    {"filter.option=kernel", true, FILTER_NONE, "dataready", WHOLE, DECIDE_CALL, 0, FILTER_NONE, ""},
    {NULL, true, FILTER_NONE, NULL, (socklen_t)INT_MAX + 1, DECIDE_CALL, 0, FILTER_NONE, ""},
};

START_TEST(set_by_table)
{
    struct profile profile = profile_with(sets[_i].setting);
    struct filter_facts facts = {.listening = sets[_i].listening, .installed = sets[_i].installed};
    struct filter_argument argument = {0};
    if (sets[_i].name)
        memcpy(argument.name, sets[_i].name, strlen(sets[_i].name));
    struct filter_verdict it = filter_set_verdict(&profile, &facts, sets[_i].length, sets[_i].name ? &argument : NULL);
    ck_assert_int_eq(it.verdict.decision, sets[_i].decision);
    ck_assert_int_eq(it.verdict.error, sets[_i].error);
    ck_assert_int_eq(it.filter, sets[_i].filter);
    ck_assert_str_eq(key_rows[it.verdict.why].full, sets[_i].why);
}
END_TEST

/* The name's last byte is the platform's own NUL: what a program leaves there does not count. */
START_TEST(name_ends_at_its_last_byte)
{
    struct profile profile = profile_with(NULL);
    struct filter_facts facts = {.listening = true};
    struct filter_argument argument = {.name = "dataready"};
    argument.name[sizeof argument.name - 1] = 'x';
    memset(argument.argument, 'x', sizeof argument.argument);
    ck_assert_int_eq(filter_set_verdict(&profile, &facts, WHOLE, &argument).filter, FILTER_DATAREADY);
    memset(argument.name, 'x', sizeof argument.name);
    ck_assert_int_eq(filter_set_verdict(&profile, &facts, WHOLE, &argument).verdict.error, ENFILE);
}
END_TEST

START_TEST(hold_by_its_key)
{
    static const struct {
        const char *setting;
        bool hold;
    } rows[] = {{"filter.hold=yes", true}, {"filter.hold=no", false}, {"filter.hold=kernel", false}};
    struct filter_argument argument = {.name = "httpready"};
    struct filter_facts facts = {.listening = true};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile = profile_with(rows[i].setting);
        set(&profile, "filter.remove=ok");
        ck_assert_int_eq(filter_set_verdict(&profile, &facts, WHOLE, &argument).hold, rows[i].hold);
        ck_assert_int_eq(filter_set_verdict(&profile, &facts, 0, NULL).hold, rows[i].hold);
        set(&profile, "filter.install=dataready"); /* what the operator's filter holds is let go in any case */
        ck_assert(filter_set_verdict(&profile, &facts, 0, NULL).hold);
    }
}
END_TEST

static const struct {
    const char *setting;
    bool listening;
    enum filter installed;
    enum decision decision;
    int error;
    const char *why;
} gets[] = {
    {NULL, true, FILTER_DATAREADY, DECIDE_ANSWER, 0, "filter.option"},
    {NULL, true, FILTER_NONE, DECIDE_FAIL, ESPIPE, "filter.get_none"},
    {"filter.get_none=ok", true, FILTER_NONE, DECIDE_ANSWER, 0, "filter.get_none"},
    {"filter.get_none=kernel", true, FILTER_NONE, DECIDE_CALL, 0, ""},
    {NULL, false, FILTER_NONE, DECIDE_FAIL, EROFS, "filter.get_unlistening"},
    {"filter.get_unlistening=kernel", false, FILTER_NONE, DECIDE_CALL, 0, ""},
    {"filter.option=kernel", true, FILTER_DATAREADY, DECIDE_CALL, 0, ""},
    {"filter.option=EACCES", true, FILTER_DATAREADY, DECIDE_FAIL, EACCES, "filter.option"},
};

START_TEST(get_by_table)
{
    struct profile profile = profile_with(gets[_i].setting);
    struct filter_facts facts = {.listening = gets[_i].listening, .installed = gets[_i].installed};
    struct verdict it = filter_get_verdict(&profile, &facts);
    ck_assert_int_eq(it.decision, gets[_i].decision);
    ck_assert_int_eq(it.error, gets[_i].error);
    ck_assert_str_eq(key_rows[it.why].full, gets[_i].why);
}
END_TEST

/* The operator's filter holds whatever the platform would do; one that the program set stays. */
START_TEST(listen_installs)
{
    static const struct {
        const char *setting;
        bool listening;
        enum filter installed, filter;
    } rows[] = {
        {"filter.install=dataready", true, FILTER_NONE, FILTER_DATAREADY},
        {"filter.install=httpready", true, FILTER_NONE, FILTER_HTTPREADY},
        {"filter.install=httpready", true, FILTER_DATAREADY, FILTER_NONE},
        {"filter.install=dataready", false, FILTER_NONE, FILTER_NONE},
        {"filter.install=none", true, FILTER_NONE, FILTER_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile;
        struct filter_facts facts = {.listening = rows[i].listening, .installed = rows[i].installed};
        profile_reset(&profile);
        set(&profile, rows[i].setting);
        struct filter_verdict it = filter_listen_verdict(&profile, &facts);
        bool installs = rows[i].filter != FILTER_NONE;
        ck_assert_int_eq(it.filter, rows[i].filter);
        ck_assert_int_eq(it.hold, installs);
        ck_assert_int_eq(it.verdict.decision, installs ? DECIDE_INSTALL : DECIDE_CALL);
        ck_assert_int_eq(it.verdict.why, installs ? KEY_filter_install : KEY_NONE);
    }
}
END_TEST

/* Whether the longest held is reset, by the program's own filter and by the operator's, and from how many on. */
static const struct {
    const char *settings[4];
    int backlog; /* the kernel's */
    bool set_resets, listen_resets;
    int most;
} resets[] = {
    {{"filter.hold=yes", "filter.overflow=reset"}, 5, true, false, INT_MAX},
    {{"filter.hold=no", "filter.overflow=reset"}, 5, false, false, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=keep"}, 5, false, false, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=kernel"}, 5, false, false, INT_MAX},
    {{"filter.hold=no", "filter.overflow=reset", "filter.install=dataready"}, 5, false, true, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.install=httpready"}, -1, false, false, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=same"}, 7, true, false, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=kernel"}, 7, true, false, INT_MAX},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=backlog"}, 7, true, false, 8},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=backlog", "listen.capacity_tcp=3/2 b + 1"},
     7,
     true,
     false,
     6},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=backlog", "listen.capacity_tcp=3/2 b + 1"},
     0,
     true,
     false,
     1},
    {{"filter.hold=yes", "filter.overflow=reset", "filter.capacity=backlog", "listen.capacity_tcp=unlimited"},
     7,
     true,
     false,
     INT_MAX},
};

START_TEST(resets_by_table)
{
    struct profile profile = profile_with(NULL);
    struct filter_facts facts = {.listening = true, .backlog = resets[_i].backlog};
    struct filter_argument argument = {.name = "dataready"};
    for (size_t i = 0; i < sizeof resets->settings / sizeof *resets->settings && resets[_i].settings[i]; i++)
        set(&profile, resets[_i].settings[i]);
    struct filter_verdict by_program = filter_set_verdict(&profile, &facts, WHOLE, &argument);
    struct filter_verdict by_operator = filter_listen_verdict(&profile, &facts);
    ck_assert_int_eq(by_program.resets, resets[_i].set_resets);
    ck_assert_int_eq(by_program.most, resets[_i].most);
    ck_assert_int_eq(by_operator.resets, resets[_i].listen_resets);
    ck_assert_int_eq(filter_set_verdict(&profile, &facts, 0, NULL).resets, false);
}
END_TEST

/* listen again, with another backlog: the refuser is to know, if it keeps the filter's second queue. */
START_TEST(listen_again_tells_the_refuser)
{
    static const struct {
        const char *settings[2];
        bool resets;
    } rows[] = {
        {{"filter.hold=yes", "filter.overflow=reset"}, true},
        {{"filter.install=dataready", "filter.overflow=reset"}, true},
        {{"filter.hold=yes", "filter.overflow=keep"}, false},
        {{"filter.hold=no", "filter.overflow=reset"}, false},
    };
    const struct filter_facts facts = {.listening = true, .installed = FILTER_DNSREADY, .backlog = 5};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct profile profile;
        profile_reset(&profile);
        set(&profile, rows[i].settings[0]);
        set(&profile, rows[i].settings[1]);
        struct filter_verdict it = filter_listen_verdict(&profile, &facts);
        ck_assert_int_eq(it.resets, rows[i].resets);
        ck_assert_int_eq(it.verdict.decision, rows[i].resets ? DECIDE_INSTALL : DECIDE_CALL);
        ck_assert_int_eq(it.verdict.why, rows[i].resets ? KEY_filter_overflow : KEY_NONE);
        ck_assert_int_eq(it.filter, rows[i].resets ? FILTER_DNSREADY : FILTER_NONE);
        ck_assert_int_eq(it.hold, rows[i].resets);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter");
    TCase *rules = tcase_create("filter");
    tcase_add_loop_test(rules, set_by_table, 0, sizeof sets / sizeof *sets);
    tcase_add_test(rules, name_ends_at_its_last_byte);
    tcase_add_test(rules, hold_by_its_key);
    tcase_add_loop_test(rules, get_by_table, 0, sizeof gets / sizeof *gets);
    tcase_add_test(rules, listen_installs);
    tcase_add_loop_test(rules, resets_by_table, 0, sizeof resets / sizeof *resets);
    tcase_add_test(rules, listen_again_tells_the_refuser);
    suite_add_tcase(suite, rules);
    return suite_run(suite);
}
