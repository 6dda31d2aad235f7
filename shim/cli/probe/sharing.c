/* Who may have one port: the rule of keys.def that answers every pair as this machine did. */
#include <string.h>

#include "measured.h"

#define USED "EADDRINUSE"

/* What the rules that have a name answer to the pairs, in the order of pair_name. */
static const struct rule {
    const char *word, *answers[PAIRS];
} rules[] = {
    {"linux", {USED, USED, USED, "ok", USED, USED, USED}},
    {"bsd", {USED, "ok", "ok", USED, USED, USED, USED}},
    {"winsock", {"ok", "ok", "ok", "ok", "EACCES", USED, "ok"}},
    {"nt", {USED, "ok", "ok", "ok", "ok", USED, "ok"}},
};

#define RULES (sizeof rules / sizeof *rules)

static int pair_count(int protocol)
{
    int count = 0;
    while (count < PAIRS && pair_name(protocol, count))
        count++;
    return count;
}

/* The first pair that this rule answers otherwise, or `count`. */
static int first_difference(const struct rule *rule, const struct told *seen, int count)
{
    int pair = 0;
    while (pair < count && strcmp(rule->answers[pair], seen[pair].text) == 0)
        pair++;
    return pair;
}

/* NULL, with a remark, if no rule answers as this machine, or an answer is missing. */
static const char *rule_of(struct measured *measured, enum key key, const struct report *report, int protocol)
{
    const struct told *seen = report->sharing[protocol];
    int count = pair_count(protocol), best = -1;
    size_t nearest = 0;
    for (int pair = 0; pair < count; pair++)
        if (!seen[pair].line) {
            measured_remark(measured, key, "sharing.%s was not answered", pair_name(protocol, pair));
            return NULL;
        }
    for (size_t i = 0; i < RULES; i++) {
        int length = first_difference(&rules[i], seen, count);
        if (length == count)
            return rules[i].word;
        if (length > best) {
            best = length;
            nearest = i;
        }
    }
    measured_remark(measured, key, "no rule fits: %s answers %s to %s, this machine %s", rules[nearest].word,
                    rules[nearest].answers[best], pair_name(protocol, best), seen[best].text);
    return NULL;
}

void measure_sharing(struct measured *measured, const struct report *report)
{
    const char *tcp = rule_of(measured, KEY_bind_reuse, report, 0);
    const char *udp = rule_of(measured, KEY_bind_reuse_udp, report, 1);
    if (tcp)
        measured_set(measured, KEY_bind_reuse, "%s", tcp);
    if (udp && strcmp(udp, "linux") == 0)
        measured_set(measured, KEY_bind_reuse_udp, "linux");
    else if (udp && tcp && strcmp(udp, tcp) == 0)
        measured_set(measured, KEY_bind_reuse_udp, "same");
    else if (udp)
        measured_remark(measured, KEY_bind_reuse_udp, "UDP sockets share as %s, TCP sockets as %s", udp,
                        tcp ? tcp : "no rule says");
}
