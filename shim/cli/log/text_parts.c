#include "text_parts.h"

#include "paint.h"

/* Where the further lines of a comment begin. */
#define COMMENT_INDENT 2

void end_record(struct printer *printer)
{
    text_line_print(&printer->line, printer->width, RECORD_INDENT);
}

void end_comment(struct printer *printer)
{
    text_line_print(&printer->line, printer->width, COMMENT_INDENT);
}

/* "# 2026-11-22", where a record is of another day than what was printed before; not for a record without a time. */
static void print_day(struct printer *printer, uint64_t ns)
{
    char day[32];
    if (ns == 0 || !times_next(&printer->times, ns, day, sizeof day))
        return;
    text_line_add(&printer->line, "%s# %s%s", paint(printer, DIM), day, paint(printer, PLAIN));
    end_comment(printer);
}

void print_who(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    struct text_line *line = &printer->line;
    char time[64];
    print_day(printer, record->time_ns);
    times_format(&printer->times, record->time_ns, time, sizeof time);
    printer->times.last_ns = record->time_ns;
    text_line_add(line, "%s%s ", paint(printer, DIM), time);
    if (shown->server)
        text_line_add(line, "%s ", shown->server);
    if (!shown->server || record->pid != shown->ring->header->pid || record->tid != record->pid)
        text_line_add(line, "%u", record->pid);
    if (record->tid != record->pid)
        text_line_add(line, "/%u", record->tid);
    if (line->text[line->length - 1] != ' ')
        text_line_add(line, " ");
    text_line_add(line, "%s", paint(printer, PLAIN));
}
