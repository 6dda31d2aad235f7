/* The queue of a listener, and its connections, over time. */
#include <stdlib.h>

#include "../clock.h"
#include "../live/full.h"
#include "../log/names.h"
#include "../view/series.h"
#include "../view/when.h"
#include "chart.h"
#include "html.h"
#include "page.h"

/* Of a chart that is made of single calls. */
#define BINS 60
#define BANDS_MOST 500
/* Looks that are no farther apart are joined. */
#define HELD_NS 1100000000u
/* A range that is shorter has no rate worth a chart. */
#define SHORTEST_NS 1000u

struct sources {
    struct series series;
    struct chart_bar bars[SERIES_MOST], bands[BANDS_MOST];
    size_t band_count;
    uint64_t range_ns; /* of the chart */
};

/* --- when it was full --- */

/*
 * Bands that no eye could tell apart are one: a busy server's queue can be full thousands of times. A band's `limit`
 * counts those that it stands for, its `value` the clients.
 */
static void add_band(struct sources *sources, uint64_t from_ns, uint64_t to_ns, uint64_t drops)
{
    struct chart_bar *last = sources->band_count ? &sources->bands[sources->band_count - 1] : NULL;
    if (last && from_ns < last->to_ns + sources->range_ns / BANDS_MOST) {
        last->from_ns = from_ns < last->from_ns ? from_ns : last->from_ns;
        last->to_ns = to_ns > last->to_ns ? to_ns : last->to_ns;
        last->value += (double)drops;
        last->limit++;
    } else if (sources->band_count < BANDS_MOST) {
        sources->bands[sources->band_count++] =
            (struct chart_bar){.from_ns = from_ns, .to_ns = to_ns, .value = (double)drops, .limit = 1};
    }
}

static void add_full(struct sources *sources, const struct record *record)
{
    const struct full full = full_of(record);
    add_band(sources, full.from_ns, full.to_ns, full.clients);
}

static void tell_bands(struct sources *sources, const char *outcome)
{
    char from[WHEN_TEXT], to[WHEN_TEXT];
    for (struct chart_bar *band = sources->bands; band < sources->bands + sources->band_count; band++)
        snprintf(band->told, sizeof band->told, "full %.0f time%s, %s to %s, %.0f %s", band->limit,
                 band->limit > 1 ? "s" : "", when_clock(from, band->from_ns), when_clock(to, band->to_ns), band->value,
                 outcome);
}

static void find_bands(struct sources *sources, const struct view *view, const struct listener *listener)
{
    sources->range_ns = view->until_ns > listener->since_ns ? view->until_ns - listener->since_ns : 0;
    for (size_t i = 0; i < view->events.count; i++) {
        const struct record *record = &view->events.events[i].record;
        if (!is_accept(call_name(&view->ring, record->call)) && (record->flags & RECORD_FULL) &&
            view_listener_of(view, &view->events.events[i]) == listener)
            add_full(sources, record);
    }
    if (listener->depth.full_since_ns)
        add_band(sources, listener->depth.full_since_ns, view->until_ns, 0);
    tell_bands(sources, overflow_word(listener->overflow));
}

/* --- the queue --- */

static size_t make_depth(struct sources *sources)
{
    char from[WHEN_TEXT];
    for (size_t i = 0; i < sources->series.count; i++) {
        const struct history_span *span = &sources->series.spans[i];
        struct chart_bar *bar = &sources->bars[i];
        *bar = (struct chart_bar){.from_ns = span->from_ns,
                                  .to_ns = span->to_ns,
                                  .value = (double)span->waited,
                                  .limit = (double)span->holds,
                                  .is_at_most = span->waited >= span->holds};
        snprintf(bar->told, sizeof bar->told, "%s: %llu of %llu waited", when_clock(from, span->from_ns),
                 (unsigned long long)span->waited, (unsigned long long)span->holds);
    }
    return sources->series.count;
}

static void write_legend(FILE *file, bool has_bands)
{
    html(file, "<ul class=\"legend\"><li><i style=\"background:var(--bar)\"></i>connections that waited, at most</li>"
               "<li><i style=\"background:var(--full)\"></i>as many as the queue holds</li>"
               "<li><i class=\"l\"></i>capacity</li>");
    if (has_bands)
        html(file, "<li><i style=\"background:var(--band)\"></i>full, until accept was called</li>");
    html(file, "</ul>\n");
}

/* "15 clients were refused": what became of those that met a full queue. */
static const char *format_met(const struct listener *listener, char *text, size_t size)
{
    uint64_t met = listener_over(listener, &listener->counts);
    snprintf(text, size, "%llu %s%s %s %s", (unsigned long long)met,
             listener->overflow == OVERFLOW_DROPS ? "SYN" : "client", met == 1 ? "" : "s", met == 1 ? "was" : "were",
             overflow_word(listener->overflow));
    return text;
}

static void write_depth(struct page *page, const struct listener *listener, struct sources *sources)
{
    const struct depth *depth = &listener->depth;
    char met[96];
    struct chart chart = {.number = ++page->charts,
                          .title = "Queue",
                          .unit = "connections that wait to be accepted, against how many there is room for",
                          .from_ns = listener->since_ns,
                          .until_ns = page->view->until_ns,
                          .bars = sources->bars,
                          .bar_count = make_depth(sources),
                          .bands = sources->bands,
                          .band_count = sources->band_count,
                          .limit = depth->capacity,
                          .held_ns = HELD_NS,
                          .value_name = "waited",
                          .limit_name = "capacity"};
    if (chart.bar_count)
        chart.limit = chart.bars[0].limit;
    snprintf(chart.summary, sizeof chart.summary,
             "%llu look%s at the queue: at most %llu of %u waited, it was full %llu time%s, and %s.",
             (unsigned long long)depth->samples, depth->samples == 1 ? "" : "s", (unsigned long long)depth->highest,
             depth->capacity, (unsigned long long)depth->full_times, depth->full_times == 1 ? "" : "s",
             format_met(listener, met, sizeof met));
    chart_write(page->file, &chart);
    write_legend(page->file, sources->band_count > 0);
}

/* --- connections --- */

static void tell_rate(struct chart_bar *bar, uint64_t accepted)
{
    char from[WHEN_TEXT], lasted[WHEN_TEXT];
    double seconds = (double)(bar->to_ns - bar->from_ns) / (double)CLOCK_SECOND;
    bar->value = (double)accepted / seconds;
    snprintf(bar->told, sizeof bar->told, "%s, for %s: %llu accepted, %.1f a second", when_clock(from, bar->from_ns),
             when_long(lasted, bar->to_ns - bar->from_ns), (unsigned long long)accepted, bar->value);
}

/* From the counts that each look at the queue has left; a look comes just before its call is counted. */
static size_t rates_by_looks(struct sources *sources, const struct listener *listener)
{
    uint64_t before_ns = listener->since_ns, before = 0;
    size_t count = 0;
    for (size_t i = 0; i < sources->series.count; i++) {
        const struct history_span *span = &sources->series.spans[i];
        if (span->to_ns <= before_ns || span->accepted < before) /* a clock that was set, a damaged file */
            continue;
        struct chart_bar *bar = &sources->bars[count++];
        *bar = (struct chart_bar){.from_ns = before_ns, .to_ns = span->to_ns};
        tell_rate(bar, span->accepted - before);
        before_ns = span->to_ns;
        before = span->accepted;
    }
    return count;
}

/* Whether a record is an accept of that listener that gave a connection. */
static bool gave_one(const struct view *view, const struct told *event, const struct listener *listener)
{
    const struct record *record = &event->record;
    return record->result >= 0 && !(record->flags & RECORD_SKIPPED) &&
           is_accept(call_name(&view->ring, record->call)) && view_listener_of(view, event) == listener;
}

static void count_bins(const struct view *view, const struct listener *listener, uint64_t from_ns, uint64_t range_ns,
                       uint64_t bins[BINS])
{
    for (size_t i = 0; i < view->events.count; i++) {
        const struct told *event = &view->events.events[i];
        if (event->record.time_ns < from_ns || !gave_one(view, event, listener))
            continue;
        uint64_t bin = (uint64_t)((double)(event->record.time_ns - from_ns) / (double)range_ns * BINS);
        bins[bin < BINS ? bin : BINS - 1] += 1 + event->repeats.count;
    }
}

/* From the calls that are still in the record. Sets `*from_ns` to the first of them. */
static size_t rates_by_calls(struct sources *sources, const struct view *view, const struct listener *listener,
                             uint64_t *from_ns)
{
    uint64_t bins[BINS] = {0};
    uint64_t oldest = view->events.missing[GAP_OVERWRITTEN].to_ns;
    *from_ns = oldest > listener->since_ns ? oldest : listener->since_ns;
    uint64_t range = view->until_ns > *from_ns ? view->until_ns - *from_ns : 0;
    if (range < SHORTEST_NS)
        return 0;
    count_bins(view, listener, *from_ns, range, bins);
    for (uint64_t i = 0; i < BINS; i++) {
        sources->bars[i] = (struct chart_bar){.from_ns = *from_ns + (uint64_t)((double)range / BINS * (double)i),
                                              .to_ns = *from_ns + (uint64_t)((double)range / BINS * (double)(i + 1))};
        tell_rate(&sources->bars[i], bins[i]);
    }
    return BINS;
}

static void write_rate(struct page *page, const struct listener *listener, struct sources *sources)
{
    char lasted[WHEN_TEXT];
    struct chart chart = {.number = page->charts + 1,
                          .title = "Connections accepted",
                          .unit = "a second",
                          .from_ns = listener->since_ns,
                          .until_ns = page->view->until_ns,
                          .bars = sources->bars,
                          .value_name = "a second"};
    chart.bar_count = rates_by_looks(sources, listener);
    bool by_calls = chart.bar_count == 0;
    if (by_calls)
        chart.bar_count = rates_by_calls(sources, page->view, listener, &chart.from_ns);
    if (chart.bar_count == 0)
        return;
    page->charts++;
    uint64_t since = by_calls ? chart.from_ns : listener->since_ns;
    snprintf(chart.summary, sizeof chart.summary, "%llu accepted%s.%s%s%s",
             (unsigned long long)listener->counts.accepted, by_calls ? "" : " in all",
             by_calls && since > listener->since_ns ? " The chart begins where the record's calls do, " : "",
             by_calls && since > listener->since_ns ? when_long(lasted, since - listener->since_ns) : "",
             by_calls && since > listener->since_ns ? " after the listener was made." : "");
    chart_write(page->file, &chart);
}

bool listener_charts_write(struct page *page, const struct listener *listener)
{
    const struct view *view = page->view;
    struct sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return false;
    find_bands(sources, view, listener);
    series_read(&sources->series, &view->ring, ring_listener(&view->ring, listener->place), listener->since_ns);
    if (listener->depth.samples && (sources->series.count || sources->band_count))
        write_depth(page, listener, sources);
    write_rate(page, listener, sources);
    free(sources);
    return true;
}
