#include "verdict.h"

struct verdict value_verdict(struct value value, enum key key)
{
    switch (value.word) {
    case WORD_ERRNO:
        return (struct verdict){.decision = DECIDE_FAIL, .error = value.number, .why = key};
    case WORD_OK:
    case WORD_IGNORE:
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = key};
    default:
        return (struct verdict){.decision = DECIDE_CALL, .why = KEY_NONE};
    }
}

struct verdict refusal_verdict(struct value value, enum key key)
{
    if (value.word == WORD_ERRNO)
        return value_verdict(value, key);
    return (struct verdict){.decision = DECIDE_CALL, .why = KEY_NONE};
}
