/* What accept and accept4 pass on of a listener's flags and owner, by when they were set. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "probe.h"

static void set_cloexec(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool has_cloexec(int fd)
{
    return fcntl(fd, F_GETFD) & FD_CLOEXEC;
}

static const struct {
    const char *name;
    void (*set)(int fd);
    bool (*has)(int fd);
} flags[] = {
    {"O_NONBLOCK", set_nonblock, has_nonblock},
    {"O_ASYNC", set_async, has_async},
    {"owner", set_owner, has_owner},
    {"FD_CLOEXEC", set_cloexec, has_cloexec},
};

static int accept_by(int listener, int flags4)
{
    int connection = flags4 < 0 ? accept(listener, NULL, NULL) : accept4(listener, NULL, NULL, flags4);
    if (connection < 0)
        give_up("accept");
    return connection;
}

static const char *passed_on(int domain, size_t i, enum moment moment, int flags4)
{
    int listener = make_bound(domain, SOCK_STREAM);
    fcntl(listener, F_SETFD, 0);
    if (moment == BEFORE_LISTEN)
        flags[i].set(listener);
    if (listen(listener, 4) != 0)
        give_up("listen");
    if (moment == AFTER_LISTEN)
        flags[i].set(listener);
    int client = make_client(listener);
    if (moment == CLIENT_QUEUED)
        flags[i].set(listener);
    int connection = accept_by(listener, flags4);
    const char *word = flags[i].has(connection) ? "yes" : "no";
    close_hard(connection);
    close_hard(client);
    close(listener);
    return word;
}

static const char *asked_for(int domain, int flags4, bool (*has)(int))
{
    int listener = make_listener(domain, 4), client = make_client(listener);
    int connection = accept4(listener, NULL, NULL, flags4);
    const char *word = connection < 0 ? error_name(errno) : has(connection) ? "yes" : "no";
    close_hard(connection);
    close_hard(client);
    close(listener);
    return word;
}

void ask_flags(int domain)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        question(stream_name(domain), flags[i].name);
        for (enum moment moment = 0; moment < MOMENTS; moment++)
            answer(passed_on(domain, i, moment, -1));
        end_of_answers();
    }
    question(stream_name(domain), "accept4 of O_NONBLOCK, O_ASYNC, owner, FD_CLOEXEC");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        answer(passed_on(domain, i, AFTER_LISTEN, 0));
    end_of_answers();
    question(stream_name(domain), "accept4 with SOCK_NONBLOCK, SOCK_CLOEXEC, an unknown flag");
    answer(asked_for(domain, SOCK_NONBLOCK, has_nonblock));
    answer(asked_for(domain, SOCK_CLOEXEC, has_cloexec));
    answer(asked_for(domain, 1, has_nonblock));
    end_of_answers();
}
