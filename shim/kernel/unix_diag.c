#include "unix_diag.h"

#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "netlink.h"
#include "system.h"

#define EVERY_STATE (~0u)
#define NO_COOKIE (~0u)
#define ANSWER_SIZE 512
#define BODY sizeof(struct unix_diag_msg)

/*
 * By system call: libc's write, read and close are cancellation points, and the caller may be none. Returns the
 * answer's length, 0 for none.
 */
static size_t ask(int diag, uint32_t inode, uint32_t show, char answer[ANSWER_SIZE])
{
    struct {
        struct nlmsghdr head;
        struct unix_diag_req body;
    } question = {
        .head = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = AF_UNIX,
                 .udiag_states = EVERY_STATE,
                 .udiag_ino = inode,
                 .udiag_show = show,
                 .udiag_cookie = {NO_COOKIE, NO_COOKIE}},
    };
    if (system_call(SYS_write, diag, &question, sizeof question) != sizeof question)
        return 0;
    ssize_t length = system_call(SYS_read, diag, answer, ANSWER_SIZE);
    return length > 0 ? (size_t)length : 0;
}

bool unix_diag(int fd, uint32_t show, int attribute, void *value, size_t size)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    const struct nlmsghdr *head = (const void *)answer;
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    int diag = (int)system_call(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (diag < 0)
        return false;
    size_t length = ask(diag, (uint32_t)status.st_ino, show, answer);
    system_call(SYS_close, diag);
    if (length < NLMSG_LENGTH(BODY) || !NLMSG_OK(head, length) || head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return false;
    const void *told = netlink_attribute(head, BODY, attribute, size);
    if (told)
        memcpy(value, told, size);
    return told;
}
