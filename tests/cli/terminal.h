/*
 * A small model of a terminal, for programs that draw: what their output would show on a screen. It knows what ncurses
 * uses of TERM=vt100, ansi, linux and xterm, and UTF-8. What it does not know it counts.
 */
#ifndef LISTENAS_TESTS_CLI_TERMINAL_H
#define LISTENAS_TESTS_CLI_TERMINAL_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TERMINAL_ROWS 60
#define TERMINAL_COLUMNS 200

struct cell {
    char text[5];        /* a character, UTF-8 */
    unsigned char color; /* 0: the usual; 1 to 8: SGR 30 to 37 */
    bool bold, dim, reverse;
};

struct terminal {
    int fd; /* the master's side of the pseudo-terminal */
    pid_t pid;
    int rows, columns, row, column, top, bottom;
    struct cell pen, cell[TERMINAL_ROWS][TERMINAL_COLUMNS];
    char sequence[64], character[5];
    size_t length, character_length, character_size;
    bool colored; /* a colour was set */
    int unknown;  /* sequences that the model does not have */
    struct termios before;
};

static inline void terminal_blank(struct terminal *terminal, int row, int from, int to)
{
    for (int column = from; column < to; column++)
        terminal->cell[row][column] = (struct cell){.text = " "};
}

static inline void terminal_erase(struct terminal *terminal)
{
    for (int row = 0; row < TERMINAL_ROWS; row++)
        terminal_blank(terminal, row, 0, TERMINAL_COLUMNS);
}

/* Moves the lines from `first` to the bottom of the scrolling region up; down if `count` is negative. */
static inline void terminal_scroll(struct terminal *terminal, int first, int count)
{
    int bottom = terminal->bottom;
    for (; count > 0; count--) {
        for (int row = first; row < bottom; row++)
            memcpy(terminal->cell[row], terminal->cell[row + 1], sizeof terminal->cell[row]);
        terminal_blank(terminal, bottom, 0, terminal->columns);
    }
    for (; count < 0; count++) {
        for (int row = bottom; row > first; row--)
            memcpy(terminal->cell[row], terminal->cell[row - 1], sizeof terminal->cell[row]);
        terminal_blank(terminal, first, 0, terminal->columns);
    }
}

static inline void terminal_set_pen(struct terminal *terminal, const int *numbers, int count)
{
    for (int i = 0; i < count; i++) {
        int number = numbers[i];
        if (number == 0)
            terminal->pen = (struct cell){0};
        else if (number == 1)
            terminal->pen.bold = true;
        else if (number == 2)
            terminal->pen.dim = true;
        else if (number == 7)
            terminal->pen.reverse = true;
        else if (number == 22)
            terminal->pen.bold = terminal->pen.dim = false;
        else if (number == 27)
            terminal->pen.reverse = false;
        else if (number >= 30 && number <= 37)
            terminal->pen.color = (unsigned char)(number - 29);
        else if (number == 39)
            terminal->pen.color = 0;
        terminal->colored |= number >= 30 && number <= 37;
    }
}

static inline int terminal_clip(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static inline void terminal_erase_part(struct terminal *terminal, char kind, int what)
{
    int row = terminal->row, column = terminal->column;
    terminal_blank(terminal, row, what == 0 ? column : 0, what == 1 ? column + 1 : terminal->columns);
    for (int other = 0; kind == 'J' && other < terminal->rows; other++)
        if ((what != 1 && other > row) || (what != 0 && other < row))
            terminal_blank(terminal, other, 0, terminal->columns);
}

/* Moves what is right of the cursor by `count` columns, and fills in blanks. */
static inline void terminal_shift(struct terminal *terminal, int count)
{
    struct cell *cells = terminal->cell[terminal->row];
    int column = terminal->column, rest = terminal->columns - column - abs(count);
    if (rest < 0)
        rest = 0;
    if (count > 0) {
        memmove(cells + column + count, cells + column, (size_t)rest * sizeof *cells);
        terminal_blank(terminal, terminal->row, column, terminal_clip(column + count, terminal->columns));
    } else {
        memmove(cells + column, cells + column - count, (size_t)rest * sizeof *cells);
        terminal_blank(terminal, terminal->row, column + rest, terminal->columns);
    }
}

static inline void terminal_put(struct terminal *terminal, const char *text)
{
    if (terminal->column >= terminal->columns) {
        terminal->column = 0;
        terminal->row = terminal_clip(terminal->row + 1, terminal->rows - 1);
    }
    struct cell *cell = &terminal->cell[terminal->row][terminal->column++];
    *cell = terminal->pen;
    snprintf(cell->text, sizeof cell->text, "%s", text);
}

/* ESC [ numbers letter */
static inline void terminal_control(struct terminal *terminal, const char *sequence)
{
    int numbers[16] = {0}, count = 0;
    const char *at = sequence;
    for (; *at && (*at < '@' || *at > '~'); at++) {
        if (*at >= '0' && *at <= '9')
            numbers[count] = numbers[count] * 10 + *at - '0';
        else if (*at == ';' && count < 15)
            count++;
    }
    int first = numbers[0], one = first ? first : 1;
    if (sequence[0] == '?' || sequence[0] == '>' || sequence[0] == '!')
        return; /* modes, that change nothing that is looked at */
    if (*at == 'H' || *at == 'f') {
        terminal->row = terminal_clip(one - 1, terminal->rows - 1);
        terminal->column = terminal_clip((numbers[1] ? numbers[1] : 1) - 1, terminal->columns - 1);
    } else if (*at == 'A' || *at == 'B') {
        terminal->row = terminal_clip(terminal->row + (*at == 'A' ? -one : one), terminal->rows - 1);
    } else if (*at == 'C' || *at == 'D') {
        terminal->column = terminal_clip(terminal->column + (*at == 'D' ? -one : one), terminal->columns - 1);
    } else if (*at == 'G') {
        terminal->column = terminal_clip(one - 1, terminal->columns - 1);
    } else if (*at == 'd') {
        terminal->row = terminal_clip(one - 1, terminal->rows - 1);
    } else if (*at == 'J' || *at == 'K') {
        terminal_erase_part(terminal, *at, first);
    } else if (*at == 'X') {
        terminal_blank(terminal, terminal->row, terminal->column,
                       terminal_clip(terminal->column + one, terminal->columns));
    } else if (*at == '@' || *at == 'P') {
        terminal_shift(terminal, *at == '@' ? one : -one);
    } else if (*at == 'L' || *at == 'M') {
        terminal_scroll(terminal, terminal->row, *at == 'M' ? one : -one);
    } else if (*at == 'S' || *at == 'T') {
        terminal_scroll(terminal, terminal->top, *at == 'S' ? one : -one);
    } else if (*at == 'b') {
        char last[5];
        memcpy(last, terminal->cell[terminal->row][terminal->column - 1].text, sizeof last);
        for (; one > 0; one--)
            terminal_put(terminal, last);
    } else if (*at == 'm') {
        terminal_set_pen(terminal, numbers, count + 1);
    } else if (*at == 'r') {
        terminal->top = one - 1;
        terminal->bottom = (numbers[1] ? numbers[1] : terminal->rows) - 1;
        terminal->row = terminal->column = 0;
    } else if (!strchr("lhntcg", *at)) {
        terminal->unknown++;
    }
}

/* Takes a byte of an escape sequence; returns whether the sequence goes on. */
static inline bool terminal_escape(struct terminal *terminal, char byte)
{
    if (terminal->length + 1 < sizeof terminal->sequence)
        terminal->sequence[terminal->length++] = byte;
    terminal->sequence[terminal->length] = '\0';
    char kind = terminal->sequence[0];
    if (kind == '[') {
        if (terminal->length < 2 || byte < '@' || byte > '~')
            return true;
        terminal_control(terminal, terminal->sequence + 1);
    } else if (kind == ']') {
        return byte != '\a';
    } else if (strchr("()#%", kind)) {
        return terminal->length < 2;
    } else if (kind == 'M') {
        if (terminal->row == terminal->top)
            terminal_scroll(terminal, terminal->top, -1);
        else
            terminal->row--;
    } else if (!strchr("=>78cH", kind)) {
        terminal->unknown++;
    }
    return false;
}

static inline void terminal_character(struct terminal *terminal, char byte)
{
    unsigned char first = (unsigned char)byte;
    if (terminal->character_length == 0)
        terminal->character_size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    terminal->character[terminal->character_length++] = byte;
    if (terminal->character_length < terminal->character_size)
        return;
    terminal->character[terminal->character_length] = '\0';
    terminal->character_length = 0;
    terminal_put(terminal, terminal->character);
}

static inline void terminal_take(struct terminal *terminal, char byte)
{
    static const char in_sequence = 1;
    if (terminal->sequence[sizeof terminal->sequence - 1] == in_sequence) {
        bool goes_on = terminal_escape(terminal, byte);
        terminal->sequence[sizeof terminal->sequence - 1] = goes_on ? in_sequence : 0;
    } else if (byte == 27) {
        terminal->length = 0;
        terminal->sequence[sizeof terminal->sequence - 1] = in_sequence;
    } else if (byte == '\r') {
        terminal->column = 0;
    } else if (byte == '\n') {
        if (terminal->row == terminal->bottom)
            terminal_scroll(terminal, terminal->top, 1);
        else
            terminal->row = terminal_clip(terminal->row + 1, terminal->rows - 1);
    } else if (byte == '\b') {
        terminal->column = terminal_clip(terminal->column - 1, terminal->columns - 1);
    } else if (byte == '\t') {
        terminal->column = terminal_clip((terminal->column / 8 + 1) * 8, terminal->columns - 1);
    } else if ((unsigned char)byte >= ' ') {
        terminal_character(terminal, byte);
    }
}

/* --- a program in it --- */

static inline void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    terminal->rows = rows;
    terminal->columns = columns;
    terminal->top = 0;
    terminal->bottom = rows - 1;
    ioctl(terminal->fd, TIOCSWINSZ, &size);
}

/* Starts a program, its words ended by NULL, in a terminal of this size; `name` is its TERM. False if there is none. */
static inline bool terminal_start(struct terminal *terminal, int rows, int columns, const char *name,
                                  char *const *words)
{
    char path[64];
    *terminal = (struct terminal){.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    if (terminal->fd < 0 || grantpt(terminal->fd) != 0 || unlockpt(terminal->fd) != 0 ||
        ptsname_r(terminal->fd, path, sizeof path) != 0)
        return false;
    terminal_erase(terminal);
    terminal_resize(terminal, rows, columns);
    tcgetattr(terminal->fd, &terminal->before); /* of both sides */
    terminal->pid = fork();
    if (terminal->pid == 0) {
        setsid();
        int slave = open(path, O_RDWR);
        for (int fd = 0; fd <= 2; fd++)
            dup2(slave, fd);
        setenv("TERM", name, 1);
        execvp(words[0], words);
        _exit(98);
    }
    return terminal->pid > 0;
}

static inline void terminal_type(const struct terminal *terminal, const char *keys)
{
    if (write(terminal->fd, keys, strlen(keys)) < 0)
        perror("terminal_type");
}

/* Reads what comes within `ms`; false at the end. */
static inline bool terminal_read(struct terminal *terminal, int ms)
{
    char bytes[4096];
    struct pollfd wait = {.fd = terminal->fd, .events = POLLIN};
    if (poll(&wait, 1, ms) <= 0)
        return true;
    ssize_t length = read(terminal->fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < length; i++)
        terminal_take(terminal, bytes[i]);
    return length > 0;
}

/* The text of a row, without the blanks at its end; static memory, for four of them. */
static inline const char *terminal_row(const struct terminal *terminal, int row)
{
    static char texts[4][4 * TERMINAL_COLUMNS + 1];
    static unsigned int turn;
    char *text = texts[turn++ % 4], *end = text;
    *end = '\0';
    for (int column = 0; row < terminal->rows && column < terminal->columns; column++)
        end = stpcpy(end, terminal->cell[row][column].text);
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

/* The first row that holds the text; -1 if none does. */
static inline int terminal_find(const struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++)
        if (strstr(terminal_row(terminal, row), text))
            return row;
    return -1;
}

static inline long terminal_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A program that shows what it should does so at once; this is for a busy machine. */
#define TERMINAL_PATIENCE_MS 60000

/* Reads until the screen shows the text, or patience ends. */
static inline bool terminal_await(struct terminal *terminal, const char *text)
{
    long until = terminal_clock_ms() + TERMINAL_PATIENCE_MS;
    while (terminal_find(terminal, text) < 0)
        if (!terminal_read(terminal, 50) || terminal_clock_ms() > until)
            return terminal_find(terminal, text) >= 0;
    return true;
}

/* The same, until the screen does not show it any more. */
static inline bool terminal_await_gone(struct terminal *terminal, const char *text)
{
    long until = terminal_clock_ms() + TERMINAL_PATIENCE_MS;
    while (terminal_find(terminal, text) >= 0)
        if (!terminal_read(terminal, 50) || terminal_clock_ms() > until)
            return terminal_find(terminal, text) < 0;
    return true;
}

/* Waits for the program's end, or where `stopped`, for its stop. Returns its wait status. Reads what it writes. */
static inline int terminal_wait(struct terminal *terminal, bool stopped)
{
    int status = -1;
    long until = terminal_clock_ms() + TERMINAL_PATIENCE_MS;
    while (waitpid(terminal->pid, &status, WNOHANG | (stopped ? WUNTRACED : 0)) == 0 && terminal_clock_ms() < until)
        if (!terminal_read(terminal, 20))
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    terminal_read(terminal, 0);
    return status;
}

/* Whether the terminal's modes are as they were before the program. */
static inline bool terminal_is_restored(const struct terminal *terminal)
{
    struct termios now;
    return tcgetattr(terminal->fd, &now) == 0 && now.c_lflag == terminal->before.c_lflag &&
           now.c_iflag == terminal->before.c_iflag && now.c_oflag == terminal->before.c_oflag;
}

#endif
