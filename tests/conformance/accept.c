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

/* What a connection can have of its listener. */
static const struct {
    void (*prepare)(int);
    bool (*has)(int);
} traits[] = {
    {set_nonblock, has_nonblock}, /* it and FD_CLOEXEC can be asked for by a flag */
    {set_cloexec, has_cloexec},
    {set_async, has_async},
    {set_owner, has_owner},
};

#define TRAITS (sizeof traits / sizeof *traits)

/* One that did not come is no connection, and has nothing. */
static bool is_inherited(int domain, size_t trait, enum way way)
{
    return strcmp(inheritance(domain, way, traits[trait].prepare, traits[trait].has), "yes") == 0;
}

/* What accept4 without flags passes on, beside what accept does. */
struct passed_on {
    bool nothing, as_accept, but_flags;
};

static struct passed_on passed_on(int domain)
{
    struct passed_on it = {true, true, true};
    for (size_t i = 0; i < TRAITS; i++) {
        bool by_accept = is_inherited(domain, i, PLAINLY), by_accept4 = is_inherited(domain, i, BY_ACCEPT4);
        it.nothing = it.nothing && !by_accept4;
        it.as_accept = it.as_accept && by_accept4 == by_accept;
        it.but_flags = it.but_flags && by_accept4 == (by_accept && i > 1);
    }
    return it;
}

/* A connection that was asked for by these flags, of a listener that has neither. */
static const char *flags_answer(int domain, int flags)
{
    int listener = make_listener(domain, BACKLOG), client = make_client(listener);
    fcntl(listener, F_SETFD, 0);
    int connection = accept4(listener, NULL, NULL, flags);
    const char *answer = answer_of(connection, "ignored");
    if (connection >= 0) {
        int got = (has_nonblock(connection) ? SOCK_NONBLOCK : 0) | (has_cloexec(connection) ? SOCK_CLOEXEC : 0);
        answer = got == flags ? "set" : got == 0 ? "ignored" : "confused";
    }
    close_hard(connection);
    close_hard(client);
    close(listener);
    return answer;
}

/* All flags must have the same fate. */
static const char *accept4_answer(int domain)
{
    static const int flags[] = {SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC};
    const char *fate = flags_answer(domain, flags[0]);
    struct passed_on passed = passed_on(domain);
    for (size_t i = 1; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags_answer(domain, flags[i]), fate) != 0)
            return "confused";
    if (strcmp(fate, "set") == 0)
        return passed.nothing ? "yes" : passed.as_accept ? "emulate" : passed.but_flags ? "inherit" : "confused";
    if (strcmp(fate, "ignored") == 0)
        return passed.as_accept ? "ignore" : "confused";
    return fate;
}

static const char *unknown_flag_answer(int domain)
{
    int listener = make_listener(domain, BACKLOG), client = make_client(listener);
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | 1);
    const char *answer = answer_of(connection, "ignore");
    close_hard(connection);
    close_hard(client);
    close(listener);
    return answer;
}

static const char *two_mistakes_answer(int domain)
{
    int fd = make_bound(domain, SOCK_STREAM);
    const char *answer = answer_of(accept4(fd, NULL, NULL, 1), "ok");
    close(fd);
    return answer;
}

void observe_accept4(void)
{
    struct answers answers = {0}, unknown = {0}, two = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        add_answer(&answers, domain_name(all_domains[i]), accept4_answer(all_domains[i]));
        add_answer(&unknown, domain_name(all_domains[i]), unknown_flag_answer(all_domains[i]));
        add_answer(&two, domain_name(all_domains[i]), two_mistakes_answer(all_domains[i]));
    }
    print_answers("accept.accept4", &answers);
    print_answers("accept.accept4_unknown_flag", &unknown);
    print_answers("accept4, unknown flag, not listening", &two);
}

void observe_accept(void)
{
    observe_inheritance("accept.inherit_nonblock", PLAINLY, set_nonblock, has_nonblock);
    observe_inheritance("accept.inherit_async", PLAINLY, set_async, has_async);
    observe_inheritance("accept.inherit_owner", PLAINLY, set_owner, has_owner);
    observe_inheritance("accept.inherit_late_owner", QUEUED_BEFORE, set_owner, has_owner);
    observe_inheritance("accept.inherit_cloexec", PLAINLY, set_cloexec, has_cloexec);
    observe_reset();
    observe_accept4();
}
