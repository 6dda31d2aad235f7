#include "keep.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* The end is shifted only when as much has come again: each byte is moved once or twice. */
static void shift(struct keep *keep)
{
    size_t half = keep->most / 2, surplus = keep->used - keep->most;
    memmove(keep->text + half, keep->text + half + surplus, keep->used - half - surplus);
    keep->used -= surplus;
    keep->lost += surplus;
}

void keep_add(struct keep *keep, const char *text, size_t size)
{
    if (keep->room < keep->used + size) {
        keep->room = 2 * (keep->used + size);
        keep->text = memory_more(keep->text, keep->room, 1);
    }
    memcpy(keep->text + keep->used, text, size);
    keep->used += size;
    if (keep->used > 2 * keep->most)
        shift(keep);
}

struct output keep_end(struct keep *keep)
{
    if (keep->used > keep->most)
        shift(keep);
    struct output output = {.is_cut = keep->lost > 0};
    if (keep->lost == 0) {
        output.size = keep->used;
        output.text = memory_more(keep->text, keep->used + 1, 1);
        output.text[output.size] = '\0';
        return output;
    }
    size_t half = keep->most / 2;
    char *note = memory_format("\n[... %zu bytes are left out ...]\n", keep->lost);
    output.text = memory_new(keep->used + strlen(note) + 1);
    memcpy(output.text, keep->text, half);
    memcpy(output.text + half, note, strlen(note));
    memcpy(output.text + half + strlen(note), keep->text + half, keep->used - half);
    output.size = keep->used + strlen(note);
    free(note);
    free(keep->text);
    return output;
}
