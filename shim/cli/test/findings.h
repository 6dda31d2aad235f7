/*
 * Differences grouped by what causes them.
 */
#ifndef LISTENAS_CLI_TEST_FINDINGS_H
#define LISTENAS_CLI_TEST_FINDINGS_H

#include "document.h"

/* All results that the same keys cause. */
struct finding {
    char *keys; /* "listen.unbound_inet", several joined by " + "; "" where no key is the cause */
    const json_t **result;
    size_t count;
};

struct findings {
    struct finding *finding;
    size_t count;
};

/* Groups the results of a document that differ: what causes most comes first, what has no cause last. */
struct findings findings_of(const json_t *document);

/* Frees them; the document stays. */
void findings_drop(struct findings *findings);

/* The keys of a result, joined as above; the caller's. */
char *finding_keys(const json_t *result);

/*
 * One sentence: the call, what it gives and where, what Linux gives, and the advice; or how the run ended where nothing
 * more is known. The caller's.
 */
char *finding_sentence(const json_t *result);

/*
 * Appends to a list what appears in any result under `member` ("platform", "case"), each once, joined by ", "; cut
 * with "and N more" after `most`. The caller's.
 */
char *finding_list(const struct finding *finding, const char *member, size_t most);

#endif
