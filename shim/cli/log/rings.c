#include "rings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../ring/ring.h"
#include "../cli.h"
#include "printer.h"
#include "ringlife.h"
#include "ringsearch.h"

/* Who makes a ring needs far less; the file is not mapped yet while its space is reserved. */
#define DRAFT_SECONDS 60

struct list {
    const struct printer *printer;
    int found;
};

static void visit_list(const struct ring_found *found, void *context)
{
    static const char *const words[] = {[LIFE_ENDED] = "ended", [LIFE_RUNS] = "runs", [LIFE_UNKNOWN] = "may run"};
    struct list *list = context;
    struct ring ring;
    if (found->kind != RING_FILE)
        return;
    const char *fault = ring_open_fd_to_read(&ring, found->fd);
    list->found++;
    if (fault) {
        list->printer->faulty(found->path, fault);
        return;
    }
    list->printer->listed(found->path, &ring, words[ring_life(found->fd)]);
    ring_close(&ring);
}

int rings_list(const struct printer *printer)
{
    struct list list = {.printer = printer};
    rings_visit(visit_list, &list);
    return list.found;
}

/* What is no ring of this version is another's to remove. */
static bool is_ours(int fd)
{
    struct ring ring;
    if (ring_open_fd_to_read(&ring, fd) != NULL)
        return false;
    ring_close(&ring);
    return true;
}

/* Whether the name still stands for the file that was looked at. */
static bool is_still_there(const struct ring_found *found)
{
    struct stat now;
    return fstatat(found->directory, found->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_dev == found->status.st_dev && now.st_ino == found->status.st_ino;
}

static void print_removed(const char *path)
{
    fputs("removed ", stdout);
    print_visible(path, 0);
    putchar('\n');
}

static void visit_remove(const struct ring_found *found, void *context)
{
    bool ready = found->kind == RING_DRAFT ? time(NULL) - found->status.st_mtime > DRAFT_SECONDS : is_ours(found->fd);
    (void)context;
    if (!ready || ring_life(found->fd) != LIFE_ENDED || !is_still_there(found))
        return;
    if (unlinkat(found->directory, found->name, 0) == 0)
        print_removed(found->path);
    else
        say("%s: %s", found->path, strerror(errno));
}

void rings_remove_dead(void)
{
    rings_visit(visit_remove, NULL);
}
