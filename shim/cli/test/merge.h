/*
 * The reports of all shards, joined.
 */
#ifndef LISTENAS_CLI_TEST_MERGE_H
#define LISTENAS_CLI_TEST_MERGE_H

#include "document.h"

/*
 * Joins the documents of files (NULL at the end). A case that several of them ran natively is taken once, the worst
 * verdict counts. NULL after it has said what is wrong: a file that cannot be read, reports of different commands, a
 * result that two of them have, a shard that is missing.
 */
json_t *merge_files(char **paths);

#endif
