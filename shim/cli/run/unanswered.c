#include "unanswered.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cli.h"

/* Attaches a filter that lets everything through. Returns 0 or an errno. */
static int try_filter(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)};
    const struct sock_fprog program = {.len = 1, .filter = code};
    int error = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
        error = errno;
    close(fd);
    return error;
}

/* What an ordinary user's program gets: exec takes from it what this process may by its file or in its namespace. */
static void give_up_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (geteuid() != 0)
        syscall(SYS_capset, &header, none);
}

/* As try_filter, with the rights of the program that is to run. 0 where that cannot be found out. */
static int try_as_program(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        give_up_capabilities();
        _exit(try_filter());
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 0;
    return WEXITSTATUS(status);
}

int unanswered_check(const struct profile *profile)
{
    int error = profile->connect_not_listening.word == WORD_DROP ? try_as_program() : 0;
    if (error)
        say("a connect to a port of this host that is bound and does not listen will be refused, instead of being left "
            "without an answer (connect.not_listening): this process may attach no filter to its sockets "
            "(SO_ATTACH_FILTER): %s",
            strerror(error));
    return error != 0;
}
