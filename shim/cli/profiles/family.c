#include "family.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define OTHERS "others"

static const struct family {
    const char *heading, *names;
} families[] = {
#define FAMILY(heading, names) {heading, names},
#include "families.def"
};

#define FAMILIES (sizeof families / sizeof *families)

/* The place of a platform's name, up to a hyphen, in the list of the family; -1 if it is not there. */
static int place_in(const char *names, const char *name)
{
    size_t length = strcspn(name, "-");
    int place = 0;
    for (; *names; names += strspn(names, " "), place++) {
        size_t size = strcspn(names, " ");
        if (size == length && strncmp(names, name, size) == 0)
            return place;
        names += size;
    }
    return -1;
}

/* Families before those that follow, and in each the platforms as its row has them. */
static size_t rank_of(const char *name)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        int place = place_in(families[i].names, name);
        if (place >= 0)
            return i * 100 + (size_t)place;
    }
    return FAMILIES * 100;
}

const char *family_of(const char *name)
{
    size_t rank = rank_of(name) / 100;
    return rank < FAMILIES ? families[rank].heading : OTHERS;
}

int family_compare(const char *left, const char *right)
{
    size_t one = rank_of(left), other = rank_of(right);
    if (one != other)
        return one < other ? -1 : 1;
    return strverscmp(left, right);
}
