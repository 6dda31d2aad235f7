/* The refuser of one program, and the socket of either kind of refuser. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kernel/system.h"
#include "refuser.h"
#include "requests.h"
#include "segment.h"

/* Programs that ask wait in this queue; the worker empties it each time that it wakes up. */
#define WAITING_MOST 4096

int refuser_listen(const struct refuser_address *address, bool is_public)
{
    const int no = 0;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(is_public ? 0111 : 0177);
    int error = fd >= 0 && bind(fd, (const struct sockaddr *)&address->name, address->length) == 0 ? 0 : errno;
    umask(before);
    setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof no);
    if (!error && listen(fd, WAITING_MOST) != 0)
        error = errno;
    if (!error)
        return fd;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

int refuser_try(void)
{
    int raw = segment_socket(AF_INET);
    if (raw < 0)
        return errno;
    close(raw);
    return 0;
}

int refuser_try_destroy(void)
{
    int diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (diag < 0)
        return errno;
    int error = network_try_destroy(diag);
    close(diag);
    return error;
}

/* A name that nobody can guess and take first. */
static int name_socket(char *setting)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return errno;
    snprintf(setting, REFUSER_SETTING_SIZE, "LISTENAS_REFUSER=@listenas-refuser-%d-%016llx", (int)getpid(),
             (unsigned long long)number);
    return 0;
}

/* Leaves standard streams that lead nowhere, and the two descriptors after them. */
static void keep_only(int *requests, int *program)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    int high = fcntl(*requests, F_DUPFD_CLOEXEC, 16), higher = fcntl(*program, F_DUPFD_CLOEXEC, 16);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nowhere, fd);
    *requests = dup3(high, 3, O_CLOEXEC);
    *program = dup3(higher, 4, O_CLOEXEC);
    syscall(SYS_close_range, 5, ~0u, 0);
}

static void become_refuser(int requests, int program, const char *setting)
{
    setsid();
    prctl(PR_SET_NAME, "listenas-refuse");
    keep_only(&requests, &program);
    if (chdir("/") == 0)
        refuser_run(requests, program, setting);
    _exit(EXIT_SUCCESS);
}

int refuser_start(char *setting)
{
    struct refuser_address address;
    int error = name_socket(setting), requests = -1, program = -1;
    if (error)
        return error;
    refuser_address_read(&address, strchr(setting, '=') + 1);
    requests = refuser_listen(&address, true);
    program = (int)syscall(SYS_pidfd_open, getpid(), 0);
    pid_t child = requests < 0 || program < 0 ? -1 : fork();
    error = child < 0 ? errno : 0;
    if (child == 0) {
        if (fork() == 0)
            become_refuser(requests, program, setting);
        _exit(EXIT_SUCCESS);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    if (requests >= 0)
        close(requests);
    if (program >= 0)
        close(program);
    return error;
}
