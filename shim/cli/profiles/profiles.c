#include "profiles.h"
#include "../../profile/loader/load.h"
#include "../../profile/loader/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../options.h"
#include "../pager.h"
#include "keys.h"

static const struct profiles_word {
    const char *name;
    int (*run)(const struct wishes *wishes, int count, char **arguments);
    bool is_long; /* on a terminal it takes a pager */
} words[] = {
    {"list", profiles_list, true},       {"show", profiles_show, true},    {"diff", profiles_diff, true},
    {"explain", profiles_explain, true}, {"check", profiles_check, false}, {"keys", profiles_keys, true},
};

#define WORDS (sizeof words / sizeof *words)

enum { OPTION_PROGRAM = OPTION_LONG, OPTION_GREP, OPTION_SET_ONLY, OPTION_USED_BY };

static bool read_options(struct wishes *wishes, int count, char **arguments)
{
    int option;
    while ((option = next_option(count, arguments, &verb_profiles)) != -1) {
        size_t used = strlen(wishes->overrides);
        if (option == 'o')
            snprintf(wishes->overrides + used, sizeof wishes->overrides - used, "%s%s", used ? "," : "", optarg);
        else if (option == OPTION_PROGRAM)
            wishes->program = optarg;
        else if (option == OPTION_GREP)
            wishes->grep = optarg;
        else if (option == OPTION_USED_BY)
            wishes->used_by = optarg;
        else if (option == OPTION_SET_ONLY)
            wishes->set_only = true;
        else if (option == 'j')
            wishes->json = true;
        else if (option == 'q')
            wishes->quiet = true;
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
    static struct profile_source place;
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (size_t i = 0; i < WORDS; i++)
        suggest_try(&nearest, words[i].name);
    if (profile_find(word, NULL, true, &place) == FOUND) {
        say("unknown word \"%s\"; did you mean `listenas profiles show %s`?", word, word);
        return STATUS_USAGE;
    }
    return say_unknown("word", &nearest, "listenas help profiles");
}

int profiles_keys(const struct wishes *wishes, int count, char **arguments)
{
    (void)wishes;
    if (count > 0) {
        say("keys: takes no arguments, not \"%s\"; explain tells of one key", arguments[0]);
        return STATUS_USAGE;
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

static const struct profiles_word *find(const char *name)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

static int run(int count, char **arguments)
{
    struct wishes wishes = {0};
    if (!read_options(&wishes, count, arguments))
        return STATUS_USAGE;
    if (wishes.help)
        return 0;
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

static const struct verb_text forms[] = {
    {"list", "the platforms that can be named, a line each"},
    {"show PROFILE [KEY|SECTION]...",
     "every key of one, or these: its value, how firm it is, its source and where that is written"},
    {"diff PROFILE PROFILE", "two side by side, only what differs"},
    {"explain KEY", "one key on all platforms: what each promises, how firm that is, its source"},
    {"check FILE|DIR|PROFILE|-...", "reads files, directories of NAME.conf and NAME.d, and standard input, and tells "
                                    "every mistake: line, key, what was "
                                    "expected; what is legal and still cannot be meant, too"},
    {"keys", "what each key decides, its legal values, and what a portable program does about it"},
    {0},
};

static const struct verb_option options[] = {
    {"set", 'o', "KEY=VALUE", "show and diff: as if this key were set so; may be repeated"},
    {"program", OPTION_PROGRAM, "NAME", "show and diff: with the [program] section of that name"},
    {"grep", OPTION_GREP, "TEXT", "show: only keys of which the name, value, note or help has this text, in any case"},
    {"set-only", OPTION_SET_ONLY, NULL, "show: only keys that a file sets"},
    {"used-by", OPTION_USED_BY, "SERVER",
     "diff: only keys that the calls in the record of this NAME, PID or FILE met; made with record.facts=yes"},
    {"json", OLD_LETTER('j'), NULL, "list, show, diff and explain: print JSON"},
    {"quiet", 'q', NULL, "check: say mistakes alone"},
    {0},
};

static const struct verb_text more[] = {
    {"files",
     "A profile is found by its name as NAME.conf in the directories of LISTENAS_CONF_PATH (absolute ones, with colons "
     "between them), in $XDG_CONFIG_HOME/listenas or ~/.config/listenas, in /etc/listenas, and last among the built-in "
     "ones. Other names of built-in ones are known, such as osx, windows, sunos and nutcracker.\n\n"
     "What is in NAME.d/*.conf of one of these directories adds to the profile NAME, wherever that is: drop-ins. Those "
     "of the last directory come first, those of one directory in byte order, and later ones override. They have "
     "sections of keys and no [profile]. One that belongs to neither root nor the user, or that everybody can write "
     "to, is a mistake. A profile that is named by a path has none."},
    {"environment",
     "On a terminal what is long goes through PAGER, or less if that is not set; an empty PAGER, or cat, is none. "
     "COLUMNS is the width of the text if it is set, also where stdout is no terminal."},
    {"exit status",
     "0; 1 if check found a mistake, or show no such key; 2 for a wrong command line or a profile that cannot be "
     "read; 125 if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas profiles show mks listen", "what MKS promises about listen"},
    {"listenas profiles show --set-only --grep=unverified osx", "what is not certain of macOS"},
    {"listenas profiles check -q /etc/listenas", "in a pipeline, before the files are installed or a server restarts"},
    {0},
};

const struct verb verb_profiles = {
    .name = "profiles",
    .summary = "list, show and compare the platforms, explain a key, check a file",
    .usage = "[option]... [word [argument]...]",
    .about = "Tells what the platforms promise, and where that is written. Without a word, lists them.",
    .words = forms,
    .options = options,
    .more = more,
    .examples = examples,
    .see = "listenas-profile(5)",
    .run = run,
};
