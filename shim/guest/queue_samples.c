#include "queue_samples.h"

#include <linux/sock_diag.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../kernel/facts.h"
#include "../kernel/system.h"
#include "../ring/history.h"
#include "guest.h"
#include "recorder_state.h"
#include "ring_names.h"

#include "../kernel/async_safe.h"

#define SECOND UINT64_C(1000000000)
/* How soon a full queue is looked at again. */
#define WHILE_FULL UINT64_C(1000000)

void queue_samples_start(void)
{
    const struct value *rate = &guest.profile.record_queue_samples;
    recorder.sample_ns = rate->word == WORD_NUMBER ? SECOND / (uint64_t)rate->number : UINT64_MAX;
}

/* What is known of a queue now. */
struct look {
    uint64_t now_ns;
    uint64_t waited; /* connections, that which accept has just taken included */
    uint64_t holds;  /* how many it holds: Linux takes one more than the backlog */
    uint64_t drops;
    int waited_ms; /* how long the connection that accept has just taken has waited; -1 for unknown or none */
};

/* The kernel's count is of 32 bits and goes round. Source: struct sock, sk_drops. */
static uint64_t drops_of(int fd, uint64_t before)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof memory;
    if (system_call(SYS_getsockopt, fd, SOL_SOCKET, SO_MEMINFO, memory, &length) != 0 ||
        length <= SK_MEMINFO_DROPS * sizeof *memory)
        return before;
    return before + (uint32_t)(memory[SK_MEMINFO_DROPS] - (uint32_t)before);
}

static bool look_at(struct look *look, const struct ring_listener *listener, const struct record *accepted)
{
    struct queue_facts facts;
    if (!facts_of_queue(accepted->fd, &facts) || facts.queued < 0 || facts.backlog < 0)
        return false;
    *look = (struct look){.now_ns = accepted->time_ns,
                          .waited = (uint64_t)facts.queued + (accepted->result >= 0),
                          .holds = (uint64_t)facts.backlog + 1,
                          .drops = atomic_load_explicit(&listener->drops, memory_order_relaxed),
                          .waited_ms = -1};
    if (facts.domain != AF_UNIX) {
        look->drops = drops_of(accepted->fd, look->drops);
        look->waited_ms = accepted->result >= 0 ? facts_waited_ms(accepted->result) : -1;
    }
    if (look->waited > look->holds)
        look->waited = look->holds; /* one came between accept and this look */
    return true;
}

static bool is_full(const struct look *look)
{
    return look->waited >= look->holds;
}

/* One record for what has ended, from `from_ns` on. */
static void record_end(const struct ring_listener *listener, const struct look *look, const struct record *accepted,
                       uint64_t from_ns, bool was_full)
{
    struct record record = {0}, listens;
    uint64_t number, drops = look->drops - atomic_load_explicit(&listener->drops_told, memory_order_relaxed);
    uint64_t ms = look->now_ns > from_ns ? (look->now_ns - from_ns) / 1000000 : 0;
    if (ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &listens)) {
        record = listens;
        record.flags &= RECORD_WATCHED | RECORD_RESETS | RECORD_PATH_CUT;
        drops = listens.flags & RECORD_TELLS ? 0 : drops; /* a record of the refuser's own says whom it turned away */
    }
    if (!was_full && !drops)
        return;
    record.call = CALL_QUEUE;
    record.time_ns = look->now_ns;
    record.pid = accepted->pid;
    record.tid = accepted->tid;
    record.fd = accepted->fd;
    record.site = accepted->site;
    record.flags = (uint16_t)(record.flags | (was_full ? RECORD_FULL : 0));
    record.result = (int32_t)(ms < INT32_MAX ? ms : INT32_MAX);
    record.asked = (int32_t)(was_full ? look->holds : look->waited);
    record.capacity = (int32_t)look->holds;
    record.given = (int32_t)(drops < INT32_MAX ? drops : INT32_MAX);
    record.effective = 0;
    record.key[0] = record.key[1] = record.kernel_error = record.given_error = record.shorten_error = 0;
    record.reset = 0;
    recorder_put(&record, false);
}

static void note_history(const struct ring_listener *listener, const struct look *look, const struct record *accepted)
{
    uint64_t before = atomic_load_explicit(&listener->accepted, memory_order_relaxed);
    const struct history_look found = {.now_ns = look->now_ns,
                                       .waited = look->waited,
                                       .holds = look->holds,
                                       .accepted = before + (accepted->result >= 0)}; /* counted after this look */
    ring_history_note(&recorder.ring, listener, &found);
}

static void note_wait(struct ring_listener *listener, int waited_ms)
{
    uint64_t longest = atomic_load_explicit(&listener->waits, memory_order_relaxed) >> 32, last = (uint32_t)waited_ms;
    if (waited_ms >= 0)
        atomic_store_explicit(&listener->waits, (last > longest ? last : longest) << 32 | last, memory_order_relaxed);
}

/* Nobody else looks at the same moment: the time of the look before is his who changes it. */
static void note(struct ring_listener *listener, const struct look *look, const struct record *accepted,
                 uint64_t before_ns)
{
    uint64_t full_from = atomic_load_explicit(&listener->full_from, memory_order_relaxed);
    atomic_fetch_add_explicit(&listener->samples, 1, memory_order_relaxed);
    atomic_store_explicit(&listener->length, (look->holds - 1) << 32 | look->waited, memory_order_relaxed);
    note_history(listener, look, accepted);
    if (look->waited > atomic_load_explicit(&listener->highest, memory_order_relaxed))
        atomic_store_explicit(&listener->highest, look->waited, memory_order_relaxed);
    atomic_store_explicit(&listener->drops, look->drops, memory_order_relaxed);
    note_wait(listener, look->waited_ms);
    if (is_full(look)) {
        if (!full_from) {
            atomic_store_explicit(&listener->full_from, look->now_ns, memory_order_relaxed);
            atomic_fetch_add_explicit(&listener->full_times, 1, memory_order_relaxed);
        }
        return;
    }
    if (!full_from && look->drops == atomic_load_explicit(&listener->drops_told, memory_order_relaxed))
        return;
    record_end(listener, look, accepted, full_from ? full_from : before_ns, full_from != 0);
    atomic_store_explicit(&listener->drops_told, look->drops, memory_order_relaxed);
    atomic_store_explicit(&listener->full_from, 0, memory_order_relaxed);
}

bool queue_sample(struct ring_listener *listener, const struct record *accepted)
{
    uint64_t before = atomic_load_explicit(&listener->sampled_ns, memory_order_relaxed), now = accepted->time_ns;
    struct look look;
    if (facts_cookie(accepted->fd) != atomic_load_explicit(&listener->cookie, memory_order_relaxed))
        return false;
    if (!look_at(&look, listener, accepted))
        return true;
    uint64_t sooner = is_full(&look) && recorder.sample_ns > WHILE_FULL ? recorder.sample_ns - WHILE_FULL : 0;
    if (!atomic_compare_exchange_strong_explicit(&listener->sampled_ns, &before, now - sooner, memory_order_relaxed,
                                                 memory_order_relaxed))
        return true;
    note(listener, &look, accepted, before ? before : now);
    return true;
}
