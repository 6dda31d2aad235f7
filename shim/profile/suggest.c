#include "suggest.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 63

struct suggestion suggest_start(const char *text, char *best, size_t size)
{
    best[0] = '\0';
    return (struct suggestion){.text = text, .best = best, .size = size, .distance = LONGEST + 1};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The optimal string alignment distance; the last three rows of its table are enough. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], length = strlen(b);
    if (strlen(a) > LONGEST || length > LONGEST)
        return LONGEST + 1;
    for (size_t j = 0; j <= length; j++)
        rows[0][j] = j;
    size_t i = 0;
    for (; a[i]; i++) {
        const size_t *before = rows[(i + 2) % 3], *above = rows[i % 3];
        size_t *row = rows[(i + 1) % 3];
        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            row[j + 1] = least(least(above[j + 1], row[j]) + 1, above[j] + !same(a[i], b[j]));
            if (i > 0 && j > 0 && same(a[i], b[j - 1]) && same(a[i - 1], b[j]))
                row[j + 1] = least(row[j + 1], before[j - 1] + 1);
        }
    }
    return rows[i % 3][length];
}

void suggest_try(struct suggestion *nearest, const char *candidate)
{
    if (!candidate || strlen(candidate) >= nearest->size)
        return;
    size_t a = strlen(nearest->text), b = strlen(candidate);
    if ((a < b ? b - a : a - b) >= nearest->distance) /* each missing letter is an edit */
        return;
    size_t edits = distance(nearest->text, candidate);
    if (edits < nearest->distance) {
        nearest->distance = edits;
        strcpy(nearest->best, candidate);
    }
}

bool suggest_found(const struct suggestion *nearest)
{
    return nearest->best[0] && nearest->distance <= strlen(nearest->best) / 3 + 1 &&
           nearest->distance < strlen(nearest->text); /* at least one letter must be the same */
}
