#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4

static void observe_inheritance(const char *key, int flag)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        int listener = make_listener(domain, BACKLOG), client = make_client(listener);
        add_flag(listener, flag);
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            give_up("accept");
        add_answer(&answers, domain_name(domain), fcntl(connection, F_GETFL) & flag ? "yes" : "no");
        close_hard(connection);
        close_hard(client);
        close(listener);
    }
    print_answers(key, &answers);
}

/* One client resets its connection, another stays: which of them does accept deliver first? */
static const char *reset_answer(int domain)
{
    int listener = make_listener(domain, BACKLOG), broken = make_client(listener);
    struct address first = address_of(broken), peer = {.length = sizeof peer.storage};
    close_hard(broken);
    int whole = make_client(listener);
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, (struct sockaddr *)&peer.storage, &peer.length);
    const char *answer = answer_of(connection, "skip");
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
    struct answers answers = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            add_answer(&answers, domain_name(tcp_domains[i]), reset_answer(tcp_domains[i]));
    print_answers("accept.reset_queued", &answers);
}

static void observe_accept4(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG), client = make_client(listener);
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        add_answer(&answers, domain_name(all_domains[i]), answer_of(connection, "yes"));
        if (connection >= 0)
            close_hard(connection);
        close_hard(client);
        close(listener);
    }
    print_answers("accept.accept4", &answers);
}

void observe_accept(void)
{
    observe_inheritance("accept.inherit_nonblock", O_NONBLOCK);
    observe_inheritance("accept.inherit_async", O_ASYNC);
    observe_reset();
    observe_accept4();
}
