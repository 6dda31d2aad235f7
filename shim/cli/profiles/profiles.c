#include "profiles.h"
#include "../../profile/loader/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../options.h"
#include "../pager.h"
#include "keys.h"

static const struct profiles_word {
    const char *name, *usage, *summary;
    int (*run)(const struct wishes *wishes, int count, char **arguments);
    bool is_long; /* on a terminal it takes a pager */
} words[] = {
    {"list", "[--json]", "the platforms that can be named, a line each", profiles_list, true},
    {"show", "[-o KEY=VALUE]... [--program=NAME] [--set-only] [--grep=TEXT] [--json] PROFILE [KEY|SECTION]...",
     "every key of one: its value, how firm it is, its source and where that is written", profiles_show, true},
    {"diff", "[-o KEY=VALUE]... [--program=NAME] [--json] PROFILE PROFILE", "two side by side, only what differs",
     profiles_diff, true},
    {"explain", "[--json] KEY", "one key on all platforms: what each promises, how firm that is, its source",
     profiles_explain, true},
    {"check", "[-q] FILE|NAME|DIRECTORY|-...",
     "reads files, directories of them and standard input, and tells every mistake: line, key, what was expected; "
     "exits with 1 if there is one",
     profiles_check, false},
    {"keys", "[--man]", "what each key decides, its legal values, and what a portable program does about it",
     profiles_keys, true},
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
        {"grep", required_argument, NULL, 'g'},
        {"set-only", no_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = next_option(count, arguments, ":o:jqh", options)) != -1) {
        size_t used = strlen(wishes->overrides);
        if (option == 'o')
            snprintf(wishes->overrides + used, sizeof wishes->overrides - used, "%s%s", used ? "," : "", optarg);
        else if (option == 'p')
            wishes->program = optarg;
        else if (option == 'm')
            wishes->man = true;
        else if (option == 'g')
            wishes->grep = optarg;
        else if (option == 's')
            wishes->set_only = true;
        else if (option == 'j')
            wishes->json = true;
        else if (option == 'q')
            wishes->quiet = true;
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
    if (count > 0) {
        say("keys: takes no arguments, not \"%s\"; explain tells of one key", arguments[0]);
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

static const struct profiles_word *find(const char *name)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
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
    const struct profiles_word *word = find(left ? arguments[optind] : "list");
    if (!word)
        return unknown(arguments[optind]);
    if (word->is_long)
        pager_start();
    int status = word->run(&wishes, left ? left - 1 : 0, arguments + optind + (left > 0));
    pager_end();
    return status;
}
