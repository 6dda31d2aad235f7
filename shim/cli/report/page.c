#include "page.h"

#include <string.h>

#include "../../api/listenas.h"
#include "../../profile/loader/visible.h"
#include "../view/when.h"
#include "html.h"
#include "style.h"

/* The words of a command line, which NUL bytes end. */
static void write_command(FILE *file, const struct ring_header *header)
{
    size_t size = header->command_size < sizeof header->command ? header->command_size : sizeof header->command;
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strnlen(header->command + at, size - at);
        html(file, "%s%.*s", at ? " " : "", (int)length, header->command + at);
    }
}

static void write_head(struct page *page)
{
    FILE *file = page->file;
    const struct ring_header *header = page->view->ring.header;
    html(file,
         "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
         "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
         "<meta name=\"generator\" content=\"listenas " LISTENAS_VERSION "\"/>\n<title>");
    write_command(file, header);
    html(file, " as %.*s</title>\n<style>\n", (int)sizeof header->profile, header->profile);
    for (const char *const *piece = page_style; *piece; piece++)
        fputs(*piece, file); /* they hold nothing that XML would take for markup */
    html(file, "</style>\n</head>\n<body>\n");
}

static void write_time(FILE *file, uint64_t ns)
{
    char date[WHEN_TEXT], machine[WHEN_TEXT];
    html(file, "<time datetime=\"%s\">%s</time>", when_machine(machine, ns), when_date(date, ns));
}

static void write_title(struct page *page)
{
    char lasted[WHEN_TEXT];
    const struct view *view = page->view;
    const struct ring_header *header = view->ring.header;
    html(page->file, "<header>\n<h1>");
    write_command(page->file, header);
    html(page->file, "</h1>\n<p>listens as <b>%.*s</b>%s; process %u</p>\n<p class=\"soft\">recorded from ",
         (int)sizeof header->profile, header->profile, header->isolated ? ", in a network of its own" : "",
         header->pid);
    write_time(page->file, view->from_ns);
    html(page->file, " to ");
    write_time(page->file, view->until_ns);
    html(page->file, ", %s</p>\n</header>\n<main>\n", when_long(lasted, view->until_ns - view->from_ns));
}

/* --- numbers of all listeners together --- */

static void write_tile(FILE *file, bool is_bad, uint64_t count, const char *name)
{
    html(file, "<div class=\"%s\"><dt>%s</dt><dd>%llu</dd></div>\n", is_bad ? "bad" : "", name,
         (unsigned long long)count);
}

struct sums {
    uint64_t accepted, failed, looks, full, turned_away[OVERFLOW_RESETS + 1];
    uint64_t dropped; /* by the kernel, where the refuser tells apart whom it turned away */
};

static struct sums add_up(const struct view *view)
{
    struct sums sums = {0};
    for (size_t i = 0; i < view->listener_count; i++) {
        const struct listener *listener = &view->listeners[i];
        sums.accepted += listener->counts.accepted;
        sums.failed += listener->counts.failed;
        sums.looks += listener->depth.samples;
        sums.full += listener->depth.full_times;
        sums.turned_away[listener->overflow] += listener_over(listener, &listener->counts);
        if (listener->tells)
            sums.dropped += listener->counts.dropped;
    }
    return sums;
}

static void write_tiles(struct page *page)
{
    const struct sums sums = add_up(page->view);
    html(page->file, "<dl class=\"tiles\">\n");
    write_tile(page->file, false, page->view->listener_count,
               page->view->listener_count == 1 ? "listener" : "listeners");
    write_tile(page->file, false, sums.accepted, "connections accepted");
    write_tile(page->file, false, sums.failed, "calls of accept failed");
    if (sums.looks)
        write_tile(page->file, sums.full > 0, sums.full,
                   sums.full == 1 ? "time a queue was full" : "times a queue was full");
    if (sums.turned_away[OVERFLOW_REFUSES])
        write_tile(page->file, true, sums.turned_away[OVERFLOW_REFUSES], "clients refused");
    if (sums.turned_away[OVERFLOW_RESETS])
        write_tile(page->file, true, sums.turned_away[OVERFLOW_RESETS], "clients reset");
    if (sums.turned_away[OVERFLOW_DROPS])
        write_tile(page->file, true, sums.turned_away[OVERFLOW_DROPS], "SYNs dropped");
    if (sums.dropped)
        write_tile(page->file, false, sums.dropped, "SYNs dropped by the kernel, the refused ones among them");
    html(page->file, "</dl>\n");
}

static void write_foot(struct page *page)
{
    html(page->file,
         "</main>\n<footer><p>Made by listenas " LISTENAS_VERSION " from <code>%s</code>. Times are local. What a key "
         "is set to, and how firm that is, is what the profile said when this page was made.</p></footer>\n</body>\n"
         "</html>\n",
         page->path);
}

void html_count(FILE *file, uint64_t count, const char *word)
{
    html(file, "%llu %s%s", (unsigned long long)count, word, count == 1 ? "" : "s");
}

bool page_write(struct page *page)
{
    bool is_whole = true;
    write_head(page);
    write_title(page);
    write_tiles(page);
    lacks_write(page);
    for (size_t i = 0; i < page->view->listener_count && is_whole; i++)
        is_whole = listener_write(page, &page->view->listeners[i]);
    is_whole = is_whole && changes_write(page);
    calls_write(page);
    processes_write(page);
    write_foot(page);
    return is_whole;
}
