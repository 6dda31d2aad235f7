#include "options.h"

#include <assert.h>
#include <string.h>

#include "cli.h"
#include "help.h"

/* More than any verb has. */
#define OPTIONS_MOST 48

/* What getopt_long wants to know of a verb. */
struct getopt_table {
    struct option options[OPTIONS_MOST + 2];
    char letters[2 * OPTIONS_MOST + 8];
};

static void add(struct getopt_table *table, size_t place, const struct verb_option *option)
{
    size_t used = strlen(table->letters);
    int letter = option->letter & ~OPTION_LETTER_IS_OLD;
    table->options[place] =
        (struct option){option->name, option->value ? required_argument : no_argument, NULL, letter};
    if (letter >= OPTION_LONG)
        return;
    table->letters[used] = (char)letter;
    table->letters[used + 1] = option->value ? ':' : '\0';
}

static void make(struct getopt_table *table, const struct verb *verb)
{
    static const struct verb_option help = {"help", OPTION_HELP, NULL, ""};
    size_t count = 0;
    strcpy(table->letters, verb->runs_command ? "+:" : ":");
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        assert(count < OPTIONS_MOST);
        add(table, count++, option);
    }
    add(table, count, &help);
}

static void say_unknown_option(const char *word, const struct verb *verb)
{
    char best[32];
    size_t length = strcspn(word + 2, "=");
    char name[32] = "";
    if (length < sizeof name)
        memcpy(name, word + 2, length);
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (option->text)
            suggest_try(&nearest, option->name);
    suggest_try(&nearest, "help");
    if (suggest_found(&nearest))
        say("unknown option %s; did you mean --%s?", word, best);
    else
        say("unknown option %s; `listenas help %s` lists all", word, verb->name);
}

int next_option(int count, char **arguments, const struct verb *verb)
{
    struct getopt_table table = {0};
    make(&table, verb);
    opterr = 0;
    int option = getopt_long(count, arguments, table.letters, table.options, NULL);
    const char *word = optind > 0 && optind <= count ? arguments[optind - 1] : "";
    if (option == OPTION_HELP)
        help_print(verb);
    else if (option == ':')
        say("%s: expects a value", word);
    else if (option == '?' && strncmp(word, "--", 2) == 0 && optopt == 0)
        say_unknown_option(word, verb);
    else if (option == '?' && strncmp(word, "--", 2) == 0)
        say("%s: takes no value", word);
    else if (option == '?')
        say("unknown option -%c; `listenas help %s` lists all", optopt, verb->name);
    return option == ':' ? '?' : option;
}
