/* The address and length of accept: bad pointers, lengths that are too short or negative, and what comes back. */
#include <errno.h>
#include <string.h>

#include "accept.h"

static void fail(struct accept_verdict *it, struct value value, int otherwise, enum key key)
{
    it->verdict = (struct verdict){
        .decision = DECIDE_FAIL, .error = value.word == WORD_ERRNO ? value.number : otherwise, .why = key};
}

/*
 * Where the platform loses the connection, the real call must take it first: the kernel then fails the call, and
 * only the errno may differ.
 */
static void fail_late(struct accept_verdict *it, struct value value, enum key key)
{
    if (value.word != WORD_ERRNO)
        return;
    it->memory_error = value.number;
    it->verdict.why = key;
}

static void judge_bad_length(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    bool null = facts->length == MEMORY_NULL;
    struct value value = null ? profile->accept_null_length : profile->accept_bad_length;
    enum key key = null ? KEY_accept_null_length : KEY_accept_bad_length;
    if (value.word == WORD_OK) {
        it->passing = PASS_NEITHER;
        it->verdict.why = key;
    } else if (profile->accept_bad_length_loss.word == WORD_NO) {
        fail(it, value, EFAULT, KEY_accept_bad_length_loss);
    } else {
        fail_late(it, value, key);
    }
}

static void judge_negative_length(struct accept_verdict *it, const struct profile *profile)
{
    struct value value = profile->accept_negative_length;
    if (value.word == WORD_OK) {
        it->passing = PASS_OWN_LENGTH;
        it->verdict.why = KEY_accept_negative_length;
    } else if (profile->accept_negative_length_loss.word == WORD_NO) {
        fail(it, value, EINVAL, KEY_accept_negative_length_loss);
    } else {
        fail_late(it, value, KEY_accept_negative_length);
    }
}

void accept_judge_memory(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    const struct value loss = profile->accept_bad_address_loss, none = {.word = WORD_KERNEL};
    if (facts->length != MEMORY_GOOD) {
        judge_bad_length(it, profile, facts);
    } else if (facts->room < 0) {
        judge_negative_length(it, profile);
    } else if (facts->room == 0) {
        if (profile->accept_zero_length.word == WORD_IGNORE) {
            it->passing = PASS_NEITHER;
            it->verdict.why = KEY_accept_zero_length;
        }
    } else if (facts->address_is_bad && loss.word == WORD_NO) {
        fail(it, none, EFAULT, KEY_accept_bad_address_loss);
    } else if (facts->address_is_bad && loss.word == WORD_LEAK) {
        it->passing = PASS_NEITHER;
        it->leaks = true;
        it->verdict.why = KEY_accept_bad_address_loss;
    }
}

static bool is_nameless(const struct profile *profile, enum end end)
{
    return profile->accept_unix_peer.word == WORD_UNNAMED ||
           (end == END_CLOSED && profile->accept_closed_queued_name.word == WORD_UNNAMED);
}

struct address_verdict accepted_address_verdict(const struct profile *profile, bool local, enum end end,
                                                socklen_t length, socklen_t room)
{
    struct address_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (local && is_nameless(profile, end))
        length = sizeof(sa_family_t);
    it.kept = room < length ? room : length;
    if (length == sizeof(sa_family_t) && profile->accept_unix_unnamed_length.word == WORD_NUMBER)
        length = (socklen_t)profile->accept_unix_unnamed_length.number;
    if (room == 0 && profile->accept_zero_length.word == WORD_ERRNO)
        it.verdict = value_verdict(profile->accept_zero_length, KEY_accept_zero_length);
    else if (room > 0 && room < length && profile->accept_short_length.word == WORD_ERRNO)
        it.verdict = value_verdict(profile->accept_short_length, KEY_accept_short_length);
    it.filled = room < length ? room : length;
    it.length = profile->accept_returned_length.word == WORD_TRUNCATED ? it.filled : length;
    return it;
}
