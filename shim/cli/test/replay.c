#include "replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "document.h"
#include "memory.h"
#include "setup.h"
#include "split.h"
#include "status.h"

/* The parts of an ID; `run` may hold colons itself. */
struct parts {
    char *run, *platform;
    double number;
};

static bool take_apart(struct parts *parts, const char *id)
{
    parts->run = memory_text(id);
    char *end, *number = strrchr(parts->run, ':');
    if (!number)
        return false;
    *number++ = '\0';
    parts->platform = strrchr(parts->run, ':');
    if (!parts->platform || parts->platform == parts->run)
        return false;
    *parts->platform++ = '\0';
    parts->number = (double)strtoul(number, &end, 10);
    return *number >= '1' && *number <= '9' && !*end && *parts->platform;
}

static json_t *find_document(const char *run)
{
    if (strchr(run, '/') || strstr(run, ".json"))
        return document_read(run);
    char *state = setup_state(), *path = memory_format("%s/%s/result.json", state ? state : "", run);
    free(state);
    if (access(path, R_OK) == 0)
        return document_read(path);
    say("--replay: nothing is kept of %s: %s: %s", run, path, strerror(errno));
    return NULL;
}

static json_t *find_case(const json_t *document, double number)
{
    size_t i;
    json_t *one;
    json_array_foreach(list_of(document, "cases"), i, one)
        if (number_of(one, "number") == number)
            return one;
    return NULL;
}

static void add_unit(struct units *units, const struct plan *plan, const json_t *one)
{
    const char *reading = text_of(one, "reading");
    struct unit *unit = units_add(units, memory_text(text_of(one, "unit")), document_to_words(list_of(one, "words")),
                                  strcmp(reading, "tap") == 0     ? READ_TAP
                                  : strcmp(reading, "check") == 0 ? READ_CHECK
                                                                  : READ_STATUS);
    unit->environment = document_to_words(list_of(one, "environment"));
    unit->only_own_point = plan->split == &split_node;
}

static int prepare(struct plan *plan, struct units *units, const json_t *document, const struct parts *parts)
{
    const json_t *one = find_case(document, parts->number);
    const char *directory = text_of(document, "directory");
    if (!one || !json_array_size(list_of(one, "words"))) {
        say("--replay: there is no case %.0f in the result %s", parts->number, parts->run);
        return STATUS_USAGE;
    }
    if (chdir(directory) != 0) {
        say("--replay: %s, where the test was called: %s", directory, strerror(errno));
        return STATUS_USAGE;
    }
    plan->words = document_to_words(list_of(document, "command"));
    plan->names = memory_text(parts->platform);
    plan->only = memory_text(text_of(one, "name"));
    plan->set = memory_text(text_of(document, "set"));
    plan->split = *text_of(document, "split") ? split_find(text_of(document, "split")) : NULL;
    if (!plan->root)
        plan->root = memory_text(text_of(document, "root"));
    add_unit(units, plan, one);
    return 0;
}

int replay_prepare(struct plan *plan, struct units *units, const char *id)
{
    struct parts parts;
    if (!take_apart(&parts, id)) {
        say("--replay: \"%s\": expected RUN:PLATFORM:NUMBER, as a report has it", id);
        return STATUS_USAGE;
    }
    plan->replay = id;
    json_t *document = find_document(parts.run);
    int status = document ? prepare(plan, units, document, &parts) : STATUS_USAGE;
    json_decref(document);
    free(parts.run);
    return status;
}
