/* LISTENAS_PROVOKE: what it says, what is wrong with it, and which calls it means. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../shim/profile/builtin.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/provoke.h"
#include "../../shim/rules/provoke.h"
#include "../suite.h"

static struct profile profile_named(const char *name)
{
    struct diagnostics diagnostics = {0};
    struct profile profile;
    ck_assert_msg(profile_load(&profile, name, NULL, NULL, &diagnostics), "%s", diagnostics.first);
    return profile;
}

static struct provocations read_setting(const char *text)
{
    const struct profile linux_profile = profile_named("linux");
    struct diagnostics diagnostics = {0};
    struct provocations all;
    ck_assert_msg(provoke_load(&all, text, &linux_profile, "linux", &diagnostics), "%s", diagnostics.first);
    return all;
}

/* A digit for each of the first 20 calls: 1 for one that is to fail. */
static const struct {
    const char *which, *calls;
} whens[] = {
    {"", "11111111111111111111"},
    {"@1", "10000000000000000000"},
    {"@3", "00100000000000000000"},
    {"@20", "00000000000000000001"},
    {"@21", "00000000000000000000"},
    {"@10..12", "00000000011100000000"},
    {"@18+", "00000000000000000111"},
    {"@5+4", "00001000100010001000"},
    {"@1+1", "11111111111111111111"},
    {"@3..9+3", "00100100100000000000"},
    {"@3..9+", "00111111100000000000"},
    {"@4..4", "00010000000000000000"},
    {"@1..4294967294", "11111111111111111111"},
    {"%1", "11111111111111111111"},
};

START_TEST(each_form_means_its_calls)
{
    char text[64];
    snprintf(text, sizeof text, "accept:EMFILE%s", whens[_i].which);
    struct provocations all = read_setting(text);
    for (uint64_t number = 1; number <= 20; number++) {
        ck_assert_msg(provoked_error(&all, CALL_accept, number) == (whens[_i].calls[number - 1] == '1' ? EMFILE : 0),
                      "%s: call %d", text, (int)number);
        ck_assert_int_eq(provoked_error(&all, CALL_bind, number), 0);
    }
}
END_TEST

/* A call that is never reached in a test: no number is too large, and the last of a range is its end. */
START_TEST(large_numbers)
{
    struct provocations all = read_setting("accept:EMFILE@7+,bind:EACCES@1..4294967294");
    ck_assert_int_eq(provoked_error(&all, CALL_accept, UINT64_MAX), EMFILE);
    ck_assert_int_eq(provoked_error(&all, CALL_accept, UINT64_C(1) << 33), EMFILE);
    ck_assert_int_eq(provoked_error(&all, CALL_bind, UINT64_C(4294967294)), EACCES);
    ck_assert_int_eq(provoked_error(&all, CALL_bind, UINT64_C(4294967295)), 0);
}
END_TEST

START_TEST(the_first_of_several_counts)
{
    struct provocations all = read_setting("accept:ECONNABORTED@3,accept:EMFILE@2..4,connect:ETIMEDOUT");
    ck_assert_int_eq(provoked_error(&all, CALL_accept, 2), EMFILE);
    ck_assert_int_eq(provoked_error(&all, CALL_accept, 3), ECONNABORTED);
    ck_assert_int_eq(provoked_error(&all, CALL_accept, 5), 0);
    ck_assert_int_eq(provoked_error(&all, CALL_connect, 1), ETIMEDOUT);
}
END_TEST

static int count_chosen(const char *setting, int calls, char *which)
{
    struct provocations all = read_setting(setting);
    int chosen = 0;
    for (int i = 0; i < calls; i++) {
        which[i] = provoked_error(&all, CALL_accept, (uint64_t)i + 1) ? '1' : '0';
        chosen += which[i] == '1';
    }
    which[calls] = '\0';
    return chosen;
}

/* One in five: about that many, the same ones by the same seed, others by another seed and for another error. */
START_TEST(chance_follows_the_seed)
{
    char one[10001], again[10001], other[10001], error[10001];
    int chosen = count_chosen("accept:EINTR%5,seed=42", 10000, one);
    ck_assert_msg(chosen > 1800 && chosen < 2200, "%d of 10000", chosen);
    ck_assert_int_eq(count_chosen("seed=42,accept:EINTR%5", 10000, again), chosen);
    ck_assert_str_eq(again, one);
    count_chosen("accept:EINTR%5,seed=43", 10000, other);
    ck_assert_str_ne(other, one);
    count_chosen("accept:EMFILE%5,seed=42", 10000, error);
    ck_assert_str_ne(error, one);
}
END_TEST

START_TEST(the_seed_is_asked_for_by_chance_alone)
{
    struct provocations all = read_setting("accept:EINTR%5,seed=18446744073709551615");
    ck_assert(provoke_needs_seed(&all) && all.has_seed && all.seed == UINT64_MAX);
    all = read_setting("accept:EINTR@5");
    ck_assert(!provoke_needs_seed(&all) && !all.has_seed);
}
END_TEST

#define IN "LISTENAS_PROVOKE (run -P): "
#define FORMS "expected @N, @N+, @N+STEP, @N..M or @N..M+STEP, where calls are counted from 1"

static const struct {
    const char *profile, *text, *told;
} mistakes[] = {
    {"linux", "accpet:EMFILE", IN "accpet:EMFILE: unknown call \"accpet\"; did you mean accept?"},
    {"linux", "accept4:EMFILE", IN "accept4:EMFILE: accept stands for accept4 as well; write accept"},
    {"linux", "poll:EINTR",
     IN "poll:EINTR: no error can be provoked at \"poll\"; expected one of: listen, bind, "
        "connect, accept, socket"},
    {"linux", "shutdown:EIO",
     IN "shutdown:EIO: no error can be provoked at \"shutdown\"; expected one of: listen, bind, "
        "connect, accept, socket"},
    {"linux", "start:EIO",
     IN "start:EIO: no error can be provoked at \"start\"; expected one of: listen, bind, "
        "connect, accept, socket"},
    {"linux", ":EIO",
     IN ":EIO: no error can be provoked at \"\"; expected one of: listen, bind, connect, accept, socket"},
    {"linux", "accept:EMFLE@3", IN "accept:EMFLE@3: \"EMFLE\" is no name of an error; did you mean EMFILE?"},
    {"linux", "accept:24", IN "accept:24: \"24\" is no name of an error"},
    {"linux", "accept:", IN "accept:: \"\" is no name of an error"},
    {"linux", "accept", IN "\"accept\": expected CALL:ERRNO, then @WHEN or %N"},
    {"linux", "accept:EMFILE@", IN "accept:EMFILE@: " FORMS},
    {"linux", "accept:EMFILE@0", IN "accept:EMFILE@0: " FORMS},
    {"linux", "accept:EMFILE@-1", IN "accept:EMFILE@-1: " FORMS},
    {"linux", "accept:EMFILE@ 1", IN "accept:EMFILE@ 1: " FORMS},
    {"linux", "accept:EMFILE@3x", IN "accept:EMFILE@3x: " FORMS},
    {"linux", "accept:EMFILE@3..", IN "accept:EMFILE@3..: " FORMS},
    {"linux", "accept:EMFILE@3+0", IN "accept:EMFILE@3+0: " FORMS},
    {"linux", "accept:EMFILE@3%5", IN "accept:EMFILE@3%5: " FORMS},
    {"linux", "accept:EMFILE@4294967295", IN "accept:EMFILE@4294967295: " FORMS},
    {"linux", "accept:EMFILE@99999999999999999999", IN "accept:EMFILE@99999999999999999999: " FORMS},
    {"linux", "accept:EMFILE@5..3", IN "accept:EMFILE@5..3: the range ends before it begins"},
    {"linux", "accept:EINTR%0", IN "accept:EINTR%0: expected %N: one call in N fails, N from 1"},
    {"linux", "accept:EINTR%", IN "accept:EINTR%: expected %N: one call in N fails, N from 1"},
    {"linux", "seed=x", IN "seed=x: expected a number from 0 to 18446744073709551615"},
    {"linux", "seed=-1", IN "seed=-1: expected a number from 0 to 18446744073709551615"},
    {"linux", "listen:EMFILE",
     IN "linux does not list EMFILE for listen, but EADDRINUSE; --force provokes it all the "
        "same"},
    {"glibc", "listen:EMFILE", IN "glibc does not list EMFILE for listen, but none; --force provokes it all the same"},
    {"mks", "listen:EADDRINUSE",
     IN "mks does not list EADDRINUSE for listen, but EMFILE ENETDOWN ENOBUFS; --force "
        "provokes it all the same"},
    {"freebsd", "accept:EPROTO@3",
     IN "freebsd does not list EPROTO for accept, but EINTR EAGAIN ENFILE EMFILE ECONNABORTED; --force provokes it all "
        "the same"},
};

START_TEST(mistakes_are_told)
{
    const struct profile profile = profile_named(mistakes[_i].profile);
    struct diagnostics diagnostics = {0};
    struct provocations all;
    ck_assert(!provoke_load(&all, mistakes[_i].text, &profile, mistakes[_i].profile, &diagnostics));
    ck_assert_str_eq(diagnostics.first, mistakes[_i].told);
    ck_assert_int_eq(diagnostics.count, 1);
}
END_TEST

START_TEST(force_needs_no_list)
{
    struct provocations all = read_setting("listen:EMFILE, force ,,");
    ck_assert(all.forced && all.count == 1);
}
END_TEST

START_TEST(too_many_and_too_long)
{
    const struct profile profile = profile_named("linux");
    struct diagnostics diagnostics = {0};
    struct provocations all;
    char text[2000] = "";
    for (int i = 0; i < PROVOCATIONS_MOST; i++)
        strcat(text, "accept:EMFILE,");
    ck_assert(provoke_load(&all, text, &profile, "linux", &diagnostics));
    ck_assert_int_eq(all.count, PROVOCATIONS_MOST);
    strcat(text, "accept:EMFILE");
    ck_assert(!provoke_load(&all, text, &profile, "linux", &diagnostics));
    ck_assert_str_eq(diagnostics.first, IN "accept:EMFILE: is one more than the 32 errors that can be provoked");
    memset(text, '0', 100);
    memcpy(text, "accept:EMFILE@", 14);
    strcpy(text + 100, "3");
    diagnostics = (struct diagnostics){0};
    ck_assert(!provoke_load(&all, text, &profile, "linux", &diagnostics));
    ck_assert_msg(strstr(diagnostics.first, "is longer than 79 characters"), "%s", diagnostics.first);
}
END_TEST

/* --- what can happen --- */

START_TEST(interruptions_need_a_wait)
{
    const struct provoked_socket waits = {.waits = true, .stream = true}, not = {.stream = true},
                                 datagrams = {.waits = true}, times_out = {.waits = true, .times_out = true};
    ck_assert(provoked_can_happen(CALL_accept, EINTR, &waits) && !provoked_can_happen(CALL_accept, EINTR, &not ));
    ck_assert(provoked_can_happen(CALL_connect, EINTR, &waits) && !provoked_can_happen(CALL_connect, EINTR, &not ));
    ck_assert(!provoked_can_happen(CALL_connect, EINTR, &datagrams));
    ck_assert(provoked_can_happen(CALL_accept, EAGAIN, &not ) && !provoked_can_happen(CALL_accept, EAGAIN, &waits));
    ck_assert(provoked_can_happen(CALL_accept, EAGAIN, &times_out));
    ck_assert(provoked_can_happen(CALL_connect, EAGAIN, &waits) && provoked_can_happen(CALL_accept, EMFILE, &waits));
}
END_TEST

/* --- the lists of the platforms --- */

/* Errors that a mistake of the program causes: what comes of those is the subject of other keys. */
static const int by_mistake[] = {EBADF, EFAULT, EINVAL, ENOTSOCK, EOPNOTSUPP, EISCONN, EALREADY, EINPROGRESS};

START_TEST(lists_name_circumstances_alone)
{
    const struct profile profile = profile_named(builtins[_i].name);
    ck_assert(profile.errors_accept.bits[0] || profile.errors_accept.bits[1]);
    for (enum call call = CALL_start + 1; call < CALL_COUNT; call++) {
        enum key key = provoke_key(call);
        for (size_t i = 0; key != KEY_NONE && i < sizeof by_mistake / sizeof *by_mistake; i++)
            ck_assert_msg(!errors_has((const void *)((const char *)&profile + key_fields[key].offset), by_mistake[i]),
                          "%s: %s", builtins[_i].name, key_rows[key].full);
    }
}
END_TEST

static const struct {
    const char *text, *wrong;
    bool good;
} sets[] = {
    {"none", "", true},
    {"EMFILE", "", true},
    {"EMFILE  EAGAIN", "", true},
    {"EWOULDBLOCK", "", true},
    {"", "", false},
    {"EMFILE, EAGAIN", "EMFILE,", false},
    {"EMFILE none", "none", false},
    {"EMFILE EAGIAN x", "EAGIAN", false},
    {"EMFILEEMFILEEMFILEEMFILE", "EMFILEEMFILEEMF", false},
};

START_TEST(sets_are_read)
{
    struct errors set;
    char wrong[16] = "", text[64];
    ck_assert_int_eq(errors_parse(sets[_i].text, &set, wrong, sizeof wrong), sets[_i].good);
    ck_assert_str_eq(wrong, sets[_i].wrong);
    if (sets[_i].good) {
        struct errors again;
        errors_format(&set, text, sizeof text);
        ck_assert(errors_parse(text, &again, wrong, sizeof wrong));
        ck_assert_mem_eq(&set, &again, sizeof set);
    }
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(all, test, 0, (int)(sizeof table / sizeof *table))

int main(void)
{
    int profiles = 0;
    while (builtins[profiles].name)
        profiles++;
    Suite *suite = suite_create("provoke");
    TCase *all = tcase_create("all");
    LOOP(each_form_means_its_calls, whens);
    tcase_add_test(all, large_numbers);
    tcase_add_test(all, the_first_of_several_counts);
    tcase_add_test(all, chance_follows_the_seed);
    tcase_add_test(all, the_seed_is_asked_for_by_chance_alone);
    LOOP(mistakes_are_told, mistakes);
    tcase_add_test(all, force_needs_no_list);
    tcase_add_test(all, too_many_and_too_long);
    tcase_add_test(all, interruptions_need_a_wait);
    tcase_add_loop_test(all, lists_name_circumstances_alone, 0, profiles);
    LOOP(sets_are_read, sets);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
