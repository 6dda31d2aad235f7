#include "document.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../api/listenas.h"
#include "../../profile/errno_name.h"
#include "../cli.h"
#include "../test/memory.h"
#include "../test/status.h"
#include "heading.h"
#include "message.h"

static const char *const consequence_words[CONSEQUENCES] = {[CONSEQUENCE_NUMBER] = "another number",
                                                            [CONSEQUENCE_ERRNO] = "another errno",
                                                            [CONSEQUENCE_FAILURE] = "failure",
                                                            [CONSEQUENCE_WRONG] = "hang or wrong data"};

static const char *turn_word(enum turn turn)
{
    return turn == TURN_FAILS      ? "fails"
           : turn == TURN_SUCCEEDS ? "succeeds"
           : turn == TURN_QUEUE    ? "queue"
                                   : "otherwise";
}

static const char *overflow_word(const struct judgement *judgement)
{
    return judgement->turn != TURN_QUEUE        ? ""
           : judgement->overflow == WORD_REFUSE ? "refuse"
           : judgement->overflow == WORD_RESET  ? "reset"
                                                : "drop";
}

static json_t *turns_of(const struct lint_finding *finding)
{
    json_t *turns = json_array();
    for (size_t i = 0; i < finding->turns; i++) {
        const struct lint_turn *turn = &finding->turn[i];
        const struct judgement *it = &turn->judgement;
        json_array_append_new(turns, json_pack("{s:o, s:s, s:s, s:i, s:s, s:b}", "platform",
                                               document_text(turn->platform->label), "turn", turn_word(it->turn),
                                               "error", it->error ? errno_name(it->error) : "", "number", it->number,
                                               "overflow", overflow_word(it), "firm", turn->firm));
    }
    return turns;
}

static void put_place(json_t *object, const struct place_in_program *place)
{
    json_object_set_new(object, "module", document_text(place->module));
    json_object_set_new(object, "build_id", json_string(place->build_id));
    json_object_set_new(object, "offset", json_integer((json_int_t)place->offset));
    json_object_set_new(object, "function", document_text(place->function));
    json_object_set_new(object, "file", document_text(place->file));
    json_object_set_new(object, "line", json_integer(place->line));
}

static json_t *finding_object(const struct lint_finding *finding, size_t platforms)
{
    char *heading = lint_heading(finding->call), *message = lint_message(finding, platforms, true);
    const uint16_t error = finding->call->seen.error;
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:f, s:s, s:b, s:b, s:o}", "key", key_rows[finding->key].full, "call",
        lint_call_name(finding->call->call), "what", document_text(heading), "message", document_text(message),
        "advice", key_advice(finding->key), "help", key_help(finding->key), "consequence",
        consequence_words[finding->worst], "rank", finding->rank, "error", error ? errno_name(error) : "", "silenced",
        finding->is_silenced, "known", finding->is_known, "turns", turns_of(finding));
    put_place(object, &finding->place);
    free(message);
    free(heading);
    return object;
}

/* Of a ring, its program's words. */
static json_t *command_of(const struct lint_calls *calls, const struct lint_wish *wish)
{
    const struct ring_header *header = calls->ring.header;
    if (!wish->ring)
        return document_words(wish->words);
    char *word = memory_part(header->command, sizeof header->command);
    json_t *words = json_pack("[o]", document_text(word));
    free(word);
    return words;
}

json_t *lint_document(const struct lint_findings *findings, const struct lint_calls *calls,
                      const struct platforms *platforms, const struct lint_wish *wish)
{
    json_t *list = json_array(), *names = json_array();
    for (size_t i = 0; i < findings->count; i++)
        json_array_append_new(list, finding_object(&findings->finding[i], findings->platforms));
    for (size_t i = 1; i < platforms->count; i++)
        json_array_append_new(names, document_text(platforms->platform[i]->label));
    return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o, s:[]}", "format", LINT_FORMAT, "version", LINT_VERSION,
                     "listenas", LISTENAS_VERSION, "root", document_text(wish->root), "command",
                     command_of(calls, wish), "platforms", names, "findings", list, "unseen");
}

static json_t *read_baseline(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    const char *fault = NULL;
    if (!document && error.line < 1)
        say("--against %s: %s", path, errno ? strerror(errno) : error.text);
    else if (!document)
        say("--against %s:%d: %s", path, error.line, error.text);
    else if (strcmp(text_of(document, "format"), LINT_FORMAT) != 0)
        fault = "is no report of `listenas lint --report=json=FILE`";
    else if (number_of(document, "version") != LINT_VERSION)
        fault = "is a report of another version of listenas";
    if (fault) {
        say("--against %s %s", path, fault);
        json_decref(document);
        document = NULL;
    }
    return document;
}

/* A line moves with every change above it; what it is in does not. */
static bool is_same(const json_t *old, const struct lint_finding *finding)
{
    const struct place_in_program *place = &finding->place;
    return strcmp(text_of(old, "key"), key_rows[finding->key].full) == 0 &&
           strcmp(text_of(old, "call"), lint_call_name(finding->call->call)) == 0 &&
           strcmp(text_of(old, "file"), place->file) == 0 && strcmp(text_of(old, "function"), place->function) == 0 &&
           (place->file[0] || number_of(old, "offset") == (double)place->offset);
}

int lint_against(struct lint_findings *findings, const char *path)
{
    errno = 0;
    json_t *old, *document = read_baseline(path);
    if (!document)
        return STATUS_USAGE;
    size_t j;
    for (size_t i = 0; i < findings->count; i++)
        json_array_foreach(list_of(document, "findings"), j, old) {
            findings->finding[i].is_known = findings->finding[i].is_known || is_same(old, &findings->finding[i]);
        }
    json_decref(document);
    return 0;
}
