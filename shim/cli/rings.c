#include "rings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../ring/ring.h"
#include "cli.h"
#include "printer.h"
#include "ringlife.h"
#include "ringsearch.h"

/* Who makes a ring needs far less; the file is not mapped yet while its space is reserved. */
#define DRAFT_SECONDS 60

static void visit_list(const char *path, enum ring_file kind, const struct stat *status, void *context)
{
    static const char *const words[] = {[LIFE_ENDED] = "ended", [LIFE_RUNS] = "runs", [LIFE_UNKNOWN] = "may run"};
    struct ring ring;
    char command[128], profile[80];
    (void)status;
    if (kind != RING_FILE)
        return;
    const char *fault = ring_open_to_read(&ring, path);
    ++*(int *)context;
    if (fault) {
        printf("%s  %s\n", path, fault);
        return;
    }
    const struct ring_header *header = ring.header;
    format_bytes(header->command, strnlen(header->command, sizeof header->command), command, sizeof command);
    format_bytes(header->profile, strnlen(header->profile, sizeof header->profile), profile, sizeof profile);
    printf("%s  %s (pid %u) as %s, %llu records, %s\n", path, command, header->pid, profile,
           (unsigned long long)ring_head(&ring), words[ring_life(path)]);
    ring_close(&ring);
}

void rings_list(void)
{
    int found = 0;
    rings_visit(visit_list, &found);
    if (!found)
        puts("no rings: no program of yours has been recorded");
}

/* What is no ring of this version is another's to remove. */
static bool is_ours(const char *path)
{
    struct ring ring;
    if (ring_open_to_read(&ring, path) != NULL)
        return false;
    ring_close(&ring);
    return true;
}

static void visit_remove(const char *path, enum ring_file kind, const struct stat *status, void *context)
{
    bool ready = kind == RING_DRAFT ? time(NULL) - status->st_mtime > DRAFT_SECONDS : is_ours(path);
    (void)context;
    if (!ready || ring_life(path) != LIFE_ENDED)
        return;
    if (unlink(path) == 0)
        printf("removed %s\n", path);
    else
        say("%s: %s", path, strerror(errno));
}

void rings_remove_dead(void)
{
    rings_visit(visit_remove, NULL);
}
