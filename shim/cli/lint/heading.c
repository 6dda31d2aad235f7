#include "heading.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "../log/names.h"
#include "../test/memory.h"

static char *family_text(int family)
{
    const char *name = family == AF_UNSPEC ? "AF_UNSPEC" : family_name((unsigned int)family);
    return name ? memory_text(name) : memory_format("family %d", family);
}

static char *inet_text(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    char text[INET6_ADDRSTRLEN] = "";
    bool four = address->ss_family == AF_INET;
    inet_ntop(address->ss_family, four ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr, text,
              sizeof text);
    return memory_format(four ? "%s:%d" : "[%s]:%d", text, ntohs(in->sin_port));
}

static char *unix_text(const struct ring_case *seen)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    if (seen->length <= (int)head)
        return memory_text("no path");
    if (!seen->text)
        return memory_text("an abstract name");
    size_t kept = seen->address_length > head ? seen->address_length - head : 0;
    bool cut = (size_t)seen->text > kept;
    return memory_format("%.*s%s", (int)(cut ? kept : (size_t)seen->text), (const char *)seen->address + head,
                         cut ? "..." : "");
}

/* Whether the length is that of an address of its family. */
static bool has_own_length(const struct ring_case *seen, int family)
{
    return family == AF_UNIX || seen->length == (family == AF_INET    ? (int)sizeof(struct sockaddr_in)
                                                 : family == AF_INET6 ? (int)sizeof(struct sockaddr_in6)
                                                                      : -1);
}

/* An odd length or family is told first: then the rest of the address says little. */
static char *address_text(const struct ring_case *seen)
{
    struct sockaddr_storage address = {0};
    memcpy(&address, seen->address, seen->address_length);
    if (seen->facts & CASE_NULL_ADDRESS)
        return memory_text("NULL");
    if (!(seen->facts & CASE_READABLE))
        return memory_format("%d bytes", seen->length);
    if (seen->domain != address.ss_family && seen->facts & CASE_KNOWN) {
        char *told = family_text(address.ss_family), *own = family_text(seen->domain),
             *text = memory_format("%s for an %s socket", told, own);
        free(told);
        free(own);
        return text;
    }
    if (!has_own_length(seen, address.ss_family)) {
        char *family = family_text(address.ss_family), *text = memory_format("%d bytes for %s", seen->length, family);
        free(family);
        return text;
    }
    return address.ss_family == AF_UNIX ? unix_text(seen) : inet_text(&address);
}

static char *with_address(const char *call, const struct ring_case *seen)
{
    char *address = address_text(seen);
    char *text = memory_format("%s, %s", call, address);
    free(address);
    return text;
}

static const char *option_text(const struct ring_case *seen)
{
    static const struct {
        int level, name;
        const char *text;
    } options[] = {
        {SOL_SOCKET, SO_ACCEPTCONN, "SO_ACCEPTCONN"}, {SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"},
        {SOL_SOCKET, SO_DEBUG, "SO_DEBUG"},           {SOL_SOCKET, SO_DONTROUTE, "SO_DONTROUTE"},
        {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},   {SOL_SOCKET, SO_LINGER, "SO_LINGER"},
        {SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE"},   {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"},
        {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},   {SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"},
        {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"},         {SOL_SOCKET, SO_TIMESTAMP, "SO_TIMESTAMP"},
        {IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"},    {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].level == seen->arguments[0] && options[i].name == seen->arguments[1])
            return options[i].text;
    return "an option";
}

static char *socket_text(const struct ring_case *seen)
{
    char *family = family_text(seen->arguments[0]);
    char *text = memory_format("socket(%s, %d, %d)", family, seen->arguments[1], seen->arguments[2]);
    free(family);
    return text;
}

static char *accept_text(const char *name, const struct ring_case *seen)
{
    bool wants = seen->facts & CASE_WANTS_ADDRESS, whole = seen->returned <= seen->length;
    if (seen->facts & CASE_NULL_LENGTH)
        return memory_format("%s, NULL length", name);
    if (wants && (seen->length < 0 || !whole))
        return memory_format("%s, room for %d bytes", name, seen->length);
    return memory_text(name);
}

char *lint_heading(const struct judged_call *call)
{
    const struct ring_case *seen = &call->seen;
    static const char *const directions[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};
    switch (call->call) {
    case CALL_listen:
        return memory_format("listen(fd, %d)", seen->arguments[0]);
    case CALL_bind:
        return with_address("bind", seen);
    case CALL_connect:
        return with_address("connect", seen);
    case CALL_accept:
        return accept_text("accept", seen);
    case CALL_accept4:
        return accept_text("accept4", seen);
    case CALL_socket:
        return socket_text(seen);
    case CALL_setsockopt:
        return memory_format("setsockopt, %s", option_text(seen));
    case CALL_getsockopt:
        return memory_format("getsockopt, %s", option_text(seen));
    case CALL_shutdown:
        return memory_format("shutdown, %s", (unsigned int)seen->arguments[0] < 3 ? directions[seen->arguments[0]]
                                                                                  : "another direction");
    case CALL_getsockname:
        return memory_text("getsockname");
    default:
        return memory_text("getpeername");
    }
}
