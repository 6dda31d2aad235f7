#include "accept_filter.h"

#include <limits.h>
#include <string.h>

#include "listen_parts.h"
#include "queue_option.h"

static const char *const names[FILTER_COUNT] = {
    [FILTER_NONE] = "",
    [FILTER_DATAREADY] = "dataready",
    [FILTER_HTTPREADY] = "httpready",
    [FILTER_DNSREADY] = "dnsready",
};

const char *filter_name(enum filter filter)
{
    return names[filter];
}

/* The kernels end the name at its last byte, whatever that byte holds. */
static enum filter named(const struct filter_argument *argument)
{
    for (enum filter filter = FILTER_DATAREADY; filter < FILTER_COUNT; filter++)
        if (strncmp(argument->name, names[filter], sizeof argument->name - 1) == 0)
            return filter;
    return FILTER_NONE;
}

/* Whether the platform has the filter and the socket may get it now; if not, sets the verdict. */
static bool is_lawful(const struct profile *profile, const struct filter_facts *facts, enum filter filter,
                      struct verdict *verdict)
{
    bool placed = facts->listening && facts->installed == FILTER_NONE;
    bool known = filter != FILTER_NONE && (filter != FILTER_DNSREADY || profile->filter_dnsready.word == WORD_OK);
    if (!known && !placed)
        *verdict = value_verdict(profile->filter_unknown_misplaced, KEY_filter_unknown_misplaced);
    else if (!known && filter == FILTER_DNSREADY)
        *verdict = value_verdict(profile->filter_dnsready, KEY_filter_dnsready);
    else if (!known)
        *verdict = value_verdict(profile->filter_unknown, KEY_filter_unknown);
    else if (!facts->listening)
        *verdict = value_verdict(profile->filter_unlistening, KEY_filter_unlistening);
    else if (!placed)
        *verdict = value_verdict(profile->filter_installed, KEY_filter_installed);
    return known && placed;
}

/*
 * The platform sizes its second queue by the backlog, Linux by the length of the accept queue. The platform's
 * formula leads from that length back to the backlog, unless somaxconn has shortened it.
 */
static int most_held(const struct profile *profile, int kernel_backlog)
{
    const struct formula *formula = &profile->listen_capacity_tcp;
    if (profile->filter_capacity.word != WORD_BACKLOG || kernel_backlog < 0 || kernel_backlog == INT_MAX)
        return INT_MAX;
    if (formula->kernel)
        return kernel_backlog + 1;
    int backlog = formula_backlog(formula, kernel_backlog + 1);
    return formula_capacity(formula, backlog) == kernel_backlog + 1 ? clamp((int64_t)backlog + 1, 1, INT_MAX) : INT_MAX;
}

static bool filter_resets(const struct profile *profile)
{
    return profile->filter_overflow.word == WORD_RESET &&
           (profile->filter_hold.word == WORD_YES || profile->filter_install.word != WORD_NONE);
}

/* A verdict that installs this filter, or keeps it. */
static struct filter_verdict grant(const struct profile *profile, const struct filter_facts *facts, enum filter filter,
                                   bool hold, enum key why)
{
    return (struct filter_verdict){.verdict = {.decision = DECIDE_INSTALL, .why = why},
                                   .filter = filter,
                                   .hold = hold,
                                   .resets = hold && facts->backlog >= 0 && filter_resets(profile),
                                   .most = most_held(profile, facts->backlog)};
}

/* The verdict of a key's value; `granted` is the decision that "ok" stands for. */
static struct verdict granted_verdict(struct value value, enum key key, enum decision granted)
{
    struct verdict it = value_verdict(value, key);
    if (it.decision == DECIDE_SUCCEED)
        it.decision = granted;
    return it;
}

static struct verdict remove_verdict(const struct profile *profile, const struct filter_facts *facts)
{
    if (!facts->listening)
        return granted_verdict(profile->filter_unlistening, KEY_filter_unlistening, DECIDE_INSTALL);
    return granted_verdict(profile->filter_remove, KEY_filter_remove, DECIDE_INSTALL);
}

struct filter_verdict filter_set_verdict(const struct profile *profile, const struct filter_facts *facts,
                                         socklen_t length, const struct filter_argument *argument)
{
    struct filter_verdict it = {.hold = profile->filter_hold.word == WORD_YES};
    if (profile->filter_option.word != WORD_YES || length > INT_MAX) {
        it.verdict = value_verdict(profile->filter_option, KEY_filter_option);
    } else if (length == 0) {
        it.verdict = remove_verdict(profile, facts);
        it.hold |= profile->filter_install.word != WORD_NONE; /* the operator's filter holds connections in any case */
    } else if (!argument) {
        it.verdict = value_verdict(profile->filter_short_argument, KEY_filter_short_argument);
    } else if (is_lawful(profile, facts, named(argument), &it.verdict)) {
        it = grant(profile, facts, named(argument), it.hold, KEY_filter_option);
    }
    return it;
}

struct verdict filter_get_verdict(const struct profile *profile, const struct filter_facts *facts)
{
    if (profile->filter_option.word != WORD_YES)
        return value_verdict(profile->filter_option, KEY_filter_option);
    if (!facts->listening)
        return granted_verdict(profile->filter_get_unlistening, KEY_filter_get_unlistening, DECIDE_ANSWER);
    if (facts->installed == FILTER_NONE)
        return granted_verdict(profile->filter_get_none, KEY_filter_get_none, DECIDE_ANSWER);
    return (struct verdict){.decision = DECIDE_ANSWER, .why = KEY_filter_option};
}

struct filter_verdict filter_listen_verdict(const struct profile *profile, const struct filter_facts *facts)
{
    enum word wanted = profile->filter_install.word;
    bool hold = profile->filter_hold.word == WORD_YES || wanted != WORD_NONE;
    struct filter_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (facts->listening && facts->installed != FILTER_NONE)
        it = grant(profile, facts, facts->installed, hold, KEY_filter_overflow);
    else if (facts->listening && wanted != WORD_NONE)
        return grant(profile, facts, wanted == WORD_HTTPREADY ? FILTER_HTTPREADY : FILTER_DATAREADY, true,
                     KEY_filter_install);
    return it.resets ? it : (struct filter_verdict){.verdict = {.decision = DECIDE_CALL}};
}
