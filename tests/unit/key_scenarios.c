#include "key_scenarios.h"

#include <fcntl.h>

#include "../../shim/kernel/mark.h"
#include "../../shim/rules/bind.h"
#include "../../shim/rules/listen.h"
#include "../../shim/rules/option.h"
#include "../../shim/rules/shutdown.h"
#include "../../shim/rules/socket.h"

#define EVERYWHERE INADDR_ANY

/* --- what a hook would know --- */

static unsigned int needs_of(const struct profile *profile, enum call call, enum phase phase)
{
    return profile->needs.facts[call][phase];
}

static bool acts(const struct profile *profile, enum call call, enum phase phase)
{
    return needs_phase(&profile->needs, call, phase);
}

/* As facts_gather: what is not asked for stays zero. */
static struct facts gathered(const struct facts *all, unsigned int needs)
{
    struct facts it = {0};
    if (!(needs & NEED_SOCKET))
        return it;
    it = (struct facts){
        .domain = all->domain, .type = all->type, .listening = all->listening, .connected = all->connected};
    if (needs & NEED_HISTORY) {
        it.connecting = all->connecting;
        it.connect_failed = all->connect_failed;
        it.was_listening = all->was_listening;
    }
    it.shut_down = needs & (NEED_SHUT | NEED_STOPPED) && all->shut_down;
    it.bound = needs & NEED_BOUND && all->bound;
    it.peer_closed = needs & NEED_PEER_GONE && all->peer_closed;
    it.no_descriptors = needs & NEED_DESCRIPTORS && all->no_descriptors;
    it.queued = needs & NEED_QUEUED && it.listening && all->queued;
    it.kernel_max = needs & NEED_KERNEL_MAX ? 4096 : INT_MAX;
    return it;
}

struct target_address {
    struct sockaddr_storage storage;
    socklen_t length;
};

static struct target_address target_of(const struct scenario *it)
{
    struct target_address place = {.length = it->length};
    int family = it->family ? it->family : it->facts.domain;
    struct sockaddr_in *in = (void *)&place.storage;
    struct sockaddr_in6 *in6 = (void *)&place.storage;
    struct sockaddr_un *local = (void *)&place.storage;
    socklen_t whole = sizeof *in;
    uint16_t port = htons(it->port < 0 ? 0 : it->port ? (uint16_t)it->port : 80);
    place.storage.ss_family = (sa_family_t)(family < 0 ? AF_UNSPEC : family);
    if (it->path) {
        strcpy(local->sun_path, it->path);
        whole = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (it->path[0] ? strlen(it->path) : 3));
    } else if (it->facts.domain == AF_INET6) {
        in6->sin6_port = port;
        in6->sin6_addr = in6addr_loopback;
        whole = sizeof *in6;
    } else {
        in->sin_port = port;
        in->sin_addr.s_addr = htonl(it->place == UINT32_MAX - 1 ? EVERYWHERE : it->place ? it->place : INADDR_LOOPBACK);
    }
    if (!place.length)
        place.length = whole;
    return place;
}

static struct outcome outcome_of(struct verdict it)
{
    return (struct outcome){{it.decision, it.error}};
}

/* --- listen --- */

static struct outcome listens(const struct profile *profile, const struct scenario *it)
{
    unsigned int needs = needs_of(profile, CALL_listen, PHASE_BEFORE);
    struct facts facts = gathered(&it->facts, needs);
    struct listen_verdict now = {.effective = it->number, .backlog = it->number};
    if (acts(profile, CALL_listen, PHASE_BEFORE))
        now = listen_verdict(profile, &facts, it->number);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.backlog, now.capacity, now.keep_port,
                             now.watched, now.resets, now.shortens,
                             needs & NEED_KERNEL_MAX ? now.effective : it->number}};
}

static struct outcome listened(const struct profile *profile, const struct scenario *it)
{
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_listen, PHASE_BEFORE) |
                                                  needs_of(profile, CALL_listen, PHASE_FAILED));
    struct verdict now = {.decision = DECIDE_CALL};
    if (needs_after(&profile->needs, CALL_listen, it->error))
        now = listened_verdict(profile, &facts, it->error);
    return outcome_of(now);
}

/* --- bind --- */

static struct outcome binds(const struct profile *profile, const struct scenario *it)
{
    struct target_address place = target_of(it);
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_bind, PHASE_BEFORE));
    struct verdict first = bind_length_verdict(profile, &facts, it->number == 1, place.length);
    if (first.decision != DECIDE_CALL || it->number == 1 || place.length > ADDRESS_MOST || place.length < 2)
        return outcome_of(first);
    struct bind_verdict now = bind_verdict(profile, &facts, (struct sockaddr *)&place.storage, place.length);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.own_family, now.length}};
}

static struct outcome bind_fails(const struct profile *profile, const struct scenario *it)
{
    struct target_address place = target_of(it);
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_bind, PHASE_FAILED));
    struct verdict now = {.decision = DECIDE_CALL};
    if (needs_after(&profile->needs, CALL_bind, it->error))
        now = bind_failed_verdict(profile, &facts, (struct sockaddr *)&place.storage, it->error);
    return outcome_of(now);
}

/* `number`: bits of what stands in the way; `name`: the protocol. */
enum { SAME = 1, OVERLAPPING = 2, DUAL_STACK = 4, CONNECTIONS = 8, REUSES = 16 };

static struct outcome shares(const struct profile *profile, const struct scenario *it)
{
    unsigned int needs = needs_of(profile, CALL_bind, PHASE_BEFORE);
    struct port_claim claim = {.protocol = it->name, .domain = AF_INET, .reuse_address = it->number & REUSES};
    struct port_use use = {.same = it->number & SAME,
                           .overlapping = it->number & OVERLAPPING,
                           .ipv4 = it->number & DUAL_STACK,
                           .connections = it->number & CONNECTIONS};
    struct verdict now = {.decision = DECIDE_CALL};
    if (needs & NEED_PORT_USE && sharing_is_of(profile, claim.protocol))
        now = sharing_verdict(profile, &claim, &use);
    return outcome_of(now);
}

static struct outcome chooses(const struct profile *profile, const struct scenario *it)
{
    (void)it;
    struct port_range range = {0};
    if (needs_of(profile, CALL_bind, PHASE_BEFORE) & needs_of(profile, CALL_listen, PHASE_BEFORE) & NEED_PORT_RANGE)
        range = chosen_range(profile, (struct port_range){32768, 60999});
    return (struct outcome){{range.low, range.high}};
}

/* `number`: whether the path is a symbolic link to nothing. */
static struct outcome path_is_taken(const struct profile *profile, const struct scenario *it)
{
    struct verdict now = {.decision = DECIDE_CALL};
    if (needs_after(&profile->needs, CALL_bind, EADDRINUSE))
        now = path_taken_verdict(profile, it->number);
    return outcome_of(now);
}

static struct outcome path_mode(const struct profile *profile, const struct scenario *it)
{
    (void)it;
    return (struct outcome){{acts(profile, CALL_bind, PHASE_DONE) && path_is_everybodys(profile)}};
}

/* --- connect: the order of the hook --- */

static struct verdict connect_before(const struct profile *profile, const struct scenario *it,
                                     const struct target_address *place)
{
    const struct sockaddr *address = (const void *)&place->storage;
    unsigned int before = needs_of(profile, CALL_connect, PHASE_BEFORE);
    struct facts facts;
    if (place->length >= 2 && place->length <= ADDRESS_MOST && connect_is_plain(profile, address, place->length)) {
        facts = gathered(&it->facts, before);
        return before && address->sa_family != AF_UNIX ? connect_verdict(profile, &facts, address, place->length)
                                                       : (struct verdict){.decision = DECIDE_CALL};
    }
    facts = gathered(&it->facts, before | needs_of(profile, CALL_connect, PHASE_ODD));
    struct verdict now = connect_length_verdict(profile, &facts, place->length);
    return now.decision == DECIDE_CALL && place->length <= ADDRESS_MOST && place->length >= 2
               ? connect_verdict(profile, &facts, address, place->length)
               : now;
}

/* `error`: what the kernel answers; `number`: whether the path leads to another file. */
static struct outcome connects(const struct profile *profile, const struct scenario *it)
{
    struct target_address place = target_of(it);
    struct verdict now = connect_before(profile, it, &place);
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_connect, PHASE_BEFORE) |
                                                  needs_of(profile, CALL_connect, PHASE_ODD) |
                                                  needs_of(profile, CALL_connect, PHASE_FAILED));
    if (now.decision == DECIDE_CALL && it->error && needs_after(&profile->needs, CALL_connect, it->error))
        now =
            connect_failed_verdict(profile, &facts, (struct sockaddr *)&place.storage, place.length,
                                   needs_of(profile, CALL_connect, PHASE_FAILED) & NEED_PATH && it->number, it->error);
    return outcome_of(now);
}

/* Of a refusal by a port on which nobody listens; `error`: what the kernel answers. */
static struct outcome connects_to_nobody(const struct profile *profile, const struct scenario *it)
{
    struct outcome now = connects(profile, it);
    unsigned int needs = needs_of(profile, CALL_connect, PHASE_FAILED);
    struct facts facts = gathered(&it->facts, needs);
    bool is_over = it->error == ECONNREFUSED || facts.connect_failed;
    now.numbers[2] =
        needs_after(&profile->needs, CALL_connect, it->error) && connect_may_be_dropped(profile, &facts) && is_over;
    return now;
}

static struct outcome connect_cuts(const struct profile *profile, const struct scenario *it)
{
    struct target_address place = target_of(it);
    struct outcome now = connects(profile, it);
    now.numbers[2] =
        (long)unix_length(profile->connect_unix_long_address,
                          (const char *)&place.storage + offsetof(struct sockaddr_un, sun_path), place.length);
    return now;
}

static struct outcome must_not_wait(const struct profile *profile, const struct scenario *it)
{
    struct outcome now = connects(profile, it);
    now.numbers[2] = profile->needs.phases[CALL_connect] && connect_must_not_wait(profile, AF_UNIX);
    return now;
}

/* --- accept --- */

enum { IS_ACCEPT4 = 1, NULL_LENGTH = 2, BAD_LENGTH = 4, BAD_ADDRESS = 8, POSTED = 16 };

/* `number`: the bits above; `name`: the flags of accept4; `length`: what *length is, below 1 as a number. */
static struct outcome accepts(const struct profile *profile, const struct scenario *it)
{
    enum call call = it->number & IS_ACCEPT4 ? CALL_accept4 : CALL_accept;
    unsigned int needs = needs_of(profile, call, PHASE_BEFORE), done = needs_of(profile, call, PHASE_DONE);
    struct accept_facts facts = {.is_accept4 = call == CALL_accept4, .asked = it->name};
    if (needs & NEED_FLAGS)
        facts.flags = O_NONBLOCK | O_ASYNC;
    facts.close_on_exec = needs & NEED_CLOSE_ON_EXEC;
    facts.posted = needs & NEED_MARK && it->number & POSTED;
    if (needs & NEED_LENGTH) {
        facts.wants_address = true;
        facts.length = it->number & NULL_LENGTH ? MEMORY_NULL : it->number & BAD_LENGTH ? MEMORY_BAD : MEMORY_GOOD;
        facts.room = it->error ? it->error : it->path ? 0 : 16;
        facts.address_is_bad = needs & NEED_ADDRESS && it->number & BAD_ADDRESS;
    }
    if (!profile->needs.phases[call])
        return (struct outcome){{DECIDE_CALL, 0, it->name}};
    struct accept_verdict now = accept_verdict(profile, &facts);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.flags, now.set_async,
                             now.set_owner && done & NEED_OWNER, now.passing, now.leaks, now.memory_error}};
}

/* `error`: the kernel's; `number`: whether a connection waits. */
static struct outcome accept_fails(const struct profile *profile, const struct scenario *it)
{
    unsigned int needs = needs_of(profile, CALL_accept, PHASE_FAILED);
    struct facts facts = gathered(&it->facts, needs);
    struct verdict now = {.decision = DECIDE_CALL};
    bool outlasts = false;
    if (needs_after(&profile->needs, CALL_accept, it->error)) {
        outlasts = it->error == EAGAIN && needs & NEED_FLAGS && accept_outlasts(profile, 0);
        now = accept_failed_verdict(profile, &facts, needs & NEED_QUEUED && it->number, it->error);
    }
    return (struct outcome){{now.decision, now.error, outlasts}};
}

/* `number`: what the connection came to. */
static struct outcome accepted(const struct profile *profile, const struct scenario *it)
{
    static const unsigned int needed[] = {
        [END_RESET] = NEED_CONNECTION, [END_CLOSED] = NEED_PEER_GONE, [END_SHORTENED] = NEED_EXCESS};
    unsigned int needs = needs_of(profile, CALL_accept, PHASE_DONE);
    enum end end = (needs & needed[it->number]) == needed[it->number] ? (enum end)it->number : END_NONE;
    struct outcome now = outcome_of(accepted_verdict(profile, end));
    socklen_t told = accepted_length(profile, 16);
    now.numbers[2] = end != END_NONE && needs_of(profile, CALL_accept, PHASE_BEFORE) & NEED_LENGTH ? (long)told : 16;
    return now;
}

/* Of an address of `number` bytes for which there is room for `name`; `error`: its end. */
static struct outcome addresses(const struct profile *profile, const struct scenario *it)
{
    if (!(needs_of(profile, CALL_accept, PHASE_DONE) & NEED_ADDRESS) ||
        !(needs_of(profile, CALL_accept, PHASE_BEFORE) & NEED_LENGTH))
        return (struct outcome){{DECIDE_CALL, 0, it->number, it->number < it->name ? it->number : it->name,
                                 it->number < it->name ? it->number : it->name}};
    enum end end =
        it->error && needs_of(profile, CALL_accept, PHASE_DONE) & NEED_PEER_GONE ? (enum end)it->error : END_NONE;
    struct address_verdict now =
        accepted_address_verdict(profile, it->facts.domain == AF_UNIX, end, (socklen_t)it->number, (socklen_t)it->name);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.length, now.kept, now.filled}};
}

/* `number`: the group; `name`: whether it is of AF_UNIX. */
static struct outcome inherits(const struct profile *profile, const struct scenario *it)
{
    unsigned int needs = needs_of(profile, CALL_accept, PHASE_DONE);
    enum inheritance how = INHERIT_LEAVE;
    unsigned int needed = it->name ? NEED_OPTIONS_UNIX : NEED_OPTIONS_TCP;
    if ((needs & needed) == needed && needs_of(profile, CALL_setsockopt, PHASE_DONE) & needed)
        how = accept_inheritance(profile, it->name, (enum option_group)it->number);
    int mark = needs_of(profile, CALL_setsockopt, PHASE_DONE) & NEED_TIMEOUTS
                   ? late_timeout_mark(profile, SOL_SOCKET, SO_RCVTIMEO)
                   : 0;
    return (struct outcome){{how, mark}};
}

/* --- shutdown, names, socket, options, filter, queue, host --- */

static struct outcome shuts(const struct profile *profile, const struct scenario *it)
{
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_shutdown, PHASE_BEFORE));
    struct shutdown_verdict now = {.verdict = {.decision = DECIDE_CALL}};
    if (profile->needs.phases[CALL_shutdown])
        now = shutdown_verdict(profile, &facts, it->number);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.mark, now.passes_on, now.marks,
                             now.closes_queue, now.marks && shutdown_closes_port(profile)}};
}

static struct outcome names_socket(const struct profile *profile, const struct scenario *it)
{
    struct facts facts = gathered(&it->facts, needs_of(profile, CALL_getsockname, PHASE_BEFORE));
    return outcome_of(socket_name_verdict(profile, &facts));
}

static struct outcome names_peer(const struct profile *profile, const struct scenario *it)
{
    (void)it;
    return outcome_of(peer_name_verdict(profile, needs_of(profile, CALL_getpeername, PHASE_BEFORE) & NEED_PEER_GONE));
}

/* Of a name of AF_UNIX of `number` bytes for which there is room for `name`. */
static struct outcome names_length(const struct profile *profile, const struct scenario *it)
{
    if (!acts(profile, CALL_getsockname, PHASE_DONE) || !acts(profile, CALL_getpeername, PHASE_DONE))
        return (struct outcome){{it->number, it->number < it->name ? it->number : it->name}};
    struct name_length now = name_length(profile, true, (socklen_t)it->number, (socklen_t)it->name);
    return (struct outcome){{now.told, now.filled}};
}

/* `error`: the kernel's; `number`: the type. */
static struct outcome makes(const struct profile *profile, const struct scenario *it)
{
    struct verdict now = {.decision = DECIDE_CALL};
    if (it->error && needs_after(&profile->needs, CALL_socket, it->error))
        now = socket_verdict(profile, it->number, it->error);
    int v6only = acts(profile, CALL_socket, PHASE_DONE) ? socket_v6only(profile, AF_INET6, SOCK_STREAM) : -1;
    return (struct outcome){{now.decision, now.error, v6only}};
}

/* `number`: the level; clears the option. */
static struct outcome sets(const struct profile *profile, const struct scenario *it)
{
    int domain = needs_of(profile, CALL_setsockopt, PHASE_BEFORE) & NEED_ROLE ? it->facts.domain : 0;
    return outcome_of(socket_option_verdict(profile, domain, it->number, it->name, true));
}

/* `number`: the level. */
static struct outcome gets(const struct profile *profile, const struct scenario *it)
{
    unsigned int needs = needs_of(profile, CALL_getsockopt, PHASE_DONE);
    struct facts facts = gathered(&it->facts, needs);
    if (!acts(profile, CALL_getsockopt, PHASE_DONE))
        return (struct outcome){{1}};
    return (struct outcome){{option_value(profile, it->number, it->name, 1), still_accepts(profile, &facts),
                             needs & NEED_MARK ? posted_error(profile) : 0,
                             option_is_doubled(profile, it->number, it->name)}};
}

enum { LISTENS = 1, INSTALLED = 2, UNKNOWN = 4, DNS = 8, SHORT = 16, REMOVES = 32 };

static struct filter_facts filter_facts_of(const struct scenario *it)
{
    return (struct filter_facts){.listening = it->number & LISTENS,
                                 .installed = it->number & INSTALLED ? FILTER_HTTPREADY : FILTER_NONE,
                                 .backlog = 9};
}

static struct outcome filter_outcome(struct filter_verdict now)
{
    return (struct outcome){
        {now.verdict.decision, now.verdict.error, (long)now.filter, now.hold, now.resets, now.resets ? now.most : 0}};
}

static struct outcome sets_filter(const struct profile *profile, const struct scenario *it)
{
    struct filter_facts facts = filter_facts_of(it);
    struct filter_argument argument = {0};
    struct filter_verdict now = {.verdict = {.decision = DECIDE_CALL}};
    strcpy(argument.name, it->number & UNKNOWN ? "nothing" : it->number & DNS ? "dnsready" : "dataready");
    socklen_t length = it->number & REMOVES ? 0 : it->number & SHORT ? 8 : sizeof argument;
    if (needs_of(profile, CALL_setsockopt, PHASE_BEFORE) & NEED_FILTER)
        now = filter_set_verdict(profile, &facts, length, it->number & (REMOVES | SHORT) ? NULL : &argument);
    return filter_outcome(now);
}

static struct outcome gets_filter(const struct profile *profile, const struct scenario *it)
{
    struct filter_facts facts = filter_facts_of(it);
    struct verdict now = {.decision = DECIDE_CALL};
    if (needs_of(profile, CALL_getsockopt, PHASE_BEFORE) & NEED_FILTER)
        now = filter_get_verdict(profile, &facts);
    return outcome_of(now);
}

static struct outcome filters_listener(const struct profile *profile, const struct scenario *it)
{
    struct filter_facts facts = filter_facts_of(it);
    struct filter_verdict now = {.verdict = {.decision = DECIDE_CALL}};
    if (needs_of(profile, CALL_listen, PHASE_DONE) & NEED_FILTER)
        now = filter_listen_verdict(profile, &facts);
    return filter_outcome(now);
}

static struct outcome tells_queue(const struct profile *profile, const struct scenario *it)
{
    struct queue_facts facts = {.domain = AF_INET, .queued = 3, .backlog = 9};
    struct queue_verdict now = {.verdict = {.decision = DECIDE_CALL}};
    (void)it;
    if (needs_of(profile, CALL_getsockopt, PHASE_BEFORE) & NEED_QUEUE)
        now = queue_verdict(profile, &facts, SO_LISTENQLEN);
    return (struct outcome){{now.verdict.decision, now.verdict.error, now.number}};
}

static struct outcome hosts(const struct profile *profile, const struct scenario *it)
{
    (void)it;
    struct host_settings now = host_settings(profile, 4096);
    return (struct outcome){{now.somaxconn, now.unprivileged_port, now.syncookies, now.syn_backlog,
                             acts(profile, CALL_start, PHASE_BEFORE) && host_has_somaxconn(profile)}};
}

static struct outcome samples(const struct profile *profile, const struct scenario *it)
{
    const struct value *rate = &profile->record_queue_samples;
    (void)it;
    return (struct outcome){{acts(profile, CALL_start, PHASE_BEFORE) && rate->word == WORD_NUMBER ? rate->number : 0}};
}

static struct outcome keeps_facts(const struct profile *profile, const struct scenario *it)
{
    (void)it;
    return (struct outcome){{acts(profile, CALL_start, PHASE_BEFORE) && profile->record_facts.word == WORD_YES}};
}

/* --- the cases --- */

#define TCP .domain = AF_INET, .type = SOCK_STREAM
#define TCP6 .domain = AF_INET6, .type = SOCK_STREAM
#define UDP .domain = AF_INET, .type = SOCK_DGRAM
#define LOCAL .domain = AF_UNIX, .type = SOCK_STREAM
#define LOCAL_DATAGRAM .domain = AF_UNIX, .type = SOCK_DGRAM
#define LONG_PATH "a/path/of/some/thirty/bytes/sock"
#define WILDCARD (UINT32_MAX - 1)

const struct scenario scenarios[] = {
    {.key = KEY_listen_backlog_min, .run = listens, .facts = {TCP, .bound = true}, .number = 5},
    {.key = KEY_listen_backlog_max, .run = listens, .facts = {TCP, .bound = true}, .number = 9},
    {.key = KEY_listen_backlog_negative, .run = listens, .facts = {TCP, .bound = true}, .number = -1},
    {.key = KEY_listen_backlog_zero, .run = listens, .facts = {TCP, .bound = true}, .with = "listen.backlog_min=3"},
    {.key = KEY_listen_backlog_excess, .run = listens, .facts = {TCP, .bound = true}, .number = 9000},
    {.key = KEY_listen_backlog_floor, .run = listens, .facts = {TCP, .bound = true}, .number = 5},
    {.key = KEY_listen_backlog_max_unix, .run = listens, .facts = {LOCAL, .bound = true}, .number = 9},
    {.key = KEY_listen_backlog_negative_unix, .run = listens, .facts = {LOCAL, .bound = true}, .number = -1},
    {.key = KEY_listen_backlog_zero_unix,
     .run = listens,
     .facts = {LOCAL, .bound = true},
     .with = "listen.backlog_min=3,listen.backlog_zero=5"},
    {.key = KEY_listen_capacity_tcp, .run = listens, .facts = {TCP, .bound = true}, .number = 9},
    {.key = KEY_listen_capacity_unix, .run = listens, .facts = {LOCAL, .bound = true}, .number = 9},
    {.key = KEY_listen_overflow_tcp, .run = listens, .facts = {TCP, .bound = true}, .number = 9},
    {.key = KEY_listen_overflow_unix, .run = must_not_wait, .facts = {LOCAL}, .path = "sock", .error = EAGAIN},
    {.key = KEY_listen_unbound_inet, .run = listens, .facts = {TCP}, .number = 9},
    {.key = KEY_listen_ports_exhausted, .run = listened, .facts = {TCP}, .error = EADDRINUSE},
    {.key = KEY_listen_address_taken, .run = listened, .facts = {TCP, .bound = true}, .error = EADDRINUSE},
    {.key = KEY_listen_unbound_unix, .run = listens, .facts = {LOCAL}, .number = 9},
    {.key = KEY_listen_connected_tcp, .run = listens, .facts = {TCP, .bound = true, .connected = true}, .number = 9},
    {.key = KEY_listen_connecting_tcp, .run = listens, .facts = {TCP, .bound = true, .connecting = true}, .number = 9},
    {.key = KEY_listen_connected_unix, .run = listens, .facts = {LOCAL, .connected = true}, .number = 9},
    {.key = KEY_listen_connected_unix_bound,
     .run = listens,
     .facts = {LOCAL, .connected = true, .bound = true},
     .number = 9},
    {.key = KEY_listen_closed_peer_unix,
     .run = listens,
     .facts = {LOCAL, .connected = true, .peer_closed = true},
     .number = 9},
    {.key = KEY_listen_connect_failed, .run = listens, .facts = {TCP, .connect_failed = true}, .number = 9},
    {.key = KEY_listen_datagram_inet, .run = listens, .facts = {UDP, .bound = true}, .number = 9},
    {.key = KEY_listen_datagram_unix, .run = listens, .facts = {LOCAL_DATAGRAM, .bound = true}, .number = 9},
    {.key = KEY_listen_datagram_unix_unbound, .run = listens, .facts = {LOCAL_DATAGRAM}, .number = 9},
    {.key = KEY_listen_datagram_connected,
     .run = listens,
     .facts = {UDP, .bound = true, .connected = true},
     .number = 9},
    {.key = KEY_listen_relisten_tcp, .run = listens, .facts = {TCP, .bound = true, .listening = true}, .number = 9},
    {.key = KEY_listen_relisten_unix, .run = listens, .facts = {LOCAL, .bound = true, .listening = true}, .number = 9},
    {.key = KEY_listen_relisten_excess, .run = listens, .facts = {TCP, .bound = true, .listening = true}, .number = 9},
    {.key = KEY_listen_relisten_excess, .run = accepted, .facts = {TCP}, .number = END_SHORTENED},
    {.key = KEY_listen_shutdown_listener,
     .run = listens,
     .facts = {TCP, .bound = true, .was_listening = true, .shut_down = true},
     .number = 9},
    {.key = KEY_listen_shutdown_listener,
     .run = shuts,
     .facts = {TCP, .bound = true, .listening = true},
     .number = SHUT_RDWR},
    {.key = KEY_listen_shutdown_unconnected,
     .run = listens,
     .facts = {TCP, .bound = true, .shut_down = true},
     .number = 9},
    {.key = KEY_listen_shutdown_unconnected,
     .run = shuts,
     .facts = {TCP},
     .number = SHUT_WR,
     .with = "shutdown.unconnected_tcp=ok"},
    {.key = KEY_listen_bad_descriptor, .run = listened, .facts = {0}, .error = EBADF},
    {.key = KEY_listen_no_descriptors,
     .run = listens,
     .facts = {TCP, .bound = true, .no_descriptors = true},
     .number = 9},
    {.key = KEY_listen_queue_options, .run = tells_queue, .facts = {TCP}},

    {.key = KEY_accept_inherit_nonblock, .run = accepts, .facts = {TCP}},
    {.key = KEY_accept_inherit_async, .run = accepts, .facts = {TCP}},
    {.key = KEY_accept_inherit_owner, .run = accepts, .facts = {TCP}},
    {.key = KEY_accept_inherit_late_owner, .run = accepts, .facts = {TCP}},
    {.key = KEY_accept_inherit_cloexec, .run = accepts, .facts = {TCP}},
    {.key = KEY_accept_inherit_options_unix, .run = inherits, .facts = {LOCAL}, .number = OPTIONS_BASIC, .name = 1},
    {.key = KEY_accept_inherit_buffers_unix, .run = inherits, .facts = {LOCAL}, .number = OPTIONS_BUFFERS, .name = 1},
    {.key = KEY_accept_inherit_timeouts_tcp, .run = inherits, .facts = {TCP}, .number = OPTIONS_TIMEOUTS},
    {.key = KEY_accept_inherit_timeouts_unix, .run = inherits, .facts = {LOCAL}, .number = OPTIONS_TIMEOUTS, .name = 1},
    {.key = KEY_accept_inherit_lowat_tcp, .run = inherits, .facts = {TCP}, .number = OPTIONS_LOWAT},
    {.key = KEY_accept_inherit_lowat_unix, .run = inherits, .facts = {LOCAL}, .number = OPTIONS_LOWAT, .name = 1},
    {.key = KEY_accept_inherit_nodelay, .run = inherits, .facts = {TCP}, .number = OPTIONS_NODELAY},
    {.key = KEY_accept_inherit_keepalive, .run = inherits, .facts = {TCP}, .number = OPTIONS_KEEPALIVE},
    {.key = KEY_accept_inherit_ip, .run = inherits, .facts = {TCP}, .number = OPTIONS_IP},
    {.key = KEY_accept_timeout, .run = accept_fails, .facts = {TCP, .listening = true}, .error = EAGAIN},
    {.key = KEY_accept_reset_queued, .run = accepted, .facts = {TCP}, .number = END_RESET},
    {.key = KEY_accept_reset_queued_length,
     .run = accepted,
     .facts = {TCP},
     .number = END_RESET,
     .with = "accept.reset_queued=EPROTO"},
    {.key = KEY_accept_reset_queued_length,
     .run = accepted,
     .facts = {TCP},
     .number = END_RESET,
     .with = "accept.reset_queued=EPROTO",
     .only = "keep",
     .same = true},
    {.key = KEY_accept_closed_queued_unix, .run = accepted, .facts = {LOCAL}, .number = END_CLOSED},
    {.key = KEY_accept_closed_queued_name,
     .run = addresses,
     .facts = {LOCAL},
     .number = 12,
     .name = 110,
     .error = END_CLOSED},
    {.key = KEY_accept_accept4,
     .run = accepts,
     .facts = {TCP},
     .number = IS_ACCEPT4,
     .name = SOCK_CLOEXEC,
     .with = "accept.inherit_nonblock=yes,accept.inherit_async=yes"},
    {.key = KEY_accept_accept4_unknown_flag, .run = accepts, .facts = {TCP}, .number = IS_ACCEPT4, .name = 1},
    {.key = KEY_accept_not_listening_inet, .run = accept_fails, .facts = {TCP}, .error = EINVAL},
    {.key = KEY_accept_not_listening_unix, .run = accept_fails, .facts = {LOCAL}, .error = EINVAL},
    {.key = KEY_accept_datagram, .run = accept_fails, .facts = {UDP}, .error = EOPNOTSUPP},
    {.key = KEY_accept_bad_descriptor, .run = accept_fails, .facts = {0}, .error = EBADF},
    {.key = KEY_accept_no_descriptor_empty, .run = accept_fails, .facts = {TCP, .listening = true}, .error = EMFILE},
    {.key = KEY_accept_no_descriptor_not_listening, .run = accept_fails, .facts = {TCP}, .error = ENFILE},
    {.key = KEY_accept_null_length, .run = accepts, .facts = {TCP}, .number = NULL_LENGTH},
    {.key = KEY_accept_bad_length, .run = accepts, .facts = {TCP}, .number = BAD_LENGTH},
    {.key = KEY_accept_bad_length_loss, .run = accepts, .facts = {TCP}, .number = BAD_LENGTH},
    {.key = KEY_accept_negative_length, .run = accepts, .facts = {TCP}, .error = -5},
    {.key = KEY_accept_negative_length_loss, .run = accepts, .facts = {TCP}, .error = -5},
    {.key = KEY_accept_bad_address_loss, .run = accepts, .facts = {TCP}, .number = BAD_ADDRESS},
    {.key = KEY_accept_zero_length, .run = accepts, .facts = {TCP}, .path = "", .only = "ignore"},
    {.key = KEY_accept_zero_length, .run = addresses, .facts = {TCP}, .number = 16, .only = "EXDEV"},
    {.key = KEY_accept_short_length, .run = addresses, .facts = {TCP}, .number = 16, .name = 4},
    {.key = KEY_accept_returned_length, .run = addresses, .facts = {TCP}, .number = 16, .name = 4},
    {.key = KEY_accept_unix_unnamed_length, .run = addresses, .facts = {LOCAL}, .number = 2, .name = 110},
    {.key = KEY_accept_unix_peer, .run = addresses, .facts = {LOCAL}, .number = 12, .name = 110},

    {.key = KEY_bind_wrong_family_inet, .run = binds, .facts = {TCP}, .family = AF_IPX},
    {.key = KEY_bind_unspec_wildcard, .run = binds, .facts = {TCP}, .family = -1, .place = WILDCARD},
    {.key = KEY_bind_wrong_family_wildcard, .run = binds, .facts = {TCP}, .family = AF_IPX, .place = WILDCARD},
    {.key = KEY_bind_wrong_family_inet6, .run = binds, .facts = {TCP6}, .family = AF_IPX},
    {.key = KEY_bind_family_first, .run = binds, .facts = {TCP}, .family = AF_IPX, .length = 4},
    {.key = KEY_bind_wrong_family_unix, .run = binds, .facts = {LOCAL}, .family = AF_IPX, .path = "sock"},
    {.key = KEY_bind_short_address, .run = binds, .facts = {TCP}, .length = 4},
    {.key = KEY_bind_no_family, .run = binds, .facts = {TCP}, .length = 1},
    {.key = KEY_bind_long_address, .run = binds, .facts = {TCP}, .length = 20},
    {.key = KEY_bind_huge_address, .run = binds, .facts = {TCP}, .length = 300},
    {.key = KEY_bind_negative_address, .run = binds, .facts = {TCP}, .length = (socklen_t)-3},
    {.key = KEY_bind_null_address, .run = binds, .facts = {TCP}, .number = 1},
    {.key = KEY_bind_bound, .run = binds, .facts = {TCP, .bound = true}},
    {.key = KEY_bind_after_disconnect, .run = binds, .facts = {TCP, .connect_failed = true}},
    {.key = KEY_bind_after_disconnect, .run = binds, .facts = {TCP, .was_listening = true, .shut_down = true}},
    {.key = KEY_bind_after_disconnect, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_WR},
    {.key = KEY_bind_shut_tcp, .run = binds, .facts = {TCP, .shut_down = true}},
    {.key = KEY_bind_shut_tcp, .run = shuts, .facts = {TCP}, .number = SHUT_WR, .with = "shutdown.unconnected_tcp=ok"},
    {.key = KEY_bind_loopback_net, .run = binds, .facts = {TCP}, .place = INADDR_LOOPBACK + 7},
    {.key = KEY_bind_multicast_tcp, .run = binds, .facts = {TCP}, .place = INADDR_ALLHOSTS_GROUP},
    {.key = KEY_bind_broadcast_tcp, .run = binds, .facts = {TCP}, .place = INADDR_BROADCAST},
    {.key = KEY_bind_broadcast_udp, .run = binds, .facts = {UDP}, .place = INADDR_BROADCAST},
    {.key = KEY_bind_low_port, .run = bind_fails, .facts = {TCP}, .error = EACCES},
    {.key = KEY_bind_low_port_wildcard, .run = bind_fails, .facts = {TCP}, .place = WILDCARD, .error = EACCES},
    {.key = KEY_bind_reuse, .run = shares, .facts = {TCP}, .number = OVERLAPPING, .name = IPPROTO_TCP},
    {.key = KEY_bind_reuse_udp,
     .run = shares,
     .facts = {UDP},
     .number = OVERLAPPING,
     .name = IPPROTO_UDP,
     .with = "bind.reuse=bsd"},
    {.key = KEY_bind_time_wait_reuse, .run = shares, .facts = {TCP}, .number = CONNECTIONS, .name = IPPROTO_TCP},
    {.key = KEY_bind_dual_stack, .run = shares, .facts = {TCP}, .number = DUAL_STACK | REUSES, .name = IPPROTO_TCP},
    {.key = KEY_bind_port_min, .run = chooses, .facts = {TCP}},
    {.key = KEY_bind_port_max, .run = chooses, .facts = {TCP}},
    {.key = KEY_bind_unix_path_max, .run = binds, .facts = {LOCAL}, .path = LONG_PATH},
    {.key = KEY_bind_unix_path_long,
     .run = binds,
     .facts = {LOCAL},
     .path = LONG_PATH,
     .with = "bind.unix_path_max=20"},
    {.key = KEY_bind_unix_long_address, .run = binds, .facts = {LOCAL}, .path = "sock", .length = 120},
    {.key = KEY_bind_unix_abstract, .run = binds, .facts = {LOCAL}, .path = ""},
    {.key = KEY_bind_unix_unnamed, .run = binds, .facts = {LOCAL}, .path = "sock", .length = 2},
    {.key = KEY_bind_unix_dangling, .run = path_is_taken, .facts = {LOCAL}, .number = 1},
    {.key = KEY_bind_unix_mode, .run = path_mode, .facts = {LOCAL}},

    {.key = KEY_socket_v6only, .run = makes, .facts = {0}},
    {.key = KEY_socket_v6only_off, .run = sets, .facts = {TCP6}, .number = IPPROTO_IPV6, .name = IPV6_V6ONLY},
    {.key = KEY_socket_unknown_family, .run = makes, .facts = {0}, .error = EAFNOSUPPORT, .number = SOCK_STREAM},
    {.key = KEY_socket_unknown_type, .run = makes, .facts = {0}, .error = EINVAL, .number = 14},
    {.key = KEY_socket_unsupported_type, .run = makes, .facts = {0}, .error = ESOCKTNOSUPPORT, .number = SOCK_RDM},
    {.key = KEY_socket_wrong_protocol, .run = makes, .facts = {0}, .error = EPROTONOSUPPORT, .number = SOCK_STREAM},
    {.key = KEY_socket_reuse_port_unix, .run = sets, .facts = {LOCAL}, .number = SOL_SOCKET, .name = SO_REUSEPORT},
    {.key = KEY_socket_option_on, .run = gets, .facts = {TCP}, .number = SOL_SOCKET, .name = SO_KEEPALIVE},
    {.key = KEY_socket_buffer_size, .run = gets, .facts = {TCP}, .number = SOL_SOCKET, .name = SO_SNDBUF},
    {.key = KEY_socket_nodelay_on, .run = gets, .facts = {TCP}, .number = IPPROTO_TCP, .name = TCP_NODELAY},

    {.key = KEY_connect_unix_not_socket,
     .run = connects,
     .facts = {LOCAL},
     .path = "sock",
     .error = ECONNREFUSED,
     .number = 1},
    {.key = KEY_connect_unix_unnamed, .run = connects, .facts = {LOCAL}, .path = "sock", .length = 2, .error = EINVAL},
    {.key = KEY_connect_unix_abstract, .run = connects, .facts = {LOCAL}, .path = ""},
    {.key = KEY_connect_unix_path_long,
     .run = connects,
     .facts = {LOCAL},
     .path = LONG_PATH,
     .with = "bind.unix_path_max=20"},
    {.key = KEY_connect_unix_long_address,
     .run = connect_cuts,
     .facts = {LOCAL},
     .path = "sock",
     .length = 120,
     .error = EINVAL},
    {.key = KEY_connect_wrong_family_unix, .run = connects, .facts = {LOCAL}, .family = AF_INET, .error = EINVAL},
    {.key = KEY_connect_wrong_family_unix, .run = connects, .facts = {LOCAL}, .family = AF_IPX, .error = EINVAL},
    {.key = KEY_connect_connected_unix,
     .run = connects,
     .facts = {LOCAL, .connected = true},
     .path = "sock",
     .error = ENOENT},
    {.key = KEY_connect_closed_unix,
     .run = connects,
     .facts = {LOCAL, .connected = true, .peer_closed = true},
     .path = "sock",
     .error = EISCONN},
    {.key = KEY_connect_no_family, .run = connects, .facts = {TCP}, .length = 1, .error = EINVAL},
    {.key = KEY_connect_short_address, .run = connects, .facts = {TCP}, .length = 4, .error = EINVAL},
    {.key = KEY_connect_short_address,
     .run = connects,
     .facts = {TCP6},
     .family = AF_INET,
     .length = 16,
     .error = EINVAL},
    {.key = KEY_connect_long_address,
     .run = connects,
     .facts = {TCP6},
     .family = AF_INET,
     .length = 16,
     .error = EAFNOSUPPORT},
    {.key = KEY_connect_short_address,
     .run = connects,
     .facts = {TCP6},
     .family = AF_INET,
     .length = 16,
     .error = EAFNOSUPPORT},
    {.key = KEY_connect_long_address, .run = connects, .facts = {TCP}, .length = 20},
    {.key = KEY_connect_huge_address, .run = connects, .facts = {TCP}, .length = 300, .error = EINVAL},
    {.key = KEY_connect_negative_address, .run = connects, .facts = {TCP}, .length = (socklen_t)-3, .error = EINVAL},
    {.key = KEY_connect_family_first, .run = connects, .facts = {TCP}, .family = AF_IPX, .length = 4, .error = EINVAL},
    {.key = KEY_connect_listening_inet, .run = connects, .facts = {TCP, .listening = true}, .error = EISCONN},
    {.key = KEY_connect_listening_inet, .run = connects, .facts = {TCP, .was_listening = true}},
    {.key = KEY_connect_listening_unix,
     .run = connects,
     .facts = {LOCAL, .listening = true},
     .path = "sock",
     .error = EINVAL},
    {.key = KEY_connect_connecting, .run = connects, .facts = {TCP, .connecting = true}},
    {.key = KEY_connect_completed, .run = connects, .facts = {TCP, .connected = true}},
    {.key = KEY_connect_refused, .run = connects, .facts = {TCP, .connect_failed = true}},
    {.key = KEY_connect_disconnect, .run = connects, .facts = {TCP, .connected = true}, .family = -1},
    {.key = KEY_connect_unspec, .run = connects, .facts = {TCP}, .family = -1},
    {.key = KEY_connect_unspec_datagram, .run = connects, .facts = {UDP}, .family = -1},
    {.key = KEY_connect_after_disconnect, .run = connects, .facts = {TCP, .shut_down = true}},
    {.key = KEY_connect_after_disconnect,
     .run = shuts,
     .facts = {TCP},
     .number = SHUT_WR,
     .with = "shutdown.unconnected_tcp=ok"},
    {.key = KEY_connect_port_zero, .run = connects, .facts = {TCP}, .port = -1},
    {.key = KEY_connect_port_zero_udp, .run = connects, .facts = {UDP}, .port = -1},
    {.key = KEY_connect_multicast_tcp, .run = connects, .facts = {TCP}, .place = INADDR_ALLHOSTS_GROUP},
    {.key = KEY_connect_broadcast_tcp, .run = connects, .facts = {TCP}, .place = INADDR_BROADCAST},
    {.key = KEY_connect_wildcard, .run = connects, .facts = {TCP}, .place = WILDCARD},
    {.key = KEY_connect_in_progress, .run = connects, .facts = {TCP}, .error = EINPROGRESS},
    {.key = KEY_connect_not_listening, .run = connects_to_nobody, .facts = {TCP}, .error = ECONNREFUSED},
    {.key = KEY_connect_not_listening,
     .run = connects_to_nobody,
     .facts = {TCP, .connect_failed = true},
     .error = EINPROGRESS},
    {.key = KEY_connect_not_listening, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_RDWR},

    {.key = KEY_shutdown_listener_tcp, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_listener_unix, .run = shuts, .facts = {LOCAL, .listening = true}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_queued, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_RD, .only = "keep"},
    {.key = KEY_shutdown_queued,
     .run = shuts,
     .facts = {TCP, .listening = true, .queued = true},
     .number = SHUT_RDWR,
     .only = "drain"},
    {.key = KEY_shutdown_queued,
     .run = listens,
     .facts = {TCP, .bound = true, .was_listening = true},
     .number = 9,
     .only = "drain"},
    {.key = KEY_shutdown_accept_after,
     .run = shuts,
     .facts = {TCP, .listening = true},
     .number = SHUT_RDWR,
     .only = "keep"},
    {.key = KEY_shutdown_accept_after,
     .run = accept_fails,
     .facts = {TCP, .was_listening = true, .shut_down = true},
     .error = EINVAL,
     .only = "EXDEV"},
    {.key = KEY_shutdown_accept_after,
     .run = shuts,
     .facts = {TCP, .listening = true},
     .number = SHUT_RDWR,
     .only = "EXDEV"},
    {.key = KEY_shutdown_accept_error, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_RD},
    {.key = KEY_shutdown_accept_error, .run = accepts, .facts = {TCP}, .number = POSTED},
    {.key = KEY_shutdown_accept_error, .run = gets, .facts = {TCP}, .number = SOL_SOCKET, .name = SO_ERROR},
    {.key = KEY_shutdown_acceptconn_after,
     .run = gets,
     .facts = {TCP, .was_listening = true},
     .number = SOL_SOCKET,
     .name = SO_ACCEPTCONN},
    {.key = KEY_shutdown_unconnected_tcp, .run = shuts, .facts = {TCP}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_unconnected_unix, .run = shuts, .facts = {LOCAL}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_unconnected_udp, .run = shuts, .facts = {UDP}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_after_disconnect, .run = shuts, .facts = {TCP, .connect_failed = true}, .number = SHUT_RDWR},
    {.key = KEY_shutdown_after_disconnect, .run = shuts, .facts = {TCP, .shut_down = true}, .number = SHUT_WR},

    {.key = KEY_names_unbound_tcp, .run = names_socket, .facts = {TCP}},
    {.key = KEY_names_after_disconnect, .run = names_socket, .facts = {TCP, .connect_failed = true}},
    {.key = KEY_names_after_disconnect, .run = names_socket, .facts = {TCP, .shut_down = true}},
    {.key = KEY_names_after_disconnect, .run = names_socket, .facts = {TCP, .was_listening = true, .shut_down = true}},
    {.key = KEY_names_after_disconnect, .run = shuts, .facts = {TCP, .listening = true}, .number = SHUT_WR},
    {.key = KEY_names_after_disconnect,
     .run = shuts,
     .facts = {TCP},
     .number = SHUT_WR,
     .with = "shutdown.unconnected_tcp=ok"},
    {.key = KEY_names_unix_peer_closed, .run = names_peer, .facts = {LOCAL}},
    {.key = KEY_names_returned_length, .run = names_length, .facts = {LOCAL}, .number = 16, .name = 4},
    {.key = KEY_names_unix_unnamed_length, .run = names_length, .facts = {LOCAL}, .number = 2, .name = 110},

    {.key = KEY_filter_option, .run = sets_filter, .facts = {TCP}, .number = LISTENS},
    {.key = KEY_filter_option, .run = gets_filter, .facts = {TCP}, .number = LISTENS | INSTALLED},
    {.key = KEY_filter_install, .run = filters_listener, .facts = {TCP}, .number = LISTENS},
    {.key = KEY_filter_hold, .run = sets_filter, .facts = {TCP}, .number = LISTENS, .with = "filter.option=yes"},
    {.key = KEY_filter_dnsready,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS | DNS,
     .with = "filter.option=yes"},
    {.key = KEY_filter_capacity,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS,
     .with = "filter.option=yes,filter.hold=yes,filter.overflow=reset,listen.capacity_tcp=3/2 b + 1"},
    {.key = KEY_filter_overflow,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS,
     .with = "filter.option=yes,filter.hold=yes"},
    {.key = KEY_filter_overflow,
     .run = filters_listener,
     .facts = {TCP},
     .number = LISTENS | INSTALLED,
     .with = "filter.hold=yes"},
    {.key = KEY_filter_unlistening, .run = sets_filter, .facts = {TCP}, .with = "filter.option=yes"},
    {.key = KEY_filter_installed,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS | INSTALLED,
     .with = "filter.option=yes"},
    {.key = KEY_filter_unknown,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS | UNKNOWN,
     .with = "filter.option=yes"},
    {.key = KEY_filter_unknown_misplaced,
     .run = sets_filter,
     .facts = {TCP},
     .number = UNKNOWN,
     .with = "filter.option=yes"},
    {.key = KEY_filter_short_argument,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS | SHORT,
     .with = "filter.option=yes"},
    {.key = KEY_filter_remove,
     .run = sets_filter,
     .facts = {TCP},
     .number = LISTENS | INSTALLED | REMOVES,
     .with = "filter.option=yes"},
    {.key = KEY_filter_get_none, .run = gets_filter, .facts = {TCP}, .number = LISTENS, .with = "filter.option=yes"},
    {.key = KEY_filter_get_unlistening, .run = gets_filter, .facts = {TCP}, .with = "filter.option=yes"},

    {.key = KEY_host_somaxconn, .run = hosts, .facts = {0}},
    {.key = KEY_host_somaxconn_live, .run = hosts, .facts = {0}, .only = "yes"},
    {.key = KEY_host_somaxconn_live, .run = hosts, .facts = {0}, .only = "no", .same = true},
    {.key = KEY_host_unprivileged_port, .run = hosts, .facts = {0}},
    {.key = KEY_host_syncookies, .run = hosts, .facts = {0}},
    {.key = KEY_host_syn_backlog, .run = hosts, .facts = {0}},

    {.key = KEY_record_queue_samples, .run = samples, .facts = {0}},
    {.key = KEY_record_facts, .run = keeps_facts, .facts = {0}},
};

const size_t scenario_count = sizeof scenarios / sizeof *scenarios;
