#include "words.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/profile.h"
#include "../cli.h"
#include "../profiles/profiles.h"
#include "../verb.h"

static void print_profile(const char *name, const char *directory, void *context)
{
    (void)directory;
    (void)context;
    puts(name);
}

static void print_verbs(void)
{
    for (const struct verb *const *verb = verbs; *verb; verb++)
        puts((*verb)->name);
}

static void print_profiles(void)
{
    each_profile(print_profile, NULL);
}

static void print_keys(void)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        puts(key_rows[key].full);
}

static const struct kind {
    const char *name;
    void (*print)(void);
} kinds[] = {{"VERB", print_verbs}, {"PROFILE", print_profiles}, {"KEY", print_keys}};

int words_print(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i].name) == 0) {
            kinds[i].print();
            return 0;
        }
    say("--words=%s: expected VERB, PROFILE or KEY", kind);
    return STATUS_USAGE;
}
