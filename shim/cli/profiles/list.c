#include <stdio.h>
#include <string.h>

#include "../../profile/loader/load.h"
#include "../cli.h"
#include "../line.h"
#include "entry_json.h"
#include "family.h"
#include "profiles.h"

struct listing {
    int width;
    const char *family; /* the heading that was printed last */
    json_t *json;       /* NULL: text */
};

static void print_heading(struct listing *listing, const char *name)
{
    const char *family = family_of(name);
    if (listing->width == 0 || (listing->family && strcmp(listing->family, family) == 0))
        return;
    printf("%s%s\n", listing->family ? "\n" : "", family);
    listing->family = family;
}

static void print_found(const struct listing *listing, const struct annotated_profile *annotated, const char *name,
                        const char *directory)
{
    struct line line = {.width = listing->width};
    const int column = (listing->width ? 2 : 0) + NAME_WIDTH + 1;
    line_put(&line, listing->width ? "  " : "", 0);
    line_put(&line, name, 0);
    line_tab(&line, column);
    line_put(&line, annotated->summary, column);
    if (directory[0]) {
        line_put(&line, "  (", column);
        line_put(&line, directory, column);
        line_put(&line, ")", column);
    }
    line_end(&line);
}

static void add_json(json_t *all, const struct annotated_profile *annotated, const char *name, const char *directory,
                     const char *mistake)
{
    json_t *it = json_object();
    json_object_set_new(it, "name", json_of_text(name));
    json_object_set_new(it, "summary", json_of_text(annotated->summary));
    json_object_set_new(it, "family", json_string(family_of(name)));
    json_object_set_new(it, "directory", directory[0] ? json_of_text(directory) : json_null());
    if (mistake)
        json_object_set_new(it, "mistake", json_of_text(mistake));
    json_array_append_new(all, it);
}

static void take(const char *name, const char *directory, void *context)
{
    struct listing *listing = context;
    struct diagnostics diagnostics = {0};
    static struct annotated_profile annotated;
    bool good = annotated_profile_load(&annotated, name, NULL, NULL, &diagnostics);
    if (listing->json) {
        add_json(listing->json, &annotated, name, directory, good ? NULL : diagnostics.first);
        return;
    }
    print_heading(listing, name);
    if (good)
        print_found(listing, &annotated, name, directory);
    else
        print_mistake(name, &diagnostics);
}

int profiles_list(const struct wishes *wishes, int count, char **arguments)
{
    struct listing listing = {.width = line_width(), .json = wishes->json ? json_array() : NULL};
    if (count > 0) {
        say("list: takes no arguments, not \"%s\"; show prints one profile", arguments[0]);
        return STATUS_USAGE;
    }
    each_profile(take, &listing);
    return listing.json ? json_print(listing.json) : 0;
}
