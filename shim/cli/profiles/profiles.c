#include "profiles.h"
#include "../../profile/loader/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../options.h"
#include "keys.h"

static const struct profiles_word {
    const char *name;
    int (*run)(const struct wishes *wishes, int count, char **arguments);
} words[] = {
    {"list", profiles_list},       {"show", profiles_show},   {"diff", profiles_diff},
    {"explain", profiles_explain}, {"check", profiles_check}, {"keys", profiles_keys},
};

#define WORDS (sizeof words / sizeof *words)

enum { OPTION_PROGRAM = OPTION_LONG };

static bool read_options(struct wishes *wishes, int count, char **arguments)
{
    int option;
    while ((option = next_option(count, arguments, &verb_profiles)) != -1) {
        size_t used = strlen(wishes->overrides);
        if (option == 'o')
            snprintf(wishes->overrides + used, sizeof wishes->overrides - used, "%s%s", used ? "," : "", optarg);
        else if (option == OPTION_PROGRAM)
            wishes->program = optarg;
        else if (option == OPTION_HELP)
            wishes->help = true;
        else
            return false;
    }
    return true;
}

static int unknown(const char *word)
{
    char best[16];
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (size_t i = 0; i < WORDS; i++)
        suggest_try(&nearest, words[i].name);
    return say_unknown("word", &nearest, "listenas help profiles");
}

int profiles_keys(const struct wishes *wishes, int count, char **arguments)
{
    (void)wishes;
    (void)arguments;
    if (count > 0) {
        say("keys: takes no arguments");
        return STATUS_OWN;
    }
    print_keys();
    return 0;
}

void say_relative_directories(void)
{
    const char *list = getenv("LISTENAS_CONF_PATH");
    for (const char *directory = list; directory && *directory; directory += *directory == ':') {
        if (*directory != '/' && *directory != ':') {
            say("LISTENAS_CONF_PATH: \"%s\": expected absolute directories; a relative one is ignored", list);
            return;
        }
        directory += strcspn(directory, ":");
    }
}

bool load_or_say(struct annotated_profile *annotated, const char *name, const struct wishes *wishes)
{
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    return annotated_profile_load(annotated, name, wishes->program, wishes->overrides, &diagnostics);
}

static int run(int count, char **arguments)
{
    struct wishes wishes = {0};
    if (!read_options(&wishes, count, arguments))
        return STATUS_OWN;
    if (wishes.help)
        return 0;
    say_relative_directories();
    int left = count - optind;
    if (left == 0)
        return profiles_list(&wishes, 0, arguments);
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].name, arguments[optind]) == 0)
            return words[i].run(&wishes, left - 1, arguments + optind + 1);
    return unknown(arguments[optind]);
}

static const struct verb_text forms[] = {
    {"list", "the platforms that can be named, a line each"},
    {"show PROFILE", "every key of one: its value, how firm it is, its source and where that is written"},
    {"diff PROFILE PROFILE", "two side by side, only what differs"},
    {"explain KEY", "one key on all platforms: what each promises, how firm that is, its source"},
    {"check FILE...", "reads files and tells every mistake: line, key, what was expected"},
    {"keys", "what each key decides, its legal values, and what a portable program does about it"},
    {0},
};

static const struct verb_option options[] = {
    {"set", 'o', "KEY=VALUE", "show and diff: as if this key were set so; may be repeated"},
    {"program", OPTION_PROGRAM, "NAME", "show and diff: with the [program] section of that name"},
    {0},
};

const struct verb verb_profiles = {
    .name = "profiles",
    .summary = "list, show and compare the platforms, explain a key, check a file",
    .usage = "[option]... [word [argument]...]",
    .about = "Tells what the platforms promise, and where that is written. Without a word, lists them.",
    .words = forms,
    .options = options,
    .see = "listenas-profile(5)",
    .run = run,
};
