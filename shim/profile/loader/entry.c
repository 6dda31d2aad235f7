#include "entry.h"

#include <ctype.h>
#include <string.h>

#include "../suggest.h"

void copy_cut(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

void trim(char *text)
{
    size_t lead = strspn(text, " \t\r"), length = strlen(text);
    memmove(text, text + lead, length - lead + 1);
    length -= lead;
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
}

/* Splits "value # note" into an entry's text and note; the note tells the standing. */
static bool split_note(struct entry *entry, const char *written)
{
    size_t length = strcspn(written, "#");
    while (written[length] == '#' && length > 0 && !isspace((unsigned char)written[length - 1]))
        length += 1 + strcspn(written + length + 1, "#");
    if (length >= sizeof entry->text + 64)
        return false;
    char value[sizeof entry->text + 64];
    memcpy(value, written, length);
    value[length] = '\0';
    trim(value);
    if (strlen(value) >= sizeof entry->text)
        return false;
    copy_cut(entry->text, sizeof entry->text, value);
    copy_cut(entry->note, sizeof entry->note, written[length] ? written + length + 1 : "");
    trim(entry->note);
    entry->standing = strncmp(entry->note, "not enforced:", 13) == 0 ? STANDING_NOT_ENFORCED
                      : strncmp(entry->note, "unverified", 10) == 0  ? STANDING_UNVERIFIED
                                                                     : STANDING_KEPT;
    return true;
}

static void diagnose_value(struct diagnostics *diagnostics, struct spot spot, enum key key, const char *text,
                           const char *expected)
{
    char nearest[32], wrong[32];
    struct errors set;
    if (key_fields[key].kind == KIND_ERRORS && !errors_parse(text, &set, wrong, sizeof wrong) && wrong[0])
        text = wrong; /* of a list, the first word that is no error */
    bool near = diagnostics_are_heard(diagnostics) &&
                value_nearest(key_rows[key].legal, text, nearest, sizeof nearest) && strcmp(nearest, text) != 0;
    diagnose_at(diagnostics, spot, "%s: \"%s\" is not legal here; expected %s%s%s%s", key_rows[key].full, text,
                expected, near ? "; did you mean " : "", near ? nearest : "", near ? "?" : "");
}

void entry_set(struct profile *profile, struct entry *entry, enum key key, const char *written, struct spot spot,
               struct diagnostics *diagnostics)
{
    struct entry said = {0};
    bool promise_only = false;
    if (!split_note(&said, written)) {
        diagnose_at(diagnostics, spot, "%s: the value is too long; expected %s", key_rows[key].full,
                    key_rows[key].legal);
        return;
    }
    const char *expected = key_set(profile, key, said.text, &promise_only);
    if (expected) {
        diagnose_value(diagnostics, spot, key, said.text, expected);
        return;
    }
    if (said.standing == STANDING_NOT_ENFORCED) {
        key_reset(profile, key);
    } else if (promise_only) {
        diagnose_at(diagnostics, spot,
                    "%s: Linux cannot keep \"%s\"; write \"# not enforced: why\" after it to state the promise",
                    key_rows[key].full, said.text);
        return;
    }
    if (entry) {
        said.file = entry->file;
        said.line = entry->line;
        *entry = said;
    }
}

void diagnose_name(struct diagnostics *diagnostics, struct spot spot, const char *full)
{
    char best[64];
    bool heard = diagnostics_are_heard(diagnostics);
    struct suggestion nearest = suggest_start(full, best, sizeof best);
    for (int key = KEY_NONE + 1; heard && key < KEY_COUNT; key++)
        suggest_try(&nearest, key_rows[key].full);
    bool near = suggest_found(&nearest);
    if (near)
        diagnose_at(diagnostics, spot, "%s: unknown key; did you mean %s?", full, best);
    else
        diagnose_at(diagnostics, spot, "%s: unknown key; `listenas profiles keys` lists all", full);
}
