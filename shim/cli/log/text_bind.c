#include "text_bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../proc.h"
#include "holder.h"
#include "names.h"
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

static void print_holder(struct printer *printer, uint16_t port)
{
    struct holder holder;
    char name[4 * sizeof holder.name];
    if (!holder_find(port, &holder)) {
        text_line_add(&printer->line, "; port %u has no listener and no connection now", port);
        return;
    }
    visible_copy(name, sizeof name, holder.name, strlen(holder.name), VISIBLE_EXACT);
    if (holder.pid)
        text_line_add(&printer->line, "; port %u is held now by %s (pid %d)", port, name, (int)holder.pid);
    else
        text_line_add(&printer->line, "; port %u is held now by a process of user %u", port, (unsigned int)holder.user);
}

static void print_right(struct printer *printer, uint16_t port)
{
    char first[16];
    if (!proc_read("/proc/sys/net/ipv4/ip_unprivileged_port_start", first, sizeof first))
        strcpy(first, "1024");
    text_line_add(&printer->line,
                  "; port %u is below net.ipv4.ip_unprivileged_port_start (%s now), which takes CAP_NET_BIND_SERVICE",
                  port, first);
}

/* What the reader can find out now, of the network that it is in. */
static void print_cause(struct printer *printer, const struct ring *ring, const struct record *record)
{
    const uint16_t port = port_of(record);
    if (record->given_error == 0 || ring->header->isolated || port == 0)
        return;
    if (record->kernel_error == EADDRINUSE)
        print_holder(printer, port);
    else if (record->kernel_error == EACCES && port < IPPORT_RESERVED)
        print_right(printer, port);
}

void print_bind_failure(struct printer *printer, const struct ring *ring, const struct record *record)
{
    text_line_add(&printer->line, "%s", paint(printer, YELLOW));
    if (record->key[0])
        text_line_add(&printer->line, "; by %s", key_name(ring, record->key[0]));
    if (record->key[1])
        text_line_add(&printer->line, " and %s", key_name(ring, record->key[1]));
    if (record->kernel_error != record->given_error)
        text_line_add(&printer->line, "; Linux itself: %s", error_name(record->kernel_error));
    print_cause(printer, ring, record);
    text_line_add(&printer->line, "%s", paint(printer, PLAIN));
}
