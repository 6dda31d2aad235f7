#include <stdint.h>

#include "listen_parts.h"

/* WinSock's SOMAXCONN_HINT(n) is -n and asks for n within these bounds. Source: Microsoft's page on listen. */
#define HINT_LEAST 200
#define HINT_MOST 65535

/* The keys about odd numbers, for one family. */
struct limits {
    struct value max, negative, zero;
    enum key why_max, why_negative, why_zero;
};

static struct limits tcp_limits(const struct profile *profile)
{
    return (struct limits){.max = profile->listen_backlog_max,
                           .negative = profile->listen_backlog_negative,
                           .zero = profile->listen_backlog_zero,
                           .why_max = KEY_listen_backlog_max,
                           .why_negative = KEY_listen_backlog_negative,
                           .why_zero = KEY_listen_backlog_zero};
}

static struct limits unix_limits(const struct profile *profile)
{
    struct limits limits = tcp_limits(profile);
    if (profile->listen_backlog_max_unix.word != WORD_SAME) {
        limits.max = profile->listen_backlog_max_unix;
        limits.why_max = KEY_listen_backlog_max_unix;
    }
    if (profile->listen_backlog_negative_unix.word != WORD_SAME) {
        limits.negative = profile->listen_backlog_negative_unix;
        limits.why_negative = KEY_listen_backlog_negative_unix;
    }
    if (profile->listen_backlog_zero_unix.word != WORD_SAME) {
        limits.zero = profile->listen_backlog_zero_unix;
        limits.why_zero = KEY_listen_backlog_zero_unix;
    }
    return limits;
}

static int limit(struct value value, int otherwise)
{
    return value.word == WORD_NUMBER ? value.number : otherwise;
}

/* The backlog that replaces a negative one or zero. */
static int replaced(struct value value, int asked, int least, int most)
{
    switch (value.word) {
    case WORD_NUMBER:
        return value.number;
    case WORD_MIN:
        return least;
    case WORD_MAX:
        return most;
    case WORD_HINT:
        return clamp(-(int64_t)asked, HINT_LEAST, HINT_MOST);
    default:
        return asked < 0 ? most : asked; /* the kernel compares as unsigned, so a negative backlog is the largest */
    }
}

static void judge_odd(struct listen_verdict *it, struct value value, enum key key, int least, int most)
{
    int asked = it->effective;
    it->verdict = value_verdict(value, key);
    it->effective = replaced(value, asked, least, most);
    it->verdict.why = value.word != WORD_KERNEL && it->effective != asked ? key : it->verdict.why;
}

static void judge_excess(struct listen_verdict *it, struct value excess, enum key why_max, int most)
{
    it->verdict = value_verdict(excess, KEY_listen_backlog_excess);
    it->effective = most;
    if (it->verdict.decision != DECIDE_FAIL)
        it->verdict.why = why_max;
}

void judge_backlog(struct listen_verdict *it, const struct profile *profile, const struct facts *facts, int asked)
{
    struct limits limits = facts->domain == AF_UNIX ? unix_limits(profile) : tcp_limits(profile);
    int least = limit(profile->listen_backlog_min, 0);
    int most = limit(limits.max, facts->kernel_max);

    it->effective = asked;
    if (asked < 0) {
        judge_odd(it, limits.negative, limits.why_negative, least, most);
    } else if (asked == 0) {
        judge_odd(it, limits.zero, limits.why_zero, least, most);
    } else if (asked < least) {
        it->effective = least;
        it->verdict.why = KEY_listen_backlog_min;
    } else if (asked > most && (limits.max.word == WORD_NUMBER || profile->listen_backlog_excess.word != WORD_KERNEL)) {
        judge_excess(it, profile->listen_backlog_excess, limits.why_max, most);
    }
    if (it->verdict.decision != DECIDE_CALL) {
        it->effective = asked; /* the number had no effect */
    } else if (it->effective < profile->listen_backlog_floor.number) {
        it->effective = profile->listen_backlog_floor.number;
        it->verdict.why = KEY_listen_backlog_floor;
    }
}
