#include "shell_word.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"

/* Prints one character of a word in $'...' and returns the next. What a terminal would obey becomes its number. */
static const char *print_escaped(const char *at)
{
    size_t length = visible_character(at, strlen(at));
    if (length == 0) {
        printf("\\%03o", (unsigned char)*at);
        return at + 1;
    }
    if (*at == '\'' || *at == '\\')
        putchar('\\');
    fwrite(at, 1, length, stdout);
    return at + length;
}

static bool is_visible(const char *word)
{
    size_t length;
    for (; *word; word += length)
        if ((length = visible_character(word, strlen(word))) == 0)
            return false;
    return true;
}

void print_shell_word(const char *word)
{
    if (!is_visible(word)) {
        fputs("$'", stdout);
        while (*word)
            word = print_escaped(word);
        putchar('\'');
        return;
    }
    putchar('\'');
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    }
    putchar('\'');
}
