/* What the kernel can, found out by asking it: versions of distributions' kernels tell little. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../kernel/port.h"
#include "finding.h"

/* The headers of the oldest distribution that this is built on do not have these. */
#define OPTION_LOCAL_PORT_RANGE 51 /* IP_LOCAL_PORT_RANGE */
#define OPTION_NETNS_COOKIE 71     /* SO_NETNS_COOKIE */
#define CALL_FCHMODAT2 452         /* the same number on each architecture since Linux 6.6 */

static bool has_option(int level, int option)
{
    uint64_t value;
    socklen_t length = sizeof value;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && getsockopt(fd, level, option, &value, &length) == 0;
    if (fd >= 0)
        close(fd);
    return has;
}

/* Whether a socket of ours that is bound, and does not listen, is found by its port. */
static bool sees_bound(bool *answered)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct port_claim claim = {0};
    struct port_use use = {0};
    int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), asking = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *answered = false;
    if (bound >= 0 && asking >= 0 && bind(bound, (const struct sockaddr *)&address, length) == 0 &&
        getsockname(bound, (struct sockaddr *)&address, &length) == 0) {
        port_claim_of(asking, AF_INET, &claim);
        *answered = port_use_of(&claim, (const struct sockaddr *)&address, &use);
    }
    if (bound >= 0)
        close(bound);
    if (asking >= 0)
        close(asking);
    return use.same;
}

static void judge(struct finding *finding, bool has, const char *what, const char *without)
{
    if (has)
        finding_set(finding, FINDING_GOOD, "", "the kernel has %s", what);
    else
        finding_set(finding, FINDING_NOTE, "a newer kernel has it", "the kernel lacks %s: %s", what, without);
}

void find_sock_diag(struct finding *finding)
{
    bool answered;
    sees_bound(&answered);
    if (answered)
        finding_set(finding, FINDING_GOOD, "", "sock_diag answers");
    else
        finding_set(finding, FINDING_LACKS,
                    "a kernel with CONFIG_INET_DIAG, and a sandbox that allows AF_NETLINK, help",
                    "sock_diag does not answer: who has a port stays unknown");
}

void find_bound_sockets(struct finding *finding)
{
    bool answered;
    judge(finding, sees_bound(&answered), "the list of bound sockets",
          "a port that is bound, and at which nobody listens, is taken for free");
}

void find_port_range(struct finding *finding)
{
    judge(finding, has_option(IPPROTO_IP, OPTION_LOCAL_PORT_RANGE), "IP_LOCAL_PORT_RANGE",
          "ports of the platform's range are tried one after the other");
}

void find_cookies(struct finding *finding)
{
    judge(finding, has_option(SOL_SOCKET, OPTION_NETNS_COOKIE), "SO_NETNS_COOKIE",
          "a refuser serves its own network alone");
}

/* A descriptor that is none: EBADF from a kernel that knows the call. */
void find_path_mode(struct finding *finding)
{
    bool has = syscall(CALL_FCHMODAT2, -1, "x", 0, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOSYS;
    judge(finding, has, "fchmodat2", "the mode is set through /proc, which must be there");
}
