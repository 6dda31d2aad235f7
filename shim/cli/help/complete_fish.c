/* For fish: a line for each option. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "../help.h"
#include "../verb.h"

static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++)
        if (*text == '\'' || *text == '\\')
            printf("\\%c", *text);
        else
            putchar(*text);
    putchar('\'');
}

/* The arguments of fish's complete(1) for a value of this kind; -f: files are not offered. */
static const char *candidates_of(const char *value)
{
    static const struct verb_text rows[] = {
        {"PROFILE", " -f -a '(listenas help --words=PROFILE)'"},
        {"PROFILES", " -f -a '(__fish_append , (listenas help --words=PROFILE))'"},
        {"KEY", " -f -a '(listenas help --words=KEY)'"},
        {"KEY=VALUE", " -f -a '(listenas help --words=KEY)'"},
        {"FILE", " -F"},
        {"RING", " -F"},
        {"SERVER", " -F"},
        {"DIR", " -f -a '(__fish_complete_directories)'"},
        {0},
    };
    for (const struct verb_text *row = rows; row->title; row++)
        if (strcmp(row->title, value) == 0)
            return row->text;
    return " -f";
}

static void print_option(const struct verb *verb, const struct verb_option *option)
{
    printf("complete -c listenas -n '__fish_seen_subcommand_from %s' -l %s", verb->name, option->name);
    if (option->letter < OPTION_LONG)
        printf(" -s %c", option->letter);
    if (option->value)
        printf(" -r%s", candidates_of(option->value));
    fputs(" -d ", stdout);
    print_quoted(option->text);
    putchar('\n');
}

static void print_verb(const struct verb *verb)
{
    printf("complete -c listenas -f -n __fish_use_subcommand -a %s -d ", verb->name);
    print_quoted(verb->summary);
    putchar('\n');
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (option->text)
            print_option(verb, option);
    print_option(verb, &help_row);
    if (verb->runs_command)
        printf("complete -c listenas -n '__fish_seen_subcommand_from %s' -a '(__fish_complete_subcommand)'\n",
               verb->name);
    else if (!verb->words)
        printf("complete -c listenas -n '__fish_seen_subcommand_from %s' -F\n", verb->name);
    for (const struct verb_text *word = verb->words; word && word->title; word++) {
        printf("complete -c listenas -n '__fish_seen_subcommand_from %s' -a %.*s -d ", verb->name,
               (int)strcspn(word->title, " "), word->title);
        print_quoted(word->text);
        putchar('\n');
    }
}

void fish_print(void)
{
    puts("# Completes the words of listenas. Made by `listenas help --completion=fish`.\ncomplete -c listenas -f");
    for (const struct verb *const *verb = verbs; *verb; verb++)
        print_verb(*verb);
}
