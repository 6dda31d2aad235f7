/* What a record lacks: said on the page, so that nobody takes an empty chart for a quiet server. */
#include <stdlib.h>

#include "../../ring/history.h"
#include "../view/when.h"
#include "html.h"
#include "page.h"

static void write_gap(FILE *file, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten by newer ones",
        [GAP_UNFINISHED] = "unfinished: the writer died, or was still writing",
        [GAP_DAMAGED] = "damaged",
    };
    char from[WHEN_TEXT], to[WHEN_TEXT];
    if (missing->count == 0)
        return;
    html(file, "<li>");
    html_count(file, missing->count, "call");
    html(file, " %s", words[gap]);
    if (missing->from_ns && missing->to_ns)
        html(file, ", between %s and %s", when_clock(from, missing->from_ns), when_clock(to, missing->to_ns));
    html(file, ".%s</li>\n",
         gap == GAP_OVERWRITTEN
             ? " What listeners are, and their counters, is kept all the same. A larger record keeps "
               "more calls: LISTENAS_RING=8M."
             : "");
}

static bool lacks_looks(const struct view *view)
{
    for (size_t i = 0; i < view->listener_count; i++)
        if (view->listeners[i].depth.samples)
            return false;
    return view->listener_count > 0;
}

static bool lacks_history(const struct view *view)
{
    for (size_t i = 0; i < view->listener_count; i++)
        if (view->listeners[i].depth.samples &&
            !ring_has_history(&view->ring, ring_listener(&view->ring, view->listeners[i].place)))
            return true;
    return false;
}

static void write_counted(FILE *file, uint64_t count, const char *before, const char *after)
{
    if (count == 0)
        return;
    html(file, "<li>%s", before);
    html_count(file, count, "listener");
    html(file, "%s</li>\n", after);
}

static void write_header(struct page *page)
{
    const struct ring_header *header = page->view->ring.header;
    if (header->diagnostic[0])
        html(page->file, "<li class=\"bad\">The profile had a mistake, so the calls stayed as they are: %.*s</li>\n",
             (int)sizeof header->diagnostic, header->diagnostic);
    write_counted(page->file, header->listeners_gone, "", " that had been closed gave way to newer ones.");
    write_counted(page->file, header->listeners_missed, "There was no place for ", ".");
}

static void write_processes(struct page *page)
{
    uint64_t missed = 0;
    for (size_t i = 0; i < page->view->processes.count; i++)
        missed += page->view->processes.processes[i].missed;
    if (missed == 0)
        return;
    html(page->file, "<li>");
    html_count(page->file, missed, "call");
    html(page->file, " came before the library was ready, and %s left to the kernel.</li>\n",
         missed == 1 ? "was" : "were");
}

static void write_items(struct page *page)
{
    FILE *file = page->file;
    write_header(page);
    for (int gap = 0; gap <= GAP_DAMAGED; gap++)
        write_gap(file, (enum gap)gap, &page->view->events.missing[gap]);
    if (page->view->listener_count == 0)
        html(file, "<li>The program made no listener, or none that the record has.</li>\n");
    if (lacks_looks(page->view))
        html(file,
             "<li>Nobody looked at the queues, so it is not known how long they were, whether they were full, and "
             "whom they turned away. The key <code>record.queue_samples</code> has them looked at, up to so many "
             "times a second: <code>listenas run -o record.queue_samples=10 …</code></li>\n");
    if (lacks_history(page->view))
        html(file, "<li>The record is too small to keep the queue of every listener over time: each 512 calls that it "
                   "has room for keep one. <code>LISTENAS_RING=8M</code> makes a larger one.</li>\n");
    write_processes(page);
}

void lacks_write(struct page *page)
{
    char *text = NULL;
    size_t size = 0;
    struct page part = *page;
    part.file = open_memstream(&text, &size);
    if (!part.file)
        return;
    write_items(&part);
    if (fclose(part.file) == 0 && size > 0) {
        html(page->file,
             "<section class=\"lacks\" aria-labelledby=\"lacks\"><h2 id=\"lacks\">What this record lacks</h2>\n<ul>\n");
        fwrite(text, 1, size, page->file);
        html(page->file, "</ul></section>\n");
    }
    free(text);
}
