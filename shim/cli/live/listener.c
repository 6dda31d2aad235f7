#include "listener.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../clock.h"
#include "../log/address.h"

#define COUNT_BITS 48

static uint64_t load(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

/* --- names --- */

bool ring_find_start(const struct ring *ring, uint32_t pid, struct record *start)
{
    const struct ring_process *process;
    uint64_t number;
    for (uint32_t i = 1; (process = ring_process(ring, i)); i++)
        if (load(&process->pid) == pid && ring_kept(&process->start, &number, start))
            return true;
    return false;
}

/* The program that listens, and its platform: as it started, or as the ring was made. */
static void read_names(struct listener *listener, const struct ring *ring)
{
    const struct ring_header *header = ring->header;
    struct record start;
    size_t length = strnlen(header->command, sizeof header->command);
    const char *slash = memrchr(header->command, '/', length);
    const char *program = slash ? slash + 1 : header->command;
    visible_copy(listener->program, sizeof listener->program, program, length - (size_t)(program - header->command),
                 VISIBLE_EXACT);
    visible_copy(listener->profile, sizeof listener->profile, header->profile,
                 strnlen(header->profile, sizeof header->profile), VISIBLE_EXACT);
    if (!ring_find_start(ring, listener->pid, &start))
        return;
    const struct start_names names = start_names(&start);
    visible_copy(listener->program, sizeof listener->program, names.program, names.program_length, VISIBLE_EXACT);
    if (names.profile_length)
        visible_copy(listener->profile, sizeof listener->profile, names.profile, names.profile_length, VISIBLE_EXACT);
}

/* --- what the ring says --- */

static void read_errors(struct listener *listener, const struct ring_listener *place)
{
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = load(&place->errors[i]);
        listener->errors[i] = (struct listener_error){.error = (unsigned int)(word >> COUNT_BITS),
                                                      .count = word & ((UINT64_C(1) << COUNT_BITS) - 1)};
    }
}

static void read_depth(struct depth *depth, const struct ring_listener *place, const struct record *made)
{
    uint64_t length = load(&place->length), highest = load(&place->highest), waits = load(&place->waits);
    depth->samples = load(&place->samples);
    depth->full_times = load(&place->full_times);
    depth->full_since_ns = load(&place->full_from);
    depth->waited_ms = (uint32_t)waits;
    depth->waited_most_ms = (uint32_t)(waits >> 32);
    depth->capacity = made->capacity > 0 ? (uint32_t)made->capacity : 0;
    depth->source = depth->samples ? DEPTH_SAMPLE : DEPTH_UNKNOWN;
    if (highest > depth->highest)
        depth->highest = highest;
    if (!depth->samples)
        return;
    depth->waiting = (uint32_t)length;
    depth->capacity = (uint32_t)(length >> 32) + 1;
    depth->at_ns = load(&place->sampled_ns);
}

static void read_overflow(struct listener *listener)
{
    const struct record *made = &listener->made;
    bool asked = made->flags & RECORD_WATCHED;
    listener->refuser_error = asked ? made->refuser_error : 0;
    listener->tells = asked && !made->refuser_error && made->flags & RECORD_TELLS;
    listener->overflow = !asked || made->refuser_error ? OVERFLOW_DROPS
                         : made->flags & RECORD_RESETS ? OVERFLOW_RESETS
                                                       : OVERFLOW_REFUSES;
}

static bool is_same(const struct listener *listener, uint32_t number, uint64_t since_ns)
{
    return listener->place == number && listener->since_ns == since_ns;
}

bool listener_read(struct listener *listener, const struct ring *ring, uint32_t number, uint64_t now_ns)
{
    const struct ring_listener *place = ring_listener(ring, number);
    struct record made;
    uint64_t state = place ? atomic_load_explicit(&place->state, memory_order_acquire) : LISTENER_FREE, at;
    if ((state != LISTENER_LISTENS && state != LISTENER_DEAD) ||
        !ring_kept(&place->made_by[MADE_BY_LISTEN], &at, &made))
        return false;
    uint64_t owner = load(&place->owner), since_ns = load(&place->since_ns);
    bool is_known = is_same(listener, number, since_ns);
    if (!is_known)
        *listener = (struct listener){.place = number, .since_ns = since_ns};
    bool is_renamed = !is_known || listener->pid != owner >> 32;
    listener->listens = state == LISTENER_LISTENS;
    listener->pid = (uint32_t)(owner >> 32);
    listener->fd = (int)(uint32_t)owner;
    listener->cookie = load(&place->cookie);
    listener->made = made;
    listener->before = listener->counts;
    listener->before_ns = listener->read_ns;
    listener->read_ns = now_ns;
    listener->counts =
        (struct counts){load(&place->accepted), load(&place->failed), load(&place->drops), load(&place->turned_away)};
    if (listener->counts.dropped < listener->before.dropped) /* the kernel has told more than the library looked at */
        listener->counts.dropped = listener->before.dropped;
    listener->last_call_ns = load(&place->last_ns);
    read_errors(listener, place);
    read_depth(&listener->depth, place, &made);
    read_overflow(listener);
    if (is_renamed)
        read_names(listener, ring);
    format_address(&made, listener->address, sizeof listener->address);
    return true;
}

/* --- what the kernel says --- */

/* Where the kernel chose the port and nobody has asked for it since, the record has none. */
static bool has_port(const struct record *record)
{
    struct sockaddr_in in = {0};
    if (record->address_length < sizeof in.sin_family + sizeof in.sin_port)
        return false;
    memcpy(&in, record->address, sizeof in.sin_family + sizeof in.sin_port);
    return (in.sin_family != AF_INET && in.sin_family != AF_INET6) || in.sin_port; /* both have it at one place */
}

void listener_take_queue(struct listener *listener, const struct queue *queue, uint64_t now_ns)
{
    struct depth *depth = &listener->depth;
    int32_t drops = (int32_t)(queue->drops - (uint32_t)listener->counts.dropped);
    bool is_full = queue->waiting >= queue->capacity;
    depth->source = DEPTH_KERNEL;
    depth->waiting = is_full ? queue->capacity : queue->waiting;
    depth->capacity = queue->capacity;
    depth->at_ns = now_ns;
    if (depth->waiting > depth->highest)
        depth->highest = depth->waiting;
    listener->seen_full_ns = !is_full ? 0 : listener->seen_full_ns ? listener->seen_full_ns : now_ns;
    if (!is_full || !depth->full_since_ns)
        depth->full_since_ns = listener->seen_full_ns;
    listener->counts.dropped += drops > 0 ? (uint64_t)drops : 0; /* the library may have looked after the kernel told */
    if (!has_port(&listener->made) && has_port(&queue->name))
        format_address(&queue->name, listener->address, sizeof listener->address);
}

/* --- rates --- */

static double per_second(uint64_t now, uint64_t before, double seconds)
{
    return now > before ? (double)(now - before) / seconds : 0;
}

static struct rates rates_of(const struct listener *listener, const struct counts *before, double seconds)
{
    const struct counts *now = &listener->counts;
    return (struct rates){.accepted = per_second(now->accepted, before->accepted, seconds),
                          .failed = per_second(now->failed, before->failed, seconds),
                          .over = per_second(listener_over(listener, now), listener_over(listener, before), seconds)};
}

bool listener_rates(const struct listener *listener, struct rates *rates)
{
    bool known = listener->before_ns && listener->read_ns > listener->before_ns;
    *rates = (struct rates){0};
    if (known)
        *rates = rates_of(listener, &listener->before,
                          (double)(listener->read_ns - listener->before_ns) / (double)CLOCK_SECOND);
    return known;
}

struct rates listener_average(const struct listener *listener, uint64_t now_ns)
{
    const struct counts none = {0};
    double seconds = now_ns > listener->since_ns ? (double)(now_ns - listener->since_ns) / (double)CLOCK_SECOND : 0;
    return seconds > 0 ? rates_of(listener, &none, seconds) : (struct rates){0};
}

const char *overflow_word(enum overflow overflow)
{
    return overflow == OVERFLOW_REFUSES ? "refused" : overflow == OVERFLOW_RESETS ? "reset" : "dropped";
}
