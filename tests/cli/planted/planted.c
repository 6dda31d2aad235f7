/*
 * Tests of a program that was written for Linux: each relies on something that another platform does otherwise. Passes
 * natively. planted NAME
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = 0x0100007f};

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int listener(int backlog)
{
    socklen_t length = sizeof loopback;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    loopback.sin_port = 0;
    if (bind(fd, (struct sockaddr *)&loopback, sizeof loopback) != 0 || listen(fd, backlog) != 0)
        return -1;
    getsockname(fd, (struct sockaddr *)&loopback, &length);
    return fd;
}

static int client(int flags)
{
    int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
    if (connect(fd, (struct sockaddr *)&loopback, sizeof loopback) != 0 && !(flags && errno == EINPROGRESS))
        return -1;
    return fd;
}

/* The accepted socket blocks although the listener does not: the reader waits for a slow client. */
static int blocking_accepted(void)
{
    int fd = listener(5), peer = client(0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    int accepted = accept(fd, NULL, NULL);
    if (peer < 0 || accepted < 0)
        return fail("accept");
    if (fcntl(accepted, F_GETFL) & O_NONBLOCK)
        return fputs("the connection does not block\n", stderr), 1;
    return 0;
}

/* A connect under way is EINPROGRESS, and nothing else. */
static int connect_in_progress(void)
{
    return listener(5) >= 0 && client(SOCK_NONBLOCK) >= 0 ? 0 : fail("connect");
}

/* A backlog of 128 holds 40 clients. */
static int long_queue(void)
{
    struct pollfd clients[40];
    if (listener(128) < 0)
        return fail("listen");
    for (int i = 0; i < 40; i++) {
        clients[i] = (struct pollfd){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .events = POLLOUT};
        (void)!connect(clients[i].fd, (struct sockaddr *)&loopback, sizeof loopback);
    }
    for (int i = 0; i < 40; i++)
        if (poll(&clients[i], 1, 300) != 1 || clients[i].revents != POLLOUT)
            return fprintf(stderr, "client %d is not served\n", i), 1;
    return 0;
}

/* A second server does not get the port of the first, even if both set SO_REUSEADDR. */
static int taken_port(void)
{
    const int on = 1;
    socklen_t length = sizeof loopback;
    int first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_STREAM, 0);
    loopback.sin_port = 0;
    setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(first, (struct sockaddr *)&loopback, sizeof loopback) != 0 || listen(first, 5) != 0)
        return fail("bind");
    getsockname(first, (struct sockaddr *)&loopback, &length);
    if (bind(second, (struct sockaddr *)&loopback, sizeof loopback) == 0)
        return fputs("two servers on one port\n", stderr), 1;
    return errno == EADDRINUSE ? 0 : fail("bind");
}

static int unbound(void)
{
    return listen(socket(AF_INET, SOCK_STREAM, 0), 5) == 0 ? 0 : fail("listen");
}

static int abstract_name(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0planted"};
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 8);
    return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, length) == 0 ? 0 : fail("bind");
}

/* The whole of loopback's network is this host. */
static int other_loopback(void)
{
    struct sockaddr_in address = loopback;
    address.sin_addr.s_addr = htonl(0x7f000002);
    return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address) == 0 ? 0 : fail("bind");
}

static int storage_sized(void)
{
    struct sockaddr_storage storage = {0};
    memcpy(&storage, &loopback, sizeof loopback);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return bind(fd, (struct sockaddr *)&storage, sizeof storage) == 0 ? 0 : fail("bind");
}

/* Each of the two is enough to fail. */
static int either(void)
{
    int first = unbound(), second = connect_in_progress();
    return first || second;
}

/* Waits for ever where listen is refused. */
static int hang(void)
{
    if (unbound() != 0)
        pause();
    return 0;
}

/* Passes, or not, by turns. */
static int flaky(const char *path)
{
    if (access(path, F_OK) == 0)
        return unlink(path) != 0;
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    close(fd);
    return 1;
}

static int sound(void)
{
    int fd = listener(1), peer = client(0);
    return fd >= 0 && peer >= 0 && accept(fd, NULL, NULL) >= 0 ? 0 : fail("accept");
}

static int zero_backlog(void)
{
    int fd = listener(0), peer = client(0);
    return fd >= 0 && peer >= 0 && accept(fd, NULL, NULL) >= 0 ? 0 : fail("accept");
}

/* More than a ring holds. */
/* No two in a row are equal: those would take one place in the ring. */
static int many_calls(void)
{
    for (int i = 0; i < 2500; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(fd, (struct sockaddr *)&loopback, sizeof loopback) != 0 || listen(fd, 5) != 0)
            return fail("bind");
        close(fd);
    }
    return 0;
}

static const struct row {
    const char *name;
    int (*run)(void);
} rows[] = {
    {"blocking_accepted", blocking_accepted},
    {"connect_in_progress", connect_in_progress},
    {"long_queue", long_queue},
    {"taken_port", taken_port},
    {"unbound", unbound},
    {"abstract_name", abstract_name},
    {"other_loopback", other_loopback},
    {"storage_sized", storage_sized},
    {"either", either},
    {"hang", hang},
    {"sound", sound},
    {"zero_backlog", zero_backlog},
    {"many_calls", many_calls},
};

/* As test points, each as often as it is named. */
static int tell_tap(int count, char **names)
{
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++)
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
            if (strcmp(rows[row].name, names[i]) == 0)
                printf("%s %d - %s\n", rows[row].run() == 0 ? "ok" : "not ok", i + 1, names[i]);
    return 0;
}

int main(int count, char **words)
{
    if (count > 2 && strcmp(words[1], "tap") == 0)
        return tell_tap(count - 2, words + 2);
    if (count > 2 && strcmp(words[1], "flaky") == 0)
        return flaky(words[2]);
    for (size_t row = 0; count == 2 && row < sizeof rows / sizeof *rows; row++)
        if (strcmp(rows[row].name, words[1]) == 0)
            return rows[row].run();
    return 2;
}
