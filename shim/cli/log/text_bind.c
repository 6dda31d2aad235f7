#include "text_bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../proc.h"
#include "holder.h"
#include "paint.h"

/* In host order; 0 for another family. */
static uint16_t port_of(const struct record *record)
{
    struct sockaddr_in address = {0};
    size_t length = record->address_length < sizeof address ? record->address_length : sizeof address;
    memcpy(&address, record->address, length);
    bool is_inet = address.sin_family == AF_INET || address.sin_family == AF_INET6;
    return is_inet ? ntohs(address.sin_port) : 0; /* at the same place in both */
}

static void print_holder(uint16_t port)
{
    struct holder holder;
    char name[4 * sizeof holder.name];
    if (!holder_find(port, &holder)) {
        printf("; port %u has no listener and no connection now", port);
        return;
    }
    visible_copy(name, sizeof name, holder.name, strlen(holder.name), VISIBLE_EXACT);
    if (holder.pid)
        printf("; port %u is held now by %s (pid %d)", port, name, (int)holder.pid);
    else
        printf("; port %u is held now by a process of user %u", port, (unsigned int)holder.user);
}

static void print_right(uint16_t port)
{
    char first[16];
    if (!proc_read("/proc/sys/net/ipv4/ip_unprivileged_port_start", first, sizeof first))
        strcpy(first, "1024");
    printf("; port %u is below net.ipv4.ip_unprivileged_port_start (%s now), which takes CAP_NET_BIND_SERVICE", port,
           first);
}

/* What the reader can find out now, of the network that it is in. */
static void print_cause(const struct ring *ring, const struct record *record)
{
    const uint16_t port = port_of(record);
    if (record->given_error == 0 || ring->header->isolated || port == 0)
        return;
    if (record->kernel_error == EADDRINUSE)
        print_holder(port);
    else if (record->kernel_error == EACCES && port < IPPORT_RESERVED)
        print_right(port);
}

void print_bind_failure(const struct printer *printer, const struct ring *ring, const struct record *record)
{
    printf("%s", paint(printer, YELLOW));
    if (record->key[0])
        printf("; by %s", key_name(ring, record->key[0]));
    if (record->key[1])
        printf(" and %s", key_name(ring, record->key[1]));
    if (record->kernel_error != record->given_error)
        printf("; Linux itself: %s", error_name(record->kernel_error));
    print_cause(ring, record);
    printf("%s", paint(printer, PLAIN));
}
