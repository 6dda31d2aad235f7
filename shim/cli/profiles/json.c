#include "json.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"
#include "profiles.h"

json_t *json_of_text(const char *text)
{
    char visible[4 * PATH_MAX];
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    return json_string(visible);
}

json_t *json_of_entry(const struct annotated_profile *annotated, const struct entry *entry)
{
    json_t *it = json_object();
    json_object_set_new(it, "value", json_of_text(entry->text));
    json_object_set_new(it, "standing", json_string(standing_word(entry->standing)));
    if (entry->standing == STANDING_INITIAL)
        return it;
    if (entry->note[0])
        json_object_set_new(it, "note", json_of_text(entry->note));
    json_object_set_new(it, "file", json_of_text(annotated->files[entry->file]));
    if (entry->line)
        json_object_set_new(it, "line", json_integer(entry->line));
    return it;
}

int json_print(json_t *value)
{
    int status = value && json_dumpf(value, stdout, JSON_INDENT(2)) == 0 ? 0 : STATUS_OWN;
    json_decref(value);
    if (status)
        say("cannot print JSON: no memory is left, or stdout takes no more");
    else
        putchar('\n');
    return status;
}
