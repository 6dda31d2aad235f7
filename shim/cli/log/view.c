#include "view.h"

#include <stdlib.h>

#include "../../ring/keep.h"
#include "subject.h"

static const char *server_of(const struct view *view, const struct source *source)
{
    return view->all ? source->server : NULL;
}

static void add_missing(struct missing *sum, const struct missing *more)
{
    if (sum->count == 0 || (sum->from_ns && more->from_ns && more->from_ns < sum->from_ns))
        sum->from_ns = more->from_ns;
    if (more->to_ns > sum->to_ns)
        sum->to_ns = more->to_ns;
    sum->count += more->count;
}

void view_header(struct view *view, struct source *source)
{
    if (source->is_told)
        return;
    source->is_told = true;
    view->printer.header(&view->printer, source->ring.header);
    for (int gap = 0; gap <= GAP_DAMAGED; gap++)
        if (source->early[gap].count)
            view->printer.gap(&view->printer, server_of(view, source), (enum gap)gap, &source->early[gap]);
}

/* Until something of a ring is printed, its gaps wait for its header, which may never be printed. */
static void print_gap(struct view *view, struct source *source, const struct told *told)
{
    if (source->is_told)
        view->printer.gap(&view->printer, server_of(view, source), told->gap, &told->missing);
    else
        add_missing(&source->early[told->gap], &told->missing);
}

static void print_record(struct view *view, struct source *source, enum cursor_answer answer, const struct told *told,
                         const struct subject *subject, const struct context_process *process)
{
    struct explanation explanation;
    struct shown shown = {.ring = &source->ring,
                          .callers = &source->callers,
                          .server = server_of(view, source),
                          .number = told->number,
                          .record = &told->record,
                          .repeats = told->repeats,
                          .subject = subject};
    if (view->explain && subject->changed) {
        explain_record(&source->ring, &told->record, process, &explanation);
        shown.explanation = &explanation;
    }
    view_header(view, source);
    if (answer == CURSOR_REPEATED)
        view->printer.repeated(&view->printer, &shown);
    else
        view->printer.record(&view->printer, &shown);
}

/* Leaves out what is missing before or after the times that are asked for. */
static void take_gap(struct view *view, struct source *source)
{
    const struct missing *missing = &source->told.missing;
    if (missing->to_ns && missing->to_ns < view->selection.since_ns)
        return;
    if (view->selection.until_ns && missing->from_ns > view->selection.until_ns)
        return;
    struct tail_entry *entry = view->tail.most ? malloc(sizeof *entry) : NULL;
    if (!entry) {
        print_gap(view, source, &source->told);
        return;
    }
    entry->source = source;
    entry->answer = source->answer;
    entry->told = source->told;
    tail_add(&view->tail, entry);
}

static struct subject subject_of(const struct view *view, struct source *source, struct subject_room *room)
{
    const struct subjects subjects = {&source->ring, &source->context, &source->callers};
    return subject_of_told(&subjects, &view->selection, &source->told, room);
}

/* Returns false without memory. */
static bool keep_for_tail(struct view *view, struct source *source)
{
    struct tail_entry *entry = malloc(sizeof *entry);
    if (!entry)
        return false;
    entry->source = source;
    entry->answer = source->answer;
    entry->told = source->told;
    entry->subject = subject_of(view, source, &entry->room);
    tail_add(&view->tail, entry);
    return true;
}

static void take_record(struct view *view, struct source *source)
{
    if (source->answer == CURSOR_RECORD)
        context_learn(&source->context, &source->ring, &source->told.record);
    const struct subject subject = subject_of(view, source, &view->room);
    view->seen++;
    if (!select_matches(&view->selection, &subject))
        return;
    view->selected++;
    if (!view->tail.most || !keep_for_tail(view, source))
        print_record(view, source, source->answer, &source->told, &subject, &view->room.process);
}

void view_take(struct view *view, struct source *source)
{
    if (source->answer == CURSOR_GAP)
        take_gap(view, source);
    else
        take_record(view, source);
    source->answer = CURSOR_END;
}

void view_flush(struct view *view)
{
    struct tail_entry *entry;
    while ((entry = tail_take(&view->tail))) {
        if (entry->answer == CURSOR_GAP)
            print_gap(view, entry->source, &entry->told);
        else
            print_record(view, entry->source, entry->answer, &entry->told, &entry->subject, &entry->room.process);
        free(entry);
    }
    view->tail.most = 0;
}

static void print_listener(struct view *view, struct source *source, const struct ring_listener *listener,
                           const struct record *listens)
{
    const struct repeats once = {0};
    struct record record = *listens;
    record.pid = (uint32_t)(listener->owner >> 32);
    record.fd = (int32_t)(uint32_t)listener->owner;
    const struct subject subject = context_subject(&source->context, &source->ring, &record, &once, &view->room);
    if (select_matches_listener(&view->selection, &subject))
        view->printer.listener(&view->printer, server_of(view, source), listener, listens);
}

void view_listeners(struct view *view, struct source *source)
{
    const struct ring_listener *listener;
    struct record listens;
    uint64_t number;
    if (!view->printer.listener || !source->is_told)
        return;
    for (uint32_t i = 1; (listener = ring_listener(&source->ring, i)); i++)
        if (ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &listens))
            print_listener(view, source, listener, &listens);
    uint64_t gave_way = atomic_load_explicit(&source->ring.header->listeners_gone, memory_order_relaxed);
    uint64_t missed = atomic_load_explicit(&source->ring.header->listeners_missed, memory_order_relaxed);
    if (view->printer.no_place && (gave_way || missed))
        view->printer.no_place(&view->printer, server_of(view, source), gave_way, missed);
}
