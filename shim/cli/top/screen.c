#include "screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "../clock.h"
#include "../terminal.h"

/* How long, in milliseconds, the rest of a key's sequence may take after its ESC. */
#define ESCAPE_MS 25

static struct {
    SCREEN *terminal;
    bool has_colors, has_blocks; /* it shows colours, and the block elements of Unicode */
} screen;

/* Signals that were taken and not acted on yet; they come only while screen_await waits. */
static volatile sig_atomic_t ending, stopping, resizing;

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define ENDING (sizeof ending_signals / sizeof *ending_signals)

static void take_signal(int number)
{
    if (number == SIGTSTP)
        stopping = 1;
    else if (number == SIGWINCH)
        resizing = 1;
    else
        ending = number;
}

/* ncurses handles only signals that have no handler yet: these are ours. */
static void handle_signals(void)
{
    const struct sigaction taking = {.sa_handler = take_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < ENDING; i++) {
        sigaction(ending_signals[i], &taking, NULL);
        sigaddset(&blocked, ending_signals[i]);
    }
    sigaction(SIGTSTP, &taking, NULL);
    sigaction(SIGWINCH, &taking, NULL);
    sigaddset(&blocked, SIGTSTP);
    sigaddset(&blocked, SIGWINCH);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

/* What the signal does to a program that does not handle it. */
static void obey(int number)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
}

/* --- begin and end --- */

static void begin_colors(void)
{
    static const short colors[] = {[STYLE_GOOD] = COLOR_GREEN, [STYLE_WARN] = COLOR_YELLOW, [STYLE_BAD] = COLOR_RED};
    screen.has_colors = terminal_has_colors() && has_colors() && start_color() == OK && use_default_colors() == OK;
    for (short style = STYLE_GOOD; screen.has_colors && style <= STYLE_BAD; style++)
        init_pair(style, colors[style], -1);
}

const char *screen_begin(void)
{
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return "there is no terminal";
    if (!name || !*name)
        return "TERM does not say what the terminal can do";
    setlocale(LC_CTYPE, "");
    if (setupterm(name, STDOUT_FILENO, &(int){0}) != OK)
        return "TERM names a terminal that is not known here";
    bool places_cursor = tigetstr("cup") && tigetstr("cup") != (char *)-1;
    del_curterm(cur_term);
    if (!places_cursor)
        return "the terminal cannot place its cursor";
    handle_signals();
    screen.terminal = newterm(NULL, stdout, stdin);
    if (!screen.terminal)
        return "the terminal cannot be used";
    screen.has_blocks = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    begin_colors();
    return NULL;
}

void screen_end(void)
{
    if (!screen.terminal)
        return;
    endwin();
    delscreen(screen.terminal);
    screen.terminal = NULL;
}

/* --- drawing --- */

int screen_rows(void)
{
    return LINES;
}

int screen_columns(void)
{
    return COLS;
}

void screen_clear(void)
{
    erase();
}

void screen_show(void)
{
    refresh();
}

static void put_on(enum style style)
{
    static const attr_t plain[] = {[STYLE_BOLD] = A_BOLD,
                                   [STYLE_HEAD] = A_REVERSE,
                                   [STYLE_SELECTED] = A_REVERSE,
                                   [STYLE_DIM] = A_DIM,
                                   [STYLE_BAD] = A_BOLD};
    attr_t attributes = plain[style];
    if (screen.has_colors && style >= STYLE_GOOD)
        attributes |= (attr_t)COLOR_PAIR(style);
    attrset((int)attributes);
}

static bool is_outside(int row, int column)
{
    return row < 0 || row >= LINES || column < 0 || column >= COLS;
}

void screen_put(int row, int column, int width, enum style style, const char *text)
{
    if (is_outside(row, column) || width <= 0)
        return;
    if (width > COLS - column)
        width = COLS - column;
    put_on(style);
    mvprintw(row, column, "%-*.*s", width, width, text);
}

void screen_put_right(int row, int column, int width, enum style style, const char *text)
{
    int length = (int)strlen(text);
    if (length > width)
        text += length - width;
    if (is_outside(row, column) || width <= 0 || width > COLS - column)
        return;
    put_on(style);
    mvprintw(row, column, "%*s", width, text);
}

void screen_put_bar(int row, int column, int width, enum style style, double share)
{
    int filled = (int)(share * width);
    if (is_outside(row, column) || width > COLS - column)
        return;
    if (share > 0 && filled == 0)
        filled = 1;
    if (share < 1 && filled == width)
        filled--;
    put_on(style);
    move(row, column);
    for (int i = 0; i < width; i++) {
        if (i == filled)
            put_on(STYLE_DIM);
        if (screen.has_blocks)
            addstr(i < filled ? "\u2588" : "\u2591");
        else
            addch(i < filled ? '#' : '.');
    }
}

/* --- keys and signals --- */

static int name_key(int code)
{
    switch (code) {
    case ERR:
        return PRESS_NONE;
    case KEY_UP:
        return PRESS_UP;
    case KEY_DOWN:
        return PRESS_DOWN;
    case KEY_PPAGE:
        return PRESS_PAGE_UP;
    case KEY_NPAGE:
        return PRESS_PAGE_DOWN;
    case KEY_HOME:
        return PRESS_FIRST;
    case KEY_END:
        return PRESS_LAST;
    case KEY_ENTER:
    case '\r':
    case '\n':
    case KEY_RIGHT:
        return PRESS_ENTER;
    case 27:
    case KEY_LEFT:
        return PRESS_ESCAPE;
    case KEY_BACKSPACE:
    case '\b':
    case 127:
        return PRESS_ERASE;
    default:
        return code > 0 && code < 128 ? code : PRESS_NONE;
    }
}

static void resize(void)
{
    struct winsize size;
    resizing = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
}

static void stop(void)
{
    stopping = 0;
    endwin();
    obey(SIGTSTP);
    handle_signals(); /* it continues */
    resize();
    clearok(stdscr, TRUE);
    refresh();
}

static void act_on_signals(void)
{
    if (ending) {
        screen_end();
        obey((int)ending);
    }
    if (stopping)
        stop();
    if (resizing)
        resize();
}

/* Returns false at the end of input: the terminal is gone. */
static bool wait_until(uint64_t until_ns)
{
    uint64_t now = clock_ns(CLOCK_MONOTONIC), left = until_ns > now ? until_ns - now : 0;
    const struct timespec patience = {.tv_sec = (time_t)(left / CLOCK_SECOND), .tv_nsec = (long)(left % CLOCK_SECOND)};
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t open;
    sigemptyset(&open);
    return ppoll(&input, 1, &patience, &open) <= 0 || !(input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int screen_await(uint64_t until_ns)
{
    int key = name_key(getch()); /* ncurses may have read more than one */
    if (key != PRESS_NONE)
        return key;
    bool is_there = wait_until(until_ns);
    act_on_signals();
    if (!is_there) {
        screen_end();
        exit(EXIT_SUCCESS);
    }
    return name_key(getch());
}
