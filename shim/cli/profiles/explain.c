/* One key on all platforms: each one's promise, how firm it is, and its source. */
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "../cli.h"
#include "../line.h"
#include "entry_json.h"
#include "keys.h"
#include "page.h"
#include "profiles.h"
#include "select.h"

#define TEXT_COLUMN (NAME_WIDTH + 1)
#define NOTE_COLUMN 36

/* A terminal of fewer columns than this gets notes in lines of their own. */
#define WIDE 100

struct explaining {
    enum key key;
    json_t *json; /* NULL: text */
};

static void print_promise(const struct annotated_profile *annotated, const char *name, enum key key)
{
    const struct entry *entry = &annotated->entries[key];
    struct line line = {.width = line_width()};
    char where[WHERE_SIZE];
    /* Notes of unverified keys and of those that are not enforced begin with these words already. */
    bool bare = !entry->note[0] || entry->standing == STANDING_INITIAL;
    entry_place(annotated, entry, where);
    const char *note = bare ? standing_word(entry->standing) : entry->note;
    line_put(&line, name, 0);
    line_tab(&line, TEXT_COLUMN);
    line_put(&line, entry->text, TEXT_COLUMN);
    int columns = NOTE_COLUMN + line_columns(note) + (where[0] ? line_columns(where) + 4 : 0);
    if (line.width == 0 || line.width >= WIDE || columns <= line.width)
        line_tab(&line, NOTE_COLUMN);
    else
        line_next(&line, TEXT_COLUMN + 2);
    print_note(&line, note, where, line.column > NOTE_COLUMN ? NOTE_COLUMN : line.column);
}

static void take(const char *name, const char *directory, void *context)
{
    const struct explaining *explaining = context;
    struct diagnostics diagnostics = {0};
    static struct annotated_profile annotated;
    (void)directory;
    if (!annotated_profile_load(&annotated, name, NULL, NULL, &diagnostics)) {
        if (explaining->json)
            json_object_set_new(explaining->json, name, json_pack("{s:o}", "mistake", json_of_text(diagnostics.first)));
        else
            print_mistake(name, &diagnostics);
    } else if (explaining->json) {
        json_object_set_new(explaining->json, name, json_of_entry(&annotated, &annotated.entries[explaining->key]));
    } else {
        print_promise(&annotated, name, explaining->key);
    }
}

static int print_json(struct explaining *explaining)
{
    const enum key key = explaining->key;
    json_t *it = json_object();
    explaining->json = json_object();
    json_object_set_new(it, "key", json_string(key_rows[key].full));
    json_object_set_new(it, "help", json_string(key_help(key)));
    json_object_set_new(it, "legal", json_string(key_rows[key].legal));
    json_object_set_new(it, "linux", key_rows[key].native[0] ? json_string(key_rows[key].native) : json_null());
    json_object_set_new(it, "portable", json_string(key_advice(key)));
    json_add_page(it, key);
    each_profile(take, explaining);
    json_object_set_new(it, "profiles", explaining->json);
    return json_print(it);
}

int profiles_explain(const struct wishes *wishes, int count, char **arguments)
{
    struct explaining explaining = {0};
    if (count != 1) {
        say("explain: expected one key, such as listen.backlog_max; `listenas profiles keys` lists all");
        return STATUS_USAGE;
    }
    explaining.key = select_key(arguments[0]);
    if (explaining.key == KEY_NONE)
        return select_unknown(arguments[0], false);
    if (wishes->json)
        return print_json(&explaining);
    print_key(explaining.key);
    print_page(explaining.key);
    each_profile(take, &explaining);
    return 0;
}
