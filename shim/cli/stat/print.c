#include "print.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../live/listener_json.h"
#include "../live/paragraph.h"
#include "../live/words.h"
#include "../terminal.h"

static bool is_chosen(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    bool is_named_file = live->rings.choice.what && !ring->lives;
    return listener->seen && (live->rings.choice.ended || is_named_file || live_listens(ring, listener));
}

size_t print_each(const struct live *live, listener_print print)
{
    size_t count = 0;
    for (size_t i = 0; i < live->rings.count; i++) {
        const struct live_ring *ring = live->rings.of[i];
        for (size_t j = 0; j < ring->count; j++) {
            if (!is_chosen(live, ring, &ring->listeners[j]))
                continue;
            print(live, ring, &ring->listeners[j]);
            count++;
        }
    }
    return count;
}

void print_paragraph(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    paragraph_print(stdout, live, ring, listener);
}

/* --- a line --- */

enum column { TIME, ADDRESS, PROGRAM, PROFILE, QUEUE, MOST, CALLS, FAILED, OVER, COLUMNS_OF_LINE };

/* Where a line does not fit, the columns go in the order of `goes`, from 1 on; those of 0 stay. */
#define COLUMNS_GO 6
static const struct {
    const char *title;
    int width;
    bool is_right;
    int goes;
} columns[COLUMNS_OF_LINE] = {
    [TIME] = {"TIME", 8, false, 3},        [ADDRESS] = {"ADDRESS", 21, false, 0}, [PROGRAM] = {"PROGRAM", 12, false, 2},
    [PROFILE] = {"PROFILE", 10, false, 1}, [QUEUE] = {"QUEUE", 9, true, 0},       [MOST] = {"MAX", 4, true, 4},
    [CALLS] = {"CALLS/S", 7, true, 6},     [FAILED] = {"FAIL/S", 7, true, 5},     [OVER] = {"OVER/S", 6, true, 0},
};

/* An address has what is left, from here on. */
#define ADDRESS_LEAST 20

static bool stays(enum column column, int gone)
{
    return columns[column].goes == 0 || columns[column].goes > gone;
}

/* Of a line without the columns up to `gone`, and without what the address has. */
static int width_of_others(int gone)
{
    int width = -1;
    for (enum column column = 0; column < COLUMNS_OF_LINE; column++)
        if (stays(column, gone))
            width += 1 + (column == ADDRESS ? 0 : columns[column].width);
    return width;
}

/* How many columns go, and how wide the address is: 0 for as long as it is, where a line may have any length. */
static int fit(int *address)
{
    const int room = terminal_width();
    int gone = 0;
    *address = 0;
    if (!room)
        return 0;
    while (gone < COLUMNS_GO && width_of_others(gone) + ADDRESS_LEAST > room)
        gone++;
    *address = room - width_of_others(gone);
    return gone;
}

static void print_cells(const char *const *cells)
{
    int most, gone = fit(&most);
    const char *separator = "";
    for (enum column column = 0; column < COLUMNS_OF_LINE; column++) {
        int width = columns[column].width, length = (int)strlen(cells[column]), from = 0;
        if (!stays(column, gone))
            continue;
        if (column == ADDRESS && most) { /* it is told from others by its end */
            width = most < width ? most : width;
            from = length > most ? length - most : 0;
        }
        printf("%s%*.*s", separator, columns[column].is_right ? width : -width,
               column == PROGRAM || column == PROFILE ? width : INT_MAX, cells[column] + from);
        separator = " ";
    }
    putchar('\n');
}

void print_head(void)
{
    const char *titles[COLUMNS_OF_LINE];
    for (enum column column = 0; column < COLUMNS_OF_LINE; column++)
        titles[column] = columns[column].title;
    print_cells(titles);
}

void print_line(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    const struct depth *depth = &listener->depth;
    struct rates rates;
    char clock[16], queue[32] = "-", most[16], calls[16] = "-", failed[16] = "-", over[16] = "-";
    (void)ring;
    format_clock(live->now_ns, clock, sizeof clock);
    if (depth->source != DEPTH_UNKNOWN)
        snprintf(queue, sizeof queue, "%s%u/%u", depth->source == DEPTH_SAMPLE ? "~" : "", depth->waiting,
                 depth->capacity);
    snprintf(most, sizeof most, "%llu", (unsigned long long)depth->highest);
    if (listener_rates(listener, &rates)) {
        format_rate(rates.accepted + rates.failed, calls, sizeof calls);
        format_rate(rates.failed, failed, sizeof failed);
        format_rate(rates.over, over, sizeof over);
    }
    print_cells((const char *const[COLUMNS_OF_LINE]){[TIME] = clock,
                                                     [ADDRESS] = listener->address,
                                                     [PROGRAM] = listener->program,
                                                     [PROFILE] = listener->profile,
                                                     [QUEUE] = queue,
                                                     [MOST] = most,
                                                     [CALLS] = calls,
                                                     [FAILED] = failed,
                                                     [OVER] = over});
}

void print_json(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    json_t *object = listener_json(live, ring, listener);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}
