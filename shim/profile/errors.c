/* Sets of errnos. */
#include <stdio.h>
#include <string.h>

#include "errno_name.h"
#include "value.h"

static void add(struct errors *set, int error)
{
    set->bits[error / 32] |= UINT32_C(1) << error % 32;
}

bool errors_parse(const char *text, struct errors *set, char *wrong, size_t size)
{
    *set = (struct errors){{0}};
    if (strcmp(text, "none") == 0)
        return true;
    for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
        size_t length = strcspn(text, " \t"), fits = length < size ? length : size - 1;
        memcpy(wrong, text, fits);
        wrong[fits] = '\0';
        int error = fits == length ? errno_of_name(wrong) : 0;
        if (error == 0 || error >= ERRNO_END)
            return false;
        add(set, error);
        text += length;
    }
    wrong[0] = '\0';
    return memcmp(set, &(struct errors){{0}}, sizeof *set) != 0;
}

bool errors_has(const struct errors *set, int error)
{
    return error > 0 && error < ERRNO_END && set->bits[error / 32] >> error % 32 & 1;
}

void errors_format(const struct errors *set, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (int error = 1; error < ERRNO_END && used < size; error++)
        if (errors_has(set, error))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", errno_name(error));
}
