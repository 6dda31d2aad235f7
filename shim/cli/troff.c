#include "troff.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../api/listenas.h"

/* The date that the pages bear: of the version, not of the build, so that two builds make the same files. */
#define RELEASED "2026-11-21"

static void print_character(char c)
{
    if (c == '\\')
        fputs("\\e", stdout);
    else if (c == '-')
        fputs("\\-", stdout);
    else if (c == '^')
        fputs("\\(ha", stdout);
    else if (c == '~')
        fputs("\\(ti", stdout);
    else if (c == '`')
        fputs("\\(ga", stdout);
    else if (c == '\'')
        fputs("\\(aq", stdout);
    else
        putchar(c);
}

static void print_part(const char *text, size_t size)
{
    if (size > 0 && *text == '.')
        fputs("\\&", stdout);
    for (size_t i = 0; i < size; i++)
        print_character(text[i]);
}

static void print_capitals(const char *text)
{
    for (; *text; text++)
        print_character((char)toupper((unsigned char)*text));
}

void troff_begin(const char *name, int section, const char *summary)
{
    fputs(".TH \"", stdout);
    print_capitals(name);
    printf("\" %d \"" RELEASED "\" \"listenas " LISTENAS_VERSION "\"\n.SH NAME\n%s \\- ", section, name);
    troff_line(summary);
}

void troff_section(const char *title)
{
    fputs(".SH \"", stdout);
    print_capitals(title);
    puts("\"");
}

void troff_line(const char *line)
{
    print_part(line, strlen(line));
    putchar('\n');
}

/* A line that begins with a blank is a part of an example: these stay together, and are not filled. */
void troff_text(const char *text)
{
    bool example = false;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        if ((*at == ' ') != example)
            puts(example ? ".EE" : ".EX");
        example = *at == ' ';
        if (length > 0) {
            print_part(at, length);
            putchar('\n');
        } else if (at[1] != ' ') {
            puts(".PP");
        }
        at += length + (at[length] == '\n');
    }
    if (example)
        puts(".EE");
}

void troff_item(const char *tag)
{
    fputs(".TP\n\\fB", stdout);
    print_part(tag, strlen(tag));
    puts("\\fR");
}

void troff_pages(const char *list)
{
    while (*list) {
        size_t length = strcspn(list, ","), name = strcspn(list, "(");
        printf(".BR %.*s ", (int)name, list);
        printf("%.*s%s\n", (int)(length - name), list + name, list[length] ? "," : "");
        list += length;
        list += strspn(list, ", ");
    }
}
