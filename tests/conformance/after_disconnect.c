/* A TCP socket that is good for nothing any more on some platforms: its connect failed, or it was shut down before. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "conform.h"

static const char *bind_answer(int domain)
{
    int fd = make_refused(domain);
    struct address address = fresh_address(domain);
    const char *answer = answer_of(bind(fd, (struct sockaddr *)&address.storage, address.length), "ok");
    close(fd);
    return answer;
}

static const char *shut_bind_answer(int domain)
{
    int fd = make_socket(domain, SOCK_STREAM);
    struct address address = fresh_address(domain);
    shutdown(fd, SHUT_WR);
    const char *answer = answer_of(bind(fd, (struct sockaddr *)&address.storage, address.length), "ok");
    close(fd);
    return answer;
}

static const char *shutdown_answer(int domain)
{
    int fd = make_refused(domain);
    const char *answer = answer_of(shutdown(fd, SHUT_WR), "ok");
    close(fd);
    return answer;
}

static const char *name_answer(int domain)
{
    int fd = make_refused(domain);
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    const char *answer = answer_of(getsockname(fd, (struct sockaddr *)&address, &length), "ok");
    close(fd);
    return answer;
}

static const char *connect_answer(int domain)
{
    int fd = make_socket(domain, SOCK_STREAM), listener = make_listener(domain, 1);
    struct address address = address_of(listener);
    shutdown(fd, SHUT_WR);
    const char *answer = answer_of(connect(fd, (struct sockaddr *)&address.storage, address.length), "ok");
    close_hard(fd);
    close(listener);
    return answer;
}

static const struct {
    const char *key;
    const char *(*observe)(int domain);
} observations[] = {
    {"bind.after_disconnect", bind_answer},       {"bind.shut_tcp", shut_bind_answer},
    {"connect.after_disconnect", connect_answer}, {"shutdown.after_disconnect", shutdown_answer},
    {"names.after_disconnect", name_answer},
};

void observe_after_disconnect(void)
{
    for (size_t i = 0; i < sizeof observations / sizeof *observations; i++) {
        struct answers answers = {0};
        for (int j = 0; j < 2; j++)
            if (domain_is_here(tcp_domains[j]))
                add_answer(&answers, domain_name(tcp_domains[j]), observations[i].observe(tcp_domains[j]));
        print_answers(observations[i].key, &answers);
    }
}
