#include "netlink.h"

#include <linux/sock_diag.h>

#define HEAD ((int)sizeof(struct nlattr)) /* of an attribute, before its value */

const void *netlink_attribute(const struct nlmsghdr *message, size_t body, int name, size_t size)
{
    const char *at = (const char *)NLMSG_DATA(message) + NLMSG_ALIGN(body);
    const char *end = (const char *)message + message->nlmsg_len;
    while (end - at >= HEAD) {
        const struct nlattr *attribute = (const void *)at;
        if (attribute->nla_len < HEAD || attribute->nla_len > end - at)
            return NULL;
        if (attribute->nla_type == name && (size_t)(attribute->nla_len - HEAD) >= size)
            return at + HEAD;
        at += (attribute->nla_len + NLA_ALIGNTO - 1) & ~(NLA_ALIGNTO - 1);
    }
    return NULL;
}

int netlink_sockets(const char *answer, size_t length, size_t body,
                    void (*visit)(const struct nlmsghdr *message, void *context), void *context)
{
    const struct nlmsghdr *message = (const void *)answer;
    for (; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
        if (message->nlmsg_type == NLMSG_DONE)
            return 1;
        if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY || message->nlmsg_len < NLMSG_LENGTH(body))
            return -1;
        visit(message, context);
        if (NLMSG_ALIGN(message->nlmsg_len) >= length) /* the last attribute may come without its padding */
            break;
    }
    return 0;
}
