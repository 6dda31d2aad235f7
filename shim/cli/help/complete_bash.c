/*
 * For bash: two tables, and one function that reads them. What bash takes for the end of a word, such as the '=' of
 * --profile=mks, is a word of its own there.
 */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "../help.h"
#include "../verb.h"

static void print_options(const struct verb *verb)
{
    printf("_listenas_options[%s]='", verb->name);
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (option->text)
            printf("--%s%s ", option->name, option->value ? "=" : "");
    printf("--%s'\n", help_row.name);
}

static void print_values(const struct verb *verb)
{
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        if (!option->value)
            continue;
        printf("_listenas_values[%s --%s]='%s'\n", verb->name, option->name, option->value);
        int letter = option->letter & ~OPTION_LETTER_IS_OLD;
        if (letter < OPTION_LONG)
            printf("_listenas_values[%s -%c]='%s'\n", verb->name, letter, option->value);
    }
}

/* The first words of `profiles` and the like; the command that run and its like start. */
static void print_words(const struct verb *verb)
{
    if (verb->runs_command)
        printf("_listenas_words[%s]='COMMAND'\n", verb->name);
    if (!verb->words)
        return;
    printf("_listenas_words[%s]='", verb->name);
    for (const struct verb_text *word = verb->words; word->title; word++)
        printf("%.*s ", (int)strcspn(word->title, " "), word->title);
    puts("'");
    for (const struct verb_text *word = verb->words; word->title; word++) {
        const char *blank = strchr(word->title, ' ');
        if (blank)
            printf("_listenas_values[%s %.*s]='%.*s'\n", verb->name, (int)(blank - word->title), word->title,
                   (int)strcspn(blank + 1, " ."), blank + 1);
    }
}

static const char function[] =
    /* not compgen -W, which runs what a word has in $(...): words are names of files, too */
    "_listenas_offer() {\n"
    "    local one\n"
    "    while read -r one; do\n"
    "        case $one in ?*) case $one in \"$2\"*) COMPREPLY+=(\"$3$one\");; esac;; esac\n"
    "    done <<< \"$1\"\n"
    "}\n"
    "_listenas() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} words= kind= "
    "lead=\n"
    "    COMPREPLY=()\n"
    "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
    "        _listenas_offer \"$(listenas help --words=VERB 2>/dev/null)\" \"$word\"\n"
    "        return\n"
    "    fi\n"
    "    [ \"$word\" = = ] && word=\n"
    "    [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    [ \"${COMP_WORDS[COMP_CWORD]}\" = = ] && before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    kind=${_listenas_values[\"$verb $before\"]}\n"
    "    case $kind in\n"
    "    PROFILES) kind=PROFILE; case $word in *,*) lead=${word%,*},; word=${word##*,};; esac;;\n"
    "    '') case $word in -*) words=${_listenas_options[$verb]};; *) words=${_listenas_words[$verb]};; esac\n"
    "        words=${words% } words=${words// /$'\\n'};;\n"
    "    esac\n"
    "    case $kind in\n"
    "    PROFILE|KEY|KEY=VALUE) words=$(listenas help --words=${kind%%=*} 2>/dev/null);;\n"
    "    esac\n"
    "    case $words in\n"
    "    COMMAND) COMPREPLY=($(compgen -c -- \"$word\") $(compgen -f -- \"$word\"));;\n"
    "    '') COMPREPLY=($(compgen -f -- \"$word\"));;\n"
    "    *) _listenas_offer \"$words\" \"$word\" \"$lead\";;\n"
    "    esac\n"
    "    case ${COMPREPLY[0]} in *=) compopt -o nospace;; esac\n"
    "}\n"
    "complete -o filenames -F _listenas listenas";

void bash_print(void)
{
    puts("# Completes the words of listenas. Made by `listenas help --completion=bash`.\n"
         "declare -A _listenas_options _listenas_values _listenas_words");
    for (const struct verb *const *verb = verbs; *verb; verb++) {
        print_options(*verb);
        print_values(*verb);
        print_words(*verb);
    }
    puts(function);
}
