#include "settings.h"

#include <string.h>

static struct ring_settings *entry(const struct ring *ring, uint32_t index)
{
    const struct ring_part *part = &ring->tables[TABLE_SETTINGS];
    return (struct ring_settings *)(part->first + (size_t)index * part->stride);
}

/* FNV-1a, 64 bits. Source: RFC 9923, section 2. Never 0, which is a free entry's. */
static uint64_t identity_of(const char *text)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return sum ? sum : 1;
}

/* What does not fit is cut before the first assignment that is not there as a whole. */
static size_t kept_length(const char *text, size_t length)
{
    if (length <= SETTINGS_TEXT)
        return length;
    const char *comma = memrchr(text, ',', SETTINGS_TEXT + 1);
    return comma ? (size_t)(comma - text) : 0;
}

static void write_entry(struct ring_settings *settings, const char *text)
{
    size_t length = strlen(text), kept = kept_length(text, length);
    settings->length = (uint32_t)length;
    settings->kept = (uint32_t)kept;
    memcpy(settings->text, text, kept);
    atomic_store_explicit(&settings->ready, 1, memory_order_release); /* E3 */
}

int32_t ring_settings_enter(const struct ring *ring, const char *text)
{
    if (!text || !*text)
        return SETTINGS_NONE;
    const uint64_t identity = identity_of(text);
    for (uint32_t i = 0; i < ring->tables[TABLE_SETTINGS].entries; i++) {
        struct ring_settings *settings = entry(ring, i);
        uint64_t there = atomic_load_explicit(&settings->identity, memory_order_relaxed);
        bool is_claimed = !there && atomic_compare_exchange_strong_explicit(&settings->identity, &there, identity,
                                                                            memory_order_relaxed, /* E1 */
                                                                            memory_order_relaxed);
        if (!is_claimed && there != identity)
            continue;
        if (!atomic_load_explicit(&settings->ready, memory_order_relaxed))
            write_entry(settings, text);
        return (int32_t)(i + 1);
    }
    return SETTINGS_NO_PLACE;
}

void ring_settings(const struct ring *ring, int32_t number, struct settings *settings)
{
    *settings = (struct settings){.is_known = number == SETTINGS_NONE};
    if (number <= 0 || (uint32_t)number > ring->tables[TABLE_SETTINGS].entries)
        return;
    const struct ring_settings *found = entry(ring, (uint32_t)number - 1);
    if (!atomic_load_explicit(&found->ready, memory_order_acquire)) /* E4 */
        return;
    size_t kept = found->kept < SETTINGS_TEXT ? found->kept : SETTINGS_TEXT;
    memcpy(settings->text, found->text, kept);
    settings->is_known = found->length == kept;
}
