/* `listenas top`: the listeners of all servers on one screen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "../clock.h"
#include "../options.h"
#include "draw.h"
#include "screen.h"

#define SECONDS_LEAST 0.125
#define SECONDS_MOST 64.0

enum mode { MODE_LIST, MODE_LISTENER, MODE_HELP };

/* One listener stays selected while rows come, go and change their order. */
struct choice {
    const struct live_ring *ring;
    uint32_t place;
    uint64_t since_ns;
};

struct top {
    struct live live;
    struct rows rows;
    struct view view;
    enum mode mode, before_help;
    struct choice chosen;
    size_t selected, first;
    double seconds;
    bool is_paused, is_typing, is_over;
    int error;
};

/* --- what is selected --- */

static void choose(struct top *top, size_t row)
{
    if (!top->rows.count)
        return;
    top->selected = row < top->rows.count ? row : top->rows.count - 1;
    const struct row *chosen = &top->rows.of[top->selected];
    top->chosen = (struct choice){chosen->ring, chosen->listener->place, chosen->listener->since_ns};
}

/* NULL if the chosen listener is gone. */
static const struct row *find_chosen(struct top *top)
{
    for (size_t i = 0; i < top->rows.count; i++) {
        const struct row *row = &top->rows.of[i];
        if (row->ring != top->chosen.ring || row->listener->place != top->chosen.place ||
            row->listener->since_ns != top->chosen.since_ns)
            continue;
        top->selected = i;
        return row;
    }
    return NULL;
}

static void scroll(struct top *top)
{
    size_t room = (size_t)draw_room();
    if (top->selected < top->first)
        top->first = top->selected;
    if (room && top->selected >= top->first + room)
        top->first = top->selected - room + 1;
    if (top->first + room > top->rows.count)
        top->first = top->rows.count > room ? top->rows.count - room : 0;
}

/* --- reading and drawing --- */

static void arrange(struct top *top)
{
    if (!rows_fill(&top->rows, &top->live, &top->view))
        top->error = ENOMEM;
    if (!find_chosen(top) && top->mode == MODE_LIST)
        choose(top, top->selected);
    scroll(top);
}

static void read_all(struct top *top)
{
    top->error = live_refresh(&top->live);
    arrange(top);
}

static void draw(struct top *top)
{
    const struct picture picture = {.live = &top->live,
                                    .rows = &top->rows,
                                    .view = &top->view,
                                    .selected = top->selected,
                                    .first = top->first,
                                    .seconds = top->seconds,
                                    .is_paused = top->is_paused,
                                    .is_typing = top->is_typing};
    screen_clear();
    if (top->mode == MODE_HELP)
        draw_help();
    else if (top->mode == MODE_LISTENER)
        draw_listener(&picture, find_chosen(top));
    else
        draw_list(&picture);
    screen_show();
}

/* --- keys --- */

static void type(struct top *top, int key)
{
    char *filter = top->view.filter;
    size_t length = strlen(filter);
    if (key == PRESS_ENTER || key == PRESS_ESCAPE)
        top->is_typing = false;
    if (key == PRESS_ESCAPE)
        filter[0] = '\0';
    else if (key == PRESS_ERASE && length > 0)
        filter[length - 1] = '\0';
    else if (key >= ' ' && key < 127 && length + 1 < FILTER_SIZE)
        memcpy(filter + length, (char[]){(char)key, '\0'}, 2);
}

static void move_to(struct top *top, int key)
{
    size_t page = (size_t)draw_room(), at = top->selected;
    if (key == PRESS_UP || key == 'k')
        choose(top, at ? at - 1 : 0);
    else if (key == PRESS_DOWN || key == 'j')
        choose(top, at + 1);
    else if (key == PRESS_PAGE_UP)
        choose(top, at > page ? at - page : 0);
    else if (key == PRESS_PAGE_DOWN)
        choose(top, at + page);
    else if (key == PRESS_FIRST || key == 'g')
        choose(top, 0);
    else if (key == PRESS_LAST || key == 'G')
        choose(top, SIZE_MAX);
}

static void sort_by(struct top *top, int key)
{
    static const char letters[SORTS + 1] = "uapcfo"; /* in the order of enum sort */
    const char *letter = key > 0 && key < 128 ? strchr(letters, key) : NULL;
    if (letter && *letter)
        top->view.sort = (enum sort)(letter - letters);
    else if (key == 's')
        top->view.sort = (enum sort)((top->view.sort + 1) % SORTS);
    else if (key == 'r')
        top->view.is_reversed = !top->view.is_reversed;
    else if (key == 'e')
        top->view.shows_ended = !top->view.shows_ended;
}

static void press_anywhere(struct top *top, int key)
{
    if (key == ' ')
        top->is_paused = !top->is_paused;
    else if (key == '+' && top->seconds < SECONDS_MOST)
        top->seconds *= 2;
    else if (key == '-' && top->seconds > SECONDS_LEAST)
        top->seconds /= 2;
}

static void press_on_list(struct top *top, int key)
{
    if (key == 'q')
        top->is_over = true;
    else if (key == '/')
        top->is_typing = true;
    else if (key == PRESS_ENTER && top->rows.count)
        top->mode = MODE_LISTENER;
    else
        move_to(top, key);
    sort_by(top, key);
}

static void press(struct top *top, int key)
{
    if (top->is_typing) {
        type(top, key);
    } else if (top->mode == MODE_HELP) {
        top->mode = top->before_help;
    } else if (key == '?') {
        top->before_help = top->mode;
        top->mode = MODE_HELP;
    } else {
        press_anywhere(top, key);
        if (top->mode == MODE_LIST)
            press_on_list(top, key);
        else if (key == PRESS_ESCAPE || key == 'q')
            top->mode = MODE_LIST;
    }
    arrange(top);
}

/* --- the loop --- */

static void show(struct top *top)
{
    uint64_t due = clock_ns(CLOCK_MONOTONIC);
    while (!top->is_over && !top->error) {
        if (clock_ns(CLOCK_MONOTONIC) >= due) {
            if (!top->is_paused)
                read_all(top);
            due = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(top->seconds * (double)CLOCK_SECOND);
        }
        scroll(top);
        draw(top);
        int key = screen_await(due);
        if (key != PRESS_NONE)
            press(top, key);
    }
}

static int run(int count, char **arguments)
{
    static struct top top = {.seconds = 1};
    struct live_choice choice = {0};
    int option;
    while ((option = next_option(count, arguments, &verb_top)) != -1) {
        if (option != 'a')
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
        choice.ended = top.view.shows_ended = true;
    }
    if (count - optind > 1) {
        say("expected one program, process or file, not %d", count - optind);
        return STATUS_USAGE;
    }
    choice.what = optind < count ? arguments[optind] : NULL;
    const char *fault = screen_begin();
    if (fault) {
        say("%s, which top needs; listenas stat -w 1 prints the same numbers, line by line", fault);
        return STATUS_OWN;
    }
    live_open(&top.live, &choice);
    show(&top);
    screen_end();
    if (top.error)
        say("%s: %s", choice.what ? choice.what : "/proc", strerror(top.error));
    rows_free(&top.rows);
    live_close(&top.live);
    return !top.error ? 0 : choice.what && strchr(choice.what, '/') ? STATUS_USAGE : STATUS_OWN;
}

static const struct verb_option options[] = {
    {"all", 'a', NULL, "listeners that do not listen any more, and those of programs that have ended, too"},
    {0},
};

static const struct verb_text more[] = {
    {"keys", "  ?            explain the keys and columns\n"
             "  up, down     select a listener, as j and k do; Enter looks into it\n"
             "  s, r         order by the next column; reverse the order\n"
             "  /            show what has a text in its address, program or platform\n"
             "  e            ended listeners, too; or not\n"
             "  space, +, -  pause; read half as often, or twice\n"
             "  q            quit"},
    {"terminals", "From 80 columns on; 110 and more show the platform, too. NO_COLOR is obeyed. Where there is no "
                  "terminal, or one that "
                  "cannot place its cursor, listenas stat -w 1 prints the same numbers."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas top", "all servers that run with a record"},
    {"listenas top --all nginx", "one program, with the listeners that it has no more"},
    {0},
};

const struct verb verb_top = {
    .name = "top",
    .summary = "watch the listeners of all servers on one screen",
    .usage = "[option]... [NAME | PID | FILE]",
    .about = "Shows one line for each listener: its queue as a bar against what it holds, connections, failures and "
             "clients that met a full queue each second, and what happened last.\n\n"
             "NAME is a program, PID a process, FILE a record (a path has a slash); without one, all servers that run.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "top(1)",
    .run = run,
};
