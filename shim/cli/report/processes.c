/* The processes that wrote to the record. */
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../../ring/settings.h"
#include "../view/when.h"
#include "html.h"
#include "page.h"

#define PROCESSES_MOST 200

/* The settings that it was started with in addition to its profile. */
static void write_settings(FILE *file, const struct ring *ring, int32_t number)
{
    struct settings settings;
    char text[4 * SETTINGS_TEXT + 1];
    ring_settings(ring, number, &settings);
    visible_copy(text, sizeof text, settings.text, strlen(settings.text), VISIBLE_TEXT);
    if (text[0])
        html(file, " with <code>%s</code>%s", text, settings.is_known ? "" : " ...");
    else if (!settings.is_known)
        html(file, " with settings that are not recorded");
}

static void write_process(FILE *file, const struct ring *ring, const struct seen_process *process)
{
    char clock[WHEN_TEXT];
    html(file, "<tr><td class=\"n\">%u</td><td>%s</td><td>%s%s", process->pid, process->program, process->profile,
         process->had_mistake ? " (had a mistake: its calls stayed as they are)" : "");
    write_settings(file, ring, process->settings);
    html(file, "</td><td class=\"n\">%u</td><td class=\"t\">%s</td></tr>\n", process->parent,
         when_clock(clock, process->start_ns));
}

void processes_write(struct page *page)
{
    const struct processes *processes = &page->view->processes;
    html(page->file,
         "<section aria-labelledby=\"processes\">\n<h2 id=\"processes\">Processes</h2>\n<div class=\"scroll\" "
         "tabindex=\"0\" role=\"region\" aria-label=\"Processes\"><table>\n<thead><tr><th scope=\"col\" "
         "class=\"n\">process</th><th scope=\"col\">program</th><th scope=\"col\">as</th><th scope=\"col\" "
         "class=\"n\">child of</th><th scope=\"col\">first call</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < processes->count && i < PROCESSES_MOST; i++)
        write_process(page->file, &page->view->ring, &processes->processes[i]);
    html(page->file, "</tbody></table></div>\n");
    if (processes->count > PROCESSES_MOST)
        html(page->file, "<p class=\"soft\">The first %d of %zu that the record has.</p>\n", PROCESSES_MOST,
             processes->count);
    if (page->view->ring.header->processes > page->view->ring.tables[TABLE_PROCESSES].entries)
        html(page->file, "<p class=\"soft\">There were more: the record of how they began may be overwritten.</p>\n");
    html(page->file, "</section>\n");
}
