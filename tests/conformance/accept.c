#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4

/* How a connection comes: by accept4, which may be missing; and whether it is queued before its listener is prepared.
 */
enum way { PLAINLY, BY_ACCEPT4, QUEUED_BEFORE };

static const char *inheritance(int domain, enum way way, void (*prepare)(int), bool (*has)(int))
{
    int listener = make_listener(domain, BACKLOG), client = way == QUEUED_BEFORE ? make_client(listener) : -1;
    prepare(listener);
    if (client < 0)
        client = make_client(listener);
    int connection = way == BY_ACCEPT4 ? accept4(listener, NULL, NULL, 0) : accept(listener, NULL, NULL);
    const char *answer = answer_of(connection, "no");
    if (connection >= 0) {
        answer = has(connection) ? "yes" : "no";
        close_hard(connection);
    }
    close_hard(client);
    close(listener);
    return answer;
}

static void observe_inheritance(const char *key, enum way way, void (*prepare)(int), bool (*has)(int))
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++)
        if (domain_is_here(all_domains[i]))
            add_answer(&answers, domain_name(all_domains[i]), inheritance(all_domains[i], way, prepare, has));
    print_answers(key, &answers);
}

/* The observer's own sockets have it already. */
static void set_cloexec(int fd)
{
    (void)fd;
}

static bool has_cloexec(int fd)
{
    return fcntl(fd, F_GETFD) & FD_CLOEXEC;
}

/* One client resets its connection, another stays: which of them does accept deliver first? */
static const char *reset_answer(int domain, const char **length)
{
    int listener = make_listener(domain, BACKLOG), broken = make_client(listener);
    struct address first = address_of(broken), peer = {.length = sizeof peer.storage};
    close_hard(broken);
    int whole = make_client(listener);
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, (struct sockaddr *)&peer.storage, &peer.length);
    const char *answer = answer_of(connection, "skip");
    *length = connection >= 0                      ? "no error"
              : peer.length == sizeof peer.storage ? "keep"
              : peer.length == 0                   ? "0"
                                                   : "other";
    if (connection >= 0) {
        if (peer.length == first.length && memcmp(&peer.storage, &first.storage, peer.length) == 0)
            answer = "deliver";
        close_hard(connection);
    }
    close_hard(whole);
    close(listener);
    return answer;
}

static void observe_reset(void)
{
    struct answers answers = {0}, lengths = {0};
    for (int i = 0; i < 2; i++) {
        const char *length;
        if (!domain_is_here(tcp_domains[i]))
            continue;
        add_answer(&answers, domain_name(tcp_domains[i]), reset_answer(tcp_domains[i], &length));
        add_answer(&lengths, domain_name(tcp_domains[i]), length);
    }
    print_answers("accept.reset_queued", &answers);
    print_answers("accept.reset_queued_length", &lengths);
}

static const char *accept4_answer(int connection)
{
    const char *answer = answer_of(connection, "yes");
    if (connection >= 0 && !has_cloexec(connection))
        answer = "ignore";
    return answer;
}

static void observe_accept4(void)
{
    struct answers answers = {0}, unknown = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG), clients[2];
        for (int j = 0; j < 2; j++)
            clients[j] = make_client(listener);
        fcntl(listener, F_SETFD, 0);
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        add_answer(&answers, domain_name(all_domains[i]), accept4_answer(connection));
        int strange = accept4(listener, NULL, NULL, SOCK_CLOEXEC | 1);
        add_answer(&unknown, domain_name(all_domains[i]), answer_of(strange, "ignore"));
        for (int j = 0; j < 2; j++)
            close_hard(clients[j]);
        close_hard(connection);
        close_hard(strange);
        close(listener);
    }
    print_answers("accept.accept4", &answers);
    print_answers("accept.accept4_unknown_flag", &unknown);
}

void observe_accept(void)
{
    observe_inheritance("accept.inherit_nonblock", PLAINLY, set_nonblock, has_nonblock);
    observe_inheritance("accept.inherit_async", PLAINLY, set_async, has_async);
    observe_inheritance("accept.inherit_owner", PLAINLY, set_owner, has_owner);
    observe_inheritance("accept.inherit_late_owner", QUEUED_BEFORE, set_owner, has_owner);
    observe_inheritance("accept.inherit_cloexec", PLAINLY, set_cloexec, has_cloexec);
    observe_inheritance("accept.accept4_inherit_nonblock", BY_ACCEPT4, set_nonblock, has_nonblock);
    observe_inheritance("accept.accept4_inherit_async", BY_ACCEPT4, set_async, has_async);
    observe_inheritance("accept.accept4_inherit_owner", BY_ACCEPT4, set_owner, has_owner);
    observe_reset();
    observe_accept4();
}
