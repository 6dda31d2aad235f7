#include "diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../facts/netlink.h"
#include "network.h"

/* As large as the kernel makes an answer. */
#define ANSWER_SIZE 32768

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
};

int diag_open(int listener)
{
    return network_socket(listener, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
}

static bool ask(int diag, int type, int flags, struct inet_diag_req_v2 body)
{
    const struct question question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = (uint16_t)type,
                 .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)},
        .body = body,
    };
    return send(diag, &question, sizeof question, 0) == sizeof question;
}

bool diag_each(int diag, int family, void (*visit)(const struct nlmsghdr *message, void *context), void *context)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    int end = 0;
    if (!ask(diag, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP,
             (struct inet_diag_req_v2){.sdiag_family = (uint8_t)family,
                                       .sdiag_protocol = IPPROTO_TCP,
                                       .idiag_states = 1u << TCP_LISTEN | 1u << TCP_SYN_RECV}))
        return false;
    while (end == 0) {
        ssize_t length = recv(diag, answer, sizeof answer, 0);
        end = length > 0 ? netlink_sockets(answer, (size_t)length, sizeof(struct inet_diag_msg), visit, context) : -1;
    }
    return end > 0;
}

int diag_destroy(int diag, const struct inet_diag_msg *connection)
{
    struct {
        struct nlmsghdr head;
        struct nlmsgerr body;
    } answer;
    if (!ask(diag, SOCK_DESTROY, NLM_F_ACK,
             (struct inet_diag_req_v2){.sdiag_family = connection->idiag_family,
                                       .sdiag_protocol = IPPROTO_TCP,
                                       .idiag_states = 1u << connection->idiag_state,
                                       .id = connection->id}))
        return errno;
    ssize_t length = recv(diag, &answer, sizeof answer, 0);
    if (length < (ssize_t)NLMSG_LENGTH(sizeof answer.body.error) || answer.head.nlmsg_type != NLMSG_ERROR)
        return EPROTO;
    return -answer.body.error;
}

/* Has it listen on a port of loopback that nobody knows, and destroys it. Returns 0 or an errno. */
static int try_on(int trial, int diag)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct inet_diag_msg description = {.idiag_family = AF_INET, .idiag_state = TCP_LISTEN};
    socklen_t length = sizeof address;
    if (bind(trial, (struct sockaddr *)&address, length) != 0 || listen(trial, 0) != 0 ||
        getsockname(trial, (struct sockaddr *)&address, &length) != 0)
        return errno;
    description.id.idiag_sport = address.sin_port;
    description.id.idiag_src[0] = address.sin_addr.s_addr;
    description.id.idiag_cookie[0] = description.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return diag_destroy(diag, &description);
}

int diag_permission(int listener)
{
    int diag = diag_open(listener), trial = network_socket(listener, AF_INET, SOCK_STREAM, 0);
    int error = diag < 0 || trial < 0 ? errno : try_on(trial, diag);
    if (trial >= 0)
        close(trial);
    if (diag >= 0)
        close(diag);
    return error;
}
