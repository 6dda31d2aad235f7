#include "accept.h"

#include <errno.h>
#include <fcntl.h>

static bool is_yes(struct value value)
{
    return value.word == WORD_YES;
}

static bool inherits(struct value value, bool has)
{
    return has && is_yes(value);
}

bool accept_flags_are_known(int flags)
{
    return !(flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
}

/* The part of the verdict that does not depend on the flags of accept4. */
static void pass_on_signals(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    it->set_owner = is_yes(profile->accept_inherit_owner) || is_yes(profile->accept_inherit_late_owner);
    if (inherits(profile->accept_inherit_async, facts->flags & O_ASYNC)) {
        it->set_async = true;
        it->verdict.why = KEY_accept_inherit_async;
    }
}

static void pass_on_flags(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    if (inherits(profile->accept_inherit_cloexec, facts->close_on_exec) && !(it->flags & SOCK_CLOEXEC)) {
        it->flags |= SOCK_CLOEXEC;
        it->verdict.why = KEY_accept_inherit_cloexec;
    }
    if (inherits(profile->accept_inherit_nonblock, facts->flags & O_NONBLOCK) && !(it->flags & SOCK_NONBLOCK)) {
        it->flags |= SOCK_NONBLOCK;
        it->verdict.why = KEY_accept_inherit_nonblock;
    }
}

static void pass_on4(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    enum word accept4 = profile->accept_accept4.word;
    int asked = it->flags;
    if (accept4 != WORD_EMULATE && accept4 != WORD_INHERIT && accept4 != WORD_IGNORE)
        return;
    pass_on_signals(it, profile, facts);
    if (accept4 != WORD_INHERIT)
        pass_on_flags(it, profile, facts);
    if (it->set_async || it->flags != asked)
        it->through = KEY_accept_accept4;
}

static void judge_flags(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts)
{
    bool known = accept_flags_are_known(facts->asked);
    it->flags = facts->asked;
    if (profile->accept_accept4.word == WORD_ERRNO) {
        it->verdict = value_verdict(profile->accept_accept4, KEY_accept_accept4);
    } else if (!known && profile->accept_accept4_unknown_flag.word == WORD_IGNORE) {
        it->flags = facts->asked & (SOCK_NONBLOCK | SOCK_CLOEXEC);
        it->verdict.why = KEY_accept_accept4_unknown_flag;
    } else if (!known) {
        it->verdict = value_verdict(profile->accept_accept4_unknown_flag, KEY_accept_accept4_unknown_flag);
    } else if (profile->accept_accept4.word == WORD_IGNORE) {
        it->flags = 0;
        it->verdict.why = facts->asked ? KEY_accept_accept4 : KEY_NONE;
    }
}

/* Which flags, owner and signals the connection gets. */
static void judge_inheritance(struct accept_verdict *it, const struct profile *profile,
                              const struct accept_facts *facts)
{
    if (facts->is_accept4) {
        pass_on4(it, profile, facts);
    } else {
        pass_on_signals(it, profile, facts);
        pass_on_flags(it, profile, facts);
    }
}

struct accept_verdict accept_verdict(const struct profile *profile, const struct accept_facts *facts)
{
    struct accept_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (facts->is_accept4)
        judge_flags(&it, profile, facts);
    if (it.verdict.decision != DECIDE_CALL || !accept_flags_are_known(it.flags))
        return it;
    judge_inheritance(&it, profile, facts);
    if (facts->wants_address)
        accept_judge_memory(&it, profile, facts);
    if (facts->posted && it.verdict.decision == DECIDE_CALL)
        it.verdict = value_verdict(profile->shutdown_accept_error, KEY_shutdown_accept_error);
    return it;
}

static struct verdict error_verdict(struct value value, enum key key)
{
    return value.word == WORD_ERRNO ? value_verdict(value, key) : (struct verdict){.decision = DECIDE_CALL};
}

static struct verdict full_table_verdict(const struct profile *profile, const struct facts *facts, bool queued)
{
    if (!facts->listening)
        return error_verdict(profile->accept_no_descriptor_not_listening, KEY_accept_no_descriptor_not_listening);
    if (queued)
        return (struct verdict){.decision = DECIDE_CALL};
    if (profile->accept_no_descriptor_empty.word == WORD_WAIT)
        return (struct verdict){.decision = DECIDE_WAIT, .why = KEY_accept_no_descriptor_empty};
    return error_verdict(profile->accept_no_descriptor_empty, KEY_accept_no_descriptor_empty);
}

/* The kernel looks for a free descriptor first, so its EMFILE comes before any other error. */
struct verdict accept_failed_verdict(const struct profile *profile, const struct facts *facts, bool queued, int error)
{
    if (error == EMFILE || error == ENFILE)
        return full_table_verdict(profile, facts, queued);
    if (error == EBADF)
        return error_verdict(profile->accept_bad_descriptor, KEY_accept_bad_descriptor);
    if (error == EOPNOTSUPP && facts->type == SOCK_DGRAM)
        return error_verdict(profile->accept_datagram, KEY_accept_datagram);
    if (error != EINVAL || facts->listening)
        return (struct verdict){.decision = DECIDE_CALL};
    if (facts->was_listening)
        return error_verdict(profile->shutdown_accept_after, KEY_shutdown_accept_after);
    if (facts->domain == AF_UNIX)
        return error_verdict(profile->accept_not_listening_unix, KEY_accept_not_listening_unix);
    return error_verdict(profile->accept_not_listening_inet, KEY_accept_not_listening_inet);
}

bool accept_times_out(const struct profile *profile)
{
    return profile->accept_timeout.word != WORD_NO;
}

bool accept_outlasts(const struct profile *profile, int flags)
{
    return !accept_times_out(profile) && !(flags & O_NONBLOCK);
}

static struct value value_of_end(const struct profile *profile, enum end end)
{
    return end == END_RESET ? profile->accept_reset_queued : profile->accept_closed_queued_unix;
}

static bool is_delivered(struct value value)
{
    return value.word != WORD_SKIP && value.word != WORD_ERRNO;
}

struct verdict accepted_verdict(const struct profile *profile, enum end end)
{
    struct value value = value_of_end(profile, end);
    enum key key = end == END_RESET ? KEY_accept_reset_queued : KEY_accept_closed_queued_unix;
    if (end == END_SHORTENED)
        return (struct verdict){.decision = DECIDE_SKIP, .why = KEY_listen_relisten_excess};
    if (end == END_NONE || is_delivered(value))
        return (struct verdict){.decision = DECIDE_CALL};
    if (value.word == WORD_SKIP)
        return (struct verdict){.decision = DECIDE_SKIP, .why = key};
    return value_verdict(value, key);
}

/* "keep" leaves the length as the program passed it, as every failed accept does. */
socklen_t accepted_length(const struct profile *profile, socklen_t room)
{
    const struct value length = profile->accept_reset_queued_length;
    return length.word == WORD_NUMBER ? (socklen_t)length.number : room;
}
