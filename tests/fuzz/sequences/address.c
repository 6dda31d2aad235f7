#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* The kernel chooses none below: net.ipv4.ip_local_port_range. */
#define CHOSEN_PORTS 10000
#define NAMES_MOST 128
#define PATH_ROOM 200

/* One address: of a family, with the text of its host or path, and a port. */
struct form {
    int meant_for, family;
    const char *text;
    int port, length; /* `length` 0: that of the family's structure, or up to the end of the path */
};

static const char long_path[] = "a-path-that-is-longer-than-the-hundred-and-eight-bytes-that-have-room-in-the-address-"
                                "structure-of-this-kernel-and-some-more";
static const char full_path[] = "a-path-that-fills-the-hundred-and-eight-bytes-of-the-address-structure-of-this-kernel"
                                "-to-its-last-byte-01234";

static const struct form forms[] = {
    {AF_INET, AF_INET, "127.0.0.1", 2001, 0},
    {AF_INET, AF_INET, "127.0.0.1", 2002, 0},
    {AF_INET, AF_INET, "127.0.0.1", 0, 0},
    {AF_INET, AF_INET, "0.0.0.0", 2001, 0},
    {AF_INET, AF_INET, "0.0.0.0", 2002, 0},
    {AF_INET, AF_INET, "0.0.0.0", 0, 0},
    {AF_INET, AF_INET, "127.0.0.2", 2001, 0},
    {AF_INET, AF_INET, "127.0.0.1", 80, 0},
    {AF_INET, AF_INET, "192.0.2.1", 2001, 0},
    {AF_INET, AF_INET, "224.0.0.5", 2001, 0},
    {AF_INET, AF_INET, "255.255.255.255", 2001, 0},
    {AF_INET, AF_UNSPEC, "127.0.0.1", 2001, sizeof(struct sockaddr_in)},
    {AF_INET, AF_UNSPEC, "0.0.0.0", 2001, sizeof(struct sockaddr_in)},
    {AF_INET, 77, "127.0.0.1", 2001, sizeof(struct sockaddr_in)},
    {AF_INET, AF_INET6, "::1", 2001, sizeof(struct sockaddr_in)},
    {AF_INET6, AF_INET6, "::1", 2001, 0},
    {AF_INET6, AF_INET6, "::1", 2002, 0},
    {AF_INET6, AF_INET6, "::1", 0, 0},
    {AF_INET6, AF_INET6, "::", 2001, 0},
    {AF_INET6, AF_INET6, "::", 0, 0},
    {AF_INET6, AF_INET6, "::ffff:127.0.0.1", 2002, 0},
    {AF_INET6, AF_INET6, "fe80::1", 2001, 0},
    {AF_INET6, AF_INET6, "::1", 80, 24},
    {AF_INET6, AF_INET, "127.0.0.1", 2001, sizeof(struct sockaddr_in6)},
    {AF_INET6, AF_UNSPEC, "::", 2001, sizeof(struct sockaddr_in6)},
    {AF_UNIX, AF_UNIX, "s0", 0, 0},
    {AF_UNIX, AF_UNIX, "s1", 0, 0},
    {AF_UNIX, AF_UNIX, "s2", 0, sizeof(struct sockaddr_un)},
    {AF_UNIX, AF_UNIX, "file", 0, 0},
    {AF_UNIX, AF_UNIX, "directory", 0, 0},
    {AF_UNIX, AF_UNIX, "dangling", 0, 0},
    {AF_UNIX, AF_UNIX, "missing/s", 0, 0},
    {AF_UNIX, AF_UNIX, "@x", 0, 0},
    {AF_UNIX, AF_UNIX, "@y", 0, sizeof(struct sockaddr_un)},
    {AF_UNIX, AF_UNIX, "", 0, sizeof(sa_family_t)},
    {AF_UNIX, AF_UNIX, "", 0, 0},
    {AF_UNIX, AF_UNIX, long_path, 0, 0},
    {AF_UNIX, AF_UNIX, full_path, 0, sizeof(struct sockaddr_un)},
    {AF_UNIX, AF_INET, "s0", 0, 5},
    {AF_UNIX, AF_UNSPEC, "s0", 0, 5},
};

_Static_assert(sizeof forms / sizeof *forms == ADDRESSES - 1, "the last address is a socket's name");

bool address_is_plain(unsigned int index)
{
    const struct form *form = &forms[index];
    return index < ADDRESSES - 1 && form->family == form->meant_for && !form->length && form->text[0] &&
           form->port != 80 && strlen(form->text) < 12 && strncmp(form->text, "2", 1) != 0 && form->text[0] != 'd';
}

int address_family(unsigned int index)
{
    return index < ADDRESSES - 1 ? forms[index].meant_for : AF_UNSPEC;
}

static socklen_t write_path(const struct form *form, char *address)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path), length = strnlen(form->text, PATH_ROOM);
    memcpy(address + head, form->text, length);
    if (form->text[0] == '@')
        address[head] = '\0';
    return (socklen_t)(form->length ? (size_t)form->length : head + length + (form->text[0] != '@'));
}

static socklen_t write_inet6(const struct form *form, char *address)
{
    struct sockaddr_in6 filled = {.sin6_family = (sa_family_t)form->family, .sin6_port = htons((in_port_t)form->port)};
    inet_pton(AF_INET6, form->text, &filled.sin6_addr);
    memcpy(address, &filled, sizeof filled);
    return (socklen_t)(form->length ? (size_t)form->length : sizeof filled);
}

static socklen_t write_inet(const struct form *form, char *address)
{
    struct sockaddr_in filled = {.sin_family = (sa_family_t)form->family, .sin_port = htons((in_port_t)form->port)};
    inet_pton(AF_INET, form->text, &filled.sin_addr);
    memcpy(address, &filled, sizeof filled);
    return (socklen_t)(form->length ? (size_t)form->length : sizeof filled);
}

socklen_t address_write(unsigned int index, char address[ADDRESS_ROOM])
{
    const struct form *form = &forms[index];
    const sa_family_t family = (sa_family_t)form->family;
    memset(address, 0, ADDRESS_ROOM);
    memcpy(address, &family, sizeof family);
    if (form->meant_for == AF_UNIX)
        return write_path(form, address);
    return strchr(form->text, ':') ? write_inet6(form, address) : write_inet(form, address);
}

/* --- as text --- */

/* Numbers that the kernel chose, in the order in which they were seen. */
static uint32_t chosen[NAMES_MOST];
static unsigned int chosen_count;

static unsigned int place_of(uint32_t number)
{
    for (unsigned int i = 0; i < chosen_count; i++)
        if (chosen[i] == number)
            return i;
    if (chosen_count < NAMES_MOST)
        chosen[chosen_count++] = number;
    return chosen_count - 1;
}

static void print_port(in_port_t network)
{
    unsigned int port = ntohs(network);
    if (port >= CHOSEN_PORTS)
        printf(":chosen-%u", place_of(port));
    else
        printf(":%u", port);
}

static bool is_hexadecimal(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!memchr("0123456789abcdef", text[i], 16))
            return false;
    return true;
}

/* The number of these digits, apart from those of ports. */
static uint32_t hexadecimal(const char *digits, size_t length)
{
    uint32_t number = 0;
    for (size_t i = 0; i < length; i++)
        number = number * 16 + (uint32_t)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    return number | (uint32_t)length << 24 | 1u << 31;
}

/*
 * An abstract name of five hexadecimal digits is the kernel's; it has fewer where it was cut, and NULs after it where
 * its address was passed with a larger size.
 */
static void print_path(const char *path, size_t length)
{
    static const size_t digits = 5;
    size_t zeros = 0;
    while (zeros + 1 < length && path[length - 1 - zeros] == '\0')
        zeros++;
    size_t used = length - zeros;
    if (used > 1 && used <= 1 + digits && path[0] == '\0' && is_hexadecimal(path + 1, used - 1)) {
        printf("@%zu digits of chosen-%u and %zu NUL", used - 1, place_of(hexadecimal(path + 1, used - 1)), zeros);
        return;
    }
    for (size_t i = 0; i < used; i++)
        printf(path[i] > ' ' && path[i] < 0x7f ? "%c" : "\\%02x", (unsigned char)path[i]);
    if (zeros)
        printf(" and %zu NUL", zeros);
}

void address_print(const char *address, socklen_t length, size_t room)
{
    const size_t there = length < room ? length : room, head = sizeof(sa_family_t);
    char host[INET6_ADDRSTRLEN], copy[ADDRESS_ROOM + 1] = "";
    sa_family_t family;
    printf(" %u", length);
    if (there < head)
        return;
    memcpy(copy, address, there < ADDRESS_ROOM ? there : ADDRESS_ROOM);
    memcpy(&family, copy, sizeof family);
    printf(" family %u ", family);
    if (family == AF_UNIX) {
        print_path(copy + head, there - head);
    } else if (family == AF_INET && there >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *inet = (const void *)copy;
        printf("%s", inet_ntop(AF_INET, &inet->sin_addr, host, sizeof host));
        print_port(inet->sin_port);
    } else if (family == AF_INET6 && there >= sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *inet6 = (const void *)copy;
        printf("%s%%%u", inet_ntop(AF_INET6, &inet6->sin6_addr, host, sizeof host), inet6->sin6_scope_id);
        print_port(inet6->sin6_port);
    }
}
