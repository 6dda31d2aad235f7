#include "queues.h"

#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../kernel/netlink.h"
#include "../../refuser/lookup.h"
#include "../grow.h"

#define ANSWER_SIZE 32768
#define BODY sizeof(struct unix_diag_msg)

static void add(struct queues *queues, const struct queue *queue)
{
    if (grow(&queues->of, queues->count, &queues->room, sizeof *queue))
        queues->of[queues->count++] = *queue;
    else
        queues->failed = true;
}

/* --- TCP --- */

static void name_inet(struct record *name, const struct found *found)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = found->id.idiag_sport};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = found->id.idiag_sport};
    memcpy(&in.sin_addr, found->id.idiag_src, sizeof in.sin_addr);
    memcpy(&in6.sin6_addr, found->id.idiag_src, sizeof in6.sin6_addr);
    static_assert(sizeof in <= RECORD_ADDRESS && sizeof in6 <= RECORD_ADDRESS, "both fit into a record");
    name->address_length = found->family == AF_INET6 ? sizeof in6 : sizeof in;
    memcpy(name->address, found->family == AF_INET6 ? (void *)&in6 : (void *)&in, name->address_length);
}

static void take_inet(const void *message, void *context)
{
    struct found found = {0};
    lookup_read(message, &found);
    if (found.error || found.state != TCP_LISTEN)
        return;
    struct queue queue = {.cookie = found.cookie,
                          .inode = found.inode,
                          .waiting = found.queued,
                          .capacity = found.backlog + 1,
                          .drops = found.drops};
    name_inet(&queue.name, &found);
    add(context, &queue);
}

/* --- AF_UNIX --- */

/* As record_address has it: the family and as much of the path as there is room for. */
static void name_unix(struct record *name, const struct nlmsghdr *message)
{
    const struct nlattr *attribute;
    const char *path = netlink_attribute(message, BODY, UNIX_DIAG_NAME, 1);
    const sa_family_t family = AF_UNIX;
    if (!path)
        return;
    attribute = (const void *)(path - sizeof *attribute);
    size_t length = attribute->nla_len - sizeof *attribute, room = sizeof name->address - sizeof family;
    memcpy(name->address, &family, sizeof family);
    memcpy(name->address + sizeof family, path, length < room ? length : room);
    name->address_length = (uint16_t)(sizeof family + (length < room ? length : room));
    name->flags = length > room ? RECORD_PATH_CUT : 0;
}

static void take_unix(const struct nlmsghdr *message, void *context)
{
    struct unix_diag_msg body;
    struct unix_diag_rqlen length;
    const void *told = netlink_attribute(message, BODY, UNIX_DIAG_RQLEN, sizeof length);
    if (!told)
        return;
    memcpy(&body, NLMSG_DATA(message), sizeof body);
    memcpy(&length, told, sizeof length);
    struct queue queue = {.cookie = (uint64_t)body.udiag_cookie[1] << 32 | body.udiag_cookie[0],
                          .inode = body.udiag_ino,
                          .waiting = length.udiag_rqueue,
                          .capacity = length.udiag_wqueue + 1};
    name_unix(&queue.name, message);
    add(context, &queue);
}

static bool read_unix(struct queues *queues)
{
    static _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    const struct {
        struct nlmsghdr head;
        struct unix_diag_req body;
    } question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .body = {.sdiag_family = AF_UNIX,
                 .udiag_states = 1u << TCP_LISTEN, /* AF_UNIX has TCP's states: net/unix/af_unix.c */
                 .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN},
    };
    int end = 0;
    if (send(queues->diag, &question, sizeof question, MSG_DONTWAIT) != sizeof question)
        return false;
    while (end == 0) {
        ssize_t length = recv(queues->diag, answer, sizeof answer, MSG_DONTWAIT);
        end = length > 0 ? netlink_sockets(answer, (size_t)length, BODY, take_unix, queues) : -1;
    }
    return end > 0;
}

/* --- all --- */

static int by_cookie(const void *one, const void *other)
{
    const struct queue *a = one, *b = other;
    return (a->cookie > b->cookie) - (a->cookie < b->cookie);
}

void queues_read(struct queues *queues)
{
    queues->count = 0;
    queues->complete = queues->failed = false;
    if (queues->diag <= 0)
        queues->diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (queues->diag < 0)
        return;
    lookup_forget(queues->diag); /* of a question that was broken off */
    queues->complete = lookup_all(queues->diag, AF_INET, 1u << TCP_LISTEN, 0, false, take_inet, queues);
    queues->complete &= lookup_all(queues->diag, AF_INET6, 1u << TCP_LISTEN, 0, false, take_inet, queues);
    queues->complete &= read_unix(queues);
    queues->complete &= !queues->failed;
    if (queues->count)
        qsort(queues->of, queues->count, sizeof *queues->of, by_cookie);
}

void queues_free(struct queues *queues)
{
    if (queues->diag > 0)
        close(queues->diag);
    free(queues->of);
    *queues = (struct queues){0};
}

const struct queue *queues_by_cookie(const struct queues *queues, uint64_t cookie)
{
    const struct queue wanted = {.cookie = cookie};
    return cookie && queues->count ? bsearch(&wanted, queues->of, queues->count, sizeof wanted, by_cookie) : NULL;
}

const struct queue *queues_by_inode(const struct queues *queues, uint32_t inode)
{
    for (size_t i = 0; inode && i < queues->count; i++)
        if (queues->of[i].inode == inode)
            return &queues->of[i];
    return NULL;
}
