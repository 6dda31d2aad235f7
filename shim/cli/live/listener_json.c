#include "listener_json.h"

#include "../json.h"
#include "../log/address.h"
#include "../log/names.h"
#include "words.h"

static void set_number(json_t *object, const char *name, uint64_t number)
{
    json_object_set_new(object, name, json_integer((json_int_t)number));
}

static json_t *errors_of(const struct listener *listener)
{
    json_t *errors = json_object();
    for (int i = 0; i < LISTENER_ERRORS; i++)
        if (listener->errors[i].count)
            set_number(errors, listener->errors[i].error ? error_name(listener->errors[i].error) : "other",
                       listener->errors[i].count);
    return errors;
}

static json_t *rates_of(const struct listener *listener, const struct rates *rates)
{
    return json_pack("{s:f, s:f, s:f}", "accepted", rates->accepted, "failed", rates->failed,
                     overflow_word(listener->overflow), rates->over);
}

static void set_depth(json_t *object, const struct depth *depth)
{
    if (depth->source != DEPTH_UNKNOWN) {
        set_number(object, "queued", depth->waiting);
        json_object_set_new(object, "queued_by", json_string(depth->source == DEPTH_KERNEL ? "kernel" : "server"));
        set_number(object, "queued_ns", depth->at_ns);
        set_number(object, "highest", depth->highest);
    }
    if (depth->capacity)
        set_number(object, "capacity", depth->capacity);
    if (depth->samples)
        set_number(object, "full_times", depth->full_times);
    if (depth->full_since_ns)
        set_number(object, "full_since_ns", depth->full_since_ns);
    if (depth->waited_most_ms) {
        set_number(object, "waited_ms", depth->waited_ms);
        set_number(object, "waited_most_ms", depth->waited_most_ms);
    }
}

static void set_last(json_t *object, const struct listener *listener)
{
    const struct last_failure *last = &listener->last;
    if (!last->at_ns)
        return;
    json_t *failure = json_object();
    set_number(failure, "time_ns", last->at_ns);
    if (last->turned_away)
        set_number(failure, overflow_word(listener->overflow), last->turned_away);
    else
        json_object_set_new(failure, "call", json_of_bytes(last->text));
    json_object_set_new(object, "last_failure", failure);
}

json_t *listener_json(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    const char *family = family_name(record_family(&listener->made));
    struct rates rates, average = listener_average(listener, live->now_ns);
    json_t *object = json_pack("{s:I, s:s, s:s}", "time_ns", (json_int_t)live->now_ns, "address", listener->address,
                               "state", state_word(ring, listener));
    if (!object)
        return NULL;
    if (family)
        json_object_set_new(object, "family", json_string(family));
    json_object_set_new(object, "program", json_string(listener->program));
    json_object_set_new(object, "profile", json_string(listener->profile));
    set_number(object, "pid", listener->pid);
    json_object_set_new(object, "fd", json_integer(listener->fd));
    json_object_set_new(object, "ring", json_of_bytes(ring->path));
    set_number(object, "since_ns", listener->since_ns);
    set_number(object, "calls", listener_calls(listener));
    set_number(object, "accepted", listener->counts.accepted);
    set_number(object, "failed", listener->counts.failed);
    json_object_set_new(object, "errors", errors_of(listener));
    set_depth(object, &listener->depth);
    set_number(object, overflow_word(listener->overflow), listener_over(listener, &listener->counts));
    if (listener->tells)
        set_number(object, "dropped", listener->counts.dropped);
    if (listener->refuser_error)
        json_object_set_new(object, "refuser_errno", json_string(error_name(listener->refuser_error)));
    json_object_set_new(object, "per_second_average", rates_of(listener, &average));
    if (listener_rates(listener, &rates))
        json_object_set_new(object, "per_second", rates_of(listener, &rates));
    set_last(object, listener);
    return object;
}
