#include "topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../profiles/keys.h"
#include "../select/select.h"
#include "../terminal.h"
#include "../troff.h"
#include "../verb.h"
#include "../wrap.h"

/* More than a paragraph of any topic has: a test prints them all. */
#define TEXT_SIZE 4096
#define NAME_SIZE 48

/* How the parts of a topic are printed. */
struct form {
    void (*begin)(const char *page, int section, const char *summary);
    void (*heading)(const char *title);
    void (*paragraph)(const char *text, bool after_heading);
    void (*item)(const char *tag, const char *text);
};

/* --- as text --- */

static void begin_text(const char *page, int section, const char *summary)
{
    char line[TEXT_SIZE];
    snprintf(line, sizeof line, "%s(%d): %s", page, section, summary);
    print_wrapped(line, 0, terminal_columns());
}

static void print_heading(const char *title)
{
    printf("\n%s\n\n", title);
}

static void print_paragraph(const char *text, bool after_heading)
{
    (void)after_heading;
    fputs("  ", stdout);
    print_wrapped(text, 2, terminal_columns());
}

static void print_item(const char *tag, const char *text)
{
    printf("  %s\n      ", tag);
    print_wrapped(text, 6, terminal_columns());
}

static const struct form as_text = {begin_text, print_heading, print_paragraph, print_item};

/* --- as a manual page --- */

static void man_paragraph(const char *text, bool after_heading)
{
    if (!after_heading)
        puts(".PP");
    troff_text(text);
}

static void man_item(const char *tag, const char *text)
{
    troff_item(tag);
    troff_text(text);
}

static void man_heading(const char *title)
{
    troff_section(title);
}

static const struct form as_man = {troff_begin, man_heading, man_paragraph, man_item};

/* --- what tables say --- */

static void print_environment(const struct form *form)
{
    static const struct verb_text variables[] = {
#define VARIABLE(name, text) {#name, text},
#include "../environment.def"
        {0},
    };
    for (const struct verb_text *row = variables; row->title; row++)
        form->item(row->title, row->text);
}

static void print_keys_of(const struct form *form)
{
    keys_each(form->item);
}

static void print_fields(const struct form *form)
{
    for (size_t i = 0; i < SELECT_FIELDS; i++)
        form->item(select_rows[i].name, select_rows[i].help);
}

/* One of the ring file's structures, or a field of it. */
struct ring_row {
    const char *name; /* NULL: bytes that are zero */
    unsigned int offset, bytes;
    const char *text;
    bool is_structure;
};

static void print_ring_field(const struct form *form, const struct ring_row *row)
{
    char tag[NAME_SIZE];
    unsigned int last = row->offset + row->bytes - 1;
    if (last == row->offset)
        snprintf(tag, sizeof tag, "%u", row->offset);
    else
        snprintf(tag, sizeof tag, "%u-%u %s", row->offset, last, row->name ? row->name : "");
    form->item(tag, row->name ? row->text : "zero");
}

static void print_ring(const struct form *form)
{
    static const struct ring_row rows[] = {
#define STRUCT(name, bytes, text) {#name, 0, bytes, text, true},
#define FIELD(structure, name, offset, bytes, text) {#name, offset, bytes, text, false},
#define UNUSED(structure, offset, bytes) {NULL, offset, bytes, NULL, false},
#include "../../ring/format.def"
    };
    char title[NAME_SIZE];
    for (const struct ring_row *row = rows; row < rows + sizeof rows / sizeof *rows; row++) {
        if (!row->is_structure) {
            print_ring_field(form, row);
            continue;
        }
        snprintf(title, sizeof title, "%s, %u bytes", row->name, row->bytes);
        form->heading(title);
        form->paragraph(row->text, true);
    }
}

static const struct table {
    const char *name;
    void (*print)(const struct form *form);
} tables[] = {
    {"environment", print_environment}, {"keys", print_keys_of}, {"fields", print_fields}, {"ring", print_ring}};

static void print_table(const struct form *form, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strlen(tables[i].name) == length && memcmp(tables[i].name, name, length) == 0)
            tables[i].print(form);
}

/* --- the text of a topic --- */

static bool is_item(const char *at)
{
    return at[0] == '-' && at[1] == ' ';
}

/* Copies the lines up to an empty one or one of another kind, joined by blanks; an example's by newlines. */
static const char *take_paragraph(const char *at, char *text)
{
    size_t used = 0;
    bool example = *at == ' ';
    while (*at && *at != '\n' && (used == 0 || (*at != '#' && *at != '@' && !is_item(at))) && (*at == ' ') == example) {
        size_t length = strcspn(at, "\n");
        used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%.*s",
                                 used == 0 ? ""
                                 : example ? "\n"
                                           : " ",
                                 (int)length, at);
        if (used >= TEXT_SIZE)
            abort(); /* met by the test of all topics */
        at += length + (at[length] == '\n');
    }
    return at;
}

static void print_list_item(const struct form *form, char *text)
{
    char *colon = strstr(text, ": ");
    if (!colon)
        abort(); /* met by the test of all topics */
    *colon = '\0';
    form->item(text + 2, colon + 2);
}

static const char *print_part(const struct form *form, const char *at, bool after_heading)
{
    char text[TEXT_SIZE];
    size_t length = strcspn(at, "\n");
    if (*at == '#') {
        snprintf(text, sizeof text, "%.*s", (int)length - 2, at + 2);
        form->heading(text);
    } else if (*at == '@') {
        print_table(form, at + 1, length - 1);
    } else if (*at != '\n') {
        const char *end = take_paragraph(at, text);
        if (is_item(at))
            print_list_item(form, text);
        else
            form->paragraph(text, after_heading);
        return end;
    }
    return at + length + (at[length] == '\n');
}

static const char *begin(const struct form *form, const char *text)
{
    char page[NAME_SIZE], summary[TEXT_SIZE];
    size_t name = strcspn(text, "("), length = strcspn(text, "\n");
    snprintf(page, sizeof page, "%.*s", (int)name, text);
    snprintf(summary, sizeof summary, "%.*s", (int)(length - name - 5), text + name + 5);
    form->begin(page, text[name + 1] - '0', summary);
    return text + length + 1;
}

void topic_print(const struct topic *topic, bool man)
{
    const struct form *form = man ? &as_man : &as_text;
    bool was_empty = false, after_heading = false;
    for (const char *at = begin(form, topic->text); *at;) {
        bool is_empty = *at == '\n';
        if (!man && was_empty && *at != '#' && !is_empty)
            putchar('\n');
        const char *part = at;
        at = print_part(form, at, after_heading);
        was_empty = is_empty;
        after_heading = *part == '#';
    }
}

const struct topic *topic_find(const char *name)
{
    for (const struct topic *topic = topics; topic->name; topic++)
        if (strcmp(name, topic->name) == 0)
            return topic;
    return NULL;
}

void topic_print_all(void)
{
    for (const struct topic *topic = topics; topic->name; topic++) {
        const char *summary = strchr(topic->text, ':') + 2;
        printf("    listenas help %-9s ", topic->name);
        char text[TEXT_SIZE];
        snprintf(text, sizeof text, "%.*s", (int)strcspn(summary, "\n"), summary);
        print_wrapped(text, 28, terminal_columns());
    }
}

void topic_print_pages(void)
{
    for (const struct topic *topic = topics; topic->name; topic++) {
        char page[NAME_SIZE];
        snprintf(page, sizeof page, "%.*s,", (int)strcspn(topic->text, ":"), topic->text);
        troff_pages(page);
    }
}
