/*
 * Profiles made of a few settings, for tests of the rules.
 */
#ifndef LISTENAS_TESTS_PROFILE_FIXTURE_H
#define LISTENAS_TESTS_PROFILE_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../shim/profile/profile.h"

/* A profile of the given settings, "key=value" each, over the initial values. */
static inline struct profile profile_of(const char *const *settings)
{
    struct profile profile;
    profile_reset(&profile);
    for (; *settings; settings++) {
        char name[64];
        bool promise_only;
        size_t length = strcspn(*settings, "=");
        snprintf(name, sizeof name, "%.*s", (int)length, *settings);
        enum key key = key_of_name(name);
        ck_assert_msg(key != KEY_NONE, "%s", *settings);
        const char *expected = key_set(&profile, key, *settings + length + 1, &promise_only);
        ck_assert_msg(!expected && !promise_only, "%s: expected %s", *settings, expected ? expected : "no promise");
    }
    profile_derive(&profile);
    return profile;
}

#define PROFILE(...) profile_of((const char *const[]){__VA_ARGS__, NULL})

#endif
