#include "entry_json.h"

#include "profiles.h"

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
