/*
 * screen ROWS COLUMNS TEXT KEYS COMMAND...: runs a command in a terminal of this size, waits until its screen shows the
 * text, types the keys, each followed by a moment to draw, and prints the screen as a picture in SVG.
 */
#include "../cli/terminal.h"

#define WIDTH 8
#define HEIGHT 17
#define MARGIN 12
#define BASE 13 /* of a line's text, below its top */

/* Readable on the dark ground of the picture, whatever the page is. */
static const char ground[] = "#16181d", ink[] = "#d6d9de", faint[] = "#7d838d";
static const char *const colors[] = {"",        "#555b66", "#f2777a", "#8fc866", "#f0c05a",
                                     "#6cb0f5", "#c594e8", "#6fcfcf", "#ffffff"};

static const char *color_of(const struct cell *cell)
{
    if (cell->color)
        return colors[cell->color];
    return cell->dim ? faint : ink;
}

static bool looks_like(const struct cell *one, const struct cell *other)
{
    return one->color == other->color && one->bold == other->bold && one->dim == other->dim &&
           one->reverse == other->reverse;
}

static void print_text(const char *text)
{
    if (*text == '<')
        fputs("&lt;", stdout);
    else if (*text == '&')
        fputs("&amp;", stdout);
    else
        fputs(text, stdout);
}

static bool is_block(const struct cell *cell, const char *block)
{
    return strcmp(cell->text, block) == 0;
}

/* A word at a time, since SVG has its own mind about blanks. */
static void print_words(const struct cell *cells, int from, int to, int y)
{
    for (int end; from < to; from = end + 1) {
        for (end = from; end < to && strcmp(cells[end].text, " ") != 0;)
            end++;
        if (end == from)
            continue;
        printf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"%s\"%s>", MARGIN + from * WIDTH, y + BASE,
               (end - from) * WIDTH, cells[from].reverse ? ground : color_of(&cells[from]),
               cells[from].bold ? " font-weight=\"bold\"" : "");
        for (int column = from; column < end; column++)
            print_text(cells[column].text);
        puts("</text>");
    }
}

/* Cells of one look, from `from` to `to`. Blocks are drawn, not written: not every font has them of one width. */
static void print_run(const struct terminal *terminal, int row, int from, int to)
{
    const struct cell *cells = terminal->cell[row];
    const int x = MARGIN + from * WIDTH, y = MARGIN + row * HEIGHT;
    bool full = is_block(&cells[from], "\u2588"), shade = is_block(&cells[from], "\u2591");
    if (full || shade || cells[from].reverse)
        printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x, full || shade ? y + 3 : y,
               (to - from) * WIDTH, full || shade ? HEIGHT - 6 : HEIGHT, shade ? "#2b2f37" : color_of(&cells[from]));
    if (!full && !shade)
        print_words(cells, from, to, y);
}

static bool is_one_run(const struct cell *one, const struct cell *other)
{
    bool blocks =
        is_block(one, "\u2588") == is_block(other, "\u2588") && is_block(one, "\u2591") == is_block(other, "\u2591");
    return blocks && looks_like(one, other);
}

static void print_picture(const struct terminal *terminal)
{
    int width = terminal->columns * WIDTH + 2 * MARGIN, height = terminal->rows * HEIGHT + 2 * MARGIN;
    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
           "font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n",
           width, height, width, height);
    printf("<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"%s\"/>\n", width, height, ground);
    for (int row = 0; row < terminal->rows; row++)
        for (int from = 0, to; from < terminal->columns; from = to) {
            for (to = from + 1;
                 to < terminal->columns && is_one_run(&terminal->cell[row][from], &terminal->cell[row][to]);)
                to++;
            print_run(terminal, row, from, to);
        }
    puts("</svg>");
}

static void watch(struct terminal *terminal, long ms)
{
    long until = terminal_clock_ms() + ms;
    while (terminal_clock_ms() < until && terminal_read(terminal, 20))
        continue;
}

int main(int count, char **words)
{
    static struct terminal terminal;
    if (count < 6) {
        fputs("usage: screen ROWS COLUMNS TEXT KEYS COMMAND...\n", stderr);
        return 2;
    }
    if (!terminal_start(&terminal, atoi(words[1]), atoi(words[2]), "xterm", words + 5) ||
        !terminal_await(&terminal, words[3])) {
        fprintf(stderr, "screen: \"%s\" did not appear\n", words[3]);
        return 1;
    }
    for (const char *key = words[4]; *key; key++) {
        terminal_type(&terminal, (char[]){*key, '\0'});
        watch(&terminal, 1500);
    }
    print_picture(&terminal);
    kill(terminal.pid, SIGTERM);
    terminal_wait(&terminal, false);
    return terminal.unknown ? 1 : 0;
}
