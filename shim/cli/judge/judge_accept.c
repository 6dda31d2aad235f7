/* What a platform makes of an accept: the arguments, the connection, and what it gets from its listener. */
#include <errno.h>
#include <fcntl.h>

#include "../../rules/accept.h"
#include "parts.h"

static struct accept_facts facts_of(const struct judging *it)
{
    const struct ring_case *seen = it->seen;
    return (struct accept_facts){.is_accept4 = it->call == CALL_accept4,
                                 .asked = seen->arguments[0],
                                 .flags = seen->flags,
                                 .close_on_exec = case_has(it, CASE_CLOSE_ON_EXEC),
                                 .wants_address = case_has(it, CASE_WANTS_ADDRESS),
                                 .length = case_has(it, CASE_NULL_LENGTH)  ? MEMORY_NULL
                                           : case_has(it, CASE_BAD_LENGTH) ? MEMORY_BAD
                                                                           : MEMORY_GOOD,
                                 .room = seen->length,
                                 .address_is_bad = case_has(it, CASE_BAD_ADDRESS)};
}

static void judge_flags(struct judging *it, const struct accept_verdict *verdict)
{
    const int asked = it->seen->arguments[0], more = verdict->flags & ~asked;
    if (asked & ~verdict->flags && accept_flags_are_known(asked))
        add_turn(it, KEY_accept_accept4, TURN_OTHERWISE);
    if (more & SOCK_NONBLOCK)
        add_turn(it, verdict->through ? verdict->through : KEY_accept_inherit_nonblock, TURN_OTHERWISE);
    if (more & SOCK_CLOEXEC)
        add_turn(it, verdict->through ? verdict->through : KEY_accept_inherit_cloexec, TURN_OTHERWISE);
    if (verdict->set_async)
        add_turn(it, verdict->through ? verdict->through : KEY_accept_inherit_async, TURN_OTHERWISE);
    if (verdict->set_owner && case_has(it, CASE_HAS_OWNER))
        add_turn(it, KEY_accept_inherit_owner, TURN_OTHERWISE);
}

static void judge_memory(struct judging *it, const struct accept_verdict *verdict)
{
    const int error = it->seen->error;
    if (verdict->memory_error && (error == EFAULT || error == EINVAL))
        add_failure(it, verdict->verdict.why, verdict->memory_error);
    else if (verdict->passing != PASS_AS_IS || verdict->leaks)
        add_turn(it, verdict->verdict.why, error && !verdict->leaks ? TURN_SUCCEEDS : TURN_OTHERWISE);
}

static void judge_failed(struct judging *it)
{
    const int error = it->seen->error;
    if (error == EAGAIN && accept_outlasts(it->profile, it->seen->flags))
        add_turn(it, KEY_accept_timeout, TURN_OTHERWISE);
    if (error == EAGAIN || (!case_has(it, CASE_KNOWN) && error != EBADF))
        return;
    struct verdict verdict = accept_failed_verdict(it->profile, &it->facts, it->facts.queued, error);
    add_verdict(it, &verdict);
}

static enum end end_of(const struct judging *it)
{
    return case_has(it, CASE_END_RESET) ? END_RESET : case_has(it, CASE_END_CLOSED) ? END_CLOSED : END_NONE;
}

/* Which of the keys about lengths made the difference. */
static enum key key_of_length(const struct judging *it, enum end end)
{
    bool local = it->facts.domain == AF_UNIX, named = it->seen->returned > (int)sizeof(sa_family_t);
    if (local && named && it->profile->accept_unix_peer.word == WORD_UNNAMED)
        return KEY_accept_unix_peer;
    if (local && named && end == END_CLOSED && it->profile->accept_closed_queued_name.word == WORD_UNNAMED)
        return KEY_accept_closed_queued_name;
    return local && !named ? KEY_accept_unix_unnamed_length : KEY_accept_returned_length;
}

static void judge_address(struct judging *it, enum end end)
{
    const struct ring_case *seen = it->seen;
    bool local = it->facts.domain == AF_UNIX;
    if (!case_has(it, CASE_WANTS_ADDRESS) || seen->returned <= 0 || seen->length < 0)
        return;
    struct address_verdict verdict =
        accepted_address_verdict(it->profile, local, end, (socklen_t)seen->returned, (socklen_t)seen->length);
    if (!add_verdict(it, &verdict.verdict) && verdict.length != (socklen_t)seen->returned)
        add_turn(it, key_of_length(it, end), TURN_OTHERWISE);
}

static void judge_options(struct judging *it)
{
    static const struct {
        enum key tcp, local;
    } keys[OPTION_GROUPS] = {
        [OPTIONS_BASIC] = {KEY_accept_inherit_options_tcp, KEY_accept_inherit_options_unix},
        [OPTIONS_OTHER] = {KEY_accept_inherit_options_tcp, KEY_accept_inherit_options_unix},
        [OPTIONS_BUFFERS] = {KEY_accept_inherit_buffers_tcp, KEY_accept_inherit_buffers_unix},
        [OPTIONS_TIMEOUTS] = {KEY_accept_inherit_timeouts_tcp, KEY_accept_inherit_timeouts_unix},
        [OPTIONS_LOWAT] = {KEY_accept_inherit_lowat_tcp, KEY_accept_inherit_lowat_unix},
        [OPTIONS_NODELAY] = {KEY_accept_inherit_nodelay, KEY_NONE},
        [OPTIONS_IP] = {KEY_accept_inherit_ip, KEY_NONE},
        [OPTIONS_KEEPALIVE] = {KEY_accept_inherit_keepalive, KEY_NONE},
    };
    bool local = it->facts.domain == AF_UNIX;
    for (enum option_group group = 0; group < OPTION_GROUPS; group++) {
        enum inheritance what = accept_inheritance(it->profile, local, group);
        if (what == INHERIT_EARLY)
            what = early_inheritance(local, false);
        if (it->seen->options & 1u << group && what != INHERIT_LEAVE)
            add_turn(it, local ? keys[group].local : keys[group].tcp, TURN_OTHERWISE);
    }
}

static void judge_connection(struct judging *it)
{
    enum end end = end_of(it);
    struct verdict verdict = accepted_verdict(it->profile, end);
    if (add_verdict(it, &verdict))
        return;
    judge_address(it, end);
    judge_options(it);
}

void judge_accept(struct judging *it)
{
    const struct accept_facts facts = facts_of(it);
    struct accept_verdict verdict = accept_verdict(it->profile, &facts);
    if (add_verdict(it, &verdict.verdict))
        return;
    if (facts.wants_address)
        judge_memory(it, &verdict);
    if (it->seen->error && it->found->count == 0)
        judge_failed(it);
    if (!it->seen->error) {
        judge_flags(it, &verdict);
        judge_connection(it);
    }
}
