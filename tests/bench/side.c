#include "side.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "../refuser/ask.h"
#include "../refuser/place.h"
#include "flood.h"
#include "keepalive.h"
#include "ratios.h"
#include "usage.h"

#define FLOOD_PER_SECOND 100000
#define SERVER_PROCESSOR 0
#define LOAD_PROCESSOR 1

/* Long enough for everybody to fall asleep. */
#define REST_NS 1000000

struct order {
    uint32_t kind, amount;
};

struct listener {
    int fd;
    struct sockaddr_in where;
};

/* What the process has. */
struct own {
    pid_t refuser;
    pid_t server; /* keep-alive, of `kept` */
    struct listener full, roomy, kept;
    int queued; /* the client that fills `full`, -1 for none */
    bool stays_full;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- begin --- */

static struct listener make_listener(int backlog)
{
    struct listener listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                                .where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof listener.where;
    if (listener.fd < 0 || bind(listener.fd, (struct sockaddr *)&listener.where, length) != 0 ||
        listen(listener.fd, backlog) != 0 || getsockname(listener.fd, (struct sockaddr *)&listener.where, &length) != 0)
        die("side: listen");
    return listener;
}

static struct listener make_watched(const struct own *own, int backlog)
{
    struct listener listener = make_listener(backlog);
    int error = own->refuser ? ask_watch(listener.fd, REFUSER_REFUSE) : 0;
    if (error) {
        fprintf(stderr, "side: the refuser answers %d\n", error);
        exit(1);
    }
    return listener;
}

static int port_of(const struct listener *listener)
{
    return ntohs(listener->where.sin_port);
}

/* A client ends by RST: a hundred thousand connections in TIME_WAIT would use up the ports. */
static int make_client(void)
{
    const struct linger at_once = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0)
        die("side: socket");
    return fd;
}

static int connect_to(int client, const struct listener *listener)
{
    return connect(client, (const struct sockaddr *)&listener->where, sizeof listener->where);
}

static void raise_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Returns whether there is a refuser, if there is to be one. */
static bool begin(struct own *own, int watched)
{
    enter_place();
    raise_limit();
    own->refuser = watched ? refuser_daemon_start() : 0;
    if (watched && !own->refuser)
        return false;
    own->full = make_watched(own, 0);
    own->roomy = make_watched(own, 128);
    own->kept = make_watched(own, 128);
    for (int i = 3; i < watched; i++)
        make_watched(own, 128);
    own->server = keepalive_start(own->kept.fd, SERVER_PROCESSOR);
    return true;
}

/* --- what is measured --- */

static void fill(struct own *own)
{
    if (own->queued >= 0)
        return;
    own->queued = make_client();
    if (connect_to(own->queued, &own->full) != 0)
        die("side: fill");
}

static void empty(struct own *own)
{
    if (own->queued < 0 || own->stays_full)
        return;
    close(accept(own->full.fd, NULL, NULL));
    close(own->queued);
    own->queued = -1;
}

/* Each time for another while, so that nothing runs in step with the kernel's clock. */
static void rest(uint32_t turn)
{
    const struct timespec pause = {.tv_nsec = REST_NS + turn * 7919 % 500 * 1000};
    nanosleep(&pause, NULL);
}

static double time_refusal(const struct own *own)
{
    int client = make_client();
    uint64_t start = now_ns();
    if (connect_to(client, &own->full) == 0 || errno != ECONNREFUSED)
        die("side: not refused");
    double took = (double)(now_ns() - start);
    close(client);
    return took;
}

static double used_by_refuser(const struct own *own)
{
    return own->refuser ? usage_ns(own->refuser) + usage_ns(child_of(own->refuser)) : 0;
}

/* Of everybody who works for the connections, the refuser with them. */
static double used_by_all(const struct own *own)
{
    return used_by_refuser(own) + usage_ns(own->server) + usage_ns(getpid());
}

static double time_cycles(const struct own *own, uint32_t count)
{
    uint64_t start = now_ns();
    for (uint32_t i = 0; i < count; i++) {
        int client = make_client();
        if (connect_to(client, &own->roomy) != 0)
            die("side: connect");
        int server = accept(own->roomy.fd, NULL, NULL);
        close(client);
        close(server);
    }
    return (double)(now_ns() - start) / count;
}

static size_t use_cycles(const struct own *own, uint32_t count, double *numbers)
{
    double before = used_by_all(own);
    numbers[0] = time_cycles(own, count);
    numbers[1] = (used_by_all(own) - before) / count;
    return 2;
}

static size_t use_load(const struct own *own, uint32_t ms, double *numbers)
{
    double before = used_by_all(own);
    uint64_t start = now_ns();
    numbers[0] = keepalive_load(port_of(&own->kept), LOAD_PROCESSOR, ms);
    double requests = (double)(now_ns() - start) / numbers[0];
    numbers[1] = (used_by_all(own) - before) / requests;
    return 2;
}

static size_t use_load_in_flood(struct own *own, uint32_t ms, double *numbers)
{
    fill(own);
    struct flood flood = flood_start(port_of(&own->full), FLOOD_PER_SECOND, ms);
    use_load(own, ms, numbers);
    numbers[2] = flood_end(&flood);
    empty(own);
    return 3;
}

static size_t time_singles(struct own *own, bool refused, uint32_t count, double *numbers)
{
    if (refused)
        fill(own);
    for (uint32_t i = 0; i < count; i++) {
        rest(i);
        numbers[i] = refused ? time_refusal(own) : time_cycles(own, 1);
    }
    if (refused)
        empty(own);
    return count;
}

static double wakeups_of_refuser(const struct own *own, uint32_t ms)
{
    const struct timespec settle = {.tv_sec = 2};
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    pid_t worker = child_of(own->refuser);
    nanosleep(&settle, NULL);
    long before = usage_wakeups(own->refuser) + usage_wakeups(worker);
    nanosleep(&pause, NULL);
    return (double)(usage_wakeups(own->refuser) + usage_wakeups(worker) - before);
}

static size_t obey(struct own *own, const struct order *order, double *numbers)
{
    uint32_t amount = order->amount;
    switch ((enum side_kind)order->kind) {
    case SIDE_REFUSALS:
    case SIDE_SINGLES:
        return time_singles(own, order->kind == SIDE_REFUSALS, amount, numbers);
    case SIDE_CYCLES:
        return use_cycles(own, amount, numbers);
    case SIDE_LOAD:
        return use_load(own, amount, numbers);
    case SIDE_FLOOD:
        return use_load_in_flood(own, amount, numbers);
    case SIDE_FILL:
        own->stays_full = amount;
        if (amount)
            fill(own);
        else
            empty(own);
        return 1;
    case SIDE_USED:
        numbers[0] = used_by_refuser(own);
        return 1;
    case SIDE_WAKEUPS:
        numbers[0] = wakeups_of_refuser(own, amount);
        return 1;
    }
    return 0;
}

/* Not the ends of other sides, which would not learn that this process is done with them. */
static void keep_only(int *orders, int *answers)
{
    int high = fcntl(*orders, F_DUPFD_CLOEXEC, 16), higher = fcntl(*answers, F_DUPFD_CLOEXEC, 16);
    *orders = dup3(high, 3, O_CLOEXEC);
    *answers = dup3(higher, 4, O_CLOEXEC);
    close_range(5, ~0u, 0);
}

static void serve(int orders, int answers, int watched)
{
    static double numbers[SIDE_NUMBERS];
    struct own own = {.queued = -1};
    struct order order;
    numbers[0] = 1;
    size_t count = begin(&own, watched) ? 1 : 0;
    do {
        if (write(answers, &count, sizeof count) != (ssize_t)sizeof count ||
            write(answers, numbers, count * sizeof *numbers) != (ssize_t)(count * sizeof *numbers))
            break;
    } while (count > 0 && read(orders, &order, sizeof order) == (ssize_t)sizeof order &&
             (count = obey(&own, &order, numbers), true));
    refuser_daemon_stop(own.refuser);
}

/* --- the other end --- */

/* A pipe gives a long answer in pieces. */
static void read_all(int fd, void *bytes, size_t size)
{
    for (size_t have = 0; have < size;) {
        ssize_t length = read(fd, (char *)bytes + have, size - have);
        if (length <= 0)
            die("side: read");
        have += (size_t)length;
    }
}

static size_t hear(const struct side *side, double *numbers)
{
    size_t count;
    read_all(side->answers, &count, sizeof count);
    read_all(side->answers, numbers, count * sizeof *numbers);
    return count;
}

struct side side_start(int watched)
{
    int orders[2], answers[2];
    double number;
    if (pipe2(orders, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0)
        die("side: pipe");
    fflush(stdout);
    struct side side = {.pid = fork(), .orders = orders[1], .answers = answers[0]};
    if (side.pid < 0)
        die("side: fork");
    if (side.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        keep_only(&orders[0], &answers[1]);
        serve(orders[0], answers[1], watched);
        exit(0);
    }
    close(orders[0]);
    close(answers[1]);
    if (hear(&side, &number) == 0)
        side_stop(&side);
    return side;
}

size_t side_ask(const struct side *side, enum side_kind kind, uint32_t amount, double *numbers)
{
    const struct order order = {.kind = kind, .amount = amount};
    if (write(side->orders, &order, sizeof order) != (ssize_t)sizeof order)
        die("side: write");
    return hear(side, numbers);
}

double side_ask_one(const struct side *side, enum side_kind kind, uint32_t amount)
{
    static double numbers[SIDE_NUMBERS];
    return side_ask(side, kind, amount, numbers) ? numbers[0] : 0;
}

void side_stop(struct side *side)
{
    close(side->orders);
    close(side->answers);
    waitpid(side->pid, NULL, 0);
    side->pid = 0;
}
