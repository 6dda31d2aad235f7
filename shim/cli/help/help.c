/* `listenas help`: what --help prints, manual pages and completions, all of the verbs' tables. */
#include "../help.h"

#include "../cli.h"
#include "../options.h"
#include "help.h"
#include "topic.h"
#include "words.h"

#include <string.h>

enum { OPTION_MAN = OPTION_LONG, OPTION_COMPLETION, OPTION_WORDS };

/* Names the nearest verb or topic. Returns STATUS_USAGE. */
static int say_no_such(const char *word)
{
    char best[16];
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (const struct verb *const *verb = verbs; *verb; verb++)
        suggest_try(&nearest, (*verb)->name);
    for (const struct topic *topic = topics; topic->name; topic++)
        suggest_try(&nearest, topic->name);
    return say_unknown("verb or topic", &nearest, "listenas help");
}

/* A verb or a topic; the command itself if there is no word. */
static int print(const char *word, bool man)
{
    const struct verb *verb = word ? verb_find(word) : NULL;
    const struct topic *topic = word ? topic_find(word) : NULL;
    if (word && !verb && !topic)
        return say_no_such(word);
    if (topic) {
        topic_print(topic, man);
        return 0;
    }
    if (man)
        man_print(verb);
    else if (verb)
        help_print(verb);
    else
        help_print_all();
    return 0;
}

static int run(int count, char **arguments)
{
    bool man = false;
    const char *shell = NULL, *kind = NULL;
    int option;
    while ((option = next_option(count, arguments, &verb_help)) != -1) {
        if (option == OPTION_HELP)
            return 0;
        else if (option == OPTION_MAN)
            man = true;
        else if (option == OPTION_COMPLETION)
            shell = optarg;
        else if (option == OPTION_WORDS)
            kind = optarg;
        else
            return STATUS_USAGE;
    }
    if (count - optind > 1) {
        say("expected one verb or topic, not %d", count - optind);
        return STATUS_USAGE;
    }
    if (kind)
        return words_print(kind);
    if (shell)
        return completion_print(shell);
    return print(optind < count ? arguments[optind] : NULL, man);
}

static const struct verb_option options[] = {
    {"man", OPTION_MAN, NULL, "as a manual page, for man -l"},
    {"completion", OPTION_COMPLETION, "SHELL", "what bash, zsh or fish reads to complete the command's words"},
    {"words", OPTION_WORDS, "KIND", "the words that completions offer: each VERB, PROFILE or KEY, a line each"},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas help --man log | man -l -", "reads the manual page of `listenas log` where none is installed"},
    {"eval \"$(listenas help --completion=bash)\"", "completes verbs, options, profiles and keys in this shell"},
    {0},
};

const struct verb verb_help = {
    .name = "help",
    .summary = "explain the command, a verb or a topic",
    .usage = "[option]... [verb|topic]",
    .about =
        "Prints the list of verbs and topics, what a verb does and all its options, or what is to be known of a topic.",
    .options = options,
    .examples = examples,
    .run = run,
};
