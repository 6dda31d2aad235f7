#include "json.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../profile/loader/visible.h"
#include "cli.h"

static json_t *visible(const char *text, enum visible how)
{
    char copy[4 * PATH_MAX];
    if (!text)
        return NULL;
    visible_copy(copy, sizeof copy, text, strlen(text), how);
    return json_string(copy);
}

json_t *json_of_text(const char *text)
{
    return visible(text, VISIBLE_TEXT);
}

json_t *json_of_bytes(const char *bytes)
{
    return visible(bytes, VISIBLE_EXACT);
}

int json_print(json_t *value)
{
    int status = value && json_dumpf(value, stdout, JSON_INDENT(2)) == 0 ? 0 : STATUS_OWN;
    json_decref(value);
    if (status && !ferror(stdout)) /* else main tells */
        say("cannot print JSON: no memory is left");
    else if (!status)
        putchar('\n');
    return status;
}
