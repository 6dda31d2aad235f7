#include "text_queue.h"

#include <stdio.h>
#include <string.h>

#include "../clock.h"
#include "address.h"
#include "names.h"
#include "paint.h"
#include "text_parts.h"

/* "15 clients refused"; without a refuser the client does not hear of it, and sends its SYN again. */
static void format_drops(uint64_t drops, unsigned int flags, bool has_refuser, char *text, size_t size)
{
    const char *plural = drops == 1 ? "" : "s";
    if (has_refuser && flags & RECORD_WATCHED)
        snprintf(text, size, "%llu client%s %s", (unsigned long long)drops, plural,
                 flags & RECORD_RESETS ? "reset" : "refused");
    else
        snprintf(text, size, "%llu SYN%s dropped", (unsigned long long)drops, plural);
}

/* The end of a time, from the last part on that differs from the beginning's: ".900" of "12:36:52.900". */
static const char *end_of_time(const char *from, const char *to)
{
    const char *dot = strrchr(to, '.');
    size_t seconds = dot ? (size_t)(dot - to) : 0;
    return dot && strncmp(from, to, seconds + 1) == 0 ? dot : to;
}

void print_queue(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    char address[320], from[64], to[64], drops[64];
    uint64_t from_ns = record->time_ns - (uint64_t)(uint32_t)record->result * CLOCK_MILLISECOND;
    uint64_t to_ns = record->time_ns - (uint64_t)(uint32_t)record->effective * CLOCK_MILLISECOND;
    uint32_t count = record->flags & RECORD_TELLS ? record->reset : (uint32_t)record->given;
    format_address(record, address, sizeof address);
    times_format_other(&printer->times, from_ns, 3, from, sizeof from);
    times_format_other(&printer->times, to_ns, 3, to, sizeof to);
    format_drops(count, record->flags, record->refuser_error == 0, drops, sizeof drops);
    print_who(printer, shown);
    text_line_add(&printer->line, "queue of %s %s%s %s to %s (%d of %d)%s%s%s", address[0] ? address : "a listener",
                  paint(printer, RED), record->flags & RECORD_FULL ? "full" : "overflowed", from, end_of_time(from, to),
                  record->asked, record->capacity, count ? ", " : "", count ? drops : "", paint(printer, PLAIN));
    end_record(printer);
}

/* "12000 accepted, 3 EAGAIN, 1 other failure" */
static void print_counts(struct text_line *line, const struct ring_listener *listener)
{
    text_line_add(line, "%llu accepted", (unsigned long long)listener->accepted);
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = listener->errors[i], count = word & ((UINT64_C(1) << 48) - 1);
        if (count)
            text_line_add(line, ", %llu %s", (unsigned long long)count, failure_name(i, word, "other failures"));
    }
}

static void print_depth(struct printer *printer, const struct ring_listener *listener, const struct record *listens)
{
    struct text_line *line = &printer->line;
    char drops[64];
    if (!listener->samples)
        return;
    text_line_add(line, "; queue %u of %llu, at most %llu", (unsigned int)listener->length,
                  (unsigned long long)(listener->length >> 32) + 1, (unsigned long long)listener->highest);
    if (listener->full_times)
        text_line_add(line, ", full %llu time%s", (unsigned long long)listener->full_times,
                      listener->full_times == 1 ? "" : "s");
    if (listener->full_from)
        text_line_add(line, "%s and still%s", paint(printer, RED), paint(printer, PLAIN));
    bool answers = listens->refuser_error == 0 && !(listens->flags & RECORD_TELLS);
    format_drops(listener->drops, listens->flags, answers, drops, sizeof drops);
    if (listener->drops)
        text_line_add(line, ", %s", drops);
    if (listener->waits)
        text_line_add(line, ", waited %u ms, at most %u ms", (unsigned int)listener->waits,
                      (unsigned int)(listener->waits >> 32));
}

/* What the refuser itself has told, whether the queue was looked at or not. */
static void print_turned_away(struct text_line *line, const struct ring_listener *listener,
                              const struct record *listens)
{
    char clients[64];
    format_drops(listener->turned_away, listens->flags, true, clients, sizeof clients);
    if (listener->turned_away)
        text_line_add(line, ", %s", clients);
}

void text_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                   const struct record *listens)
{
    struct text_line *line = &printer->line;
    char address[320];
    format_address(listens, address, sizeof address);
    text_line_add(line, "%s# %s%s%s (%u of pid %u): ", paint(printer, DIM), server ? server : "", server ? ": " : "",
                  address[0] ? address : "a listener", (unsigned int)listener->owner,
                  (unsigned int)(listener->owner >> 32));
    print_counts(line, listener);
    print_turned_away(line, listener, listens);
    print_depth(printer, listener, listens);
    text_line_add(line, "%s", paint(printer, PLAIN));
    end_comment(printer);
}

void text_no_place(struct printer *printer, const char *server, uint64_t gave_way, uint64_t missed)
{
    struct text_line *line = &printer->line;
    text_line_add(line, "%s# %s%s", paint(printer, RED), server ? server : "", server ? ": " : "");
    if (missed)
        text_line_add(line, "no place for %llu listener%s, which a larger ring has%s", (unsigned long long)missed,
                      missed == 1 ? "" : "s", gave_way ? "; " : "");
    if (gave_way)
        text_line_add(line, "%llu closed listener%s gave way to newer ones", (unsigned long long)gave_way,
                      gave_way == 1 ? "" : "s");
    text_line_add(line, "%s", paint(printer, PLAIN));
    end_comment(printer);
}
