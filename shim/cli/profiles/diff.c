/* The differences between two profiles: in a value, or in whether it is kept. */
#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "profiles.h"

#define KEY_WIDTH 30
#define SIDE_WIDTH 28

/* A value, with its standing unless it is simply kept. */
static void tell(const struct entry *entry, char told[96])
{
    if (entry->standing == STANDING_KEPT)
        snprintf(told, 96, "%s", entry->text);
    else
        snprintf(told, 96, "%s (%s)", entry->text, standing_word(entry->standing));
}

/* A key that no profile sets and a key set to "kernel" both leave the call to the kernel. */
static bool differ(const struct entry *a, const struct entry *b)
{
    bool kept = a->standing != STANDING_NOT_ENFORCED;
    return strcmp(a->text, b->text) != 0 || kept != (b->standing != STANDING_NOT_ENFORCED);
}

static void print_row(const char *key, const char *left, const char *right)
{
    printf("%-*s ", KEY_WIDTH, key);
    print_visible(left, SIDE_WIDTH);
    putchar(' ');
    print_visible(right, 0);
    putchar('\n');
}

int profiles_diff(const struct wishes *wishes, int count, char **arguments)
{
    static struct annotated_profile left, right;
    char one[96], other[96];
    int differences = 0;
    if (count != 2) {
        say("diff: expected the names of two profiles");
        return STATUS_OWN;
    }
    if (!load_or_say(&left, arguments[0], wishes) || !load_or_say(&right, arguments[1], wishes))
        return STATUS_OWN;
    print_row("", left.name, right.name);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!differ(&left.entries[key], &right.entries[key]))
            continue;
        tell(&left.entries[key], one);
        tell(&right.entries[key], other);
        print_row(key_rows[key].full, one, other);
        differences++;
    }
    if (differences == 0)
        puts("no difference");
    return 0;
}
