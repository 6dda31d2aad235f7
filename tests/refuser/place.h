/*
 * A network namespace of the test's own, where it may refuse whoever runs it; and a server in it, under a
 * profile whose full queue refuses.
 */
#ifndef LISTENAS_TESTS_PLACE_H
#define LISTENAS_TESTS_PLACE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "daemon.h"

static inline void raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
        perror("lo");
        exit(1);
    }
    close(fd);
}

/*
 * With syncookies the kernel tells a burst of clients that they are connected before it knows whether the
 * queue has room, and forgets them: with a refuser or without.
 */
static inline void forbid_syncookies(void)
{
    FILE *file = fopen("/proc/sys/net/ipv4/tcp_syncookies", "we");
    if (!file || fputs("0", file) < 0 || fclose(file) != 0) {
        perror("tcp_syncookies");
        exit(1);
    }
}

/* Where that is forbidden the test stays in the host's network. */
static inline void enter_place(void)
{
    if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        raise_loopback();
        forbid_syncookies();
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setenv("LISTENAS_PROFILE", "glibc", 1);
    setenv("LISTENAS_RING", "off", 1);
}

struct server {
    pid_t pid; /* and its process group */
    FILE *orders, *answers;
    int port;
};

static inline int read_answer(struct server *server)
{
    char line[32];
    return fgets(line, sizeof line, server->answers) ? (int)strtol(line, NULL, 10) : INT_MIN;
}

/* Gives an order, as tests/refuser/server.c lists them, and waits for the answer. */
static inline int order(struct server *server, char what)
{
    fputc(what, server->orders);
    fflush(server->orders);
    return read_answer(server);
}

static inline void exec_server(const int *orders, const int *answers, char *words[])
{
    char library[PATH_MAX];
    snprintf(library, sizeof library, "%s/liblistenas.so", getenv("LISTENAS_BUILD"));
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(orders[0], STDIN_FILENO);
    dup2(answers[1], STDOUT_FILENO);
    if (strcmp(basename(words[0]), "listenas") != 0) /* the command sets it by itself */
        setenv("LD_PRELOAD", library, 1);
    execv(words[0], words);
    _exit(127);
}

/* Starts `words`, a command whose last part is the server. */
static inline struct server server_start_as(char *words[])
{
    struct server server = {0};
    int orders[2], answers[2];
    if (pipe2(orders, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0)
        abort();
    server.pid = fork();
    if (server.pid == 0)
        exec_server(orders, answers, words);
    setpgid(server.pid, server.pid);
    close(orders[0]);
    close(answers[1]);
    server.orders = fdopen(orders[1], "w");
    server.answers = fdopen(answers[0], "r");
    server.port = read_answer(&server);
    return server;
}

static inline char *server_path(void)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/tests/refuser/server", getenv("LISTENAS_BUILD"));
    return path;
}

static inline struct server server_start_at(const char *address, int port, int backlog)
{
    char place[64], number[16], queue[16], *words[] = {server_path(), number, queue, place, NULL};
    snprintf(place, sizeof place, "%s", address);
    snprintf(number, sizeof number, "%d", port);
    snprintf(queue, sizeof queue, "%d", backlog);
    return server_start_as(words);
}

static inline struct server server_start(int port, int backlog)
{
    return server_start_at("127.0.0.1", port, backlog);
}

/* Ends it and everything in its group, as hard as can be; the orphans of both are this process's children. */
static inline void server_kill(struct server *server)
{
    kill(-server->pid, SIGKILL);
    while (waitpid(-server->pid, NULL, 0) > 0 || errno == EINTR)
        continue;
    fclose(server->orders);
    fclose(server->answers);
}

#endif
