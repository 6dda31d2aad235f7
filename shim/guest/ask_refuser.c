#include "ask_refuser.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef STATX_INO /* newer C libraries have what the kernel's header would define again */
#include <linux/stat.h>
#endif

#include "../kernel/facts.h"
#include "../kernel/option.h"
#include "../kernel/system.h"
#include "../refuser/protocol.h"
#include "guest.h"

#include "../kernel/async_safe.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57 /* since Linux 4.12 */
#endif
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62 /* since Linux 5.0 */
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* since Linux 5.14 */
#endif

#define ERRNO_MOST 4095

/*
 * How often a request is sent at most, if the connection ends without an answer: the worker that had it may have been
 * replaced, or this process was without a processor for so long that the refuser did not wait any more.
 */
#define TRIES 3
/* That the connection ended without an answer; no errno. */
#define HUNG_UP (-1)

/* --- what names the listener --- */

static uint64_t cookie(int fd, int name)
{
    uint64_t value = 0;
    socklen_t length = sizeof value;
    return option_get(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : 0;
}

static uint64_t inode(int fd)
{
    struct statx status = {0};
    return system_call(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_INO, &status) == 0 ? status.stx_ino : 0;
}

static void read_address(struct refuser_request *request, const struct sockaddr_storage *name)
{
    const struct sockaddr_in *in = (const void *)name;
    const struct sockaddr_in6 *in6 = (const void *)name;
    request->family = name->ss_family;
    request->port = in->sin_port; /* at the same place in both */
    if (name->ss_family == AF_INET)
        memcpy(request->address, &in->sin_addr, sizeof in->sin_addr);
    else
        memcpy(request->address, &in6->sin6_addr, sizeof in6->sin6_addr);
}

static int name_listener(struct refuser_request *request, int fd)
{
    struct sockaddr_storage name = {0};
    socklen_t length;
    int interface = 0;
    socklen_t size = sizeof interface;
    if (!facts_name(fd, &name, &length))
        return EBADF;
    read_address(request, &name);
    option_get(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, &size);
    request->interface = (uint32_t)interface;
    request->descriptor = fd;
    request->cookie = cookie(fd, SO_COOKIE);
    request->network = cookie(fd, SO_NETNS_COOKIE);
    request->inode = inode(fd);
    return 0;
}

/* --- the conversation --- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* An answer is believed only from root or this process's own user. */
static int check_peer(int fd)
{
    struct ucred who;
    if (!facts_peer_credentials(fd, &who))
        return errno;
    return who.uid == 0 || who.uid == geteuid() ? 0 : EACCES;
}

static int64_t left_ms(int64_t until_ms)
{
    int64_t left = until_ms - now_ms();
    return left > 0 ? left : 0;
}

/* A refuser that is busy may have a queue of its own; that wait ends as all of them do. */
static int connect_in_time(int fd, int64_t until_ms)
{
    int error = EINTR;
    for (int64_t left; error == EINTR && (left = left_ms(until_ms)) > 0;) {
        const struct timeval patience = {.tv_sec = (time_t)(left / 1000), .tv_usec = (suseconds_t)(left % 1000 * 1000)};
        system_call(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        error = system_call(SYS_connect, fd, &guest.refuser.name, guest.refuser.length) == 0 ? 0 : errno;
    }
    return error == EAGAIN || error == EINTR ? ETIMEDOUT : error;
}

static int await_answer(int fd, int64_t until_ms, struct refuser_answer *answer)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    long ready;
    do {
        int64_t left = left_ms(until_ms);
        struct timespec limit = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000 * 1000000)};
        ready = system_call(SYS_ppoll, &wait, 1, &limit, NULL, 0);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return ETIMEDOUT;
    ssize_t length = system_call(SYS_recvfrom, fd, answer, sizeof *answer, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
    if (length <= 0)
        return HUNG_UP;
    bool is_answer = length == sizeof *answer && answer->version == REFUSER_VERSION && answer->error >= 0 &&
                     answer->error <= ERRNO_MOST;
    return is_answer ? answer->error : EPROTO;
}

/* What is sent: a request, and for some the path of the ring. */
struct message {
    struct refuser_request request;
    char ring[REFUSER_RING_MOST];
};

static_assert(REFUSER_RING_MOST >= RING_PATH_MAX - 1, "the path of any ring fits");

static int converse(int fd, int64_t until_ms, const struct message *message, size_t size, struct refuser_answer *answer)
{
    int error = connect_in_time(fd, until_ms);
    if (!error)
        error = check_peer(fd);
    if (!error && system_call(SYS_sendto, fd, message, size, MSG_NOSIGNAL, NULL, 0) < 0)
        error = errno == EPIPE || errno == ECONNRESET ? HUNG_UP : errno;
    return error ? error : await_answer(fd, until_ms, answer);
}

static uint16_t send_message(const struct message *message, size_t ring, struct refuser_answer *answer)
{
    int64_t until_ms = now_ms() + REFUSER_PATIENCE_MS;
    int error = HUNG_UP;
    for (int i = 0; i < TRIES && error == HUNG_UP; i++) {
        int fd = (int)system_call(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        if (fd < 0)
            return (uint16_t)errno;
        error = converse(fd, until_ms, message, sizeof message->request + ring, answer);
        system_call(SYS_close, fd);
    }
    return (uint16_t)(error == HUNG_UP ? ECONNREFUSED : error);
}

/* `ring`: the bytes of the path that the message has. */
static uint16_t ask(enum refuser_wish wish, int listener, int most, struct message *message, size_t ring,
                    struct refuser_answer *answer)
{
    message->request = (struct refuser_request){.version = REFUSER_VERSION, .wish = wish, .most = (uint32_t)most};
    if (guest.refuser.length == 0)
        return ENOENT;
    int error = name_listener(&message->request, listener);
    return error ? (uint16_t)error : send_message(message, ring, answer);
}

static uint16_t ask_plainly(enum refuser_wish wish, int listener, int most, struct refuser_answer *answer)
{
    struct message message;
    return ask(wish, listener, most, &message, 0, answer);
}

/* --- the wishes --- */

uint16_t refuser_watch(int fd, bool resets, bool *tells)
{
    struct refuser_answer answer = {0};
    struct message message;
    enum refuser_wish wish = resets ? REFUSER_RESET : REFUSER_REFUSE;
    size_t ring = guest.place.off ? 0 : strnlen(guest.place.path, sizeof message.ring);
    memcpy(message.ring, guest.place.path, ring);
    uint16_t error = ask(wish, fd, 0, &message, ring, &answer);
    *tells = !error && ring > 0 && answer.count == 0;
    if (error == EPROTO && ring > 0) /* an older refuser */
        error = ask_plainly(wish, fd, 0, &answer);
    return error;
}

uint16_t refuser_hold(int fd, int most)
{
    struct refuser_answer answer;
    return ask_plainly(REFUSER_HOLD, fd, most, &answer);
}

void refuser_unhold(int fd)
{
    struct refuser_answer answer;
    ask_plainly(REFUSER_UNHOLD, fd, 0, &answer);
}

uint16_t refuser_shorten(int fd, int most, int *count)
{
    struct refuser_answer answer = {0};
    uint16_t error = ask_plainly(REFUSER_SHORTEN, fd, most, &answer);
    *count = error ? 0 : (int)answer.count;
    return error;
}
