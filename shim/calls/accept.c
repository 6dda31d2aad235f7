/*
 * accept and accept4: the hot path. Under a profile that leaves them to the kernel, one function makes the real call
 * and the record: a system call evicts much of the program from the caches, so each further function costs a cache
 * miss.
 */
#include <errno.h>

#include "accept.h"
#include "calls.h"
#include "hooks.h"

#include "../guest/real.h"
#include "../kernel/async_safe.h"

/* errno is the real call's own. The arguments are passed one by one: a struct would have to be in memory. */
static inline __attribute__((always_inline)) int accept_plainly(enum call name, int fd, struct sockaddr *address,
                                                                socklen_t *length, int flags, const void *caller)
{
    struct record record;
    bool knows_room = accept_knows_room(address, length);
    socklen_t room = knows_room ? *length : 0;
    accept_begin_record(&record, name, fd, flags);
    record.result = name == CALL_accept4 ? real.accept4(fd, address, length, flags) : real.accept(fd, address, length);
    if (unlikely(record.result < 0))
        record.kernel_error = record.given_error = error_of_failure(errno);
    else if (likely(knows_room))
        accept_note_peer(&record, address, *length, room);
    else if (address && length)
        memory_note_written(length);
    recorder_append_accept(&record, caller);
    return record.result;
}

static inline __attribute__((always_inline)) int accept_here(int fd, struct sockaddr *address, socklen_t *length,
                                                             const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.accept(fd, address, length);
    if (likely(guest_leaves(CALL_accept)))
        return accept_plainly(CALL_accept, fd, address, length, 0, caller);
    return accept_usually(CALL_accept, fd, address, length, 0, caller);
}

static inline __attribute__((always_inline)) int accept4_here(int fd, struct sockaddr *address, socklen_t *length,
                                                              int flags, const void *caller)
{
    if (unlikely(!guest_takes(fd)))
        return real.accept4(fd, address, length, flags);
    if (likely(guest_leaves(CALL_accept4)))
        return accept_plainly(CALL_accept4, fd, address, length, flags, caller);
    return accept_usually(CALL_accept4, fd, address, length, flags, caller);
}

__attribute__((hot, aligned(64))) int hook_accept(int fd, struct sockaddr *address, socklen_t *length)
{
    return accept_here(fd, address, length, __builtin_return_address(0));
}

__attribute__((hot, aligned(64))) int hook_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    return accept4_here(fd, address, length, flags, __builtin_return_address(0));
}

int accept_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller)
{
    return accept_here(fd, address, length, caller);
}

int accept4_from(int fd, struct sockaddr *address, socklen_t *length, int flags, const void *caller)
{
    return accept4_here(fd, address, length, flags, caller);
}
