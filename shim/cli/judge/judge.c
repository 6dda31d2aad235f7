#include "judge.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "parts.h"

static bool is_there(const struct judging *it, enum key key)
{
    for (size_t i = 0; i < it->found->count; i++)
        if (it->found->of[i].key == key)
            return true;
    return false;
}

static void add(struct judging *it, struct judgement judgement)
{
    if (judgement.key != KEY_NONE && it->found->count < JUDGEMENTS_MOST && !is_there(it, judgement.key))
        it->found->of[it->found->count++] = judgement;
}

void add_failure(struct judging *it, enum key key, int error)
{
    if (error != it->seen->error)
        add(it, (struct judgement){.key = key, .turn = TURN_FAILS, .error = error});
}

void add_turn(struct judging *it, enum key key, enum turn turn)
{
    add(it, (struct judgement){.key = key, .turn = turn});
}

void add_queue(struct judging *it, enum key key, int number, enum word overflow)
{
    add(it, (struct judgement){.key = key, .turn = TURN_QUEUE, .number = number, .overflow = overflow});
}

bool add_verdict(struct judging *it, const struct verdict *verdict)
{
    switch (verdict->decision) {
    case DECIDE_CALL:
        return false;
    case DECIDE_FAIL:
        add_failure(it, verdict->why, verdict->error);
        return true;
    case DECIDE_WAIT:
    case DECIDE_SKIP:
        add_turn(it, verdict->why, TURN_OTHERWISE);
        return true;
    default:
        add_turn(it, verdict->why, it->seen->error ? TURN_SUCCEEDS : TURN_OTHERWISE);
        return true;
    }
}

static void read_facts(struct judging *it)
{
    const struct ring_case *seen = it->seen;
    it->facts = (struct facts){.domain = seen->domain,
                               .type = seen->type,
                               .listening = case_has(it, CASE_LISTENING),
                               .bound = case_has(it, CASE_BOUND),
                               .connected = case_has(it, CASE_CONNECTED),
                               .kernel_max = it->call == CALL_listen ? seen->kernel_max : INT_MAX,
                               .connecting = case_has(it, CASE_CONNECTING),
                               .connect_failed = case_has(it, CASE_CONNECT_FAILED),
                               .was_listening = case_has(it, CASE_WAS_LISTENING),
                               .queued = case_has(it, CASE_QUEUED),
                               .peer_closed = case_has(it, CASE_PEER_CLOSED),
                               .shut_down = case_has(it, CASE_SHUT_DOWN)};
}

static void read_address(struct judging *it)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path), room = sizeof it->address.bytes - 1;
    const struct ring_case *seen = it->seen;
    size_t text = seen->text > 0 ? (size_t)seen->text : 0, end = head + text < room ? head + text : room;
    memcpy(it->address.bytes, seen->address, seen->address_length);
    for (size_t i = seen->address_length; seen->text && i < end; i++)
        it->address.bytes[i] = 'x';
}

void judge(const struct profile *profile, const struct judged_call *call, struct judgements *found)
{
    static void (*const parts[CALL_COUNT])(struct judging *) = {
        [CALL_listen] = judge_listen,         [CALL_bind] = judge_bind,         [CALL_connect] = judge_connect,
        [CALL_accept] = judge_accept,         [CALL_accept4] = judge_accept,    [CALL_socket] = judge_socket,
        [CALL_setsockopt] = judge_setsockopt, [CALL_shutdown] = judge_shutdown, [CALL_getsockopt] = judge_getsockopt,
        [CALL_getsockname] = judge_name,      [CALL_getpeername] = judge_name,
    };
    struct judging it = {.profile = profile, .seen = &call->seen, .call = call->call, .found = found};
    found->count = 0;
    if (call->call >= CALL_COUNT || !parts[call->call])
        return;
    read_facts(&it);
    read_address(&it);
    parts[call->call](&it);
}

/* Keys of which "otherwise" means no more than another number. */
static bool is_number(enum key key)
{
    switch (key) {
    case KEY_accept_returned_length:
    case KEY_accept_unix_unnamed_length:
    case KEY_accept_inherit_cloexec:
    case KEY_accept_zero_length:
    case KEY_names_returned_length:
    case KEY_names_unix_unnamed_length:
    case KEY_bind_port_min:
    case KEY_socket_option_on:
    case KEY_socket_nodelay_on:
    case KEY_socket_buffer_size:
        return true;
    default:
        return false;
    }
}

enum consequence judgement_consequence(const struct judgement *judgement, int native_error)
{
    switch (judgement->turn) {
    case TURN_FAILS:
        return native_error ? CONSEQUENCE_ERRNO : CONSEQUENCE_FAILURE;
    case TURN_SUCCEEDS:
        return CONSEQUENCE_ERRNO;
    case TURN_QUEUE:
        return CONSEQUENCE_NUMBER;
    default:
        return is_number(judgement->key) ? CONSEQUENCE_NUMBER : CONSEQUENCE_WRONG;
    }
}
