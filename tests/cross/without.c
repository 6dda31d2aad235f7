/*
 * without FILE PROGRAM ARGUMENT...: runs a program for which the kernel refuses, with the same errors, what the file
 * says that an emulator cannot do: a line for each, the first word as tests/cross/probe.c has it. So it shows what the
 * emulator's limits alone make of an answer. Of TCP_INFO the program gets the first four bytes; with the word
 * TCP_INFO, too, in the other order. Other words do nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A system call that is refused with `error` where two of its arguments are these; with 0 this process answers it. */
struct refusal {
    const char *name;
    unsigned int number;
    unsigned int first, first_value, second, second_value;
    unsigned int error;
};

static const struct refusal refusals[] = {
    {"SO_INCOMING_CPU", SYS_setsockopt, 1, SOL_SOCKET, 2, SO_INCOMING_CPU, ENOPROTOOPT},
    {"IP_BIND_ADDRESS_NO_PORT", SYS_setsockopt, 1, IPPROTO_IP, 2, IP_BIND_ADDRESS_NO_PORT, ENOPROTOOPT},
    {"IP_BIND_ADDRESS_NO_PORT", SYS_getsockopt, 1, IPPROTO_IP, 2, IP_BIND_ADDRESS_NO_PORT, ENOPROTOOPT},
    {"sock_diag", SYS_socket, 0, AF_NETLINK, 2, NETLINK_SOCK_DIAG, EPROTONOSUPPORT},
    {"SIOCUNIXFILE", SYS_ioctl, 1, SIOCUNIXFILE, 1, SIOCUNIXFILE, ENOSYS},
    {"TCP_INFO_REST", SYS_getsockopt, 1, IPPROTO_TCP, 2, TCP_INFO, 0},
};

/* The low half of an argument; all that the kernel looks at of an int. */
static unsigned int offset_of(unsigned int argument)
{
    size_t half = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(unsigned int) : 0;
    return (unsigned int)(offsetof(struct seccomp_data, args) + argument * sizeof(__u64) + half);
}

/* Returns the descriptor by which calls are answered, 0 where none is needed, or -1. */
static int refuse(const struct refusal *it)
{
    unsigned int action = it->error ? SECCOMP_RET_ERRNO | it->error : SECCOMP_RET_USER_NOTIF;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, it->number, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_of(it->first)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, it->first_value, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset_of(it->second)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, it->second_value, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, it->error ? 0 : SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

/* The process of a thread. */
static pid_t process_of(pid_t thread)
{
    char path[64], line[256];
    pid_t process = thread;
    snprintf(path, sizeof path, "/proc/%d/status", thread);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Tgid: %d", &process) == 1)
            break;
    if (file)
        fclose(file);
    return process;
}

/* Writes what qemu-user would: one int. Returns 0, or a negative errno. */
static int answer(pid_t thread, const __u64 argument[6], bool reversed)
{
    char path[64];
    int process = (int)syscall(SYS_pidfd_open, process_of(thread), 0), value = 0;
    int fd = (int)syscall(SYS_pidfd_getfd, process, (int)argument[0], 0);
    socklen_t length = sizeof value;
    int result = fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &value, &length) != 0 ? -errno : 0;
    if (reversed)
        value = (int)__builtin_bswap32((unsigned int)value);
    snprintf(path, sizeof path, "/proc/%d/mem", thread);
    int memory = open(path, O_WRONLY | O_CLOEXEC);
    if (result == 0 && (pwrite(memory, &value, sizeof value, (off_t)argument[3]) != sizeof value ||
                        pwrite(memory, &length, sizeof length, (off_t)argument[4]) != sizeof length))
        result = -EFAULT;
    close(memory);
    close(fd);
    close(process);
    return result;
}

/* What the child says of the calls that its parent answers. */
struct duty {
    int listener; /* or 0 */
    bool reversed;
};

/* Until nobody is left who could ask. */
static void answer_calls(struct duty duty)
{
    struct pollfd wait = {.fd = duty.listener, .events = POLLIN};
    while (poll(&wait, 1, -1) > 0 && !(wait.revents & POLLHUP)) {
        struct seccomp_notif call = {0};
        if (ioctl(duty.listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
            continue; /* who asked is gone */
        struct seccomp_notif_resp response = {.id = call.id,
                                              .error = answer((pid_t)call.pid, call.data.args, duty.reversed)};
        ioctl(duty.listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}

/* In the child: installs what the file names, and starts the program. */
static _Noreturn void start(FILE *file, int parent, char **program)
{
    char line[256];
    struct duty duty = {0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(EXIT_FAILURE);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, " \n")] = '\0';
        duty.reversed |= strcmp(line, "TCP_INFO") == 0;
        for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
            int result = strcmp(line, refusals[i].name) == 0 ? refuse(&refusals[i]) : 0;
            if (result < 0) {
                perror("seccomp");
                _exit(EXIT_FAILURE);
            }
            duty.listener = result ? result : duty.listener;
        }
    }
    if (write(parent, &duty, sizeof duty) == sizeof duty)
        execvp(program[0], program);
    perror(program[0]);
    _exit(EXIT_FAILURE);
}

int main(int count, char **arguments)
{
    int pipes[2], status = 0;
    struct duty duty;
    FILE *file = count > 2 ? fopen(arguments[1], "re") : NULL;
    if (!file || pipe2(pipes, O_CLOEXEC) != 0) {
        perror(count > 2 ? arguments[1] : "usage: without FILE PROGRAM ARGUMENT...");
        return EXIT_FAILURE;
    }
    /* Descriptors are shared until the child becomes the program, whose own it closes. */
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        start(file, pipes[1], arguments + 2);
    if (child > 0 && read(pipes[0], &duty, sizeof duty) == sizeof duty && duty.listener > 0)
        answer_calls(duty);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
