#include "queue_option.h"

#include <errno.h>
#include <string.h>

#include "../guest/real.h"
#include "../guest/recorder.h"
#include "../kernel/facts.h"

#include "../kernel/async_safe.h"

/* First the kernel answers with a number of the same size, so that it refuses bad memory. */
static int give(int fd, int number, void *value, socklen_t *length)
{
    if (real.getsockopt(fd, SOL_SOCKET, SO_TYPE, value, length) != 0)
        return error_of_failure(errno);
    memcpy(value, &number, *length < sizeof number ? *length : sizeof number);
    return 0;
}

int queue_get(int fd, int level, int name, void *value, socklen_t *length, const void *caller)
{
    int saved = errno, error;
    struct queue_facts facts;
    struct record record = {.call = CALL_getsockopt, .fd = fd, .asked = name};
    bool listens = facts_of_queue(fd, &facts);
    struct queue_verdict it = queue_verdict(&guest.profile, listens ? &facts : NULL, (enum queue_option)name);
    if (it.verdict.decision == DECIDE_CALL)
        return real.getsockopt(fd, level, name, value, length);
    error = it.verdict.decision == DECIDE_FAIL ? it.verdict.error : give(fd, it.number, value, length);
    record.key[0] = (uint16_t)it.verdict.why;
    record.result = error ? -1 : 0;
    record.given_error = (uint16_t)error;
    record.flags = RECORD_NOT_CALLED;
    recorder_append(&record, caller);
    errno = error ? error : saved;
    return record.result;
}
