/* What one profile says: each key's value, how firm it is, its source, and where that is written. */
#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "../line.h"
#include "entry_json.h"
#include "profiles.h"
#include "select.h"

#define VALUE_COLUMN 33
#define NOTE_COLUMN 48

/* A terminal of fewer columns than this gets notes in lines of their own. */
#define WIDE 110
#define NARROW_INDENT 4

static void print_entry(const struct annotated_profile *annotated, enum key key)
{
    const struct entry *entry = &annotated->entries[key];
    struct line line = {.width = line_width()};
    char note[NOTE_SIZE], where[WHERE_SIZE];
    entry_place(annotated, entry, where);
    /* Notes of unverified keys and of those that are not enforced begin with these words already. */
    snprintf(note, sizeof note, "# %s", entry->standing == STANDING_INITIAL ? "no profile sets it" : entry->note);
    line_put(&line, key_rows[key].full, 0);
    line_tab(&line, VALUE_COLUMN - 2);
    line_put(&line, "= ", 0);
    line_put(&line, entry->text, VALUE_COLUMN);
    int columns = NOTE_COLUMN + line_columns(note) + (where[0] ? line_columns(where) + 4 : 0);
    bool fits = line.width == 0 || line.width >= WIDE || columns <= line.width;
    if (fits && (line.width == 0 || line.column < NOTE_COLUMN))
        line_tab(&line, NOTE_COLUMN);
    else
        line_next(&line, line.width >= WIDE ? NOTE_COLUMN : NARROW_INDENT);
    print_note(&line, note, where, line.column + 2);
}

static void print_head_line(const char *front, const char *middle, const char *text)
{
    struct line line = {.width = line_width()};
    line_put(&line, front, 0);
    line_put(&line, middle, 0);
    line_put(&line, text, 4);
    line_end(&line);
}

static void print_head(const struct annotated_profile *annotated)
{
    char name[sizeof annotated->name + 2];
    snprintf(name, sizeof name, "%s: ", annotated->name);
    print_head_line("# ", name, annotated->summary);
    if (annotated->source[0])
        print_head_line("# ", "source: ", annotated->source);
}

static int print_text(const struct annotated_profile *annotated, const struct selection *selection)
{
    const char *section = "";
    bool any = false;
    if (!selection->some && !selection->grep)
        print_head(annotated);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!selection_has(selection, key, &annotated->entries[key]))
            continue;
        if (strcmp(section, key_rows[key].section) != 0 && (any || (!selection->some && !selection->grep)))
            putchar('\n');
        section = key_rows[key].section;
        print_entry(annotated, key);
        any = true;
    }
    if (!any)
        say("%s has no such key; `listenas profiles keys` lists all", annotated->name);
    return any ? 0 : STATUS_NOTHING;
}

static int print_json(const struct annotated_profile *annotated, const struct selection *selection)
{
    json_t *it = json_object(), *keys = json_object();
    json_object_set_new(it, "name", json_of_text(annotated->name));
    json_object_set_new(it, "summary", json_of_text(annotated->summary));
    json_object_set_new(it, "source", json_of_text(annotated->source));
    json_object_set_new(it, "inherits", annotated->parent[0] ? json_of_text(annotated->parent) : json_null());
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (selection_has(selection, key, &annotated->entries[key]))
            json_object_set_new(keys, key_rows[key].full, json_of_entry(annotated, &annotated->entries[key]));
    json_object_set_new(it, "keys", keys);
    return json_print(it);
}

int profiles_show(const struct wishes *wishes, int count, char **arguments)
{
    static struct annotated_profile annotated;
    struct selection selection = {.set_only = wishes->set_only, .grep = wishes->grep};
    if (count < 1) {
        say("show: expected the name of one profile; `listenas profiles` lists all");
        return STATUS_USAGE;
    }
    for (int i = 1; i < count; i++)
        if (selection_add(&selection, arguments[i]) != 0)
            return STATUS_USAGE;
    if (!load_or_say(&annotated, arguments[0], wishes))
        return STATUS_USAGE;
    return wishes->json ? print_json(&annotated, &selection) : print_text(&annotated, &selection);
}
