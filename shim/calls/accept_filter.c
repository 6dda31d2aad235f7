#include "accept_filter.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "../guest/ask_refuser.h"
#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"
#include "../kernel/mark.h"
#include "../rules/accept_filter.h"

#include "../kernel/async_safe.h"

/* Linux does not know the level of the BSDs; its own level gives the errno of an unknown option. */
static int kernel_level(int level)
{
    return guest.profile.filter_option.word == WORD_YES ? SOL_SOCKET : level;
}

/*
 * TCP_DEFER_ACCEPT gives the number of SYN-ACKs to send again, at most 255. The kernel's counter never gets there,
 * so 255 holds for ever. AF_UNIX does not have it. Returns 0 or an errno.
 */
static int install(int fd, const struct filter_verdict *it)
{
    int bits = (facts_mark(fd) & ~MARK_FILTER) | (int)it->filter;
    int mark = mark_value(bits), seconds = it->filter == FILTER_NONE ? 0 : INT_MAX;
    if (real.setsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &mark, sizeof mark) != 0)
        return error_of_failure(errno);
    if (it->hold)
        real.setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    return 0;
}

/*
 * Has the refuser reset the longest held connection when there are too many; without a refuser the record says why
 * not.
 */
static void keep_hold(struct record *record, int fd, const struct filter_verdict *it)
{
    record->flags |= RECORD_WATCHED;
    record->refuser_error = refuser_hold(fd, it->most);
}

static void append(struct record *record, const struct verdict *verdict, int error, const void *caller)
{
    record->key[0] = (uint16_t)verdict->why;
    record->result = error ? -1 : 0;
    record->given_error = (uint16_t)error;
    if (verdict->decision == DECIDE_CALL)
        record->kernel_error = record->given_error;
    else
        record->flags |= RECORD_NOT_CALLED;
    recorder_append(record, caller);
}

static int conclude(int error, int saved)
{
    errno = error ? error : saved;
    return error ? -1 : 0;
}

static struct filter_verdict judge_set(const struct filter_facts *facts, const void *value, socklen_t length)
{
    const struct profile *profile = &guest.profile;
    struct filter_argument argument;
    if (length < sizeof argument || length > INT_MAX)
        return filter_set_verdict(profile, facts, length, NULL);
    if (!facts_readable(value, sizeof argument))
        return (struct filter_verdict){.verdict = {.decision = DECIDE_FAIL, .error = EFAULT, .why = KEY_filter_option}};
    memcpy(&argument, value, sizeof argument);
    return filter_set_verdict(profile, facts, length, &argument);
}

int filter_set(int fd, int level, const void *value, socklen_t length, const void *caller)
{
    int saved = errno, error;
    struct record record = {.call = CALL_setsockopt, .fd = fd, .asked = SO_ACCEPTFILTER};
    struct filter_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    struct filter_facts facts;

    if (facts_of_filter(fd, &facts) == 0)
        it = judge_set(&facts, value, length);
    error = it.verdict.error;
    if (it.verdict.decision == DECIDE_INSTALL)
        error = install(fd, &it);
    else if (it.verdict.decision == DECIDE_CALL)
        error =
            real.setsockopt(fd, kernel_level(level), SO_ACCEPTFILTER, value, length) != 0 ? error_of_failure(errno) : 0;
    record.given = (int32_t)it.filter;
    if (error == 0 && it.resets)
        keep_hold(&record, fd, &it);
    else if (error == 0 && it.verdict.decision == DECIDE_INSTALL &&
             guest_needs(CALL_setsockopt, PHASE_BEFORE) & NEED_DESTROY)
        refuser_unhold(fd);
    append(&record, &it.verdict, error, caller);
    return conclude(error, saved);
}

/*
 * Has the kernel write to the first and the last bytes of the program's memory, and to its length, so that bad
 * memory gives EFAULT and no signal. Returns 0 or an errno.
 */
static int probe(int fd, void *value, socklen_t size, socklen_t *length)
{
    socklen_t tail = sizeof(int);
    if (real.getsockopt(fd, SOL_SOCKET, SO_TYPE, value, length) != 0)
        return error_of_failure(errno);
    if (size > tail && real.getsockopt(fd, SOL_SOCKET, SO_TYPE, (char *)value + size - tail, &tail) != 0)
        return error_of_failure(errno);
    return 0;
}

/* Copies as much of the answer as the program has room for. Returns 0 or an errno. */
static int answer(int fd, enum filter installed, void *value, socklen_t *length)
{
    struct filter_argument argument = {0};
    socklen_t size = *length < sizeof argument ? *length : sizeof argument;
    int error = probe(fd, value, size, length);
    if (error)
        return error;
    strcpy(argument.name, filter_name(installed));
    memcpy(value, &argument, size);
    *length = size;
    return 0;
}

int filter_get(int fd, int level, void *value, socklen_t *length, const void *caller)
{
    int saved = errno, error;
    struct record record = {.call = CALL_getsockopt, .fd = fd, .asked = SO_ACCEPTFILTER};
    struct verdict it = {.decision = DECIDE_CALL};
    struct filter_facts facts;

    if (facts_readable(length, sizeof *length) && *length <= INT_MAX && facts_of_filter(fd, &facts) == 0) {
        it = filter_get_verdict(&guest.profile, &facts);
        record.given = (int32_t)facts.installed;
    }
    error = it.error;
    if (it.decision == DECIDE_ANSWER)
        error = answer(fd, facts.installed, value, length);
    else if (it.decision == DECIDE_CALL)
        error =
            real.getsockopt(fd, kernel_level(level), SO_ACCEPTFILTER, value, length) != 0 ? error_of_failure(errno) : 0;
    append(&record, &it, error, caller);
    return conclude(error, saved);
}

void filter_at_listen(int fd, const void *caller)
{
    struct record record = {.call = CALL_setsockopt, .fd = fd, .asked = SO_ACCEPTFILTER};
    struct filter_verdict it;
    struct filter_facts facts;
    if (facts_of_filter(fd, &facts) != 0)
        return;
    it = filter_listen_verdict(&guest.profile, &facts);
    if (it.verdict.decision != DECIDE_INSTALL)
        return;
    int error = install(fd, &it);
    if (error == 0 && it.resets)
        keep_hold(&record, fd, &it);
    record.given = (int32_t)it.filter;
    append(&record, &it.verdict, error, caller);
}
