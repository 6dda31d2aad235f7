/*
 * The result of a test as a JSON document: what --report json writes, --merge, --baseline and --replay read, and all
 * other reports are made from. Members that do not apply are left out. Version 1:
 *
 *   format, version    DOCUMENT_FORMAT, DOCUMENT_VERSION; a reader refuses another version
 *   listenas           the version of this command
 *   id                 of the command in its directory: the first part of an ID for --replay
 *   directory, root    where it was called; where the program's own source is
 *   command            the words
 *   split, set, shard  --split; LISTENAS_SET of the user; "I/N"
 *   started, seconds   UTC, ISO 8601; how long it took
 *   kernel, isolated   release of the host's; whether runs had a network and a /tmp of their own
 *   interrupted        whether a signal ended it early
 *   platforms          [{name, summary, unverified, seconds}]
 *   cases              [{name, number, verdict, seconds, unit, reading, words, environment, and a run's members}]
 *   results            [{case, number, platform, verdict, seconds, runs, replay, causes, doubts, and a run's members}]
 *
 *   verdict            one of VERDICT_*; of a case it is native's
 *   a run's members    ended, detail (of the framework), how (words of how.def), left, first_left (processes), output
 *                      (its end), ring (the path, where it is kept)
 *   causes             [{key, value, standing, source, profile, help, advice, linux, call, given, count, where, module,
 *                      build_id, offset, function, file, line}], all of them needed together
 *   doubts             proves_nothing [{key, note}], no_refuser, overwritten, no_calls
 *
 * Text that is no UTF-8 has \xNN in place of each byte that is not.
 */
#ifndef LISTENAS_CLI_TEST_DOCUMENT_H
#define LISTENAS_CLI_TEST_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#define DOCUMENT_FORMAT "listenas-test"
#define DOCUMENT_VERSION 1

/* A JSON string of a text that may be any bytes: what is not UTF-8 is written out as \xNN. */
json_t *document_text(const char *text);

/* A JSON array of the words of a NULL-terminated list; NULL counts as an empty one. */
json_t *document_words(char *const *words);

/* The words of such an array; the caller's. */
char **document_to_words(const json_t *array);

/* A member's text, "" if there is none; its number or truth, 0 if there is none; its elements, an empty array. */
const char *text_of(const json_t *object, const char *member);
double number_of(const json_t *object, const char *member);
bool truth_of(const json_t *object, const char *member);
json_t *list_of(const json_t *object, const char *member);

/* Reads a document. NULL after it has said what is wrong with the file. */
json_t *document_read(const char *path);

/* The case of a name; NULL if there is none. */
const json_t *document_case(const json_t *document, const char *name);

/* How many results of a platform (NULL: of any) have this verdict. */
size_t document_count(const json_t *document, const char *platform, const char *verdict);

/* The words of verdicts. */
#define VERDICT_PASSES "passes"
#define VERDICT_DIFFERS "differs"
#define VERDICT_FAILS "fails"
#define VERDICT_FLAKY "flaky"
#define VERDICT_NOT_RUN "not run"
#define VERDICT_KNOWN "known" /* as bad as in the baseline */

/* The exit status that a document stands for: 0, 1, 3, 4 or 125. */
int document_status(const json_t *document);

#endif
