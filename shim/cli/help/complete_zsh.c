/* For zsh: a list of _arguments for each verb. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "../help.h"
#include "../verb.h"

/* Inside '...[...]': a quote, a bracket or a colon would end it. */
static void print_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static const char *action_of(const char *value)
{
    static const struct verb_text actions[] = {
        {"PROFILE", "_listenas_words PROFILE"},
        {"PROFILES", "_sequence _listenas_words PROFILE"},
        {"KEY", "_listenas_words KEY"},
        {"KEY=VALUE", "_listenas_words KEY"},
        {"FILE", "_files"},
        {"RING", "_files"},
        {"SERVER", "_files"},
        {"DIR", "_files -/"},
        {0},
    };
    for (const struct verb_text *row = actions; row->title; row++)
        if (strcmp(row->title, value) == 0)
            return row->text;
    return " ";
}

static void print_option(const struct verb_option *option)
{
    const char *takes = option->value ? "=" : "";
    if (option->letter < OPTION_LONG)
        printf(" \\\n            '*'{-%c%s,--%s%s}'[", option->letter, option->value ? "+" : "", option->name, takes);
    else
        printf(" \\\n            '*--%s%s[", option->name, takes);
    print_text(option->text);
    putchar(']');
    if (option->value) {
        putchar(':');
        print_text(option->value);
        printf(":%s", action_of(option->value));
    }
    putchar('\'');
}

static void print_words(const struct verb *verb)
{
    if (verb->runs_command) {
        fputs(" \\\n            '*::command:_normal'", stdout);
        return;
    }
    if (verb->words) {
        fputs(" \\\n            '1:word:(", stdout);
        for (const struct verb_text *word = verb->words; word->title; word++)
            printf("%.*s ", (int)strcspn(word->title, " "), word->title);
        fputs(")'", stdout);
    }
    fputs(" \\\n            '*:file:_files'", stdout);
}

static void print_verb(const struct verb *verb)
{
    printf("    %s)\n        _arguments -s -S", verb->name);
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (option->text)
            print_option(option);
    print_option(&help_row);
    print_words(verb);
    puts(" ;;");
}

void zsh_print(void)
{
    puts("#compdef listenas\n"
         "# Completes the words of listenas. Made by `listenas help --completion=zsh`.\n"
         "_listenas_words() {\n"
         "    compadd \"${@:2}\" -- ${(f)\"$(listenas help --words=$1 2>/dev/null)\"}\n"
         "}\n"
         "_listenas() {\n"
         "    if (( CURRENT == 2 )); then\n"
         "        compadd -- ${(f)\"$(listenas help --words=VERB 2>/dev/null)\"}\n"
         "        return\n"
         "    fi\n"
         "    shift words; (( CURRENT-- ))\n"
         "    case $words[1] in");
    for (const struct verb *const *verb = verbs; *verb; verb++)
        print_verb(*verb);
    puts("    esac\n}\n"
         "if [ \"$funcstack[1]\" = _listenas ]; then _listenas \"$@\"; else compdef _listenas listenas; fi");
}
