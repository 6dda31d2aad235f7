#include "options.h"

#include <string.h>

#include "cli.h"

static void say_unknown_option(const char *word, const struct option *options)
{
    char best[32];
    size_t length = strcspn(word + 2, "=");
    char name[32] = "";
    if (length < sizeof name)
        memcpy(name, word + 2, length);
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (; options->name; options++)
        suggest_try(&nearest, options->name);
    if (suggest_found(&nearest))
        say("unknown option %s; did you mean --%s?", word, best);
    else
        say("unknown option %s; --help lists all", word);
}

int next_option(int count, char **arguments, const char *letters, const struct option *options)
{
    opterr = 0;
    int option = getopt_long(count, arguments, letters, options, NULL);
    const char *word = optind > 0 && optind <= count ? arguments[optind - 1] : "";
    if (option == ':')
        say("%s: expects a value", word);
    else if (option == '?' && strncmp(word, "--", 2) == 0 && optopt == 0)
        say_unknown_option(word, options);
    else if (option == '?' && strncmp(word, "--", 2) == 0)
        say("%s: takes no value", word);
    else if (option == '?')
        say("unknown option -%c; --help lists all", optopt);
    return option == ':' ? '?' : option;
}
