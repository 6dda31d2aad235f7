#include "lookup.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "../kernel/netlink.h"

/* The size of the kernel's answers to a dump. */
#define DUMP_SIZE 32768
/* More than the description of one socket with the attributes asked for here. */
#define ANSWER_SIZE 512

#define EVERY_STATE (~0u)
#define MEMORY_INFO (1u << (INET_DIAG_SKMEMINFO - 1))

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
};

static struct question question(int type, int flags, uint32_t sequence, const struct inet_diag_req_v2 *body)
{
    return (struct question){
        .head = {.nlmsg_len = sizeof(struct question),
                 .nlmsg_type = (uint16_t)type,
                 .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
                 .nlmsg_seq = sequence},
        .body = *body,
    };
}

void lookup_read(const void *message, struct found *found)
{
    const struct nlmsghdr *head = message;
    const struct inet_diag_msg *socket = NLMSG_DATA(head);
    const uint32_t *memory =
        netlink_attribute(head, sizeof *socket, INET_DIAG_SKMEMINFO, (SK_MEMINFO_DROPS + 1) * sizeof *memory);
    *found = (struct found){.family = socket->idiag_family,
                            .state = socket->idiag_state,
                            .id = socket->id,
                            .cookie = lookup_cookie(&socket->id),
                            .queued = socket->idiag_rqueue,
                            .backlog = socket->idiag_wqueue,
                            .drops = memory ? memory[SK_MEMINFO_DROPS] : 0,
                            .owner = socket->idiag_uid,
                            .inode = socket->idiag_inode};
}

/* The answer to one of the questions numbered from `first` on. */
static void take_answer(const struct nlmsghdr *head, size_t length, struct lookup *of, int count, uint32_t first)
{
    if (!NLMSG_OK(head, length) || head->nlmsg_seq - first >= (uint32_t)count)
        return;
    struct found *found = &of[head->nlmsg_seq - first].found;
    if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY && head->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
        lookup_read(head, found);
    else if (head->nlmsg_type == NLMSG_ERROR && head->nlmsg_len >= NLMSG_LENGTH(sizeof(int)))
        found->error = -((const struct nlmsgerr *)NLMSG_DATA(head))->error;
}

void lookup_each(int diag, struct lookup *of, int count)
{
    static uint32_t sequence;
    struct question questions[LOOKUP_MOST];
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    ssize_t length;
    uint32_t first = sequence;
    sequence += LOOKUP_MOST; /* so that no answer to an earlier question is mistaken for one to these */
    for (int i = 0; i < count; i++) {
        const struct inet_diag_req_v2 body = {.sdiag_family = of[i].family,
                                              .sdiag_protocol = IPPROTO_TCP,
                                              .idiag_ext = MEMORY_INFO,
                                              .idiag_states = EVERY_STATE,
                                              .id = of[i].id};
        questions[i] = question(SOCK_DIAG_BY_FAMILY, 0, first + (uint32_t)i, &body);
        questions[i].body.id.idiag_cookie[0] = questions[i].body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
        of[i].found = (struct found){.error = EAGAIN};
    }
    if (send(diag, questions, (size_t)count * sizeof *questions, MSG_DONTWAIT) < 0)
        return;
    while ((length = recv(diag, answer, sizeof answer, MSG_DONTWAIT)) > 0 || (length < 0 && errno == ENOBUFS))
        if (length > 0)
            take_answer((const void *)answer, (size_t)length, of, count, first);
}

void lookup_forget(int diag)
{
    char answer[ANSWER_SIZE];
    while (recv(diag, answer, sizeof answer, MSG_DONTWAIT) > 0 || errno == ENOBUFS)
        continue;
}

struct visit {
    void (*visit)(const void *message, void *context);
    void *context;
};

static void pass_on(const struct nlmsghdr *message, void *context)
{
    const struct visit *visit = context;
    visit->visit(message, visit->context);
}

bool lookup_all(int diag, int family, uint32_t states, uint16_t port, bool info,
                void (*visit)(const void *message, void *context), void *context)
{
    _Alignas(struct nlmsghdr) char answer[DUMP_SIZE];
    const struct inet_diag_req_v2 body = {.sdiag_family = (uint8_t)family,
                                          .sdiag_protocol = IPPROTO_TCP,
                                          .idiag_ext = (uint8_t)(info ? 1u << (INET_DIAG_INFO - 1) : MEMORY_INFO),
                                          .idiag_states = states,
                                          .id = {.idiag_sport = port}};
    const struct question all = question(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, 0, &body);
    struct visit each = {visit, context};
    int end = 0;
    if (send(diag, &all, sizeof all, MSG_DONTWAIT) != sizeof all)
        return false;
    while (end == 0) {
        ssize_t length = recv(diag, answer, sizeof answer, MSG_DONTWAIT);
        end = length > 0 ? netlink_sockets(answer, (size_t)length, sizeof(struct inet_diag_msg), pass_on, &each) : -1;
    }
    return end > 0;
}

int lookup_destroy(int diag, const struct inet_diag_msg *connection)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    const struct inet_diag_req_v2 body = {.sdiag_family = connection->idiag_family,
                                          .sdiag_protocol = IPPROTO_TCP,
                                          .idiag_states = 1u << connection->idiag_state,
                                          .id = connection->id};
    const struct question destroy = question(SOCK_DESTROY, NLM_F_ACK, 0, &body);
    if (send(diag, &destroy, sizeof destroy, MSG_DONTWAIT) != sizeof destroy)
        return errno;
    ssize_t length = recv(diag, answer, sizeof answer, MSG_DONTWAIT);
    const struct nlmsghdr *head = (const void *)answer;
    if (length < (ssize_t)NLMSG_LENGTH(sizeof(int)) || head->nlmsg_type != NLMSG_ERROR)
        return EPROTO;
    return -((const struct nlmsgerr *)NLMSG_DATA(head))->error;
}
