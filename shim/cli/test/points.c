#include "points.h"

#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "memory.h"

struct point *points_add(struct points *points, const char *name, size_t length, enum mark mark, const char *detail)
{
    points->point = memory_more(points->point, points->count + 1, sizeof *points->point);
    struct point *point = &points->point[points->count++];
    char *own = memory_part(name, length);
    json_t *shown = document_text(own);
    *point = (struct point){
        .name = memory_text(json_string_value(shown)), .mark = mark, .detail = detail ? memory_text(detail) : NULL};
    json_decref(shown);
    free(own);
    return point;
}

struct point *points_find(const struct points *points, const char *name)
{
    json_t *shown = document_text(name);
    struct point *found = NULL;
    for (size_t i = 0; i < points->count && !found; i++)
        if (strcmp(points->point[i].name, json_string_value(shown)) == 0)
            found = &points->point[i];
    json_decref(shown);
    return found;
}

enum mark points_mark(const struct points *points, const char *name)
{
    const struct point *point = points_find(points, name);
    return point ? point->mark : MARK_MISSING;
}

void points_drop(struct points *points)
{
    for (size_t i = 0; i < points->count; i++) {
        free(points->point[i].name);
        free(points->point[i].detail);
        free(points->point[i].suite);
        free(points->point[i].tcase);
    }
    free(points->point);
    *points = (struct points){0};
}
