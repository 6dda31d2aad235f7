#include <errno.h>

#include "../facts/facts.h"
#include "../rules/rules.h"
#include "guest.h"
#include "recorder.h"

#include "careful.h"

static void note_verdict(struct record *record, const struct listen_verdict *it)
{
    record->legal = it->legal;
    record->capacity = it->capacity;
    record->given = it->backlog;
    record->key[0] = (uint16_t)it->verdict.why;
    record->key[1] = (uint16_t)it->why_backlog;
    record->flags |= it->limited ? RECORD_LIMITED : 0;
    record->flags |= it->verdict.decision == DECIDE_CALL ? 0 : RECORD_NOT_CALLED;
}

/* Where the socket listens now: a port that listen itself chose included. */
static void note_address(struct record *record, int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        record_address(record, &address, length < sizeof address ? length : sizeof address);
}

int hook_listen(int fd, int backlog)
{
    int saved = errno, result, error = 0;
    struct facts facts;
    struct listen_verdict it = {.legal = backlog, .backlog = backlog};
    struct record record = {.call = CALL_listen, .fd = fd, .asked = backlog};

    if (guest.asks_listen && facts_of_socket(fd, &facts) == 0)
        it = listen_verdict(&guest.book.profile, &facts, backlog);
    note_verdict(&record, &it);
    switch (it.verdict.decision) {
    case DECIDE_FAIL:
        result = -1;
        error = it.verdict.error;
        break;
    case DECIDE_SUCCEED:
        result = 0;
        break;
    default:
        result = real.listen(fd, it.backlog);
        error = result < 0 ? errno : 0;
        record.kernel_error = (uint16_t)error;
    }
    record.result = result;
    record.given_error = (uint16_t)error;
    note_address(&record, fd);
    recorder_append(&record, __builtin_return_address(0));
    errno = error ? error : saved;
    return result;
}
