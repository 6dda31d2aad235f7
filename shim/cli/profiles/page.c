#include "page.h"

#include <stdio.h>
#include <string.h>

#include "../../profile/advice.h"
#include "../line.h"

#define INDENT 4

static void print_paragraph(const char *title, const char *text)
{
    struct line line = {.width = line_width()};
    line_tab(&line, INDENT);
    line_put(&line, title, INDENT);
    line_put(&line, " ", INDENT);
    line_put(&line, text, INDENT);
    line_end(&line);
}

/* The lines of a text, each indented. */
static void print_lines(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        printf("%*s%.*s\n", 2 * INDENT, "", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

void print_page(enum key key)
{
    const struct advice_page *page = advice_page(key);
    if (!page)
        return;
    print_paragraph("The bug:", page->bug);
    print_paragraph("What breaks:", page->breaks);
    printf("%*sThe portable way:\n", INDENT, "");
    print_lines(page->portable);
    if (page->links[0]) {
        printf("%*sSeen in the wild:\n", INDENT, "");
        print_lines(page->links);
    }
    putchar('\n');
}

static json_t *lines_of(const char *text)
{
    json_t *lines = json_array();
    while (*text) {
        size_t length = strcspn(text, "\n");
        json_array_append_new(lines, json_stringn(text, length));
        text += length + (text[length] == '\n');
    }
    return lines;
}

void json_add_page(json_t *object, enum key key)
{
    const struct advice_page *page = advice_page(key);
    if (!page)
        return;
    json_object_set_new(object, "bug", json_string(page->bug));
    json_object_set_new(object, "breaks", json_string(page->breaks));
    json_object_set_new(object, "code", lines_of(page->portable));
    json_object_set_new(object, "links", lines_of(page->links));
}
