#include "check_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "memory.h"

static const struct entity {
    const char *written;
    char meant;
} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

/* Check writes characters beyond printable ASCII by number, too. */
static size_t take_entity(const char *at, char *meant)
{
    unsigned int number;
    int length = 0;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(at, entities[i].written, strlen(entities[i].written)) == 0) {
            *meant = entities[i].meant;
            return strlen(entities[i].written);
        }
    if (sscanf(at, "&#x%2X;%n", &number, &length) == 1 && length > 0) {
        *meant = (char)number;
        return (size_t)length;
    }
    *meant = *at;
    return 1;
}

static void unescape(char *text)
{
    char *to = text;
    for (const char *at = text; *at;)
        at += take_entity(at, to++);
    *to = '\0';
}

/* The text of the first element of this name before `end`; "" if there is none. Becomes the caller's. */
static char *element(const char *from, const char *end, const char *name)
{
    char *open = memory_format("<%s>", name), *close = memory_format("</%s>", name);
    const char *start = strstr(from, open), *stop = start ? strstr(start, close) : NULL;
    bool is_there = stop && stop < end;
    size_t skip = strlen(open);
    char *text = is_there ? memory_part(start + skip, (size_t)(stop - start) - skip) : memory_text("");
    free(open);
    free(close);
    unescape(text);
    return text;
}

static void take_test(struct points *points, const char *suite, const char *from, const char *end)
{
    char *id = element(from, end, "id"), *tcase = element(from, end, "description");
    char *message = element(from, end, "message"), *round = element(from, end, "iteration");
    bool loops = strcmp(round, "0") != 0 && *round;
    char *name = memory_format("%s/%s/%s%s%s", suite, tcase, id, loops ? ":" : "", loops ? round : "");
    bool passed = strncmp(from, "<test result=\"success\"", 22) == 0;
    struct point *point =
        points_add(points, name, strlen(name), passed ? MARK_PASS : MARK_FAIL, passed ? NULL : message);
    point->suite = memory_text(suite);
    point->tcase = tcase;
    free(name);
    free(round);
    free(message);
    free(id);
}

static void read_suite(struct points *points, const char *from, const char *end)
{
    char *title = element(from, end, "title");
    for (const char *test; (test = strstr(from, "<test ")) && test < end;) {
        const char *stop = strstr(test, "</test>");
        if (!stop || stop > end)
            break;
        take_test(points, title, test, stop);
        from = stop;
    }
    free(title);
}

void check_log_read(struct points *points, const char *path)
{
    char *text = path ? file_read(path) : NULL;
    if (!text)
        return;
    for (const char *suite = text; (suite = strstr(suite, "<suite>"));) {
        const char *end = strstr(suite, "</suite>");
        if (!end)
            end = suite + strlen(suite);
        read_suite(points, suite, end);
        suite = end;
    }
    free(text);
}
