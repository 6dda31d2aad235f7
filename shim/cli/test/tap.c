#include "tap.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

/* Indentation tells the level: four blanks each. */
#define LEVELS 16
#define INDENT 4

struct reader {
    struct points *points;
    size_t first[LEVELS + 1]; /* the points from this one on belong to the point of this level that comes next */
    unsigned long planned, seen;
    bool has_plan, has_bailed;
};

struct line {
    size_t level;
    bool is_good, is_excused;
    unsigned long number;
    const char *name;
    size_t length;
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* The directive after an unescaped '#', if there is one: its point passes whatever it says. */
static bool is_directive(const char *at)
{
    at = skip_blanks(at);
    return strncasecmp(at, "skip", 4) == 0 || strncasecmp(at, "todo", 4) == 0;
}

static void cut_directive(struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        if (line->name[i] == '\\') {
            i++;
        } else if (line->name[i] == '#' && is_directive(line->name + i + 1)) {
            line->is_excused = true;
            line->length = i;
        }
    }
    while (line->length > 0 && isspace((unsigned char)line->name[line->length - 1]))
        line->length--;
}

/* "ok 3 - name # SKIP why", not indented any more. */
static bool read_point(const char *at, size_t length, struct line *line)
{
    const char *end = at + length;
    line->is_good = strncmp(at, "ok", 2) == 0;
    if (!line->is_good && strncmp(at, "not ok", 6) != 0)
        return false;
    at += line->is_good ? 2 : 6;
    if (at < end && *at != ' ' && *at != '\t')
        return false;
    at = skip_blanks(at);
    char *after;
    line->number = strtoul(at, &after, 10);
    at = skip_blanks(after);
    if (strncmp(at, "- ", 2) == 0)
        at = skip_blanks(at + 1);
    line->name = at;
    line->length = at < end ? (size_t)(end - at) : 0;
    line->is_excused = false;
    cut_directive(line);
    return true;
}

/* Puts the name of a point in front of those of its subtests. */
static void adopt(struct reader *reader, size_t first, const char *name)
{
    for (size_t i = first; i < reader->points->count; i++) {
        char *old = reader->points->point[i].name;
        reader->points->point[i].name = memory_format("%s > %s", name, old);
        free(old);
    }
}

static void take_point(struct reader *reader, const struct line *line)
{
    size_t first = reader->first[line->level + 1];
    char *name = line->length ? memory_part(line->name, line->length) : memory_format("%lu", line->number);
    if (first < reader->points->count)
        adopt(reader, first, name);
    else
        points_add(reader->points, name, strlen(name), line->is_good || line->is_excused ? MARK_PASS : MARK_FAIL, NULL);
    reader->seen += line->level == 0;
    for (size_t level = line->level + 1; level <= LEVELS; level++)
        reader->first[level] = reader->points->count;
    free(name);
}

static void take_line(struct reader *reader, const char *at, size_t length)
{
    struct line line = {0};
    size_t blanks = strspn(at, " ");
    line.level = blanks / INDENT < LEVELS ? blanks / INDENT : LEVELS - 1;
    unsigned long from, to;
    if (blanks >= length)
        return;
    if (read_point(at + blanks, length - blanks, &line)) {
        take_point(reader, &line);
    } else if (line.level == 0 && sscanf(at, "%lu..%lu", &from, &to) == 2) {
        reader->has_plan = true;
        reader->planned = to >= from ? to - from + 1 : 0;
    } else if (strncmp(at + blanks, "Bail out!", 9) == 0) {
        reader->has_bailed = true;
    }
}

void tap_read(struct points *points, const char *text)
{
    struct reader reader = {.points = points};
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        take_line(&reader, at, length > 0 && at[length - 1] == '\r' ? length - 1 : length);
        at += length + (at[length] == '\n');
    }
    if (reader.has_bailed)
        points_add(points, "Bail out!", 9, MARK_FAIL, NULL);
    else if (reader.has_plan && reader.seen < reader.planned && points->count > 0)
        points_add(points, "plan", 4, MARK_FAIL, "fewer test points than planned");
}
