#include "kind.h"

#include <stdbool.h>
#include <string.h>

#define PART_ALIGNMENT 64u
/* A later version may have so many times as many entries; a file that has more would keep its readers busy. */
#define MORE_ENTRIES 16u
/* A lane of fewer slots would make a small ring uneven for nothing. */
#define LANE_SLOTS_LEAST 1024u

/* What each table's entries are, and how many a ring of so many slots has: about a quarter of its size in all. */
static const struct {
    uint32_t entry_size, slots_for_one, least, most;
} tables[RING_TABLES_KNOWN] = {
    [TABLE_MODULES] = {sizeof(struct ring_module), 64, 16, 64},
    [TABLE_SITES] = {sizeof(struct ring_site), 8, 64, 512},
    [TABLE_PROCESSES] = {sizeof(struct ring_process), 32, 8, 128},
    [TABLE_LISTENERS] = {sizeof(struct ring_listener), 32, 8, 128},
    [TABLE_HISTORIES] = {sizeof(struct ring_history), 512, 0, 32},
    [TABLE_CASES] = {sizeof(struct ring_case_entry), 4, 256, 4096},
    [TABLE_SETTINGS] = {sizeof(struct ring_settings), 512, 2, 16},
};

uint32_t ring_header_size(uint32_t keys)
{
    uint32_t used = (uint32_t)offsetof(struct ring_header, key_names) + keys * KEY_NAME_SIZE;
    return (used + HEADER_PAGE - 1) / HEADER_PAGE * HEADER_PAGE;
}

static uint32_t entries_for(enum ring_table_number table, uint32_t slots)
{
    uint32_t entries = slots / tables[table].slots_for_one;
    return entries < tables[table].least  ? tables[table].least
           : entries > tables[table].most ? tables[table].most
                                          : entries;
}

static uint32_t lanes_for(uint32_t slots)
{
    uint32_t lanes = slots / LANE_SLOTS_LEAST;
    return lanes < 1 ? 1 : lanes > RING_LANES_MOST ? RING_LANES_MOST : lanes;
}

/* FNV-1a. Source: RFC 9923, section 2. */
uint32_t ring_kind_sum(const struct ring_kind *kind)
{
    const unsigned char *byte = (const unsigned char *)kind;
    uint32_t sum = 2166136261u;
    for (size_t i = 0; i < offsetof(struct ring_kind, sum); i++)
        sum = (sum ^ byte[i]) * 16777619u;
    return sum;
}

/* The bit of `compatible` that says that a table is there; 0 for one that every file has. */
static uint32_t bit_of_table(enum ring_table_number table)
{
    static const uint32_t bits[RING_TABLES_KNOWN] = {[TABLE_HISTORIES] = RING_COMPATIBLE_HISTORIES,
                                                     [TABLE_CASES] = RING_COMPATIBLE_CASES,
                                                     [TABLE_SETTINGS] = RING_COMPATIBLE_SETTINGS};
    return bits[table];
}

static bool has_table(const struct ring_kind *kind, enum ring_table_number table)
{
    const uint32_t bit = bit_of_table(table);
    return !bit || kind->compatible & bit;
}

void ring_kind_make(struct ring_kind *kind, uint32_t header_size, uint32_t slots, uint32_t compatible)
{
    uint32_t end = header_size;
    memset(kind, 0, sizeof *kind);
    memcpy(kind->magic, RING_MAGIC, sizeof kind->magic);
    kind->version = RING_VERSION;
    kind->byte_order = RING_BYTE_ORDER;
    kind->compatible = RING_COMPATIBLE_TURNED_AWAY | RING_COMPATIBLE_HISTORIES | RING_COMPATIBLE_SETTINGS | compatible;
    kind->header_size = header_size;
    kind->slot_size = sizeof(struct ring_slot);
    kind->slots = slots;
    kind->lanes = lanes_for(slots);
    for (enum ring_table_number table = 0; table < RING_TABLES_KNOWN; table++) {
        const uint32_t entries = entries_for(table, slots);
        if (!has_table(kind, table))
            continue;
        kind->tables[table] = (struct ring_table){end, tables[table].entry_size, entries};
        end += (tables[table].entry_size * entries + PART_ALIGNMENT - 1) / PART_ALIGNMENT * PART_ALIGNMENT;
    }
    kind->slots_offset = (end + HEADER_PAGE - 1) / HEADER_PAGE * HEADER_PAGE;
    kind->sum = ring_kind_sum(kind);
}

uint64_t ring_kind_size(const struct ring_kind *kind)
{
    return kind->slots_offset + (uint64_t)kind->slots * sizeof(struct ring_slot);
}

/* What a file need not have: a reader of it finds no entries. */
static bool is_left_out(const struct ring_kind *kind, enum ring_table_number number)
{
    const struct ring_table *table = &kind->tables[number];
    return !has_table(kind, number) && table->offset == 0 && table->entry_size == 0 && table->entries == 0;
}

/* A later version may make an entry longer, or have more of them. */
static bool table_is_sound(const struct ring_kind *kind, enum ring_table_number number)
{
    const struct ring_table *table = &kind->tables[number];
    return table->offset >= kind->header_size && table->offset % PART_ALIGNMENT == 0 &&
           table->entries <= MORE_ENTRIES * tables[number].most && table->entry_size >= tables[number].entry_size &&
           table->entry_size % sizeof(uint64_t) == 0 &&
           table->offset + (uint64_t)table->entry_size * table->entries <= kind->slots_offset;
}

static bool is_sound(const struct ring_kind *kind)
{
    bool sound = kind->sum == ring_kind_sum(kind) && kind->header_size >= HEADER_PAGE &&
                 kind->header_size <= HEADER_MOST && kind->header_size % HEADER_PAGE == 0 &&
                 kind->slot_size == sizeof(struct ring_slot) && kind->slots >= RING_SLOTS_LEAST &&
                 kind->slots <= RING_SLOTS_MOST && (kind->slots & (kind->slots - 1)) == 0 && kind->lanes >= 1 &&
                 kind->lanes <= RING_LANES_MOST && (kind->lanes & (kind->lanes - 1)) == 0 &&
                 kind->slots_offset >= kind->header_size && kind->slots_offset % HEADER_PAGE == 0;
    for (enum ring_table_number table = 0; table < RING_TABLES_KNOWN; table++)
        sound = sound && (is_left_out(kind, table) || (has_table(kind, table) && table_is_sound(kind, table)));
    return sound;
}

const char *ring_fault(const struct ring_kind *kind, uint64_t file_size)
{
    if (memcmp(kind->magic, RING_MAGIC, sizeof kind->magic) != 0)
        return "is not a ring of listenas";
    if (kind->byte_order != RING_BYTE_ORDER)
        return "was written on a machine of the other byte order";
    if (kind->version != RING_VERSION)
        return "is a ring of another version of listenas";
    if (!is_sound(kind))
        return "is damaged: its header contradicts itself";
    if (kind->incompatible & ~RING_INCOMPATIBLE_KNOWN)
        return "is a ring of a later version of listenas";
    if (file_size < ring_kind_size(kind))
        return "is truncated";
    return NULL;
}
