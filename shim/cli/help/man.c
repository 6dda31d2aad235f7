/* Manual pages of the verbs' tables. */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "../help.h"
#include "../troff.h"
#include "topic.h"

#define NAME_SIZE 64
#define TAG_SIZE 80

/* Also in front of the first paragraph of an item's text, which must not lose its indentation. */
static void print_items(const struct verb_text *items)
{
    for (; items->title; items++) {
        troff_item(items->title);
        troff_text(items->text);
    }
}

static void print_synopsis(const struct verb *verb)
{
    troff_section("synopsis");
    for (const char *form = verb->usage;; form++) {
        size_t length = strcspn(form, "\n");
        char line[512];
        snprintf(line, sizeof line, "listenas %s%s%.*s", verb->name, length ? " " : "", (int)length, form);
        troff_line(line);
        form += length;
        if (*form == '\0')
            return;
        puts(".br");
    }
}

static void print_option(const struct verb_option *option)
{
    char tag[TAG_SIZE];
    help_option(tag, sizeof tag, option);
    troff_item(tag + strspn(tag, " "));
    troff_text(option->text);
}

static void print_options(const struct verb *verb)
{
    troff_section("options");
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (option->text)
            print_option(option);
    print_option(&help_row);
}

static void print_examples(const struct verb_text *examples)
{
    troff_section("examples");
    for (; examples->title; examples++) {
        troff_item(examples->title);
        troff_text(examples->text);
    }
}

static void print_see(const struct verb *verb)
{
    troff_section("see also");
    troff_pages("listenas(1),");
    troff_pages(verb->see ? verb->see : "liblistenas(7)");
}

static void print_section(const struct verb_text *part)
{
    troff_section(part->title);
    troff_text(part->text);
}

static void print_verb(const struct verb *verb)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "listenas-%s", verb->name);
    troff_begin(name, 1, verb->summary);
    print_synopsis(verb);
    troff_section("description");
    troff_text(verb->about);
    if (verb->words)
        print_items(verb->words);
    print_options(verb);
    for (const struct verb_text *part = verb->more; part && part->title; part++)
        print_section(part);
    if (!help_has_section(verb, help_status.title))
        print_section(&help_status);
    if (verb->examples)
        print_examples(verb->examples);
    print_see(verb);
}

/* Every verb's page, and what they are about. */
static void print_all_pages(void)
{
    for (const struct verb *const *verb = verbs; *verb; verb++) {
        char page[NAME_SIZE];
        snprintf(page, sizeof page, "listenas-%s(1),", (*verb)->name);
        troff_pages(page);
    }
    topic_print_pages();
    troff_pages("listen(2), accept(2)");
}

static const struct verb_text statuses[] = {
    {"0", "Done, and nothing was found that should not be."},
    {"1, 3, 4", "Done, and this is the answer; the verb's page says which."},
    {"2",
     "The command line is wrong: a verb, word, option, value, platform or key that there is not; or a file, a record "
     "or a server that it names is not there, or cannot be read."},
    {"125", "The command itself failed, such as for want of a right, or because its output cannot be written."},
    {0},
};

static void print_statuses(void)
{
    troff_section(help_status.title);
    troff_text("Each verb but run has the same statuses:");
    print_items(statuses);
    troff_section("exit status of run");
    troff_text(
        "listenas run ends as its program does. It ends with 125 if anything kept it from starting the program, a "
        "wrong command line included; with 126 if the program cannot be executed, and 127 if it was not found, as "
        "listenas lint does, too.");
    troff_section("signals");
    troff_text("If the reader of its output goes, the command ends by SIGPIPE, without a message.");
}

static void print_command(void)
{
    troff_begin("listenas", 1, "let a server listen as another platform");
    troff_section("synopsis");
    puts(".B listenas\n.I verb\n[\\fIoption\\fR]...\n[\\fIargument\\fR]...");
    troff_section("description");
    troff_text("Has an unmodified server's calls of socket, bind, listen, accept and connect keep the promises of "
               "another platform: which backlogs are legal, how many connections are queued, what a client sees at a "
               "full queue, which errno comes back, what an accepted socket inherits. Records each call, with the "
               "reason for each change.");
    troff_section("verbs");
    for (const struct verb *const *verb = verbs; *verb; verb++) {
        troff_item((*verb)->name);
        troff_text((*verb)->summary);
    }
    print_statuses();
    troff_section("see also");
    print_all_pages();
}

void man_print(const struct verb *verb)
{
    if (verb)
        print_verb(verb);
    else
        print_command();
}
