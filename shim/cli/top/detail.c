/* One listener in full: its numbers, the keys that made a difference, its last events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../live/event_text.h"
#include "../live/events.h"
#include "../live/guard.h"
#include "../live/paragraph.h"
#include "../log/names.h"
#include "draw.h"
#include "screen.h"

#define EVENTS_MOST 200

/* Draws each line of a text from `row` on; returns the row after them. */
static int draw_text(int row, char *text)
{
    char *rest;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), row++)
        screen_put(row, 0, screen_columns(), row == 0 ? STYLE_BOLD : STYLE_PLAIN, line);
    return row;
}

static int draw_paragraph(const struct picture *picture, const struct row *row)
{
    char *text = NULL;
    size_t size = 0;
    int next = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return next;
    paragraph_print(out, picture->live, row->ring, row->listener);
    if (fclose(out) == 0 && text)
        next = draw_text(0, text);
    free(text);
    return next;
}

#define INDENT 16

/* Whether a key was named by an event before. */
static bool is_named(const struct told *events, size_t count, uint16_t key)
{
    for (size_t i = 0; i < count; i++)
        if (events[i].record.key[0] == key || events[i].record.key[1] == key)
            return true;
    return false;
}

struct pen {
    int row, column;
};

/* Puts a word into a paragraph, on the next line if it does not fit. */
static void put_word(struct pen *pen, const char *word)
{
    int length = (int)strlen(word);
    if (pen->column > INDENT && pen->column + length > screen_columns()) {
        pen->row++;
        pen->column = INDENT;
    }
    screen_put(pen->row, pen->column, length, STYLE_PLAIN, word);
    pen->column += length + 1;
}

/* The keys that made the events what they are, each once; returns the row after them. */
static int draw_keys(int at, const struct ring *ring, const struct told *events, size_t count)
{
    struct pen pen = {at, INDENT};
    screen_put(at, 0, screen_columns(), STYLE_PLAIN, "    keys");
    for (size_t i = 0; i < 2 * count; i++) {
        char name[KEY_NAME_SIZE + 1];
        uint16_t key = events[i / 2].record.key[i % 2];
        if (!key || is_named(events, i / 2, key) || (i % 2 && key == events[i / 2].record.key[0]))
            continue;
        snprintf(name, sizeof name, "%.*s", KEY_NAME_SIZE, key_name(ring, key));
        put_word(&pen, name);
    }
    if (pen.row == at && pen.column == INDENT)
        put_word(&pen, "none made a difference");
    return pen.row + 1;
}

static void draw_events(int at, const struct ring *ring, const struct told *events, size_t count)
{
    int room = screen_rows() - 1 - at - 1;
    char text[512];
    size_t skipped = room > 0 && count > (size_t)room ? count - (size_t)room : 0;
    screen_put(at++, 0, screen_columns(), STYLE_HEAD,
               count ? "LAST EVENTS" : "LAST EVENTS: none are in the record any more");
    for (size_t i = skipped; room > 0 && i < count; i++) {
        format_event(ring, &events[i], text, sizeof text);
        screen_put(at++, 0, screen_columns(), events[i].record.given_error ? STYLE_WARN : STYLE_PLAIN, text);
    }
}

struct drawing {
    int at;
    const struct ring *ring;
    struct told events[EVENTS_MOST];
    size_t count;
};

/* By guard_run: the names of calls and keys are in the ring. */
static void draw_record(void *context)
{
    struct drawing *drawing = context;
    int at = draw_keys(drawing->at, drawing->ring, drawing->events, drawing->count);
    draw_events(at + 1, drawing->ring, drawing->events, drawing->count);
}

void draw_listener(const struct picture *picture, const struct row *row)
{
    static struct drawing drawing;
    screen_put(screen_rows() - 1, 0, screen_columns(), STYLE_DIM,
               "Esc: back to the list   space: pause   ?: help   q: quit");
    if (!row) {
        screen_put(0, 0, screen_columns(), STYLE_BOLD, "This listener is gone.");
        return;
    }
    drawing.ring = &row->ring->ring;
    drawing.count = live_events(row->ring, row->listener, drawing.events, EVENTS_MOST);
    drawing.at = draw_paragraph(picture, row);
    if (!guard_run(draw_record, &drawing))
        screen_put(drawing.at, 0, screen_columns(), STYLE_BAD, "The record was cut short.");
}
