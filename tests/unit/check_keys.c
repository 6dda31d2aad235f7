/*
 * Every key: set alone to each value that is enforced it takes effect in the rule that it names, with the facts that
 * its row names; and two keys that act at one call both keep their effect. A key without a case fails.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "../suite.h"
#include "key_scenarios.h"

#define VALUES_MOST 12
#define SETTING 160

/* --- the values of a key --- */

struct values {
    int count;
    char of[VALUES_MOST][48];
};

/* A value of the class that a word of `legal` stands for: one that no case makes by itself. */
static const char *example_of(const char *word)
{
    static const struct {
        const char *word, *example;
    } examples[] = {
        {"ERRNO", "EXDEV"},     {"FORMULA", "3/2 b + 3"}, {"0..2147483647", "7"},
        {"1..2147483647", "7"}, {"1024..65535", "40000"}, {"1..253", "20"},
        {"2..16", "9"},         {"0..65535", "80"},       {"0..0", "0"},
        {"1..1", "1"},          {"1..1000", "50"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (strcmp(examples[i].word, word) == 0)
            return examples[i].example;
    ck_assert_msg(!strstr(word, ".."), "%s: no example of this range", word);
    return word;
}

/* Those that the key can be set to, that Linux can keep and does not keep by itself. */
static struct values values_of(enum key key)
{
    const struct key_row *row = &key_rows[key];
    struct values values = {0};
    char legal[128];
    if (key_fields[key].kind == KIND_ERRORS) /* it acts by LISTENAS_PROVOKE alone: check_provoke */
        return values;
    snprintf(legal, sizeof legal, "%s", row->legal);
    for (char *word = strtok(legal, " "); word; word = strtok(NULL, " ")) {
        bool idle = word[0] == '!' || strcmp(word, "kernel") == 0 || strcmp(word, row->initial) == 0 ||
                    strcmp(word, row->native) == 0;
        const char *example = idle ? "" : example_of(word);
        if (idle || strcmp(example, row->native) == 0)
            continue;
        ck_assert_int_lt(values.count, VALUES_MOST);
        snprintf(values.of[values.count++], sizeof values.of[0], "%s", example);
    }
    /* Where "same" is what the key is initially, the kernel's own way and Linux's are values of their own. */
    if (strcmp(row->initial, "same") == 0 && strstr(row->legal, "kernel"))
        snprintf(values.of[values.count++], sizeof values.of[0], "kernel");
    return values;
}

/* --- profiles of a few settings --- */

static void set(struct profile *profile, enum key key, const char *value)
{
    bool promise_only;
    const char *expected = key_set(profile, key, value, &promise_only);
    ck_assert_msg(!expected && !promise_only, "%s = %s", key_rows[key].full, value);
}

/* "key=value,key=value" */
static void set_all(struct profile *profile, const char *settings)
{
    char piece[SETTING];
    while (settings && *settings) {
        size_t length = strcspn(settings, ",");
        snprintf(piece, sizeof piece, "%.*s", (int)length, settings);
        char *value = strchr(piece, '=');
        *value++ = '\0';
        ck_assert_msg(key_of_name(piece) != KEY_NONE, "%s", piece);
        set(profile, key_of_name(piece), value);
        settings += length + (settings[length] == ',');
    }
}

static struct profile profile_with(const char *settings)
{
    struct profile profile;
    profile_reset(&profile);
    set_all(&profile, settings);
    profile_derive(&profile);
    return profile;
}

static struct profile profile_and(const struct profile *base, enum key key, const char *value)
{
    struct profile profile = *base;
    set(&profile, key, value);
    profile_derive(&profile);
    return profile;
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* --- one key alone --- */

/* What makes "kernel" differ from "same": the key that is not of AF_UNIX. */
static const char *base_of(const struct scenario *it, const char *value)
{
    if (strcmp(value, "kernel") != 0)
        return it->with;
    switch (it->key) {
    case KEY_listen_backlog_max_unix:
        return "listen.backlog_max=4";
    case KEY_listen_backlog_negative_unix:
        return "listen.backlog_negative=4";
    case KEY_bind_wrong_family_inet6:
        return "bind.wrong_family_inet=EDOM";
    default:
        return it->with;
    }
}

static bool is_case_of(const struct scenario *it, enum key key, const char *value)
{
    return it->key == key && (!it->only || strcmp(it->only, value) == 0);
}

/* Whether the case shows that the value takes effect: by what comes of it, or by its being what comes anyway. */
static bool takes_effect(const struct scenario *it, const char *value)
{
    struct profile base = profile_with(base_of(it, value)), with = profile_and(&base, it->key, value);
    struct outcome without = it->run(&base, it), now = it->run(&with, it);
    return same_outcome(&without, &now) == it->same;
}

START_TEST(each_value_takes_effect)
{
    enum key key = (enum key)_i;
    struct values values = values_of(key);
    for (int i = 0; i < values.count; i++) {
        bool any = false;
        for (size_t j = 0; j < scenario_count; j++)
            any = any || (is_case_of(&scenarios[j], key, values.of[i]) && takes_effect(&scenarios[j], values.of[i]));
        ck_assert_msg(any, "%s = %s takes no effect in any case", key_rows[key].full, values.of[i]);
    }
}
END_TEST

/* Each case of a key, not only one of them: a key that acts at several calls acts at each. */
START_TEST(each_case_shows_an_effect)
{
    const struct scenario *it = &scenarios[_i];
    struct values values = values_of(it->key);
    bool any = false;
    for (int i = 0; i < values.count; i++)
        any = any || (is_case_of(it, it->key, values.of[i]) && takes_effect(it, values.of[i]));
    ck_assert_msg(any, "case %d: %s", _i, key_rows[it->key].full);
}
END_TEST

/* A key that says where it acts has values in force, which change what the calls need; one that does not has none. */
START_TEST(rows_say_where_keys_act)
{
    enum key key = (enum key)_i;
    const struct key_row *row = &key_rows[key];
    struct values values = values_of(key);
    struct profile native = profile_with(NULL);
    ck_assert_msg((values.count > 0) == (row->at[0].phases != 0), "%s", row->full);
    for (int i = 0; i < values.count; i++) {
        struct profile with = profile_and(&native, key, values.of[i]);
        ck_assert_msg(memcmp(&with.needs, &native.needs, sizeof with.needs) != 0, "%s = %s", row->full, values.of[i]);
        for (int act = 0; act < KEY_ACTS && row->at[act].phases; act++)
            if (!row->at[act].only)
                ck_assert(with.needs.phases[row->at[act].call] & row->at[act].phases);
    }
}
END_TEST

/* A value that Linux keeps by itself asks for nothing, however it was set. */
START_TEST(native_values_need_nothing)
{
    enum key key = (enum key)_i;
    struct profile native = profile_with(NULL);
    if (!key_rows[key].native[0])
        return;
    struct profile with = profile_and(&native, key, key_rows[key].native);
    ck_assert_msg(memcmp(&with.needs, &native.needs, sizeof with.needs) == 0, "%s", key_rows[key].full);
}
END_TEST

/* --- two keys --- */

static bool share_a_call(enum key a, enum key b)
{
    for (int i = 0; i < KEY_ACTS && key_rows[a].at[i].phases; i++)
        for (int j = 0; j < KEY_ACTS && key_rows[b].at[j].phases; j++)
            if (key_rows[a].at[i].call == key_rows[b].at[j].call)
                return true;
    return false;
}

/* Where the first key says its value, the second has nothing to say (of its value, or any: NULL), by what they mean. */
static const struct {
    enum key hides;
    const char *value;
    enum key hidden;
    const char *hidden_value;
} hiding[] = {
    {KEY_listen_backlog_max, "7", KEY_listen_backlog_excess, "max"},           /* that is what a limit does */
    {KEY_listen_backlog_floor, "7", KEY_listen_backlog_zero, "min"},           /* the operator counts for more */
    {KEY_listen_backlog_floor, "7", KEY_listen_backlog_zero_unix, NULL},       /* likewise */
    {KEY_accept_accept4, "EXDEV", KEY_accept_accept4_unknown_flag, NULL},      /* accept4 is missing, with any flag */
    {KEY_accept_negative_length, "ok", KEY_accept_negative_length_loss, NULL}, /* there is no failure */
    {KEY_listen_capacity_tcp, NULL, KEY_listen_backlog_negative, "max"}, /* the kernel's own way, but for the number */
    {KEY_listen_capacity_unix, NULL, KEY_listen_backlog_negative_unix, "max"}, /* likewise */
    {KEY_shutdown_listener_tcp, "EXDEV", KEY_shutdown_queued, NULL},           /* the listener stays as it is */
    {KEY_shutdown_listener_tcp, "EXDEV", KEY_shutdown_accept_after, "keep"},   /* likewise */
};

static bool may_hide(enum key a, const char *value, enum key b, const char *hidden)
{
    for (size_t i = 0; i < sizeof hiding / sizeof *hiding; i++)
        if (hiding[i].hides == a && hiding[i].hidden == b &&
            (!hiding[i].value || strcmp(hiding[i].value, value) == 0) &&
            (!hiding[i].hidden_value || strcmp(hiding[i].hidden_value, hidden) == 0))
            return true;
    return false;
}

static bool is_said_by(const char *settings, enum key key)
{
    return settings && strstr(settings, key_rows[key].full);
}

/* In a case of the first key, with its value: whether it comes to the same when the second is set as well. */
static bool keeps(const struct scenario *it, const char *value, enum key other, const char *other_value)
{
    struct profile base = profile_with(base_of(it, value)), alone = profile_and(&base, it->key, value);
    struct profile both = profile_and(&alone, other, other_value), only = profile_and(&base, other, other_value);
    struct outcome without = it->run(&base, it), one = it->run(&alone, it), two = it->run(&both, it),
                   second = it->run(&only, it);
    /* What both say may come together: then it differs from what either says. */
    return same_outcome(&one, &two) || (!same_outcome(&two, &second) && !same_outcome(&two, &without));
}

static int check_pair(enum key key, const char *value, enum key other, const char *other_value)
{
    bool any = false, kept = false;
    for (size_t i = 0; i < scenario_count; i++) {
        const struct scenario *it = &scenarios[i];
        if (!is_case_of(it, key, value) || it->same || is_said_by(it->with, other) || !takes_effect(it, value))
            continue;
        any = true;
        kept = kept || keeps(it, value, other, other_value);
    }
    if (!any || kept)
        return 0;
    fprintf(stderr, "%s = %s loses its effect beside %s = %s\n", key_rows[key].full, value, key_rows[other].full,
            other_value);
    return 1;
}

START_TEST(pairs_keep_both_effects)
{
    enum key key = (enum key)_i;
    struct values values = values_of(key);
    int lost = 0;
    for (enum key other = KEY_NONE + 1; other < KEY_COUNT; other++) {
        struct values others = values_of(other);
        for (int i = 0; other != key && share_a_call(key, other) && i < values.count; i++)
            for (int j = 0; j < others.count; j++)
                if (!may_hide(other, others.of[j], key, values.of[i]))
                    lost += check_pair(key, values.of[i], other, others.of[j]);
    }
    ck_assert_msg(lost == 0, "%s: see above", key_rows[key].full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys");
    TCase *alone = tcase_create("alone"), *pairs = tcase_create("pairs");
    tcase_add_loop_test(alone, each_value_takes_effect, KEY_NONE + 1, KEY_COUNT);
    tcase_add_loop_test(alone, each_case_shows_an_effect, 0, (int)scenario_count);
    tcase_add_loop_test(alone, rows_say_where_keys_act, KEY_NONE + 1, KEY_COUNT);
    tcase_add_loop_test(alone, native_values_need_nothing, KEY_NONE + 1, KEY_COUNT);
    tcase_add_loop_test(pairs, pairs_keep_both_effects, KEY_NONE + 1, KEY_COUNT);
    suite_add_tcase(suite, alone);
    suite_add_tcase(suite, pairs);
    return suite_run(suite);
}
