#include "callers.h"

#include "../ring/layout.h"
#include "frames.h"
#include "modules.h"

#include "../kernel/async_safe.h"

static_assert(CALL_NAMES <= 1 << (CALLER_ADDRESS_SHIFT - CALLER_CALL_SHIFT), "a call's index has its room");

static void enter(const struct ring *ring, uint32_t number, const struct site_seen *site, const void *caller)
{
    uintptr_t frames[SITE_FRAMES];
    uint64_t places[SITE_FRAMES] = {site->place};
    size_t count = frames_walk((uintptr_t)caller, frames, SITE_FRAMES);
    for (size_t i = 1; i < count; i++)
        places[i] = module_place(ring, frames[i], site->now_ns);
    ring_site_write(ring, number, site, places, count);
}

static uint32_t look_up(const struct ring *ring, const void *caller, const struct record *record)
{
    bool is_new;
    const struct site_seen site = {.place = module_place(ring, (uintptr_t)caller, record->time_ns),
                                   .pid = record->pid,
                                   .call = record->call,
                                   .now_ns = record->time_ns};
    uint32_t number = ring_site_index(ring, &site, &is_new);
    if (is_new)
        enter(ring, number, &site, caller);
    return number <= CALLER_SITES_MOST ? number : 0;
}

uint32_t caller_site(const struct ring *ring, _Atomic uint64_t *remembered, const void *caller,
                     const struct record *record)
{
    const uint64_t key = caller_key(caller, record->call);
    if (!remembered)
        return look_up(ring, caller, record);
    _Atomic uint64_t *first = &remembered[key * UINT64_C(0x9e3779b97f4a7c15) >> 57];
    static_assert(CALLER_REMEMBERED == 1 << (64 - 57), "the top bits of the product are the place");
    uint64_t number = atomic_load_explicit(first, memory_order_relaxed) ^ key;
    if (number > CALLER_SITES_MOST) {
        number = look_up(ring, caller, record);
        atomic_store_explicit(first, key | number, memory_order_relaxed);
    }
    return (uint32_t)number;
}
