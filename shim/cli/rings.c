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

struct list {
    const struct printer *printer;
    int found;
};

static void visit_list(const char *path, enum ring_file kind, const struct stat *status, void *context)
{
    static const char *const words[] = {[LIFE_ENDED] = "ended", [LIFE_RUNS] = "runs", [LIFE_UNKNOWN] = "may run"};
    struct list *list = context;
    struct ring ring;
    (void)status;
    if (kind != RING_FILE)
        return;
    const char *fault = ring_open_to_read(&ring, path);
    list->found++;
    if (fault) {
        list->printer->faulty(path, fault);
        return;
    }
    list->printer->listed(path, &ring, words[ring_life(path)]);
    ring_close(&ring);
}

int rings_list(const struct printer *printer)
{
    struct list list = {.printer = printer};
    rings_visit(visit_list, &list);
    return list.found;
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
