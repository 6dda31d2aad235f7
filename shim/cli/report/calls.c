/* The last calls that failed or were changed. */
#include <errno.h>
#include <string.h>

#include "../log/address.h"
#include "../log/callform.h"
#include "../log/names.h"
#include "../view/when.h"
#include "html.h"
#include "page.h"

#define CALLS_MOST 100

/* A call that does not block and has nothing yet is no failure of anybody. */
static bool is_told(const struct view *view, const struct record *record)
{
    const char *name = call_name(&view->ring, record->call);
    if (strcmp(name, "start") == 0 || strcmp(name, "queue") == 0 || is_note(name))
        return false;
    if (record->given_error == record->kernel_error &&
        (record->given_error == EAGAIN || record->given_error == EINPROGRESS))
        return false;
    return record->result < 0 || ((record->key[0] || record->key[1]) && !is_accept(name)) ||
           record->flags & RECORD_SKIPPED;
}

static void write_why(FILE *file, const struct ring *ring, const struct record *record)
{
    for (int i = 0; i < 2; i++)
        if (record->key[i])
            html(file, "%s<code>%s</code>", i && record->key[0] ? " " : "", key_name(ring, record->key[i]));
    if (record->flags & RECORD_PROVOKED)
        html(file, "provoked");
    else if (record->flags & RECORD_NOT_CALLED)
        html(file, ", the kernel was not asked");
}

static void write_call(FILE *file, const struct ring *ring, const struct told *event)
{
    const struct record *record = &event->record;
    char clock[WHEN_TEXT], call[400], result[48];
    format_call(call_name(ring, record->call), record, call, sizeof call);
    format_result(record, result, sizeof result);
    html(file, "<tr><td class=\"t\">%s</td><td class=\"n\">%u</td><td><code>%s</code></td><td class=\"%s\">%s</td>",
         when_clock(clock, record->time_ns), record->pid, call, record->result < 0 ? "bad" : "ok", result);
    html(file, "<td class=\"n\">%llu</td><td>", 1 + (unsigned long long)event->repeats.count);
    write_why(file, ring, record);
    html(file, "</td></tr>\n");
}

/* Where the last CALLS_MOST begin; `*count` gets how many there are in all. */
static size_t find_first(const struct view *view, size_t *count)
{
    size_t first = view->events.count;
    *count = 0;
    for (size_t i = view->events.count; i > 0; i--) {
        if (!is_told(view, &view->events.events[i - 1].record))
            continue;
        if (++*count <= CALLS_MOST)
            first = i - 1;
    }
    return first;
}

void calls_write(struct page *page)
{
    const struct view *view = page->view;
    size_t count, first = find_first(view, &count);
    if (count == 0)
        return;
    html(page->file,
         "<section aria-labelledby=\"calls\">\n<h2 id=\"calls\">Calls that failed or were changed</h2>\n<p "
         "class=\"soft\">%sCalls that would have had to wait (EAGAIN, EINPROGRESS), and accepts that only gave a "
         "connection its flags, are left out; "
         "<code>listenas log</code> tells every call.</p>\n<div class=\"scroll wide\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"Calls that failed or were changed\"><table>\n<thead><tr><th scope=\"col\">time</th><th "
         "scope=\"col\" "
         "class=\"n\">process</th><th scope=\"col\">call</th><th scope=\"col\">result</th><th scope=\"col\" "
         "class=\"n\">times</th><th scope=\"col\">by</th></tr></thead>\n<tbody>\n",
         count > CALLS_MOST ? "The last 100. " : "");
    for (size_t i = first; i < view->events.count; i++)
        if (is_told(view, &view->events.events[i].record))
            write_call(page->file, &view->ring, &view->events.events[i]);
    html(page->file, "</tbody></table></div></section>\n");
}
