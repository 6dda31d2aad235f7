#include "chart.h"

#include "../view/when.h"
#include "html.h"

/* Of the drawing, which is then stretched. */
#define WIDTH 1000.0
#define HEIGHT 200.0
/* Narrower bars would not be seen. */
#define NARROWEST 1.5
#define TICKS_MOST 4
#define CLOCK_LABELS 3

/* --- scales --- */

struct scale {
    double step, top;
    int steps; /* from 0 to the top */
};

/* A step of 1, 2 or 5 times a power of ten that divides `most` into TICKS_MOST at most. */
static struct scale scale_for(double most)
{
    struct scale scale = {.step = 1, .steps = 1};
    while (scale.step * TICKS_MOST < most)
        scale.step = scale.step * 2 * TICKS_MOST >= most   ? scale.step * 2
                     : scale.step * 5 * TICKS_MOST >= most ? scale.step * 5
                                                           : scale.step * 10;
    while (scale.step * scale.steps < most * 1.02)
        scale.steps++;
    scale.top = scale.step * scale.steps;
    return scale;
}

static double most_of(const struct chart *chart)
{
    double most = chart->limit > 1 ? chart->limit : 1;
    for (size_t i = 0; i < chart->bar_count; i++) {
        most = chart->bars[i].value > most ? chart->bars[i].value : most;
        most = chart->bars[i].limit > most ? chart->bars[i].limit : most;
    }
    return most;
}

static double x_of(const struct chart *chart, uint64_t ns)
{
    uint64_t range = chart->until_ns > chart->from_ns ? chart->until_ns - chart->from_ns : 1;
    if (ns <= chart->from_ns)
        return 0;
    return ns >= chart->until_ns ? WIDTH : (double)(ns - chart->from_ns) / (double)range * WIDTH;
}

static double y_of(const struct scale *scale, double value)
{
    return HEIGHT - value / scale->top * HEIGHT;
}

/* Equal in what is shown: one decimal. */
static bool is_near(double one, double other)
{
    return one - other < 0.05 && other - one < 0.05;
}

/* --- the drawing --- */

static void write_grid(FILE *page, const struct scale *scale)
{
    for (int i = 0; i <= scale->steps; i++)
        html(page, "<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"%.1f\" y2=\"%.1f\"/>", y_of(scale, scale->step * i),
             y_of(scale, scale->step * i));
}

static void write_rectangle(FILE *page, const char *kind, double x, double right, double y, const char *told)
{
    double width = right - x > NARROWEST ? right - x : NARROWEST;
    html(page, "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\">", kind, x, y, width,
         HEIGHT - y);
    if (told)
        html(page, "<title>%s</title>", told);
    html(page, "</rect>\n");
}

static void write_bands(FILE *page, const struct chart *chart)
{
    for (size_t i = 0; i < chart->band_count; i++)
        write_rectangle(page, "band", x_of(chart, chart->bands[i].from_ns), x_of(chart, chart->bands[i].to_ns), 0,
                        chart->bands[i].told);
}

/* Between two bars that are close nothing was measured: the value of the first one is drawn on. */
static void write_held(FILE *page, const struct chart *chart, const struct scale *scale, const struct chart_bar *bar)
{
    const struct chart_bar *next = bar + 1;
    if (next == chart->bars + chart->bar_count || next->from_ns <= bar->to_ns ||
        next->from_ns - bar->to_ns > chart->held_ns)
        return;
    write_rectangle(page, "held", x_of(chart, bar->to_ns), x_of(chart, next->from_ns), y_of(scale, bar->value), NULL);
}

static void write_bars(FILE *page, const struct chart *chart, const struct scale *scale)
{
    for (const struct chart_bar *bar = chart->bars; bar < chart->bars + chart->bar_count; bar++) {
        write_rectangle(page, bar->is_at_most ? "bar full" : "bar", x_of(chart, bar->from_ns), x_of(chart, bar->to_ns),
                        y_of(scale, bar->value), bar->told);
        write_held(page, chart, scale, bar);
    }
}

static void write_limit(FILE *page, const struct chart *chart, const struct scale *scale)
{
    double limit = chart->limit;
    if (limit <= 0)
        return;
    html(page, "<path class=\"limit\" d=\"M0 %.2f", y_of(scale, limit));
    for (size_t i = 0; i < chart->bar_count; i++) {
        if (chart->bars[i].limit <= 0 || is_near(chart->bars[i].limit, limit))
            continue;
        limit = chart->bars[i].limit;
        html(page, "H%.2fV%.2f", x_of(chart, chart->bars[i].from_ns), y_of(scale, limit));
    }
    html(page, "H1000\"/>\n");
}

/* --- around it --- */

static void write_ticks(FILE *page, const struct scale *scale)
{
    html(page, "<div class=\"y\" aria-hidden=\"true\">");
    for (int i = 0; i <= scale->steps; i++)
        html(page, "<span style=\"bottom:%.2f%%\">%g</span>", 100.0 * i / scale->steps, scale->step * i);
    html(page, "</div>\n");
}

static void write_clocks(FILE *page, const struct chart *chart)
{
    char text[WHEN_TEXT];
    const uint64_t range = chart->until_ns - chart->from_ns;
    html(page, "<div class=\"x\" aria-hidden=\"true\">");
    for (uint64_t i = 0; i < CLOCK_LABELS; i++)
        html(page, "<span>%s</span>",
             when_clock_in(text, chart->from_ns + range / (CLOCK_LABELS - 1) * i, range / (CLOCK_LABELS - 1)));
    html(page, "</div>\n");
}

static void write_table_head(FILE *page, const struct chart *chart)
{
    html(page,
         "<details><summary>The numbers of this chart</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"The numbers of: %s\"><table>\n<thead><tr><th scope=\"col\">from</th><th scope=\"col\">to</th>"
         "<th scope=\"col\" class=\"n\">%s</th>",
         chart->title, chart->value_name);
    if (chart->limit_name)
        html(page, "<th scope=\"col\" class=\"n\">%s</th>", chart->limit_name);
    html(page, "</tr></thead>\n<tbody>\n");
}

/* Bars that follow each other and say the same are one row. */
static void write_table(FILE *page, const struct chart *chart)
{
    char from[WHEN_TEXT], to[WHEN_TEXT];
    write_table_head(page, chart);
    for (size_t first = 0, last; first < chart->bar_count; first = last + 1) {
        const struct chart_bar *bar = &chart->bars[first];
        for (last = first; last + 1 < chart->bar_count; last++)
            if (!is_near(bar[last + 1 - first].value, bar->value) || !is_near(bar[last + 1 - first].limit, bar->limit))
                break;
        html(page, "<tr><td>%s</td><td>%s</td><td class=\"n\">%g</td>", when_clock(from, bar->from_ns),
             when_clock(to, chart->bars[last].to_ns), (double)(uint64_t)(bar->value * 10 + 0.5) / 10);
        if (chart->limit_name)
            html(page, "<td class=\"n\">%.0f</td>", bar->limit);
        html(page, "</tr>\n");
    }
    html(page, "</tbody></table></div></details>\n");
}

void chart_write(FILE *page, const struct chart *chart)
{
    const struct scale scale = scale_for(most_of(chart));
    html(page, "<figure>\n<figcaption><b>%s</b> %s</figcaption>\n<div class=\"plot\">\n", chart->title, chart->unit);
    write_ticks(page, &scale);
    html(page,
         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 200\" preserveAspectRatio=\"none\" "
         "role=\"img\" aria-labelledby=\"title%u desc%u\">\n<title id=\"title%u\">%s</title>\n<desc "
         "id=\"desc%u\">%s</desc>\n",
         chart->number, chart->number, chart->number, chart->title, chart->number, chart->summary);
    write_bands(page, chart);
    write_grid(page, &scale);
    write_bars(page, chart, &scale);
    write_limit(page, chart, &scale);
    html(page, "</svg>\n");
    write_clocks(page, chart);
    html(page, "</div>\n<p class=\"told\">%s</p>\n", chart->summary);
    write_table(page, chart);
    html(page, "</figure>\n");
}
