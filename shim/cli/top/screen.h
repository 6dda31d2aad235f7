/*
 * The terminal: everything that is asked of ncurses.
 */
#ifndef LISTENAS_CLI_TOP_SCREEN_H
#define LISTENAS_CLI_TOP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

enum style { STYLE_PLAIN, STYLE_DIM, STYLE_BOLD, STYLE_HEAD, STYLE_SELECTED, STYLE_GOOD, STYLE_WARN, STYLE_BAD };

enum press {
    PRESS_NONE = -1, /* no key: time is up, or a signal came */
    PRESS_UP = 256,
    PRESS_DOWN,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_FIRST,
    PRESS_LAST,
    PRESS_ENTER,
    PRESS_ESCAPE,
    PRESS_ERASE,
};

/* Takes the terminal. Returns NULL, or why it cannot: then nothing has changed. */
const char *screen_begin(void);

/* Gives the terminal back as it was. */
void screen_end(void);

int screen_rows(void);
int screen_columns(void);

/* Begins a new picture, and shows it. */
void screen_clear(void);
void screen_show(void);

/*
 * Puts at most `width` bytes of a text there, which is ASCII, and fills the rest with blanks. Beyond the screen:
 * nothing.
 */
void screen_put(int row, int column, int width, enum style style, const char *text);

/* The same, at the right end. */
void screen_put_right(int row, int column, int width, enum style style, const char *text);

/* A bar of `width` columns, filled to `share`, from 0 to 1: what is not empty shows, and only what is full is full. */
void screen_put_bar(int row, int column, int width, enum style style, double share);

/*
 * Waits for a key until `until_ns`, CLOCK_MONOTONIC. Returns a byte, an enum press, or PRESS_NONE. Meanwhile a signal
 * that ends the program gives the terminal back and ends it; one that stops it gives the terminal back until it
 * continues; a change of the window's size takes effect before this returns. Where the terminal itself is gone, the
 * program ends.
 */
int screen_await(uint64_t until_ns);

#endif
