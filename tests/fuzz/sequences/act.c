#include "act.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "option.h"
#include "trace.h"

/* A call that would wait longer is interrupted, again and again until it returns. */
#define WAIT_NS 40000000

int count_descriptors(void)
{
    int count = -1; /* the directory itself */
    struct rlimit limit;
    DIR *directory;
    getrlimit(RLIMIT_NOFILE, &limit);
    directory = opendir("/proc/self/fd");
    if (!directory) {
        perror("/proc/self/fd");
        exit(1);
    }
    for (struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static socklen_t length_of(enum length_kind kind, socklen_t size)
{
    static const socklen_t fixed[LENGTH_KINDS] = {
        [LENGTH_ZERO] = 0,  [LENGTH_ONE] = 1,        [LENGTH_TWO] = 2,
        [LENGTH_128] = 128, [LENGTH_129] = 129,      [LENGTH_255] = 255,
        [LENGTH_256] = 256, [LENGTH_MOST] = INT_MAX, [LENGTH_NEGATIVE] = (socklen_t)-1};
    if (kind == LENGTH_TRUE)
        return size;
    if (kind == LENGTH_LESS)
        return size - (size > 0);
    return kind == LENGTH_MORE ? size + 1 : fixed[kind];
}

/* --- around each call --- */

static void set_timer(timer_t timer, long nanoseconds)
{
    const struct itimerspec every = {.it_interval.tv_nsec = nanoseconds, .it_value.tv_nsec = nanoseconds};
    timer_settime(timer, 0, &every, NULL);
}

/* The descriptor that comes next, -1 where there is none. */
static int lowest_free(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd;
}

/* Makes the limit of descriptors such that none is free, or what it was. */
static void limit_descriptors(bool none)
{
    static rlim_t usual;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (none)
        usual = limit.rlim_cur;
    limit.rlim_cur = none ? (rlim_t)lowest_free() : usual;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- the calls, by libc's function or by number --- */

static int raw(const struct step *step, int fd, struct argument *argument)
{
    char *value = argument->value.at;
    void *size = argument->size.at;
    const struct option *option = option_at(step->option);
    switch (step->op) {
    case OP_SOCKET:
        return (int)syscall(SYS_socket, step->domain, step->type, step->protocol);
    case OP_BIND:
        return (int)syscall(SYS_bind, fd, value, argument->given);
    case OP_LISTEN:
        return (int)syscall(SYS_listen, fd, step->number);
#ifdef SYS_accept
    case OP_ACCEPT:
        return (int)syscall(SYS_accept, fd, value, size);
#endif
    case OP_ACCEPT4:
        return (int)syscall(SYS_accept4, fd, value, size, step->number);
    case OP_CONNECT:
        return (int)syscall(SYS_connect, fd, value, argument->given);
    case OP_SHUTDOWN:
        return (int)syscall(SYS_shutdown, fd, step->number);
    case OP_GETSOCKOPT:
        return (int)syscall(SYS_getsockopt, fd, option->level, option->name, value, size);
    case OP_SETSOCKOPT:
        return (int)syscall(SYS_setsockopt, fd, option->level, option->name, value, argument->given);
    case OP_GETSOCKNAME:
        return (int)syscall(SYS_getsockname, fd, value, size);
    default:
        return (int)syscall(SYS_getpeername, fd, value, size);
    }
}

static int by_function(const struct step *step, int fd, struct argument *argument)
{
    struct sockaddr *address = (void *)argument->value.at;
    socklen_t *size = (void *)argument->size.at;
    const struct option *option = option_at(step->option);
    switch (step->op) {
    case OP_SOCKET:
        return socket(step->domain, step->type, step->protocol);
    case OP_BIND:
        return bind(fd, address, argument->given);
    case OP_LISTEN:
        return listen(fd, step->number);
    case OP_ACCEPT:
        return accept(fd, address, size);
    case OP_ACCEPT4:
        return accept4(fd, address, size, step->number);
    case OP_CONNECT:
        return connect(fd, address, argument->given);
    case OP_SHUTDOWN:
        return shutdown(fd, step->number);
    case OP_GETSOCKOPT:
        return getsockopt(fd, option->level, option->name, address, size);
    case OP_SETSOCKOPT:
        return setsockopt(fd, option->level, option->name, address, argument->given);
    case OP_GETSOCKNAME:
        return getsockname(fd, address, size);
    default:
        return getpeername(fd, address, size);
    }
}

static int do_fcntl(const struct step *step, int fd)
{
    static const int commands[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_GETOWN, F_SETOWN};
    static const int flags[] = {0, O_NONBLOCK, O_ASYNC, O_NONBLOCK | O_ASYNC};
    int command = commands[step->number], argument = step->value & FD_CLOEXEC;
    if (command == F_SETFL)
        argument = flags[step->value];
    else if (command == F_SETOWN)
        argument = step->value ? getpid() : 0;
    int result = fcntl(fd, command, argument);
    return command == F_GETOWN && result == getpid() ? 1 : result;
}

static int do_poll(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    int result = poll(&wait, 1, 0);
    return result < 0 ? result : wait.revents;
}

static int call(const struct step *step, int fd, struct argument *argument)
{
    char byte = 'x';
    switch (step->op) {
    case OP_DUP:
        return dup(fd);
    case OP_CLOSE:
        return close(fd);
    case OP_FCNTL:
        return do_fcntl(step, fd);
    case OP_SEND:
        return (int)send(fd, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    case OP_RECV:
        return (int)recv(fd, &byte, 1, MSG_DONTWAIT);
    case OP_POLL:
        return do_poll(fd);
    default:
        return step->by_number && trace_has_number(step->op) ? raw(step, fd, argument)
                                                             : by_function(step, fd, argument);
    }
}

static void on_timer(int signal)
{
    (void)signal;
}

/* Errno is the call's own afterwards. */
static int call_in_time(const struct step *step, int fd, struct argument *argument)
{
    const struct sigaction interrupt = {.sa_handler = on_timer};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    bool waits = step->op == OP_ACCEPT || step->op == OP_ACCEPT4 || step->op == OP_CONNECT || step->op == OP_CLOSE;
    if (waits) {
        sigaction(SIGUSR1, &interrupt, NULL);
        timer_create(CLOCK_MONOTONIC, &event, &timer);
        set_timer(timer, WAIT_NS);
    }
    if (step->no_descriptor)
        limit_descriptors(true);
    errno = ERRNO_BEFORE;
    int result = call(step, fd, argument), error = errno;
    if (step->no_descriptor)
        limit_descriptors(false);
    if (waits)
        timer_delete(timer);
    errno = error;
    return result;
}

/* --- arguments --- */

/* The name of the socket to connect to, as the kernel or the platform gives it. */
static socklen_t name_of(int fd, char address[ADDRESS_ROOM])
{
    socklen_t length = ADDRESS_ROOM;
    memset(address, 0, ADDRESS_ROOM);
    if (getsockname(fd, (struct sockaddr *)address, &length) != 0 || length > ADDRESS_ROOM)
        length = sizeof(sa_family_t);
    return length;
}

static void make_address(struct argument *argument, const struct step *step, const struct actor *actor)
{
    char address[ADDRESS_ROOM];
    socklen_t length = step->address == ADDRESS_OF_SLOT ? name_of(actor->slots[step->other], address)
                                                        : address_write(step->address, address);
    argument->given = length_of(step->length, length);
    /* As many as are passed, for a length that is not the true one. */
    size_t size = argument->given > ADDRESS_ROOM ? ADDRESS_ROOM : argument->given;
    memory_make(&argument->value, step->memory, 0, address, size);
}

static void make_option(struct argument *argument, const struct step *step)
{
    char value[OPTION_ROOM];
    socklen_t length = option_write(option_at(step->option), step->value, value);
    argument->given = length_of(step->length, length);
    size_t size = argument->given > OPTION_ROOM ? OPTION_ROOM : argument->given;
    memory_make(&argument->value, step->memory, 0, value, size);
}

/* Room for what is written: of addresses and most options 128 bytes are more than enough. */
static void make_room(struct argument *argument, const struct step *step, socklen_t size)
{
    argument->given = length_of(step->length, size);
    memory_make(&argument->value, step->memory, 0, NULL, argument->given > MEMORY_ROOM ? MEMORY_ROOM : argument->given);
    memory_make(&argument->size, step->length_memory, 1, &argument->given, sizeof argument->given);
}

static void make_argument(struct argument *argument, const struct step *step, const struct actor *actor)
{
    if (step->op == OP_BIND || step->op == OP_CONNECT)
        make_address(argument, step, actor);
    else if (step->op == OP_SETSOCKOPT)
        make_option(argument, step);
    else if (step->op == OP_GETSOCKOPT)
        make_room(argument, step, option_at(step->option)->form == OPTION_INT ? sizeof(int) : MEMORY_ROOM);
    else if (trace_writes_address(step->op))
        make_room(argument, step, sizeof(struct sockaddr_storage));
}

/* --- one step --- */

/* Keeps a new descriptor in its slot, in place of the one that was there. */
static void keep(struct actor *actor, int slot, int fd)
{
    if (slot >= SLOTS) {
        close(fd);
        return;
    }
    if (actor->slots[slot] >= 0)
        close(actor->slots[slot]);
    else
        actor->open++;
    actor->slots[slot] = fd;
}

static void note_result(struct actor *actor, const struct step *step, int result)
{
    if (result < 0)
        return;
    if (step->op == OP_SOCKET)
        keep(actor, step->slot, result);
    else if (step->op == OP_ACCEPT || step->op == OP_ACCEPT4 || step->op == OP_DUP)
        keep(actor, step->other, result);
    else if (step->op == OP_CLOSE && step->slot < SLOTS && actor->slots[step->slot] >= 0)
        actor->open--;
    if (step->op == OP_CLOSE)
        actor->slots[step->slot] = -1;
}

void act(struct actor *actor, int index)
{
    const struct step *step = &actor->plan->steps[index];
    const int fd = actor->slots[step->slot];
    struct argument argument = {0};
    if (step->op == OP_CLOSE && step->slot >= SLOTS)
        return;
    make_argument(&argument, step, actor);
    printf("%*s%d: ", 2 * actor->depth, "", index);
    trace_call(step, fd, &argument);
    int result = call_in_time(step, fd, &argument), error = errno;
    trace_result(step, result, error, &argument);
    note_result(actor, step, result);
    int open = count_descriptors();
    if (open != actor->open)
        printf(" leaked %d", open - actor->open);
    actor->open = open;
    putchar('\n');
}
