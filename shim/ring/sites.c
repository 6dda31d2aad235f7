#include "sites.h"

#include <string.h>

#include "table.h"

static uint64_t module_identity(const struct module_seen *module)
{
    uint64_t sum = ring_mix_bytes(module->path_length, module->path, module->path_length);
    sum = ring_mix_bytes(ring_mix(sum, module->build_id_size), module->build_id, module->build_id_size);
    return sum ? sum : 1;
}

static void write_module(struct ring_module *entry, const struct module_seen *module, uint64_t now_ns)
{
    size_t kept = module->path_length < MODULE_PATH ? module->path_length : MODULE_PATH;
    entry->seen_ns = now_ns;
    entry->path_length = (uint32_t)module->path_length;
    entry->build_id_size = (uint32_t)module->build_id_size;
    memcpy(entry->build_id, module->build_id, module->build_id_size);
    memcpy(entry->path, module->path + module->path_length - kept, kept);
    atomic_store_explicit(&entry->ready, 1, memory_order_release); /* S3 */
}

uint32_t ring_module_index(const struct ring *ring, const struct module_seen *module, uint64_t now_ns)
{
    bool is_new;
    uint32_t number = ring_claim(ring, TABLE_MODULES, module_identity(module), &is_new);
    struct ring_module *found = number ? ring_entry(ring, TABLE_MODULES, number - 1) : NULL;
    if (found && !atomic_load_explicit(&found->ready, memory_order_relaxed))
        write_module(found, module, now_ns);
    return number;
}

/* An address without a module means something in its own process only. */
static uint64_t site_identity(const struct site_seen *site)
{
    uint64_t sum = ring_mix(ring_mix(site->call, site->place), site->place >> PLACE_OFFSET_BITS ? 0 : site->pid + 1u);
    return sum ? sum : 1;
}

static void write_caller(struct ring_site *entry, const struct site_seen *site)
{
    atomic_store_explicit(&entry->caller, (uint64_t)site->call << 32 | site->pid, memory_order_relaxed);
    atomic_store_explicit(&entry->frames[0], site->place, memory_order_relaxed);
    atomic_store_explicit(&entry->seen_ns, site->now_ns, memory_order_relaxed);
}

uint32_t ring_site_index(const struct ring *ring, const struct site_seen *site, bool *is_new)
{
    uint32_t number = ring_claim(ring, TABLE_SITES, site_identity(site), is_new);
    struct ring_site *found = number ? ring_entry(ring, TABLE_SITES, number - 1) : NULL;
    uint64_t nobody = 0;
    if (found && !*is_new && !atomic_load_explicit(&found->ready, memory_order_relaxed)) {
        write_caller(found, site);
        atomic_compare_exchange_strong_explicit(&found->ready, &nobody, 1, memory_order_release, /* S3 */
                                                memory_order_relaxed);
    }
    return number;
}

void ring_site_write(const struct ring *ring, uint32_t number, const struct site_seen *site, const uint64_t *places,
                     size_t count)
{
    struct ring_site *mine = ring_entry(ring, TABLE_SITES, number - 1);
    write_caller(mine, site);
    for (size_t i = 1; i < count && i < SITE_FRAMES; i++)
        atomic_store_explicit(&mine->frames[i], places[i], memory_order_relaxed);
    atomic_store_explicit(&mine->ready, count ? count : 1, memory_order_release); /* S3 */
}

static struct place place_at(const _Atomic uint64_t *word)
{
    uint64_t place = atomic_load_explicit(word, memory_order_relaxed);
    return (struct place){.module = (uint32_t)(place >> PLACE_OFFSET_BITS), .offset = place & PLACE_OFFSET};
}

bool ring_site(const struct ring *ring, uint32_t number, struct site *site)
{
    if (number == 0 || number > ring->tables[TABLE_SITES].entries)
        return false;
    const struct ring_site *found = ring_entry(ring, TABLE_SITES, number - 1);
    uint64_t count = atomic_load_explicit(&found->ready, memory_order_acquire); /* S4 */
    uint64_t caller = atomic_load_explicit(&found->caller, memory_order_relaxed);
    if (count == 0)
        return false;
    *site = (struct site){.pid = (uint32_t)caller,
                          .call = (uint16_t)(caller >> 32),
                          .seen_ns = atomic_load_explicit(&found->seen_ns, memory_order_relaxed),
                          .count = count < SITE_FRAMES ? (size_t)count : SITE_FRAMES};
    for (size_t i = 0; i < site->count; i++)
        site->frames[i] = place_at(&found->frames[i]);
    return true;
}

bool ring_module(const struct ring *ring, uint32_t number, struct module *module)
{
    if (number == 0 || number > ring->tables[TABLE_MODULES].entries)
        return false;
    const struct ring_module *found = ring_entry(ring, TABLE_MODULES, number - 1);
    if (!atomic_load_explicit(&found->ready, memory_order_acquire)) /* S4 */
        return false;
    size_t length = found->path_length < MODULE_PATH ? found->path_length : MODULE_PATH;
    size_t id = found->build_id_size < MODULE_BUILD_ID ? found->build_id_size : MODULE_BUILD_ID;
    *module = (struct module){
        .path_is_cut = found->path_length > MODULE_PATH, .build_id_size = id, .seen_ns = found->seen_ns};
    memcpy(module->path, found->path, length);
    memcpy(module->build_id, found->build_id, id);
    return true;
}
