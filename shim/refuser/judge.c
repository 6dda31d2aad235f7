#include "judge.h"

/*
 * When a SYN is looked at, in nanoseconds after it came. The first look settles most of those that the kernel takes.
 * But the kernel may still be working on the SYN then, so no look before the second one leads to an answer. The late
 * looks are for a machine whose processors are busy.
 */
static const int64_t looks_ns[] = {0, 60000, 200000, 1000000, 5000000};
#define LOOKS ((int)(sizeof looks_ns / sizeof *looks_ns))

/* Of this many SYNs at once most are dropped, so the first look, which answers none, is left out. */
#define MANY 8

void judge_take(struct judge *judge, const struct syn *syns, int count, int64_t now_ns)
{
    int first = count >= MANY;
    for (int i = 0; i < count && judge->count < JUDGE_MOST; i++)
        judge->of[judge->count++] =
            (struct waiting){.syn = syns[i], .looks = first, .come_ns = now_ns, .due_ns = now_ns + looks_ns[first]};
}

void judge_again(struct waiting *waiting, bool settled)
{
    waiting->looks = settled ? LOOKS : waiting->looks + 1;
    if (waiting->looks < LOOKS)
        waiting->due_ns = waiting->come_ns + looks_ns[waiting->looks];
}

/* The others keep their order. */
void judge_forget_settled(struct judge *judge)
{
    int count = 0;
    for (int i = 0; i < judge->count; i++)
        if (judge->of[i].looks < LOOKS)
            judge->of[count++] = judge->of[i];
    judge->count = count;
}

int64_t judge_due(const struct judge *judge)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < judge->count; i++)
        if (judge->of[i].due_ns < due)
            due = judge->of[i].due_ns;
    return due;
}
