/* Accept filters, as a program asks for them that brings the constants of the BSDs along. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"

/* Linux has other options under SO_* that are undefined here; 0x1000 is none of them. */
#define SO_ACCEPTFILTER 0x1000
#define BSD_SOL_SOCKET 0xffff
#define BACKLOG 5
/* A connection on loopback is acceptable at once or not at all; this is for a host that is busy. */
#define PATIENCE_MS 100
/* For what must come, so that a failure ends. */
#define LIMIT_MS 10000

struct accept_filter_arg {
    char af_name[16];
    char af_arg[240];
};

static int set_filter_at(int level, int fd, const char *name, socklen_t length)
{
    struct accept_filter_arg argument = {0};
    memcpy(argument.af_name, name, strlen(name));
    return setsockopt(fd, level, SO_ACCEPTFILTER, &argument, length);
}

static int set_filter(int fd, const char *name)
{
    return set_filter_at(SOL_SOCKET, fd, name, sizeof(struct accept_filter_arg));
}

static int remove_filter(int fd)
{
    return setsockopt(fd, SOL_SOCKET, SO_ACCEPTFILTER, NULL, 0);
}

/* Whether a connection can be accepted within this time. */
static bool is_acceptable(int listener, int timeout)
{
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    return poll(&wait, 1, timeout) == 1;
}

static void accept_one(int listener)
{
    int connection = accept(listener, NULL, NULL);
    if (connection < 0)
        give_up("accept");
    close_hard(connection);
}

static void say(int client, const char *text, size_t length)
{
    if (send(client, text, length, MSG_NOSIGNAL) != (ssize_t)length)
        give_up("send");
}

/* The answer to a set on a listener without a filter, at either level. */
static void observe_option(void)
{
    static const int levels[] = {SOL_SOCKET, BSD_SOL_SOCKET};
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            if (!domain_is_here(tcp_domains[i]))
                continue;
            int listener = make_listener(tcp_domains[i], BACKLOG);
            int result = set_filter_at(levels[j], listener, "dataready", sizeof(struct accept_filter_arg));
            add_answer(&answers, domain_name(tcp_domains[i]), answer_of(result, "yes"));
            close(listener);
        }
    print_answers("filter.option", &answers);
}

/* What a listener does that nobody asked for a filter. */
static void observe_install(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_listener(tcp_domains[i], BACKLOG), client = make_client(listener);
        add_answer(&answers, domain_name(tcp_domains[i]), is_acceptable(listener, PATIENCE_MS) ? "none" : "dataready");
        close_hard(client);
        close(listener);
    }
    print_answers("filter.install", &answers);
}

/* Whether a connection that was held becomes acceptable by data, and another by its end. */
static bool is_released(int listener, int client)
{
    int leaver = make_client(listener);
    bool held = !is_acceptable(listener, 0);
    say(client, "x", 1);
    bool by_data = is_acceptable(listener, LIMIT_MS);
    if (by_data)
        accept_one(listener);
    shutdown(leaver, SHUT_WR);
    bool by_end = by_data && is_acceptable(listener, LIMIT_MS);
    close_hard(leaver);
    return held && by_data && by_end;
}

/* "yes": held until there is something; "no": not held; "unmet": held, and not let go as it should. */
static const char *hold_answer(int domain, const char *filter)
{
    int listener = make_listener(domain, BACKLOG);
    if (set_filter(listener, filter) != 0) {
        close(listener);
        return "no";
    }
    int client = make_client(listener);
    const char *answer = is_acceptable(listener, PATIENCE_MS) ? "no" : is_released(listener, client) ? "yes" : "unmet";
    close_hard(client);
    close(listener);
    return answer;
}

static void observe_hold(void)
{
    struct answers answers = {0}, local = {0};
    for (int i = 0; i < 2; i++) {
        if (!domain_is_here(tcp_domains[i]))
            continue;
        add_answer(&answers, domain_name(tcp_domains[i]), hold_answer(tcp_domains[i], "dataready"));
        add_answer(&answers, "httpready", hold_answer(tcp_domains[i], "httpready"));
    }
    print_answers("filter.hold", &answers);
    add_answer(&local, "", hold_answer(AF_UNIX, "dataready"));
    print_answers("filter.unix", &local);
}

/* Whether the filter still holds a connection that has sent the beginning of what the filter waits for. */
static const char *part_answer(int domain, const char *filter, const char *part, size_t length)
{
    int listener = make_listener(domain, BACKLOG);
    if (set_filter(listener, filter) != 0) {
        close(listener);
        return "no";
    }
    int client = make_client(listener);
    say(client, part, length);
    const char *answer = is_acceptable(listener, PATIENCE_MS) ? "no" : "yes";
    close_hard(client);
    close(listener);
    return answer;
}

static void observe_part(const char *key, const char *filter, const char *part, size_t length)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]), part_answer(tcp_domains[i], filter, part, length));
    print_answers(key, &answers);
}

/* What a set of this name says on a listener, on one that has a filter, and on a socket that does not listen.
 */
static void observe_names(void)
{
    struct answers dns = {0}, unknown = {0}, misplaced = {0}, unlistening = {0}, installed = {0}, brief = {0};
    for (int i = 0; i < 3; i++) {
        const char *where = domain_name(all_domains[i]);
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG), idle = make_bound(all_domains[i], SOCK_STREAM);
        add_answer(&unknown, where, answer_of(set_filter(listener, "nosuchfilter"), "ok"));
        add_answer(&brief, where, answer_of(set_filter_at(SOL_SOCKET, listener, "dataready", 255), "ok"));
        add_answer(&dns, where, answer_of(set_filter(listener, "dnsready"), "ok"));
        set_filter(listener, "dataready");
        add_answer(&installed, where, answer_of(set_filter(listener, "dataready"), "ok"));
        add_answer(&installed, "another", answer_of(set_filter(listener, "httpready"), "ok"));
        add_answer(&misplaced, "installed", answer_of(set_filter(listener, "nosuchfilter"), "ok"));
        add_answer(&misplaced, where, answer_of(set_filter(idle, "nosuchfilter"), "ok"));
        add_answer(&unlistening, where, answer_of(set_filter(idle, "dataready"), "ok"));
        close(idle);
        close(listener);
    }
    print_answers("filter.dnsready", &dns);
    print_answers("filter.unknown", &unknown);
    print_answers("filter.unknown_misplaced", &misplaced);
    print_answers("filter.unlistening", &unlistening);
    print_answers("filter.installed", &installed);
    print_answers("filter.short_argument", &brief);
}

/* "ok" if the filter of this name, or none, comes back in an argument that is otherwise clear. */
static const char *get_answer(int fd, const char *expected)
{
    struct accept_filter_arg argument, clear = {0};
    socklen_t length = sizeof argument;
    memset(&argument, 0xa5, sizeof argument);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTFILTER, &argument, &length) != 0)
        return error_name(errno);
    memcpy(clear.af_name, expected, strlen(expected));
    return length == sizeof argument && memcmp(&argument, &clear, sizeof clear) == 0 ? "ok" : "garbled";
}

static void observe_get(void)
{
    struct answers none = {0}, unlistening = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG), idle = make_bound(all_domains[i], SOCK_STREAM);
        add_answer(&none, domain_name(all_domains[i]), get_answer(listener, ""));
        add_answer(&unlistening, domain_name(all_domains[i]), get_answer(idle, ""));
        if (set_filter(listener, "httpready") == 0 && strcmp(get_answer(listener, "httpready"), "ok") != 0)
            give_up("the filter does not come back");
        close(idle);
        close(listener);
    }
    print_answers("filter.get_none", &none);
    print_answers("filter.get_unlistening", &unlistening);
}

static void observe_remove(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG);
        add_answer(&answers, domain_name(all_domains[i]), answer_of(remove_filter(listener), "ok"));
        set_filter(listener, "dataready");
        add_answer(&answers, "installed", answer_of(remove_filter(listener), "ok"));
        if (remove_filter(listener) == 0 && set_filter(listener, "httpready") != 0)
            give_up("the filter is still there");
        close(listener);
    }
    print_answers("filter.remove", &answers);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Tried again where the host was so busy that a timer of its own may have let the connection go. */
static const char *release_answer(int domain)
{
    for (;;) {
        double begun = now();
        int listener = make_listener(domain, BACKLOG), client = -1;
        const char *answer = "no";
        if (set_filter(listener, "dataready") == 0) {
            client = make_client(listener);
            bool held = !is_acceptable(listener, 0);
            answer = held && remove_filter(listener) == 0 && is_acceptable(listener, 0) ? "yes" : "no";
            close_hard(client);
        }
        close(listener);
        if (strcmp(answer, "no") == 0 || now() - begun < 0.5)
            return answer;
    }
}

static void observe_release(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]), release_answer(tcp_domains[i]));
    print_answers("filter.remove_releases", &answers);
}

static bool is_reset(int client)
{
    struct pollfd wait = {.fd = client, .events = POLLIN};
    return poll(&wait, 1, 0) == 1 && (wait.revents & (POLLERR | POLLHUP));
}

/* Accepts all that can be, and returns how many that were; `met` becomes true if this client is one of them.
 */
static int drain(int listener, const struct address *client, bool *met)
{
    int count = 0, connection;
    struct address peer = {.length = sizeof peer.storage};
    *met = false;
    while ((connection = accept(listener, (struct sockaddr *)&peer.storage, &peer.length)) >= 0) {
        *met = *met || (peer.length == client->length && memcmp(&peer.storage, &client->storage, peer.length) == 0);
        peer.length = sizeof peer.storage;
        close_hard(connection);
        count++;
    }
    return count;
}

/* Clients that say nothing come until no more get in: what becomes of the oldest, and how many are held? */
static void observe_crowd(struct answers *overflow, struct answers *capacity, int domain)
{
    int listener = make_listener(domain, BACKLOG), plain = make_listener(domain, BACKLOG);
    bool installed = set_filter(listener, "dataready") == 0, delivered = false, reset = false;
    int oldest = make_client(listener), held = 0;
    if (installed && !is_acceptable(listener, 0)) {
        struct address address = address_of(oldest);
        struct crowd crowd = crowd_of(listener);
        crowd_push(&crowd);
        reset = is_reset(oldest);
        add_flag(listener, O_NONBLOCK);
        held = 1 + crowd.count - drain(listener, &address, &delivered);
        crowd_dismiss(&crowd);
    }
    add_answer(overflow, domain_name(domain), reset ? "reset" : delivered ? "deliver" : "keep");
    add_answer(capacity, domain_name(domain),
               held == 0 || held == crowd_size(plain) ? "same"
               : held == BACKLOG + 1                  ? "backlog"
                                                      : "shared");
    close_hard(oldest);
    close(plain);
    close(listener);
}

static void observe_overflow(void)
{
    struct answers overflow = {0}, capacity = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            observe_crowd(&overflow, &capacity, tcp_domains[i]);
    print_answers("filter.overflow", &overflow);
    print_answers("filter.capacity", &capacity);
}

void observe_filter(void)
{
    static const char head[] = "GET / HTTP/1.0\r\n", message[] = {0, 12, 0};
    observe_option();
    observe_install();
    observe_hold();
    observe_part("filter.httpready_head", "httpready", head, sizeof head - 1);
    observe_part("filter.dnsready_message", "dnsready", message, sizeof message);
    observe_names();
    observe_get();
    observe_remove();
    observe_release();
    observe_overflow();
}
