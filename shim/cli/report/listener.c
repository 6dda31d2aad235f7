/* A section for one listener. */
#include "../live/full.h"
#include "../log/callform.h"
#include "../log/names.h"
#include "../view/when.h"
#include "html.h"
#include "page.h"

/* Rows of the table of full queues: the last ones. */
#define FULLS_MOST 100

static const char *turned_away(enum overflow overflow)
{
    switch (overflow) {
    case OVERFLOW_REFUSES:
        return "clients refused";
    case OVERFLOW_RESETS:
        return "clients reset";
    default:
        return "SYNs dropped";
    }
}

static void write_key(FILE *file, const struct ring *ring, uint16_t key)
{
    if (key)
        html(file, " by <code>%s</code>", key_name(ring, key));
}

static void write_backlog(struct page *page, const struct record *made)
{
    FILE *file = page->file;
    html(file, "<p>The program asked for a backlog of %d", made->asked);
    if (made->effective != made->asked) {
        html(file, ", which counts as %d", made->effective);
        write_key(file, &page->view->ring, made->key[0]);
    }
    if (made->capacity > 0) {
        html(file, "; the queue holds <b>%d</b>", made->capacity);
        write_key(file, &page->view->ring, made->key[1]);
        html(file, ", for which the kernel got %d", made->given);
    }
    html(file, ".");
    if (made->flags & RECORD_LIMITED)
        html(file, " <span class=\"bad\">That is shorter than it should be: net.core.somaxconn is the limit.</span>");
    html(file, "</p>\n");
}

static void write_overflow(struct page *page, const struct listener *listener)
{
    const struct record *made = &listener->made;
    bool resets = made->flags & RECORD_RESETS;
    if (!(made->flags & RECORD_WATCHED))
        return;
    if (listener->refuser_error)
        html(page->file,
             "<p class=\"bad\">A client that meets a full queue should be %s, but its SYN is dropped, so that it waits "
             "and tries again: asking the refuser gave %s.</p>\n",
             resets ? "reset" : "refused", error_name(listener->refuser_error));
    else
        html(page->file, "<p>A client that meets a full queue is %s by <code>listen.overflow_tcp</code>.</p>\n",
             resets ? "connected and then reset" : "refused");
}

static void write_title(struct page *page, const struct listener *listener)
{
    char since[WHEN_TEXT], last[WHEN_TEXT];
    html(page->file, "<h2 id=\"listener%u\">%s</h2>\n<p class=\"soft\">descriptor %d of process %u, since %s",
         listener->place, listener->address[0] ? listener->address : "A listener without an address", listener->fd,
         listener->pid, when_clock(since, listener->since_ns));
    if (listener->last_call_ns)
        html(page->file, "; accept was called last at %s", when_clock(last, listener->last_call_ns));
    html(page->file, "%s</p>\n", listener->listens ? "" : "; closed");
}

static void write_row(FILE *file, const char *name, uint64_t count, bool is_bad)
{
    html(file, "<tr><th scope=\"row\">%s</th><td class=\"n%s\">%llu</td></tr>\n", name, is_bad && count ? " bad" : "",
         (unsigned long long)count);
}

static void write_errors(FILE *file, const struct listener *listener)
{
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        const struct listener_error *error = &listener->errors[i];
        if (error->count == 0)
            continue;
        html(file, "<tr><th scope=\"row\">accept failed: %s</th>", error->error ? error_name(error->error) : "others");
        html(file, "<td class=\"n\">%llu</td></tr>\n", (unsigned long long)error->count);
    }
}

static void write_counters(struct page *page, const struct listener *listener)
{
    const struct depth *depth = &listener->depth;
    html(page->file, "<h3>Counted since it was made</h3>\n<table>\n<tbody>\n");
    write_row(page->file, "connections accepted", listener->counts.accepted, false);
    write_errors(page->file, listener);
    if (depth->samples || listener->tells)
        write_row(page->file, turned_away(listener->overflow), listener_over(listener, &listener->counts), true);
    if (depth->samples && listener->tells)
        write_row(page->file, "SYNs dropped by the kernel", listener->counts.dropped, false);
    if (depth->samples) {
        write_row(page->file, "times the queue was full", depth->full_times, true);
        write_row(page->file, "most connections that waited", depth->highest, false);
        write_row(page->file, "connections that waited at the last look", depth->waiting, false);
        write_row(page->file, "looks at the queue", depth->samples, false);
        if (depth->waited_most_ms) {
            write_row(page->file, "milliseconds that a connection waited, at the last look", depth->waited_ms, false);
            write_row(page->file, "milliseconds that a connection waited, at most", depth->waited_most_ms, false);
        }
    }
    html(page->file, "</tbody></table>\n");
}

static void write_full(struct page *page, const struct record *record)
{
    char from[WHEN_TEXT], lasted[WHEN_TEXT], clients[64] = "";
    const struct full full = full_of(record);
    html(page->file, "<tr><td class=\"t\">%s</td><td class=\"t n\">%s</td><td class=\"n\">%d of %d</td>",
         when_clock(from, full.from_ns), when_long(lasted, full.to_ns - full.from_ns), record->asked, record->capacity);
    if (full.clients)
        format_clients(full.overflow, full.clients, clients, sizeof clients);
    html(page->file, "<td class=\"n%s\">%s</td></tr>\n", full.clients ? " bad" : "", clients);
}

static bool is_full_of(const struct view *view, size_t event, const struct listener *listener)
{
    const struct told *told = &view->events.events[event];
    return !is_accept(call_name(&view->ring, told->record.call)) && view_listener_of(view, told) == listener;
}

/* Where the last FULLS_MOST begin; `*count` gets how many there are in all. */
static size_t find_first_full(const struct view *view, const struct listener *listener, size_t *count)
{
    size_t first = view->events.count;
    *count = 0;
    for (size_t i = view->events.count; i > 0; i--)
        if (is_full_of(view, i - 1, listener) && ++*count <= FULLS_MOST)
            first = i - 1;
    return first;
}

/* When the queue was full, or was seen to have dropped connections in between. */
static void write_fulls(struct page *page, const struct listener *listener)
{
    const struct view *view = page->view;
    size_t count, first = find_first_full(view, listener, &count);
    if (count == 0)
        return;
    html(page->file, "<h3>When it was full or dropped clients</h3>\n");
    if (count > FULLS_MOST)
        html(page->file, "<p class=\"soft\">The last %d of %zu.</p>\n", FULLS_MOST, count);
    html(page->file,
         "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"When it was full\"><table>\n<thead><tr>"
         "<th scope=\"col\">from</th><th scope=\"col\" class=\"n\">for</th><th scope=\"col\" class=\"n\">waited</th>"
         "<th scope=\"col\" class=\"n\">clients that met it</th></tr></thead>\n<tbody>\n");
    for (size_t i = first; i < view->events.count; i++)
        if (is_full_of(view, i, listener))
            write_full(page, &view->events.events[i].record);
    html(page->file, "</tbody></table></div>\n");
}

bool listener_write(struct page *page, const struct listener *listener)
{
    html(page->file, "<section aria-labelledby=\"listener%u\">\n", listener->place);
    write_title(page, listener);
    write_backlog(page, &listener->made);
    write_overflow(page, listener);
    if (!listener_charts_write(page, listener))
        return false;
    write_counters(page, listener);
    write_fulls(page, listener);
    html(page->file, "</section>\n");
    return true;
}
