/* What a platform makes of a connect. */
#include "../../rules/connect.h"
#include "parts.h"

void judge_connect(struct judging *it)
{
    const socklen_t length = (socklen_t)it->seen->length;
    bool readable = case_has(it, CASE_READABLE);
    if (!case_has(it, CASE_KNOWN))
        return;
    struct verdict verdict = connect_length_verdict(it->profile, &it->facts, length);
    if (verdict.decision == DECIDE_CALL && readable)
        verdict = connect_verdict(it->profile, &it->facts, &it->address.any, length);
    if (add_verdict(it, &verdict) || !readable || !it->seen->error)
        return;
    verdict = connect_failed_verdict(it->profile, &it->facts, &it->address.any, length, case_has(it, CASE_OTHER_FILE),
                                     it->seen->error);
    add_verdict(it, &verdict);
}
