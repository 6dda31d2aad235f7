#include "syscall.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/facts.h"
#include "../kernel/system.h"
#include "calls.h"

#include "../kernel/async_safe.h"

#define ARGUMENTS_MOST 5

/* Besides enum call: the one number by which old programs of some architectures make all of them. */
#define MULTIPLEXED 255

static_assert(CALL_COUNT <= MULTIPLEXED, "a call has its place in a byte");

const unsigned char syscall_calls[] = {
    [SYS_listen] = CALL_listen,           [SYS_bind] = CALL_bind,
    [SYS_connect] = CALL_connect,
#ifdef SYS_accept
    [SYS_accept] = CALL_accept,
#endif
    [SYS_accept4] = CALL_accept4,         [SYS_setsockopt] = CALL_setsockopt,
    [SYS_getsockopt] = CALL_getsockopt,   [SYS_socket] = CALL_socket,
    [SYS_shutdown] = CALL_shutdown,       [SYS_getsockname] = CALL_getsockname,
    [SYS_getpeername] = CALL_getpeername,
#ifdef SYS_socketcall
    [SYS_socketcall] = MULTIPLEXED,
#endif
};
const size_t syscall_numbers = sizeof syscall_calls;

/*
 * A preloaded library between this one and libc may implement listen() as syscall(SYS_listen), which must reach the
 * kernel instead of coming back here for ever. So with such a library only the program's own calls are taken.
 */
static bool goes_on(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    return syscall_others_follow && (at < guest.program_start || at >= guest.program_end);
}

static void *pointer(long argument)
{
    return (void *)argument; /* NOLINT(performance-no-int-to-ptr): a system call gets its pointers as numbers */
}

static long call_from(enum call call, const long argument[ARGUMENTS_MOST], const void *caller)
{
    const int first = (int)argument[0], second = (int)argument[1], third = (int)argument[2];
    void *const address = pointer(argument[1]), *const length = pointer(argument[2]);
    switch (call) {
    case CALL_listen:
        return listen_from(first, second, caller);
    case CALL_bind:
        return bind_from(first, address, (socklen_t)argument[2], caller);
    case CALL_connect:
        return connect_from(first, address, (socklen_t)argument[2], caller);
    case CALL_accept:
        return accept_from(first, address, length, caller);
    case CALL_accept4:
        return accept4_from(first, address, length, (int)argument[3], caller);
    case CALL_setsockopt:
        return setsockopt_from(first, second, third, pointer(argument[3]), (socklen_t)argument[4], caller);
    case CALL_getsockopt:
        return getsockopt_from(first, second, third, pointer(argument[3]), pointer(argument[4]), caller);
    case CALL_socket:
        return socket_from(first, second, third, caller);
    case CALL_shutdown:
        return shutdown_from(first, second, caller);
    case CALL_getsockname:
        return getsockname_from(first, address, length, caller);
    case CALL_getpeername:
        return getpeername_from(first, address, length, caller);
    default:
        errno = ENOSYS;
        return -1;
    }
}

#ifdef SYS_socketcall

#include <linux/net.h>
#include <string.h>

/* Finds out the call and its arguments; CALL_start for any other call, and for memory that cannot be read. */
static enum call demultiplex(int name, const void *memory, long argument[ARGUMENTS_MOST])
{
    static const struct {
        enum call call;
        unsigned int arguments;
    } calls[] = {
        [SYS_SOCKET] = {CALL_socket, 3},           [SYS_BIND] = {CALL_bind, 3},
        [SYS_CONNECT] = {CALL_connect, 3},         [SYS_LISTEN] = {CALL_listen, 2},
        [SYS_ACCEPT] = {CALL_accept, 3},           [SYS_GETSOCKNAME] = {CALL_getsockname, 3},
        [SYS_GETPEERNAME] = {CALL_getpeername, 3}, [SYS_SHUTDOWN] = {CALL_shutdown, 2},
        [SYS_SETSOCKOPT] = {CALL_setsockopt, 5},   [SYS_GETSOCKOPT] = {CALL_getsockopt, 5},
        [SYS_ACCEPT4] = {CALL_accept4, 4},
    };
    if (name < 0 || (size_t)name >= sizeof calls / sizeof *calls)
        return CALL_start;
    size_t size = calls[name].arguments * sizeof *argument;
    int saved = errno;
    bool readable = facts_readable(memory, size);
    errno = saved;
    if (!readable)
        return CALL_start;
    memcpy(argument, memory, size);
    return calls[name].call;
}

#endif

long syscall_by_rules(long number, long a, long b, long c, long d, long e)
{
    const void *caller = __builtin_return_address(0);
    long argument[ARGUMENTS_MOST] = {a, b, c, d, e};
    enum call call = goes_on(caller) ? CALL_start : (enum call)syscall_calls[number];
    int state;
#ifdef SYS_socketcall
    if (call == MULTIPLEXED)
        call = demultiplex((int)a, pointer(b), argument);
#endif
    if (call == CALL_start)
        return syscall_next(number, a, b, c, d, e);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    long result = call_from(call, argument, caller);
    pthread_setcancelstate(state, NULL);
    return result;
}
