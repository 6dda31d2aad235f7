/* The range that ports are chosen from: of the ranges that platforms are known to have, the one that the sample fills.
 */
#include <stdio.h>

#include "../../profile/builtin.h"
#include "measured.h"

struct range {
    int low, high;
};

/* Well-known ranges that no built-in profile names: those of IANA and of Linux. */
static const struct range well_known[] = {{49152, 65535}, {32768, 60999}, {32768, 61000}};

static bool holds(struct range outer, struct range inner)
{
    return outer.low <= inner.low && outer.high >= inner.high;
}

/* Random ports come near both ends: that 500 of them miss one twentieth of the range happens once in 10^11 times. */
static bool is_filled(struct range range, struct range seen)
{
    int margin = (range.high - range.low) / 20 + 1;
    return holds(range, seen) && seen.low - range.low <= margin && range.high - seen.high <= margin;
}

static void consider(struct range range, struct range seen, struct range *best)
{
    if (range.low > 0 && is_filled(range, seen) && (!best->low || holds(*best, range)))
        *best = range;
}

static struct range fitting_range(struct range seen)
{
    struct range best = {0, 0};
    static struct profile profile;
    for (size_t i = 0; i < sizeof well_known / sizeof *well_known; i++)
        consider(well_known[i], seen, &best);
    for (int i = 0; i < builtin_count; i++) {
        profile_reset(&profile);
        builtin_apply_all(&profile, i);
        bool has_range = profile.bind_port_min.word == WORD_NUMBER && profile.bind_port_max.word == WORD_NUMBER;
        if (has_range)
            consider((struct range){profile.bind_port_min.number, profile.bind_port_max.number}, seen, &best);
    }
    return best;
}

void measure_ports(struct measured *measured, const struct report *report)
{
    struct range seen = {0, 0};
    int count = 0;
    if (!report->ports.line || sscanf(report->ports.text, "%d..%d of %d", &seen.low, &seen.high, &count) != 3)
        return;
    struct range range = fitting_range(seen);
    for (enum key key = KEY_bind_port_min; key <= KEY_bind_port_max; key++) {
        if (range.low)
            measured_set(measured, key, "%d", key == KEY_bind_port_min ? range.low : range.high);
        measured_remark(measured, key, "%d ports were from %d to %d", count, seen.low, seen.high);
    }
}
