/*
 * Who must not be answered: whose SYN the kernel took, a firewall dropped, a host only forwards, another's listener
 * lost, or which no listener could take. Seen from outside: on the wire, by clients, and by the listener's own counter.
 */
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "fixture.h"
#include "record.h"
#include "wire.h"

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

/* An answer comes within this; one that is not to come is waited for so long. */
#define ANSWER_MS SURE_MS
#define LOOKS_MS 20

static struct wire wire;

/*
 * Until the refuser has settled each SYN that came before: it looks at one five times, the last time after 5 ms, and
 * serves a request at most once in a round of looks.
 */
static void await_looks(void)
{
    struct refuser_answer answer;
    const char byte = '?';
    for (int i = 0; i < 12; i++) {
        int fd = ask_connect();
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
        ck_assert_int_eq(ask_hear(fd, ASK_SECONDS, &answer), EPROTO);
        close(fd);
        if (i == 5)
            usleep(LOOKS_MS * 1000);
    }
}

/* --- a listener of this process whose queue is full --- */

#define BACKLOG 1

struct full {
    int fd, clients[BACKLOG + 1];
    struct sockaddr_storage where;
    uint16_t port;
};

static socklen_t length_of(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static struct sockaddr_storage address_of(const char *text, uint16_t port)
{
    struct sockaddr_storage address = {.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET};
    struct sockaddr_in *in = (void *)&address;
    struct sockaddr_in6 *in6 = (void *)&address;
    in->sin_port = htons(port);
    ck_assert_int_eq(inet_pton(address.ss_family, text,
                               address.ss_family == AF_INET ? (void *)&in->sin_addr : (void *)&in6->sin6_addr),
                     1);
    return address;
}

static int listen_at(const char *text, uint16_t port, int backlog)
{
    const int yes = 1;
    struct sockaddr_storage address = address_of(text, port);
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, length_of(&address)), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage where;
    socklen_t length = sizeof where;
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&where, &length), 0);
    return ntohs(((struct sockaddr_in *)&where)->sin_port);
}

/* A client from a port of its own choice if that is not 0, which gets in or not: its descriptor. */
static int come_from(const char *from, uint16_t from_port, const char *to, uint16_t port)
{
    const int yes = 1;
    struct sockaddr_storage mine = address_of(from, from_port), theirs = address_of(to, port);
    int fd = socket(theirs.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&mine, length_of(&mine)), 0);
    connect(fd, (struct sockaddr *)&theirs, length_of(&theirs));
    return fd;
}

/* What a client meets within that time: 0, an errno, or EINPROGRESS. */
static int await_client(int fd, int limit_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    return poll(&wait, 1, limit_ms) == 0 ? EINPROGRESS : error_of(fd);
}

static int meet(const char *from, const char *to, uint16_t port, int limit_ms)
{
    int fd = come_from(from, 0, to, port), error = await_client(fd, limit_ms);
    close(fd);
    return error;
}

static const char *loopback_of(int family)
{
    return family == AF_INET ? "127.0.0.1" : "::1";
}

static void fill_listener(struct full *full, const char *by)
{
    for (int i = 0; i <= BACKLOG; i++) {
        full->clients[i] = come_from(strchr(by, ':') ? "::" : "0.0.0.0", 0, by, full->port);
        ck_assert_int_eq(await_client(full->clients[i], ANSWER_MS), 0);
    }
}

/* Listens there, and is full by clients who come to `by`. */
static struct full listen_full(const char *text, uint16_t port, const char *by)
{
    struct full full = {.fd = listen_at(text, port, BACKLOG)};
    full.port = port_of(full.fd);
    fill_listener(&full, by);
    return full;
}

static void end_full(struct full *full)
{
    for (int i = 0; i <= BACKLOG; i++)
        close(full->clients[i]);
    close(full->fd);
}

static uint32_t drops_of(int listener)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof memory;
    ck_assert_int_eq(getsockopt(listener, SOL_SOCKET, SO_MEMINFO, memory, &length), 0);
    return memory[SK_MEMINFO_DROPS];
}

/* --- whose SYN the kernel took --- */

static void *accept_all(void *of)
{
    int listener = *(int *)of, client;
    while ((client = accept(listener, NULL, NULL)) >= 0)
        close(client);
    return NULL;
}

static int64_t connections(int64_t few, int64_t many)
{
    return getenv("LISTENAS_SOAK") ? many : few;
}

/* At most as many clients at once as the queue holds, each until the server has accepted it. */
START_TEST(a_queue_with_room_refuses_nobody)
{
    enum { WIDTH = 32 };
    struct sockaddr_in where;
    struct pollfd clients[WIDTH];
    pthread_t server;
    char byte;
    int fd = listen_on_loopback(&where, 2 * WIDTH);
    ck_assert_int_eq(ask_watch(fd, _i ? REFUSER_RESET : REFUSER_REFUSE), 0);
    ck_assert(wire_begin(&wire, AF_INET, "lo"));
    pthread_create(&server, NULL, accept_all, &fd);
    for (int64_t left = connections(30000, 500000); left > 0; left -= WIDTH) {
        for (int i = 0; i < WIDTH; i++)
            clients[i] = (struct pollfd){.fd = start_client(ntohs(where.sin_port)), .events = POLLIN};
        for (int i = 0; i < WIDTH; i++) {
            ck_assert_int_eq(poll(&clients[i], 1, ANSWER_MS), 1);
            ck_assert_int_eq(read(clients[i].fd, &byte, 1), 0);
            close(clients[i].fd);
        }
    }
    shutdown(fd, SHUT_RDWR);
    pthread_join(server, NULL);
    wire_end(&wire);
    ck_assert_uint_eq(wire.missed, 0);
    ck_assert_int_ge(wire.taken, (int)connections(30000, 500000));
    ck_assert_int_eq(wire.refused, 0);
    close(fd);
}
END_TEST

/* Each SYN is taken or refused, and who is connected stays so. */
START_TEST(a_storm_is_never_answered_both_ways)
{
    static const struct {
        int backlog, width;
        char mode;
    } storms[] = {{1, 256, 'p'}, {5, 256, 't'}, {5, 128, 'p'}, {128, 256, 't'}};
    ck_assert(wire_begin(&wire, AF_INET, "lo"));
    record_apart();
    struct server server = server_start(0, storms[_i].backlog);
    const char *record = read_record();
    ck_assert_msg(strstr(record, "\"refuser\":true") != NULL, "%s", record);
    forget_record();
    order(&server, storms[_i].mode);
    struct storm storm =
        storm_run(server.port, (int)connections(10000, 100000), storms[_i].width, connections(20000, 200000));
    wire_end(&wire);
    server_kill(&server);
    ck_assert_uint_eq(wire.missed, 0);
    ck_assert_int_eq(wire.wrong, 0);
    ck_assert_int_eq(storm.reset, 0);
    ck_assert_msg(storm.refused > 0 && storm.served > 0, "served %d, refused %d, dropped %d, lost %d, late %d",
                  storm.served, storm.refused, storm.dropped, storm.lost, storm.late);
}
END_TEST

START_TEST(there_are_no_more_answers_than_drops)
{
    enum { CLIENTS = 2000 };
    int refused = 0;
    struct full full = listen_full("127.0.0.1", 0, "127.0.0.1");
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    uint32_t before = drops_of(full.fd);
    ck_assert(wire_begin(&wire, AF_INET, "lo"));
    for (int i = 0; i < CLIENTS; i++)
        refused += meet("127.0.0.1", "127.0.0.1", full.port, ANSWER_MS) == ECONNREFUSED;
    wire_end(&wire);
    ck_assert_int_eq(refused, CLIENTS);
    ck_assert_int_le(wire.refused, (int)(drops_of(full.fd) - before));
    end_full(&full);
}
END_TEST

/* --- whom something else kept out --- */

static void run_tool(const char *command)
{
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* Whether a tool can do that here: in a user namespace of its own a test may lack a module or a right. */
static bool can_run(const char *command, const char *what)
{
    if (system(command) == 0)
        return true;
    printf("skipped: %s\n", what);
    return false;
}

START_TEST(whom_a_firewall_drops_is_not_answered)
{
    static const char *const hooks[] = {"input", "prerouting"};
    char command[256];
    snprintf(command, sizeof command,
             "nft 'table inet wall { chain wall { type filter hook %s priority 0; ip saddr 127.0.0.9 drop; }; }' "
             "2>/dev/null",
             hooks[_i]);
    if (!can_run(command, "a firewall: nft cannot make one here"))
        return;
    struct full full = listen_full("127.0.0.1", 0, "127.0.0.1");
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    int outside = come_from("127.0.0.9", 0, "127.0.0.1", full.port);
    for (int i = 0; i < 200; i++)
        ck_assert_int_eq(meet("127.0.0.8", "127.0.0.1", full.port, ANSWER_MS), ECONNREFUSED);
    ck_assert_int_eq(await_client(outside, LOOKS_MS), EINPROGRESS);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(meet("127.0.0.9", "127.0.0.1", full.port, i ? 1 : LOOKS_MS), EINPROGRESS);
    close(outside);
    end_full(&full);
}
END_TEST

static pid_t hold_network(int *ready)
{
    int told[2];
    char byte;
    ck_assert_int_eq(pipe2(told, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWNET) != 0 || write(told[1], "y", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    close(told[1]);
    *ready = read(told[0], &byte, 1) == 1;
    close(told[0]);
    return pid;
}

static void run_tool_for(const char *command, pid_t left, pid_t right)
{
    char text[2048];
    snprintf(text, sizeof text, "L=%d; R=%d; set -e; %s", (int)left, (int)right, command);
    run_tool(text);
}

/* This network is a router between two, and listens at the very port that they use with each other. */
START_TEST(what_is_only_forwarded_is_not_answered)
{
    static const char network[] =
        "ip link add name v1 type veth peer name v2 netns $L; ip link add name v3 type veth peer name v4 netns $R;"
        "ip addr add 10.1.0.1/24 dev v1; ip addr add 10.2.0.1/24 dev v3; ip link set v1 up; ip link set v3 up;"
        "nsenter -t $L -n sh -ec 'ip addr add 10.1.0.2/24 dev v2; ip link set v2 up; ip link set lo up;"
        "  ip route add default via 10.1.0.1';"
        "nsenter -t $R -n sh -ec 'ip addr add 10.2.0.2/24 dev v4; ip link set v4 up; ip link set lo up;"
        "  ip route add 10.1.0.0/24 via 10.2.0.1; echo 0 > /proc/sys/net/ipv4/tcp_syncookies';"
        "echo 1 > /proc/sys/net/ipv4/ip_forward";
    int left_ready, right_ready, here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    pid_t left = hold_network(&left_ready), right = hold_network(&right_ready);
    ck_assert(left_ready && right_ready);
    run_tool_for(network, left, right);
    struct full router = listen_full("0.0.0.0", 0, "10.1.0.1");
    ck_assert_int_eq(ask_watch(router.fd, REFUSER_REFUSE), 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)right);
    int there = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(setns(there, CLONE_NEWNET), 0);
    struct full behind = listen_full("10.2.0.2", router.port, "10.2.0.2");
    close(there);
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)left);
    there = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(setns(there, CLONE_NEWNET), 0);
    int forwarded = come_from("10.1.0.2", 0, "10.2.0.2", router.port);
    int nowhere = come_from("10.1.0.2", 0, "10.2.0.77", router.port);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(meet("10.1.0.2", i % 2 ? "10.1.0.1" : "10.2.0.1", router.port, ANSWER_MS), ECONNREFUSED);
    ck_assert_int_eq(await_client(forwarded, LOOKS_MS), EINPROGRESS);
    ck_assert_int_eq(await_client(nowhere, 0), EINPROGRESS);
    int mine = come_from("10.1.0.2", 0, "10.2.0.2", router.port);
    ck_assert_int_eq(await_client(mine, LOOKS_MS), EINPROGRESS);
    ck_assert_int_eq(setns(here, CLONE_NEWNET), 0);
    close(mine);
    close(forwarded);
    close(nowhere);
    close(there);
    close(here);
    end_full(&behind);
    end_full(&router);
    kill(left, SIGKILL);
    kill(right, SIGKILL);
}
END_TEST

/* --- another's listener --- */

/* A more specific listener at the same port, without the library, is full as well, and drops. */
START_TEST(anothers_listener_drops_as_ever)
{
    static const char *const pairs[][2] = {{"0.0.0.0", "127.0.0.2"}, {"::", "127.0.0.2"}, {"127.0.0.3", "127.0.0.2"}};
    struct full ours = listen_full(pairs[_i][0], 0, "127.0.0.3");
    const int yes = 1;
    /* REUSEPORT, as Linux lets no second one listen there otherwise. */
    close(ours.fd);
    for (int i = 0; i <= BACKLOG; i++)
        close(ours.clients[i]);
    int fds[2];
    for (int i = 0; i < 2; i++) {
        struct sockaddr_storage address = address_of(pairs[_i][i], ours.port);
        fds[i] = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
        setsockopt(fds[i], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        ck_assert_int_eq(bind(fds[i], (struct sockaddr *)&address, length_of(&address)), 0);
        ck_assert_int_eq(listen(fds[i], BACKLOG), 0);
    }
    struct full other = {.fd = fds[1], .port = ours.port};
    ours.fd = fds[0];
    fill_listener(&ours, "127.0.0.3");
    fill_listener(&other, "127.0.0.2");
    ck_assert_int_eq(ask_watch(ours.fd, REFUSER_REFUSE), 0);
    for (int i = 0; i < 30; i++) {
        int waiting = come_from("127.0.0.1", 0, "127.0.0.2", ours.port);
        ck_assert_int_eq(meet("127.0.0.1", "127.0.0.3", ours.port, ANSWER_MS), ECONNREFUSED);
        ck_assert_int_eq(await_client(waiting, i ? 1 : LOOKS_MS), EINPROGRESS);
        close(waiting);
    }
    end_full(&other);
    end_full(&ours);
}
END_TEST

START_TEST(who_takes_a_closed_listeners_port_drops_as_ever)
{
    struct full full = listen_full("127.0.0.1", 0, "127.0.0.1");
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    ck_assert_int_eq(meet("127.0.0.1", "127.0.0.1", full.port, ANSWER_MS), ECONNREFUSED);
    uint16_t port = full.port;
    end_full(&full);
    struct full other = listen_full("127.0.0.1", port, "127.0.0.1");
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(meet("127.0.0.1", "127.0.0.1", port, i ? 2 : LOOKS_MS), EINPROGRESS);
    end_full(&other);
}
END_TEST

START_TEST(a_port_without_a_listener_is_the_kernels)
{
    struct full full = listen_full("127.0.0.1", 0, "127.0.0.1");
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    uint16_t port = full.port;
    end_full(&full);
    ck_assert(wire_begin(&wire, AF_INET, "lo"));
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(meet("127.0.0.1", "127.0.0.1", port, ANSWER_MS), ECONNREFUSED);
    await_looks();
    wire_end(&wire);
    ck_assert_int_eq(wire.refused, 100);
}
END_TEST

/* --- odd SYNs --- */

struct odd {
    const char *name;
    int family;
    void (*spoil)(struct segment_plan *plan);
    int answers; /* at a full queue, at most; at one with room there is none */
    bool sure;   /* so many and no fewer */
};

static void leave(struct segment_plan *plan)
{
    (void)plan;
}

static void add_ip_options(struct segment_plan *plan)
{
    static const uint8_t options[] = {7, 7, 4, 0, 0, 0, 0, 1}; /* record route, no operation */
    memcpy(plan->head, options, plan->head_size = sizeof options);
}

static void add_tcp_options(struct segment_plan *plan)
{
    static const uint8_t options[] = {2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};
    memcpy(plan->options, options, plan->options_size = sizeof options);
}

static void fill_heads(struct segment_plan *plan)
{
    memset(plan->options, 1, plan->options_size = sizeof plan->options);
    if (plan->family == AF_INET)
        memset(plan->head, 1, plan->head_size = sizeof plan->head);
}

static void add_data(struct segment_plan *plan)
{
    plan->data_size = 700;
}

static void add_fin(struct segment_plan *plan)
{
    plan->flags |= WIRE_FIN;
}

static void add_rst(struct segment_plan *plan)
{
    plan->flags |= WIRE_RST;
}

static void add_ack(struct segment_plan *plan)
{
    plan->flags |= WIRE_ACK;
}

static void add_ecn(struct segment_plan *plan)
{
    plan->flags |= WIRE_ECN | WIRE_PSH;
}

static void spoil_checksum(struct segment_plan *plan)
{
    plan->spoil = 1;
}

static void set_address(struct in6_addr *address, const char *text)
{
    ck_assert_int_eq(inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, address), 1);
}

static void come_from_broadcast(struct segment_plan *plan)
{
    set_address(&plan->from, "255.255.255.255");
}

static void come_from_multicast(struct segment_plan *plan)
{
    set_address(&plan->from, plan->family == AF_INET ? "224.0.0.1" : "ff02::1");
}

static void come_from_nowhere(struct segment_plan *plan)
{
    set_address(&plan->from, plan->family == AF_INET ? "0.0.0.0" : "::");
}

static void come_from_itself(struct segment_plan *plan)
{
    plan->from = plan->to;
    plan->from_port = plan->to_port;
}

static void go_to_broadcast(struct segment_plan *plan)
{
    set_address(&plan->to, "127.255.255.255");
}

static void go_to_multicast(struct segment_plan *plan)
{
    set_address(&plan->to, plan->family == AF_INET ? "224.0.0.1" : "ff02::1");
}

static void go_elsewhere(struct segment_plan *plan)
{
    set_address(&plan->to, plan->family == AF_INET ? "192.0.2.1" : "2001:db8::1");
}

static void come_from_port_0(struct segment_plan *plan)
{
    plan->from_port = 0;
}

static void go_to_port_0(struct segment_plan *plan)
{
    plan->to_port = 0;
}

static void add_hop_by_hop(struct segment_plan *plan)
{
    static const uint8_t options[] = {IPPROTO_TCP, 0, 1, 4, 0, 0, 0, 0};
    memcpy(plan->head, options, plan->head_size = sizeof options);
    plan->first = IPPROTO_HOPOPTS;
}

static void add_destination_options(struct segment_plan *plan)
{
    add_hop_by_hop(plan);
    plan->first = IPPROTO_DSTOPTS;
}

/* As the only fragment, which IPv6 allows. */
static void add_atomic_fragment(struct segment_plan *plan)
{
    static const uint8_t head[] = {IPPROTO_TCP, 0, 0, 0, 9, 9, 9, 9};
    memcpy(plan->head, head, plan->head_size = sizeof head);
    plan->first = IPPROTO_FRAGMENT;
}

static const struct odd odds[] = {
    {"plain", AF_INET, leave, 1, true},
    {"plain", AF_INET6, leave, 1, true},
    {"IP options", AF_INET, add_ip_options, 1, true},
    {"TCP options", AF_INET, add_tcp_options, 1, true},
    {"TCP options", AF_INET6, add_tcp_options, 1, true},
    {"the longest heads", AF_INET, fill_heads, 1, true},
    {"the longest heads", AF_INET6, fill_heads, 1, true},
    {"data", AF_INET, add_data, 1, true},
    {"data", AF_INET6, add_data, 1, true},
    {"ECN and PSH", AF_INET, add_ecn, 1, true},
    {"hop by hop", AF_INET6, add_hop_by_hop, 1, true},
    {"destination options", AF_INET6, add_destination_options, 1, true},
    {"atomic fragment", AF_INET6, add_atomic_fragment, 1, true},
    {"FIN", AF_INET, add_fin, 0, true},
    {"FIN", AF_INET6, add_fin, 0, true},
    {"RST", AF_INET, add_rst, 0, true},
    {"ACK", AF_INET, add_ack, 0, true},
    {"checksum", AF_INET, spoil_checksum, 0, true},
    {"checksum", AF_INET6, spoil_checksum, 0, true},
    {"from broadcast", AF_INET, come_from_broadcast, 0, true},
    {"from multicast", AF_INET, come_from_multicast, 0, true},
    {"from multicast", AF_INET6, come_from_multicast, 0, true},
    {"from nowhere", AF_INET, come_from_nowhere, 0, true},
    {"from itself", AF_INET, come_from_itself, 1, false},
    {"from itself", AF_INET6, come_from_itself, 1, false},
    {"to broadcast", AF_INET, go_to_broadcast, 0, true},
    {"to multicast", AF_INET, go_to_multicast, 0, true},
    {"to multicast", AF_INET6, go_to_multicast, 0, true},
    {"to elsewhere", AF_INET, go_elsewhere, 0, true},
    {"to elsewhere", AF_INET6, go_elsewhere, 0, true},
    {"from port 0", AF_INET, come_from_port_0, 1, false},
    {"to port 0", AF_INET, go_to_port_0, 0, true},
};

#define ODDS ((int)(sizeof odds / sizeof *odds))
#define ODD_PORT 777
#define PLAIN_PORT 778

static struct segment_plan plan_syn(int family, uint16_t from, uint16_t to)
{
    struct segment_plan plan = {
        .family = family, .from_port = from, .to_port = to, .sequence = 0xfffffff0, .flags = WIRE_SYN};
    set_address(&plan.from, loopback_of(family));
    set_address(&plan.to, loopback_of(family));
    return plan;
}

/* So that the kernel sends multicast of IPv6 to loopback. */
static void add_route(void)
{
    if (system("ip -6 route add multicast ff02::1 dev lo table local 2>/dev/null") != 0)
        puts("skipped: SYNs to multicast of IPv6: ip cannot make a route here");
}

/* Answers to an odd SYN; a plain one from another port shows when all would have come. */
static int answers_to(const struct odd *odd, uint16_t port, bool full)
{
    int raw = wire_raw(odd->family);
    struct segment_plan plan = plan_syn(odd->family, ODD_PORT, port);
    odd->spoil(&plan);
    add_route();
    ck_assert(wire_begin(&wire, odd->family, "lo"));
    wire_send(raw, &plan); /* the kernel refuses to send some of them */
    await_looks();
    if (full) {
        plan = plan_syn(odd->family, PLAIN_PORT, port);
        ck_assert_int_eq(wire_send(raw, &plan), 0);
        ck_assert(wire_await_refusal(&wire, PLAIN_PORT, ANSWER_MS));
    }
    wire_end(&wire);
    close(raw);
    /* The kernel itself answers where nobody listens. */
    return wire.refused - full - (odd->spoil == go_to_port_0 && wire.refusals_of[ODD_PORT]);
}

START_TEST(an_odd_syn_is_answered_as_the_listener_dropped_it)
{
    const struct odd *odd = &odds[_i % ODDS];
    bool specific = _i / ODDS;
    const char *where = specific ? loopback_of(odd->family) : odd->family == AF_INET ? "0.0.0.0" : "::";
    struct full full = listen_full(where, 0, loopback_of(odd->family));
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    int answers = answers_to(odd, full.port, true);
    ck_assert_msg(answers <= odd->answers && (answers == odd->answers || !odd->sure), "%s: %d", odd->name, answers);
    end_full(&full);
}
END_TEST

/* Nobody waits for the kernel's answer, so the kernel itself would reset what it has just taken. */
START_TEST(an_odd_syn_to_a_queue_with_room_is_not_answered)
{
    const struct odd *odd = &odds[_i];
    if (!can_run("nft 'table inet wall { chain wall { type filter hook output priority 0; "
                 "tcp flags & (rst | ack) == rst drop; }; }' 2>/dev/null",
                 "SYNs made by hand to a queue with room: nft cannot make a firewall here"))
        return;
    int fd = listen_at(odd->family == AF_INET ? "0.0.0.0" : "::", 0, 50);
    ck_assert_int_eq(ask_watch(fd, REFUSER_REFUSE), 0);
    int answers = answers_to(odd, port_of(fd), false);
    ck_assert_msg(answers == 0, "%s: %d", odd->name, answers);
    close(fd);
}
END_TEST

/* The kernel puts a segment together before either the eye or TCP has it. */
START_TEST(fragments_are_one_syn)
{
    uint8_t packet[2048], second[2048];
    int raw = wire_raw(AF_INET);
    struct full full = listen_full("127.0.0.1", 0, "127.0.0.1");
    struct segment_plan plan = plan_syn(AF_INET, ODD_PORT, full.port);
    struct iphdr ip;
    ck_assert_int_eq(ask_watch(full.fd, REFUSER_REFUSE), 0);
    add_tcp_options(&plan);
    size_t size = wire_write(packet, &plan), cut = sizeof ip + 16; /* the flags are in the first, no more */
    memcpy(&ip, packet, sizeof ip);
    ip.id = htons(4242);
    ip.frag_off = htons(16 / 8);
    memcpy(second, &ip, sizeof ip);
    memcpy(second + sizeof ip, packet + cut, size - cut);
    ip.frag_off = htons(IP_MF);
    memcpy(packet, &ip, sizeof ip);
    ck_assert(wire_begin(&wire, AF_INET, "lo"));
    ck_assert_int_eq(wire_send_bytes(raw, AF_INET, &plan.to, packet, cut), 0);
    await_looks();
    ck_assert_int_eq(wire.refused, 0);
    ck_assert_int_eq(wire_send_bytes(raw, AF_INET, &plan.to, second, sizeof ip + size - cut), 0);
    ck_assert(wire_await_refusal(&wire, ODD_PORT, ANSWER_MS));
    wire_end(&wire);
    ck_assert_int_eq(wire.refused, 1);
    close(raw);
    end_full(&full);
}
END_TEST

static void set_up_wire(void)
{
    struct rlimit limit;
    set_up();
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static Suite *never_wrong(void)
{
    Suite *suite = suite_create("never wrong");
    TCase *whole = tcase_create("never wrong");
    tcase_set_timeout(whole, getenv("LISTENAS_SOAK") ? 600 : REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(whole, set_up_wire, tear_down);
    tcase_add_loop_test(whole, a_queue_with_room_refuses_nobody, 0, 2);
    tcase_add_loop_test(whole, a_storm_is_never_answered_both_ways, 0, 4);
    tcase_add_test(whole, there_are_no_more_answers_than_drops);
    tcase_add_loop_test(whole, whom_a_firewall_drops_is_not_answered, 0, 2);
    tcase_add_test(whole, what_is_only_forwarded_is_not_answered);
    tcase_add_loop_test(whole, anothers_listener_drops_as_ever, 0, 3);
    tcase_add_test(whole, who_takes_a_closed_listeners_port_drops_as_ever);
    tcase_add_test(whole, a_port_without_a_listener_is_the_kernels);
    tcase_add_loop_test(whole, an_odd_syn_is_answered_as_the_listener_dropped_it, 0, 2 * ODDS);
    tcase_add_loop_test(whole, an_odd_syn_to_a_queue_with_room_is_not_answered, 0, ODDS);
    tcase_add_test(whole, fragments_are_one_syn);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(never_wrong());
}
