/*
 * A server of the old style, ported from a BSD with its constants: makes its listener, sets an accept filter,
 * and becomes, as inetd does, the program that serves what waits on descriptor 0. It tells each client how
 * many bytes of its request were there when it was accepted.
 *
 *     acceptfilter LEVEL FILTER    LEVEL: the number of SOL_SOCKET to use; FILTER "-" for none
 *     acceptfilter                 serves descriptor 0, twice
 *     acceptfilter broken          passes memory that cannot be read or written, and prints what comes back
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../shim/profile/errno_name.h"

#define SO_ACCEPTFILTER 0x1000
#define CLIENTS 2
#define PAGE 4096

struct accept_filter_arg {
    char af_name[16];
    char af_arg[256 - 16];
};

static int fail(void)
{
    printf("%s\n", errno_name(errno));
    return EXIT_FAILURE;
}

static int make_listener(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 5) != 0)
        exit(fail());
    return listener;
}

static int start(const char *self, int level, const char *filter)
{
    struct accept_filter_arg argument = {0};
    int listener = make_listener();
    snprintf(argument.af_name, sizeof argument.af_name, "%s", filter);
    if (strcmp(filter, "-") != 0 && setsockopt(listener, level, SO_ACCEPTFILTER, &argument, sizeof argument) != 0)
        return fail();
    dup2(listener, STDIN_FILENO);
    close(listener);
    execl(self, self, (char *)NULL);
    return fail();
}

static void announce(void)
{
    struct accept_filter_arg argument = {0};
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address, size = sizeof argument;
    getsockname(STDIN_FILENO, (struct sockaddr *)&address, &length);
    if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTFILTER, &argument, &size) != 0)
        strcpy(argument.af_name, "-");
    printf("%d %s\n", ntohs(address.sin_port), argument.af_name);
    fflush(stdout);
}

static int serve(void)
{
    announce();
    for (int i = 0; i < CLIENTS; i++) {
        char request[64], reply[16];
        int waiting = 0, connection = accept(STDIN_FILENO, NULL, NULL);
        if (connection < 0 || ioctl(connection, FIONREAD, &waiting) != 0)
            return fail();
        int length = snprintf(reply, sizeof reply, "%d\n", waiting);
        if ((waiting > 0 && read(connection, request, sizeof request) < 0) ||
            write(connection, reply, (size_t)length) != length)
            return fail();
        close(connection);
    }
    return EXIT_SUCCESS;
}

static void report(int result)
{
    printf("%s ", result == 0 ? "ok" : errno_name(errno));
}

static int try_broken_memory(void)
{
    int listener = make_listener();
    socklen_t length = sizeof(struct accept_filter_arg);
    struct accept_filter_arg argument = {"dataready", ""};
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *edge = pages + PAGE - 128;
    mprotect(pages + PAGE, PAGE, PROT_NONE);
    report(setsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, NULL, length));
    report(setsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, edge, length));
    report(setsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, &argument, length));
    report(getsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, NULL, &length));
    report(getsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, edge, &length));
    report(getsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, &argument, (socklen_t *)(void *)(pages + PAGE)));
    mprotect(pages, PAGE, PROT_READ);
    report(getsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, pages, &length));
    length = 4;
    report(getsockopt(listener, SOL_SOCKET, SO_ACCEPTFILTER, &argument, &length));
    printf("%u %.4s\n", length, argument.af_name);
    report(setsockopt(-1, SOL_SOCKET, SO_ACCEPTFILTER, &argument, sizeof argument));
    report(setsockopt(STDERR_FILENO, SOL_SOCKET, SO_ACCEPTFILTER, &argument, sizeof argument));
    report(getsockopt(-1, SOL_SOCKET, SO_ACCEPTFILTER, &argument, &length));
    putchar('\n');
    return EXIT_SUCCESS;
}

int main(int count, char **words)
{
    if (count == 3)
        return start(words[0], atoi(words[1]), words[2]);
    return count == 2 ? try_broken_memory() : serve();
}
