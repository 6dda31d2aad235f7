#include "profiles.h"
#include "../../profile/loader/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../options.h"
#include "keys.h"

static const struct profiles_word {
    const char *name, *usage, *summary;
    int (*run)(const struct wishes *wishes, int count, char **arguments);
} words[] = {
    {"list", "", "the platforms that can be named, a line each", profiles_list},
    {"show", "[-o key=value]... [--program=NAME] PROFILE",
     "every key of one: its value, how firm it is, its source and where that is written", profiles_show},
    {"diff", "[-o key=value]... [--program=NAME] PROFILE PROFILE", "two side by side, only what differs",
     profiles_diff},
    {"explain", "KEY", "one key on all platforms: what each promises, how firm that is, its source", profiles_explain},
    {"check", "FILE...", "reads files and tells every mistake: line, key, what was expected", profiles_check},
    {"keys", "[--man]", "what each key decides, its legal values, and what a portable program does about it",
     profiles_keys},
};

#define WORDS (sizeof words / sizeof *words)

static void help(void)
{
    for (size_t i = 0; i < WORDS; i++)
        printf("%s listenas profiles %s%s%s\n", i == 0 ? "usage:" : "      ", words[i].name,
               words[i].usage[0] ? " " : "", words[i].usage);
    putchar('\n');
    for (size_t i = 0; i < WORDS; i++)
        printf("%-8s %s\n", words[i].name, words[i].summary);
}

static bool read_options(struct wishes *wishes, int count, char **arguments)
{
    static const struct option options[] = {
        {"set", required_argument, NULL, 'o'},
        {"program", required_argument, NULL, 'p'},
        {"man", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = next_option(count, arguments, ":o:h", options)) != -1) {
        size_t used = strlen(wishes->overrides);
        if (option == 'o')
            snprintf(wishes->overrides + used, sizeof wishes->overrides - used, "%s%s", used ? "," : "", optarg);
        else if (option == 'p')
            wishes->program = optarg;
        else if (option == 'm')
            wishes->man = true;
        else if (option == 'h')
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
    return say_unknown("word", &nearest, "listenas profiles --help");
}

int profiles_keys(const struct wishes *wishes, int count, char **arguments)
{
    (void)arguments;
    if (count > 0) {
        say("keys: takes no arguments");
        return STATUS_OWN;
    }
    print_keys(wishes->man);
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

int verb_profiles(int count, char **arguments)
{
    struct wishes wishes = {0};
    if (!read_options(&wishes, count, arguments))
        return STATUS_OWN;
    if (wishes.help) {
        help();
        return 0;
    }
    say_relative_directories();
    int left = count - optind;
    if (left == 0)
        return profiles_list(&wishes, 0, arguments);
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].name, arguments[optind]) == 0)
            return words[i].run(&wishes, left - 1, arguments + optind + 1);
    return unknown(arguments[optind]);
}
