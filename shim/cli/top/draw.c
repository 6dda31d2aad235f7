#include "draw.h"

#include <stdio.h>
#include <string.h>

#include "../live/words.h"
#include "screen.h"

/* Lines before the rows, and after them. */
#define HEAD_LINES 3
#define FOOT_LINES 1

/* A terminal as wide as this has room for the platform and for what happened last in full. */
#define WIDE 110

enum column { ADDRESS, PROGRAM, PLATFORM, BAR, QUEUE, ACCEPTED, FAILED, OVERFLOWED, LAST, COLUMNS_OF_ROW };

/* A column of width 0 is not drawn; the last column takes what is left of the line. */
static const struct {
    const char *title;
    int narrow, wide;
    bool is_right;
} columns[COLUMNS_OF_ROW] = {
    [ADDRESS] = {"ADDRESS", 20, 24, false},
    [PROGRAM] = {"PROGRAM", 8, 15, false},
    [PLATFORM] = {"PLATFORM", 0, 10, false},
    [BAR] = {"QUEUE", 8, 12, false},
    [QUEUE] = {"", 7, 9, true},
    [ACCEPTED] = {"ACC/S", 5, 6, true},
    [FAILED] = {"FAIL/S", 6, 6, true},
    [OVERFLOWED] = {"OVER/S", 6, 6, true},
    [LAST] = {"LAST", 1, 1, false},
};

static int width_of(enum column column, int left)
{
    if (column == LAST)
        return left;
    return screen_columns() >= WIDE ? columns[column].wide : columns[column].narrow;
}

int draw_room(void)
{
    int room = screen_rows() - HEAD_LINES - FOOT_LINES;
    return room > 0 ? room : 0;
}

/* --- the heads --- */

static void draw_totals(const struct picture *picture)
{
    const struct rows *rows = picture->rows;
    char clock[16], text[160], accepted[16], failed[16], dropped[16];
    format_clock(picture->live->now_ns, clock, sizeof clock);
    format_rate(rows->total.accepted, accepted, sizeof accepted);
    format_rate(rows->total.failed, failed, sizeof failed);
    format_rate(rows->total.over, dropped, sizeof dropped);
    snprintf(text, sizeof text, "%s  %zu server%s, %zu listener%s: %s accepted/s, %s failed/s, %s over/s", clock,
             rows->servers, rows->servers == 1 ? "" : "s", rows->count, rows->count == 1 ? "" : "s", accepted, failed,
             dropped);
    screen_put(0, 0, screen_columns(), STYLE_BOLD, text);
}

static void draw_view(const struct picture *picture)
{
    const struct view *view = picture->view;
    char text[240];
    int length =
        snprintf(text, sizeof text, "by %s%s, every %gs%s", sort_word(view->sort),
                 view->is_reversed ? " (reversed)" : "", picture->seconds, picture->is_paused ? ", PAUSED" : "");
    if (view->filter[0] || picture->is_typing)
        length += snprintf(text + length, sizeof text - (size_t)length, ", with \"%s%s\"", view->filter,
                           picture->is_typing ? "_" : "");
    if (view->shows_ended)
        length += snprintf(text + length, sizeof text - (size_t)length, ", ended ones too");
    if (picture->rows->unreadable)
        snprintf(text + length, sizeof text - (size_t)length, "; %zu record%s cannot be read",
                 picture->rows->unreadable, picture->rows->unreadable == 1 ? "" : "s");
    screen_put(1, 0, screen_columns(), STYLE_DIM, text);
}

static void draw_titles(void)
{
    int at = 0;
    screen_put(2, 0, screen_columns(), STYLE_HEAD, "");
    for (enum column column = 0; column < COLUMNS_OF_ROW; column++) {
        int width = width_of(column, screen_columns() - at);
        if (width <= 0)
            continue;
        (columns[column].is_right ? screen_put_right : screen_put)(2, at, width, STYLE_HEAD, columns[column].title);
        at += width + 1;
    }
}

/* --- a row --- */

static enum style style_of(const struct row *row)
{
    double share = row_share(row);
    return share >= 1 ? STYLE_BAD : share >= 0.5 ? STYLE_WARN : STYLE_GOOD;
}

/* Where both numbers do not fit, how many wait: the bar shows the rest. */
static void format_queue(const struct depth *depth, char *text, int width)
{
    char both[32];
    int length = snprintf(both, sizeof both, "?");
    if (depth->source != DEPTH_UNKNOWN)
        length = snprintf(both, sizeof both, "%s%u/%u", depth->source == DEPTH_SAMPLE ? "~" : "", depth->waiting,
                          depth->capacity);
    else if (depth->capacity)
        length = snprintf(both, sizeof both, "?/%u", depth->capacity);
    if (length > width)
        both[strcspn(both, "/")] = '\0';
    strcpy(text, both);
}

static void format_row_rate(const struct row *row, double rate, char *text, size_t size)
{
    snprintf(text, size, "-");
    if (row->has_rates)
        format_rate(rate, text, size);
}

/* An address is told from others by its end. */
static const char *fit_end(const char *text, int width)
{
    size_t length = strlen(text);
    return length > (size_t)width ? text + length - (size_t)width : text;
}

static void format_cell(const struct picture *picture, const struct row *row, enum column column, char *text,
                        size_t size)
{
    const struct listener *listener = row->listener;
    text[0] = '\0';
    if (column == PROGRAM)
        snprintf(text, size, "%s", listener->program);
    else if (column == PLATFORM)
        snprintf(text, size, "%s", listener->profile);
    else if (column == QUEUE)
        format_queue(&listener->depth, text, width_of(QUEUE, 0));
    else if (column == ACCEPTED)
        format_row_rate(row, row->rates.accepted, text, size);
    else if (column == FAILED)
        format_row_rate(row, row->rates.failed, text, size);
    else if (column == OVERFLOWED)
        format_row_rate(row, row->rates.over, text, size);
    else if (column == LAST && live_listens(row->ring, listener))
        format_last(listener, picture->live->now_ns, text, size);
    else if (column == LAST)
        snprintf(text, size, "%s", state_word(row->ring, listener));
}

static void draw_row(const struct picture *picture, int line, const struct row *row, bool is_selected)
{
    char text[LISTENER_ADDRESS];
    int at = 0;
    enum style style = is_selected ? STYLE_SELECTED : STYLE_PLAIN;
    screen_put(line, 0, screen_columns(), style, "");
    for (enum column column = 0; column < COLUMNS_OF_ROW; column++) {
        int width = width_of(column, screen_columns() - at);
        if (width <= 0)
            continue;
        format_cell(picture, row, column, text, sizeof text);
        if (column == BAR)
            screen_put_bar(line, at, width, style_of(row), row_share(row));
        else if (column == ADDRESS)
            screen_put(line, at, width, style, fit_end(row->listener->address, width));
        else if (columns[column].is_right)
            screen_put_right(line, at, width, style, text);
        else
            screen_put(line, at, width, style, text);
        at += width + 1;
    }
}

/* --- all --- */

void draw_list(const struct picture *picture)
{
    const struct rows *rows = picture->rows;
    int room = draw_room();
    draw_totals(picture);
    draw_view(picture);
    draw_titles();
    for (int i = 0; i < room && picture->first + (size_t)i < rows->count; i++)
        draw_row(picture, HEAD_LINES + i, &rows->of[picture->first + (size_t)i],
                 picture->first + (size_t)i == picture->selected);
    if (!rows->count)
        screen_put(HEAD_LINES, 0, screen_columns(), STYLE_PLAIN,
                   picture->view->filter[0] ? "No listener matches; / changes the filter."
                                            : "Nobody listens: start a server by listenas run.");
    screen_put(screen_rows() - 1, 0, screen_columns(), STYLE_DIM,
               picture->is_typing ? "Enter: keep the filter   Esc: no filter"
                                  : "?: help   Enter: look into it   s: sort   /: filter   q: quit");
}

void draw_help(void)
{
    static const char *const lines[] = {
        "up down j k   select a listener        Enter   look into it: calls, events",
        "PgUp PgDn g G page, first, last        Esc q   back; q on the list ends top",
        "a p u         order by address, program, queue",
        "c f o         order by accepted, failed, overflow",
        "s r           next order; reverse it   space   pause",
        "e             ended listeners, too     + -     read half as often, or twice",
        "/             show what has a text in its address, program or platform",
        "",
        "QUEUE   connections that wait / how many can, now. After ~: when the server's",
        "        library looked last (record.queue_samples). ?: not known, as in",
        "        another network namespace",
        "ACC/S   connections that accept gave",
        "FAIL/S  calls of accept that failed, EAGAIN among them",
        "OVER/S  clients that met a full queue: refused or reset if a refuser answers",
        "        for the listener, else packets that the kernel dropped, one each try",
        "LAST    the last overflow or failure that was seen, but EAGAIN, and its age",
    };
    screen_put(0, 0, screen_columns(), STYLE_BOLD, "listenas top: help");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        screen_put((int)i + 2, 0, screen_columns(), STYLE_PLAIN, lines[i]);
    screen_put(screen_rows() - 1, 0, screen_columns(), STYLE_DIM, "any key: back");
}
