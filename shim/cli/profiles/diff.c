/* The differences between two profiles: in a value, or in whether it is kept. */
#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "../judge/met.h"
#include "../line.h"
#include "../lint/calls.h"
#include "entry_json.h"
#include "profiles.h"

#define LEFT_COLUMN 31
#define SIDE_WIDTH 28
#define NARROW_INDENT 4

/* A value, with its standing unless it is simply kept. */
static void tell(const struct entry *entry, char told[NOTE_SIZE])
{
    if (entry->standing == STANDING_KEPT)
        snprintf(told, NOTE_SIZE, "%s", entry->text);
    else
        snprintf(told, NOTE_SIZE, "%s (%s)", entry->text, standing_word(entry->standing));
}

/* All keys, or those that the calls in a ring met. Returns 0 or an exit status. */
static int choose_keys(const char *ring, bool shown[KEY_COUNT])
{
    struct lint_calls calls;
    for (enum key key = KEY_NONE; key < KEY_COUNT; key++)
        shown[key] = true;
    if (!ring)
        return 0;
    if (lint_calls_read(&calls, ring) != 0)
        return STATUS_USAGE;
    keys_met(calls.call, calls.count, shown);
    lint_calls_drop(&calls);
    return 0;
}

/* A key that no profile sets and a key set to "kernel" both leave the call to the kernel. */
static bool differ(const struct entry *a, const struct entry *b)
{
    bool kept = a->standing != STANDING_NOT_ENFORCED;
    return strcmp(a->text, b->text) != 0 || kept != (b->standing != STANDING_NOT_ENFORCED);
}

/* Side by side where that fits, else below each other. */
static void print_row(const char *key, const char *left, const char *right)
{
    struct line line = {.width = line_width()};
    const int right_column = LEFT_COLUMN + SIDE_WIDTH + 1;
    bool fits = line_columns(left) <= SIDE_WIDTH && right_column + line_columns(right) <= line.width;
    line_put(&line, key, 0);
    if (line.width == 0 || fits) {
        line_tab(&line, LEFT_COLUMN);
        line_put(&line, left, 0);
        line_tab(&line, right_column);
    } else {
        line_next(&line, NARROW_INDENT);
        line_put(&line, left, 2 * NARROW_INDENT);
        line_next(&line, NARROW_INDENT);
    }
    line_put(&line, right, 2 * NARROW_INDENT);
    line_end(&line);
}

static int print_text(const struct annotated_profile *left, const struct annotated_profile *right,
                      const bool shown[KEY_COUNT])
{
    char one[NOTE_SIZE], other[NOTE_SIZE];
    int differences = 0;
    print_row("", left->name, right->name);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!shown[key] || !differ(&left->entries[key], &right->entries[key]))
            continue;
        tell(&left->entries[key], one);
        tell(&right->entries[key], other);
        print_row(key_rows[key].full, one, other);
        differences++;
    }
    if (differences == 0)
        puts("no difference");
    return 0;
}

static int print_json(const struct annotated_profile *left, const struct annotated_profile *right,
                      const bool shown[KEY_COUNT])
{
    json_t *it = json_object(), *keys = json_object();
    json_object_set_new(it, "left", json_of_text(left->name));
    json_object_set_new(it, "right", json_of_text(right->name));
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!shown[key] || !differ(&left->entries[key], &right->entries[key]))
            continue;
        json_t *sides = json_object();
        json_object_set_new(sides, "left", json_of_entry(left, &left->entries[key]));
        json_object_set_new(sides, "right", json_of_entry(right, &right->entries[key]));
        json_object_set_new(keys, key_rows[key].full, sides);
    }
    json_object_set_new(it, "keys", keys);
    return json_print(it);
}

int profiles_diff(const struct wishes *wishes, int count, char **arguments)
{
    static struct annotated_profile left, right;
    if (count != 2) {
        say("diff: expected the names of two profiles, not %d; `listenas profiles` lists all", count);
        return STATUS_USAGE;
    }
    bool shown[KEY_COUNT];
    int status = choose_keys(wishes->used_by, shown);
    if (status)
        return status;
    if (!load_or_say(&left, arguments[0], wishes) || !load_or_say(&right, arguments[1], wishes))
        return STATUS_USAGE;
    return wishes->json ? print_json(&left, &right, shown) : print_text(&left, &right, shown);
}
