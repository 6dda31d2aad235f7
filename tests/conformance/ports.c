/* Ports: who may have one that others have, which one is chosen, which need a privilege. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform.h"

#define CHOICES 16
#define UNBOUND 5
#define HEIRS 5 /* clients: no more than any platform queues of that backlog */
#define NOBODY 65534
/* Another program may have the port at an address of its own just then; it will not have it each time. */
#define TRIES 3

static int reusable(int domain, int type, bool reuse)
{
    int fd = make_socket(domain, type), on = 1;
    if (reuse && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        give_up("SO_REUSEADDR");
    return fd;
}

static int stream(int domain, bool reuse)
{
    return reusable(domain, SOCK_STREAM, reuse);
}

static int bind_to(int fd, in_addr_t place, in_port_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(place)};
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}

static in_port_t port_of(int fd)
{
    struct address address = address_of(fd);
    return ((struct sockaddr_in *)&address.storage)->sin_port; /* at the same place in sockaddr_in6 */
}

/* Two sockets for one port. */
struct pair {
    bool reuse_first, reuse_second, listening;
    in_addr_t first, second;
};

/* "ok" if the second can bind, and listen where the first does. */
static const char *try_pair(const struct pair *pair, int type)
{
    bool listening = pair->listening && type == SOCK_STREAM;
    int first = reusable(AF_INET, type, pair->reuse_first), second = reusable(AF_INET, type, pair->reuse_second);
    if (bind_to(first, pair->first, 0) != 0 || (listening && listen(first, 1) != 0))
        give_up("first bind");
    int result = bind_to(second, pair->second, port_of(first));
    if (result == 0 && listening)
        result = listen(second, 1);
    const char *answer = answer_of(result, "ok");
    close(first);
    close(second);
    return answer;
}

static const char *pair_answer(const struct pair *pair, int type)
{
    const char *answer = try_pair(pair, type);
    for (int i = 1; i < TRIES && strcmp(answer, "EADDRINUSE") == 0; i++)
        answer = try_pair(pair, type);
    return answer;
}

/* What the rules that have a name answer to these pairs. */
static const struct pair pairs[] = {
    {false, false, true, INADDR_ANY, INADDR_LOOPBACK},     {false, true, true, INADDR_ANY, INADDR_LOOPBACK},
    {false, true, true, INADDR_LOOPBACK, INADDR_ANY},      {true, true, false, INADDR_LOOPBACK, INADDR_LOOPBACK},
    {false, true, true, INADDR_LOOPBACK, INADDR_LOOPBACK}, {false, false, false, INADDR_ANY, INADDR_ANY},
    {true, true, true, INADDR_LOOPBACK, INADDR_LOOPBACK},
};
#define PAIRS (sizeof pairs / sizeof *pairs)
/* The last differs from an earlier one in that the first socket listens, which a datagram socket cannot. */
#define DATAGRAM_PAIRS (PAIRS - 1)
#define USED "EADDRINUSE"
static const struct {
    const char *word, *answers[PAIRS];
} rules[] = {
    {"linux", {USED, USED, USED, "ok", USED, USED, USED}},
    {"bsd", {USED, "ok", "ok", USED, USED, USED, USED}},
    {"winsock", {"ok", "ok", "ok", "ok", "EACCES", USED, "ok"}},
    {"nt", {USED, "ok", "ok", "ok", "ok", USED, "ok"}},
};

static void observe_reuse(const char *key, int type)
{
    struct answers answers = {0};
    const char *seen[PAIRS], *word = NULL;
    const size_t count = type == SOCK_STREAM ? PAIRS : DATAGRAM_PAIRS;
    int bystander = make_bound(AF_INET, type); /* at the same address, on a port of its own: it is in no one's way */
    for (size_t i = 0; i < count; i++)
        seen[i] = pair_answer(&pairs[i], type);
    close(bystander);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t equal = 0;
        while (equal < count && strcmp(seen[equal], rules[i].answers[equal]) == 0)
            equal++;
        word = equal == count ? rules[i].word : word;
    }
    for (size_t i = 0; i < count && !word; i++)
        add_answer(&answers, "a pair", seen[i]);
    if (word)
        add_answer(&answers, "", word);
    print_answers(key, &answers);
}

/* A listener of its own, or -1 where another has its port. */
static int reusable_listener(in_port_t port)
{
    int fd = stream(AF_INET, true);
    if (bind_to(fd, INADDR_LOOPBACK, port) == 0 && listen(fd, HEIRS) == 0)
        return fd;
    close(fd);
    return -1;
}

static int count_queued(int listener)
{
    int count = 0, connection;
    add_flag(listener, O_NONBLOCK);
    for (; (connection = accept(listener, NULL, NULL)) >= 0; count++)
        close_hard(connection);
    return count;
}

static int reuse_port_of(int fd)
{
    int on = -1;
    socklen_t length = sizeof on;
    if (getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, &length) != 0)
        give_up("SO_REUSEPORT");
    return on != 0;
}

/* SO_REUSEPORT as a program reads it back: never set; on a connection; set before bind; set after it. */
static void observe_own_reuse_port(void)
{
    int on = 1, listener = make_listener(AF_INET, 1), client = make_client(listener), fd = must_accept(listener);
    int before = make_socket(AF_INET, SOCK_STREAM), after = make_bound(AF_INET, SOCK_STREAM);
    setsockopt(before, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind_to(before, INADDR_LOOPBACK, 0) != 0)
        give_up("bind");
    setsockopt(after, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    printf("own SO_REUSEPORT = %d %d, set %d %d\n", reuse_port_of(listener), reuse_port_of(fd), reuse_port_of(before),
           reuse_port_of(after));
    const int fds[] = {fd, client, listener, before, after};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close_hard(fds[i]);
}

/* Who gets the clients of two listeners at one address: only one of them, some each; then, the first one closed, the
 * second. */
static void observe_heirs(void)
{
    int first = reusable_listener(0), second = reusable_listener(port_of(first)), clients[HEIRS];
    if (second < 0) {
        puts("clients of a shared port = not shared");
        close(first);
        return;
    }
    for (int i = 0; i < HEIRS; i++)
        clients[i] = make_client(second);
    int by_first = count_queued(first), by_second = count_queued(second);
    close(first);
    int heir = make_client(second), by_heir = count_queued(second);
    printf("clients of a shared port = %d to the first, %d to the second, then %d\n", by_first, by_second, by_heir);
    for (int i = 0; i < HEIRS; i++)
        close_hard(clients[i]);
    close_hard(heir);
    close(second);
}

/* Whether a new socket gets the port of a listener that is gone while its connection is still there. */
static bool try_time_wait_reuse(bool reuse_first, bool reuse_second)
{
    int listener = stream(AF_INET, reuse_first), next = stream(AF_INET, reuse_second);
    if (bind_to(listener, INADDR_LOOPBACK, 0) != 0 || listen(listener, 1) != 0)
        give_up("listener");
    in_port_t port = port_of(listener);
    int client = make_client(listener), connection = accept(listener, NULL, NULL);
    close(listener);
    bool result = bind_to(next, INADDR_LOOPBACK, port) == 0;
    close_hard(connection);
    close_hard(client);
    close(next);
    return result;
}

static bool succeeds(bool (*try_once)(bool, bool), bool first, bool second)
{
    bool success = false;
    for (int i = 0; i < TRIES && !success; i++)
        success = try_once(first, second);
    return success;
}

static void observe_time_wait_reuse(void)
{
    struct answers answers = {0};
    bool always = succeeds(try_time_wait_reuse, false, false), by_new = succeeds(try_time_wait_reuse, false, true);
    bool by_both = succeeds(try_time_wait_reuse, true, true);
    add_answer(&answers, "", always ? "ok" : by_new ? "new" : by_both ? "both" : "never");
    print_answers("bind.time_wait_reuse", &answers);
}

/* Whether the dual-stack wildcard and the IPv4 wildcard can have one port, `six_first` or last. */
static bool try_stacks(bool six_first, bool reuse)
{
    struct sockaddr_in6 any = {.sin6_family = AF_INET6};
    int six = stream(AF_INET6, reuse), four = stream(AF_INET, reuse), off = 0;
    if (setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
        give_up("IPV6_V6ONLY");
    int first = six_first ? bind(six, (struct sockaddr *)&any, sizeof any) : bind_to(four, INADDR_ANY, 0);
    if (first != 0 || listen(six_first ? six : four, 1) != 0)
        give_up("first stack");
    any.sin6_port = port_of(six_first ? six : four);
    int second = six_first ? bind_to(four, INADDR_ANY, any.sin6_port) : bind(six, (struct sockaddr *)&any, sizeof any);
    bool result = second == 0 && listen(six_first ? four : six, 1) == 0;
    close(six);
    close(four);
    return result;
}

/* Some platforms have none. */
static bool has_dual_stack(void)
{
    int six = stream(AF_INET6, false), off = 0;
    bool allowed = setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0;
    close(six);
    return allowed;
}

static const char *stacks_word(void)
{
    bool four_last = succeeds(try_stacks, true, false), by_reuse = succeeds(try_stacks, true, true);
    bool six_last = succeeds(try_stacks, false, false);
    return four_last && six_last  ? "ok"
           : six_last && by_reuse ? "reuse"
           : six_last             ? "after"
           : four_last            ? "before"
                                  : "linux";
}

static void observe_stacks(void)
{
    struct answers answers = {0};
    if (!domain_is_here(AF_INET6))
        return;
    add_answer(&answers, "", has_dual_stack() ? stacks_word() : "unknown");
    print_answers("bind.dual_stack", &answers);
}

/* The ports that bind and listen chose: within which range is for the reader to say. */
static void observe_choice(void)
{
    int fds[CHOICES];
    printf("ports =");
    for (int i = 0; i < CHOICES; i++) {
        fds[i] = stream(AF_INET, i & 1);
        if (i % 4 < 2 ? bind_to(fds[i], INADDR_LOOPBACK, 0) != 0 : listen(fds[i], 1) != 0)
            continue;
        printf(" %d", ntohs(port_of(fds[i])));
    }
    putchar('\n');
    fflush(stdout);
    for (int i = 0; i < CHOICES; i++)
        close(fds[i]);
}

void observe_unbound_listens(void)
{
    int fds[UNBOUND];
    printf("unbound listens =");
    for (int i = 0; i < UNBOUND; i++) {
        fds[i] = stream(AF_INET, i & 1);
        printf(" %s", answer_of(listen(fds[i], 1), "ok"));
    }
    putchar('\n');
    for (int i = 0; i < UNBOUND; i++)
        close(fds[i]);
}

/* Of a child that keeps the privilege: in a user namespace that has no other user. */
#define PRIVILEGED 255

/* In a child without the privilege, which tells the errno by its exit status. */
static const char *low_port_answer(int domain, bool wildcard)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(1)};
        six.sin6_addr = wildcard ? in6addr_any : in6addr_loopback;
        int fd = make_socket(domain, SOCK_STREAM);
        if (geteuid() == 0 && setuid(NOBODY) != 0)
            _exit(PRIVILEGED);
        int result = domain == AF_INET ? bind_to(fd, wildcard ? INADDR_ANY : INADDR_LOOPBACK, htons(1))
                                       : bind(fd, (struct sockaddr *)&six, sizeof six);
        _exit(result == 0 ? 0 : errno);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        give_up("child");
    if (WEXITSTATUS(status) == PRIVILEGED)
        return "unknown";
    return WEXITSTATUS(status) ? error_name(WEXITSTATUS(status)) : "ok";
}

static void observe_low_port(const char *key, bool wildcard)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]), low_port_answer(tcp_domains[i], wildcard));
    print_answers(key, &answers);
}

void observe_ports(void)
{
    observe_low_port("bind.low_port", false);
    observe_low_port("bind.low_port_wildcard", true);
    observe_reuse("bind.reuse", SOCK_STREAM);
    observe_reuse("bind.reuse_udp", SOCK_DGRAM);
    observe_heirs();
    observe_own_reuse_port();
    observe_time_wait_reuse();
    observe_stacks();
    observe_choice();
}
