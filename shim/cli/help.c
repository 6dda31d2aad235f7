#include "help.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "wrap.h"

/* What stands in the left column, with two blanks before and after it; longer ones get a line of their own. */
#define LEFT_MOST 22
#define LEFT_SIZE 80

const struct verb_option help_row = {"help", OPTION_HELP, NULL, "print this text"};

const struct verb_text help_status = {
    "exit status",
    "0; 2 for a wrong command line, or what it names cannot be read; 125 if this command itself failed."};

bool help_has_section(const struct verb *verb, const char *title)
{
    for (const struct verb_text *part = verb->more; part && part->title; part++)
        if (strcmp(part->title, title) == 0)
            return true;
    return false;
}

void help_option(char *text, size_t size, const struct verb_option *option)
{
    const char *value = option->value ? option->value : "", *equals = option->value ? "=" : "";
    if (option->letter < OPTION_LONG)
        snprintf(text, size, "-%c, --%s%s%s", option->letter, option->name, equals, value);
    else
        snprintf(text, size, "    --%s%s%s", option->name, equals, value);
}

static void print_row(const char *left, int column, const char *text, int width)
{
    printf("  %-*s", column - 2, left);
    if ((int)strlen(left) > column - 4)
        printf("\n%*s", column, "");
    print_wrapped(text, column, width);
}

static int wider(int column, const char *left)
{
    int length = (int)strlen(left);
    return length <= LEFT_MOST && length + 4 > column ? length + 4 : column;
}

static void print_options(const struct verb_option *options, int width)
{
    static const struct verb_option none = {0};
    char left[LEFT_SIZE];
    int column = 0;
    for (const struct verb_option *option = options ? options : &none; option->name; option++) {
        help_option(left, sizeof left, option);
        column = option->text ? wider(column, left) : column;
    }
    help_option(left, sizeof left, &help_row);
    column = wider(column, left);
    for (const struct verb_option *option = options ? options : &none; option->name; option++) {
        help_option(left, sizeof left, option);
        if (option->text)
            print_row(left, column, option->text, width);
    }
    help_option(left, sizeof left, &help_row);
    print_row(left, column, help_row.text, width);
}

static void print_rows(const struct verb_text *rows, int width)
{
    int column = 0;
    for (const struct verb_text *row = rows; row->title; row++)
        column = wider(column, row->title);
    for (const struct verb_text *row = rows; row->title; row++)
        print_row(row->title, column ? column : 6, row->text, width);
    putchar('\n');
}

static void print_usage(const struct verb *verb)
{
    const char *head = "usage:";
    for (const char *form = verb->usage;; form++) {
        size_t length = strcspn(form, "\n");
        printf("%-6s listenas %s%s%.*s\n", head, verb->name, length ? " " : "", (int)length, form);
        form += length;
        head = "";
        if (*form == '\0')
            break;
    }
    putchar('\n');
}

static void print_section(const struct verb_text *part, int width)
{
    printf("\n%s:\n\n", part->title);
    print_wrapped(part->text, 0, width);
}

void help_print(const struct verb *verb)
{
    int width = terminal_columns();
    print_usage(verb);
    print_wrapped(verb->about, 0, width);
    putchar('\n');
    if (verb->words)
        print_rows(verb->words, width);
    print_options(verb->options, width);
    for (const struct verb_text *part = verb->more; part && part->title; part++)
        print_section(part, width);
    if (!help_has_section(verb, help_status.title))
        print_section(&help_status, width);
    if (verb->examples) {
        puts("\nexamples:\n");
        for (const struct verb_text *example = verb->examples; example->title; example++) {
            printf("  %s\n      ", example->title);
            print_wrapped(example->text, 6, width);
        }
    }
}
