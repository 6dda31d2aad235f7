#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "facts.h"

#define ANSWER_SIZE 512
#define HEAD ((int)sizeof(struct nlattr)) /* of an attribute, before its value */

struct question {
    struct nlmsghdr head;
    struct unix_diag_req body;
};

/* The inode of the peer, 0 for one that nobody holds; -1 where the answer does not tell. */
static long take_peer(const char *answer, ssize_t length)
{
    const struct nlmsghdr *head = (const void *)answer;
    const char *at = (const char *)NLMSG_DATA(head) + NLMSG_ALIGN(sizeof(struct unix_diag_msg));
    if (length < (ssize_t)NLMSG_LENGTH(sizeof(struct unix_diag_msg)) || head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return -1;
    while (answer + length - at >= HEAD) {
        const struct nlattr *attribute = (const void *)at;
        if (attribute->nla_len < HEAD || attribute->nla_len > answer + length - at)
            return -1;
        if (attribute->nla_type == UNIX_DIAG_PEER)
            return *(const uint32_t *)(const void *)(at + HEAD);
        at += (attribute->nla_len + NLA_ALIGNTO - 1) & ~(NLA_ALIGNTO - 1);
    }
    return -1;
}

/* By system call: libc's write and read are cancellation points. */
static long peer_of(ino_t own)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    struct question question = {
        .head = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = AF_UNIX,
                 .udiag_ino = (uint32_t)own,
                 .udiag_states = ~0u,
                 .udiag_show = UDIAG_SHOW_PEER,
                 .udiag_cookie = {~0u, ~0u}},
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return -1;
    ssize_t length = syscall(SYS_write, fd, &question, sizeof question) == sizeof question
                         ? syscall(SYS_read, fd, answer, sizeof answer)
                         : -1;
    syscall(SYS_close, fd);
    return length > 0 ? take_peer(answer, length) : -1;
}

bool facts_peer_is_gone(int fd)
{
    struct stat status;
    return facts_domain(fd) == AF_UNIX && facts_is_hung_up(fd) && fstat(fd, &status) == 0 &&
           peer_of(status.st_ino) == 0;
}
