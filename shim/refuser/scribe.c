#include "scribe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/system.h"
#include "../ring/append.h"
#include "../ring/keep.h"

/* The descriptor of the root directory, the only one that is kept. */
#define ROOT 0

static void let_go(int root)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGALRM};
    sigset_t none;
    if (dup2(root, ROOT) != ROOT || syscall(SYS_close_range, ROOT + 1, ~0u, 0) != 0)
        _exit(EXIT_FAILURE);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    alarm(SCRIBE_SECONDS);
}

/* Nobody but root can become another, and then for good: the saved numbers change as well. */
static bool become(uid_t user, gid_t group)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    if (geteuid() != user && (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
                              setresuid(user, user, user) != 0 || geteuid() != user))
        return false;
    return prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_capset, &header, none) == 0;
}

/* Below that root, with the links that its program would follow; but none of /proc, which lead out of it. */
static int open_below(const char *path)
{
    const struct open_how how = {.flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                                 .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, ROOT, path, &how, sizeof how);
}

/* The listener with that cookie, also one that was closed meanwhile; NULL for none. */
static struct ring_listener *find(const struct ring *ring, uint64_t cookie)
{
    struct ring_listener *listener;
    for (uint32_t number = 1; (listener = ring_listener(ring, number)); number++) {
        uint64_t state = atomic_load_explicit(&listener->state, memory_order_relaxed);
        if ((state == LISTENER_LISTENS || state == LISTENER_DEAD) &&
            atomic_load_explicit(&listener->cookie, memory_order_relaxed) == cookie)
            return listener;
    }
    return NULL;
}

/* The number of the call in this ring, whichever version of the library made it; 0, "start", for none. */
static uint16_t queue_call(const struct ring *ring)
{
    static const char queue[] = "queue";
    const char *name;
    for (uint16_t call = 0; (name = ring_call_name(ring, call)); call++)
        if (strnlen(name, CALL_NAME_SIZE) == strlen(queue) && memcmp(name, queue, strlen(queue)) == 0)
            return call;
    return 0;
}

static void put_address(struct record *record, const struct local_end *end)
{
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = end->port, .sin_addr.s_addr = end->address[0]};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = end->port};
    bool is_four = end->family == AF_INET;
    memcpy(&in6.sin6_addr, end->address, sizeof in6.sin6_addr);
    record->address_length = is_four ? sizeof in : sizeof in6;
    memcpy(record->address, is_four ? (const void *)&in : (const void *)&in6, record->address_length);
}

static void put_owner(struct record *record, struct ring_listener *listener, const struct turned_event *event)
{
    uint64_t owner = atomic_load_explicit(&listener->owner, memory_order_relaxed);
    record->pid = record->tid = (uint32_t)(owner >> 32);
    record->fd = (int32_t)(uint32_t)owner;
    atomic_fetch_add_explicit(&listener->turned_away, event->clients, memory_order_relaxed);
}

static int32_t ms_between(uint64_t from_ns, uint64_t to_ns)
{
    uint64_t ms = to_ns > from_ns ? (to_ns - from_ns) / 1000000 : 0;
    return ms < INT32_MAX ? (int32_t)ms : INT32_MAX;
}

/* Its time is that of writing, as every record's: a reader would take an earlier one for a clock that was set back. */
static void write_event(const struct ring *ring, uint16_t call, const struct turned_event *event)
{
    struct ring_listener *listener = find(ring, event->cookie);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    struct record record = {.call = call,
                            .time_ns = now_ns,
                            .pid = ring->header->pid,
                            .tid = ring->header->pid,
                            .fd = -1,
                            .result = ms_between(event->from_ns, now_ns),
                            .effective = ms_between(event->to_ns, now_ns),
                            .asked = (int32_t)event->waited,
                            .capacity = (int32_t)event->holds,
                            .reset = event->clients,
                            .flags = RECORD_FULL | RECORD_WATCHED | RECORD_TELLS};
    record.flags = (uint16_t)(record.flags | (event->resets ? RECORD_RESETS : 0));
    put_address(&record, &event->end);
    if (listener)
        put_owner(&record, listener, event);
    ring_append(ring, &record);
}

void scribe_run(const struct told_ring *told, const struct turned_event *events, int count)
{
    struct ring ring;
    let_go(told->root);
    int fd = become(told->user, told->group) ? open_below(told->path) : -1;
    if (fd < 0 || ring_join(&ring, fd) != 0)
        _exit(EXIT_FAILURE);
    uint16_t call = queue_call(&ring);
    for (int i = 0; call && i < count; i++)
        write_event(&ring, call, &events[i]);
    _exit(EXIT_SUCCESS);
}
