/*
 * A server and its client on loopback, mostly in one thread: what is timed with the library and without it. Takes
 * orders on standard input and answers on standard output; `acceptor N` makes N cycles and ends, for strace and perf.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "order.h"
#include "ratios.h"

/* 4.4BSD queues no more than 8 connections. */
#define GROUP 8

static struct sockaddr_in where;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int start_listener(void)
{
    socklen_t length = sizeof where;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    where = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr *)&where, length) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&where, &length) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        die("acceptor: listen");
    return fd;
}

/* The client ends by RST: a hundred thousand connections in TIME_WAIT would use up the ports. */
static int make_client(void)
{
    const struct linger at_once = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0 ||
        connect(fd, (struct sockaddr *)&where, sizeof where) != 0)
        die("acceptor: connect");
    return fd;
}

static int take_named(int listener, struct sockaddr_in *peer, socklen_t *length)
{
    int fd;
    while ((fd = accept(listener, (struct sockaddr *)peer, length)) < 0)
        sched_yield();
    return fd;
}

static int take(int listener)
{
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    return take_named(listener, &peer, &length);
}

static int take_with(int listener, uint32_t extra)
{
    struct f_owner_ex owner;
    struct timespec now;
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    if (extra & EXTRA_FLAGS)
        fcntl(listener, F_GETFL);
    if (extra & EXTRA_OWNER)
        fcntl(listener, F_GETOWN_EX, &owner);
    int fd = extra & EXTRA_PEER ? take_named(listener, NULL, NULL) : take(listener);
    if (extra & EXTRA_PEER)
        getpeername(fd, (struct sockaddr *)&peer, &length);
    if (extra & EXTRA_CLOCK)
        clock_gettime(CLOCK_REALTIME, &now);
    return fd;
}

static uint64_t time_accepts(int listener, uint32_t extra)
{
    int clients[GROUP], servers[GROUP];
    for (int i = 0; i < GROUP; i++)
        clients[i] = make_client();
    uint64_t start = now_ns();
    for (int i = 0; i < GROUP; i++)
        servers[i] = take_with(listener, extra);
    uint64_t end = now_ns();
    for (int i = 0; i < GROUP; i++) {
        close(clients[i]);
        close(servers[i]);
    }
    return end - start;
}

static uint64_t processor_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Comes late enough for the server to be asleep. */
static void *come_one_by_one(void *context)
{
    const struct timespec pause = {.tv_nsec = 20000};
    int *clients = context;
    for (int i = 0; i < GROUP; i++) {
        nanosleep(&pause, NULL);
        clients[i] = make_client();
    }
    return NULL;
}

static pthread_t start_clients(int *clients)
{
    pthread_t thread;
    cpu_set_t others;
    CPU_ZERO(&others);
    for (size_t cpu = 1; cpu < CPU_SETSIZE; cpu++)
        CPU_SET(cpu, &others);
    if (pthread_create(&thread, NULL, come_one_by_one, clients) != 0)
        die("acceptor: thread");
    pthread_setaffinity_np(thread, sizeof others, &others); /* where there is but one processor, it stays */
    return thread;
}

static uint64_t time_waits(int listener)
{
    int clients[GROUP], servers[GROUP];
    fcntl(listener, F_SETFL, 0);
    pthread_t thread = start_clients(clients);
    uint64_t start = processor_ns();
    for (int i = 0; i < GROUP; i++)
        servers[i] = take(listener);
    uint64_t end = processor_ns();
    pthread_join(thread, NULL);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < GROUP; i++) {
        close(clients[i]);
        close(servers[i]);
    }
    return end - start;
}

static uint64_t time_cycles(int listener)
{
    uint64_t start = now_ns();
    for (int i = 0; i < GROUP; i++) {
        int client = make_client(), server = take(listener);
        close(client);
        close(server);
    }
    return now_ns() - start;
}

static struct answer obey(int listener, const struct order *order)
{
    struct answer answer = {0};
    for (; answer.count < order->count; answer.count += GROUP)
        answer.ns += order->kind == ORDER_WAITS    ? time_waits(listener)
                     : order->kind == ORDER_CYCLES ? time_cycles(listener)
                                                   : time_accepts(listener, order->extra);
    return answer;
}

int main(int count, char **arguments)
{
    int listener = start_listener();
    struct order order = {.kind = ORDER_CYCLES};
    if (count > 1) {
        order.count = (uint32_t)strtoul(arguments[1], NULL, 10);
        obey(listener, &order);
        return 0;
    }
    while (read(STDIN_FILENO, &order, sizeof order) == (ssize_t)sizeof order) {
        struct answer answer = obey(listener, &order);
        if (write(STDOUT_FILENO, &answer, sizeof answer) != (ssize_t)sizeof answer)
            return 1;
    }
    return 0;
}
