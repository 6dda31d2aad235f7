/*
 * What each call must find out under a profile. Loading a profile derives this once, from the rows of the keys that
 * it sets. Nothing else says which keys a call reads.
 */
#ifndef LISTENAS_PROFILE_NEEDS_H
#define LISTENAS_PROFILE_NEEDS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "../kernel/need.h"
#include "call.h"
#include "value.h"

enum phase {
    PHASE_BEFORE, /* before the real call */
    PHASE_ODD,    /* before it, if its address is unusual */
    PHASE_FAILED, /* after it failed */
    PHASE_DONE,   /* after it succeeded */
    PHASE_COUNT
};

/* Beside the phases of a call: LISTENAS_PROVOKE speaks of it. No key sets this. */
#define NEEDS_PROVOKED (1u << PHASE_COUNT)
/* Likewise: record.facts asks for what the rules of any platform need to know of it. */
#define NEEDS_OBSERVED (NEEDS_PROVOKED << 1)

/* Where one key acts, as its row says. `phases` is 0 for an unused entry. */
struct key_act {
    uint32_t call : 6;    /* enum call */
    uint32_t phases : 4;  /* one of 1 << enum phase */
    uint32_t only : 6;    /* the one enum word with which the key acts there; 0 (WORD_KERNEL): with each */
    uint32_t errors : 16; /* enum after_error, for PHASE_FAILED */
    uint32_t facts;       /* enum need */
};

static_assert(CALL_COUNT <= 1 << 6 && PHASE_COUNT <= 4 && WORD_ERRNO < 1 << 6 && WORD_KERNEL == 0,
              "the fields of struct key_act hold what they are for");

#define KEY_ACTS 4

struct needs {
    uint8_t phases[CALL_COUNT]; /* a bit 1 << enum phase for each, NEEDS_PROVOKED and NEEDS_OBSERVED; 0: the call is
                                   left alone */
    uint16_t errors[CALL_COUNT];
    uint32_t facts[CALL_COUNT][PHASE_COUNT];
    uint32_t all; /* of all calls together */
};

/* Adds the calls that one key acts at whose value is `word`. */
void needs_add(struct needs *needs, const struct key_act acts[KEY_ACTS], enum word word);

/* Adds the calls that one key acts at with any value that it can have. */
void needs_add_any(struct needs *needs, const struct key_act acts[KEY_ACTS]);

/* Whether any key acts at this call in this phase. */
static inline bool needs_phase(const struct needs *needs, enum call call, enum phase phase)
{
    return needs->phases[call] & 1u << phase;
}

/* Whether any key acts after this call failed with `error`. */
bool needs_after(const struct needs *needs, enum call call, int error);

#endif
