#include "errno_name.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* errors.def is written by the build, from the numbers in the C library's <errno.h>. No pointers: see value.c. */
static const struct {
    unsigned short number;
    char name[16];
} errors[] = {
#define ERROR(name) {name, #name},
#include "errors.def"
};

static const struct {
    unsigned short number;
    char name[12];
} second_names[] = {
    {EWOULDBLOCK, "EWOULDBLOCK"},
    {ENOTSUP, "ENOTSUP"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *errno_name(int error)
{
    for (size_t i = 0; i < COUNT(errors); i++)
        if (errors[i].number == error)
            return errors[i].name;
    return NULL;
}

int errno_of_name(const char *name)
{
    if (name[0] != 'E')
        return 0;
    for (size_t i = 0; i < COUNT(errors); i++)
        if (errors[i].name[1] == name[1] && strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    for (size_t i = 0; i < COUNT(second_names); i++)
        if (strcmp(second_names[i].name, name) == 0)
            return second_names[i].number;
    return 0;
}
