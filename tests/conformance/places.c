/* The same calls from a signal handler, a child, a thread, and on descriptors that came another way. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 2

/* What a place did to `fd`: static, because a signal handler and a child of vfork share it with us. */
static struct {
    volatile int fd, result, error;
} done;

static void do_listen(void)
{
    errno = UNTOUCHED;
    done.result = listen(done.fd, BACKLOG);
    done.error = errno;
}

static void handle_signal(int number)
{
    int saved = errno;
    (void)number;
    do_listen();
    errno = saved;
}

static void by_handler(void)
{
    struct sigaction action = {.sa_handler = handle_signal};
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
}

/* On the smallest stack that the C library calls enough. */
static void by_handler_on_its_own_stack(void)
{
    size_t size = (size_t)SIGSTKSZ;
    stack_t stack = {.ss_sp = malloc(size), .ss_size = size}, none = {.ss_flags = SS_DISABLE};
    struct sigaction action = {.sa_handler = handle_signal, .sa_flags = SA_ONSTACK};
    if (!stack.ss_sp || sigaltstack(&stack, NULL) != 0)
        give_up("sigaltstack");
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    sigaltstack(&none, NULL);
    free(stack.ss_sp);
}

/* The child tells its errno by its exit status. */
static void take_status(pid_t child)
{
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        give_up("child");
    done.error = WEXITSTATUS(status);
    done.result = done.error == UNTOUCHED ? 0 : -1;
}

static void by_forked_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        do_listen();
        _exit(done.error);
    }
    take_status(child);
}

static void by_vforked_child(void)
{
    pid_t child = vfork();
    if (child == 0) {
        do_listen(); /* NOLINT(clang-analyzer-unix.Vfork): what is tried here */
        _exit(done.error);
    }
    take_status(child);
}

static void *listen_in_thread(void *context)
{
    do_listen();
    return context;
}

static void by_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, listen_in_thread, NULL) != 0)
        give_up("pthread_create");
    pthread_join(thread, NULL);
}

static void by_duplicate(void)
{
    int fd = done.fd;
    done.fd = dup(fd);
    do_listen();
    close(done.fd);
    done.fd = fd;
}

/* The descriptor goes through a socket to a child, as SCM_RIGHTS. */
static int pass(int socket, int fd)
{
    char byte = 0, control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (fd >= 0) {
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        *head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        return (int)sendmsg(socket, &message, 0);
    }
    if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
        return -1;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static void by_receiver(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || pass(pair[0], done.fd) != 1)
        give_up("SCM_RIGHTS");
    pid_t child = fork();
    if (child == 0) {
        close(done.fd);
        done.fd = pass(pair[1], -1);
        do_listen();
        _exit(done.error);
    }
    take_status(child);
    close(pair[0]);
    close(pair[1]);
}

static void observe_place(const char *name, void (*place)(void))
{
    for (int i = 0; i < 3; i += 2) {
        done.fd = make_bound(all_domains[i], SOCK_STREAM);
        place();
        report_word("listen in", name);
        errno = done.error;
        report(domain_name(all_domains[i]), done.result);
        report_number("clients", crowd_size(done.fd));
        close(done.fd);
    }
}

/* A closed listener's number may belong to any other socket next. */
static void observe_reuse(void)
{
    int listener = make_listener(AF_INET, BACKLOG), datagram, stream;
    close(listener);
    datagram = make_bound(AF_INET, SOCK_DGRAM);
    report_number("same number", datagram == listener);
    TRY("listen, number reused by UDP", listen(datagram, 1));
    TRY("accept, number reused by UDP", accept(datagram, NULL, NULL));
    close(datagram);
    stream = make_bound(AF_UNIX, SOCK_STREAM);
    report_number("same number", stream == listener);
    TRY("accept, number reused", accept(stream, NULL, NULL));
    TRY("listen, number reused", listen(stream, BACKLOG));
    report_number("clients", crowd_size(stream));
    close(stream);
}

/* accept by a child on a listener that it inherited. */
static void observe_inherited(void)
{
    int listener = make_listener(AF_INET, BACKLOG), client = make_client(listener), status;
    pid_t child = fork();
    if (child == 0) {
        errno = UNTOUCHED;
        _exit(accept(listener, NULL, NULL) >= 0 && errno == UNTOUCHED ? 0 : 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        give_up("child");
    report_number("accept in a child", status);
    close_hard(client);
    close(listener);
}

void observe_places(void)
{
    observe_place("a signal handler", by_handler);
    observe_place("a signal handler on its own stack", by_handler_on_its_own_stack);
    observe_place("a forked child", by_forked_child);
    observe_place("a vforked child", by_vforked_child);
    observe_place("a thread", by_thread);
    observe_place("a duplicate", by_duplicate);
    observe_place("a receiver of SCM_RIGHTS", by_receiver);
    observe_inherited();
    observe_reuse();
}
