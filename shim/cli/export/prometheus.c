/* Counters for Prometheus, once or as a server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "export.h"
#include "metrics.h"
#include "serve.h"

static char *make_page(size_t *size, void *context)
{
    struct live *live = context;
    return live_refresh(live) == 0 ? metrics_text(live, size) : NULL;
}

static int print_once(struct live *live)
{
    size_t size;
    int error = live_refresh_all(live);
    char *text = error ? NULL : metrics_text(live, &size);
    if (!text) {
        say("%s: %s", live->choice.what ? live->choice.what : "/proc", strerror(error ? error : ENOMEM));
        return STATUS_OWN;
    }
    for (size_t i = 0; i < live->count; i++)
        if (live->rings[i]->fault)
            say("%s: %s", live->rings[i]->path, live->rings[i]->fault);
    fwrite(text, 1, size, stdout);
    free(text);
    return 0;
}

int export_prometheus(const char *what, const char *address)
{
    struct live live;
    live_open(&live, &(struct live_choice){.what = what, .ended = what != NULL});
    int status = address ? serve(address, make_page, &live) : print_once(&live);
    live_close(&live);
    return status;
}
