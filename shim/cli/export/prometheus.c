/* Counters for Prometheus, once or as a server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "export.h"
#include "metrics.h"
#include "serve.h"

struct page {
    struct live live;
    const struct selection *selection;
};

static char *make_page(size_t *size, void *context)
{
    struct page *page = context;
    return live_refresh(&page->live) == 0 ? metrics_text(&page->live, page->selection, size) : NULL;
}

/* Returns whether there are rings that cannot be read. */
static bool say_faults(const struct live *live)
{
    bool has = false;
    for (size_t i = 0; i < live->rings.count; i++) {
        if (!live->rings.of[i]->fault)
            continue;
        say("%s: %s", live->rings.of[i]->path, live->rings.of[i]->fault);
        has = true;
    }
    return has;
}

static int print_once(struct page *page)
{
    struct live *live = &page->live;
    size_t size;
    int error = live_refresh_all(live);
    char *text = error ? NULL : metrics_text(live, page->selection, &size);
    if (!text) {
        say("%s: %s", live->rings.choice.what ? live->rings.choice.what : "/proc", strerror(error ? error : ENOMEM));
        return error && live->rings.choice.what ? STATUS_USAGE : STATUS_OWN;
    }
    bool is_faulty = say_faults(live);
    bool is_named_file = live->rings.choice.what && strchr(live->rings.choice.what, '/');
    if (!is_faulty || !is_named_file)
        fwrite(text, 1, size, stdout);
    free(text);
    return is_faulty && is_named_file ? STATUS_USAGE : 0;
}

int export_prometheus(const struct export_choice *choice, const char *address)
{
    struct page page = {.selection = &choice->selection};
    live_open(&page.live, &(struct live_choice){.what = choice->what, .ended = choice->what != NULL});
    int status = address ? serve(address, make_page, &page) : print_once(&page);
    live_close(&page.live);
    return status;
}
