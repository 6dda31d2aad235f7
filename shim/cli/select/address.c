#include "address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* ::ffff:0:0/96. Source: RFC 4291, section 2.5.5.2. */
static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static void unmap(struct select_address *address)
{
    if (address->family != AF_INET6 || memcmp(address->bytes, mapped, sizeof mapped) != 0)
        return;
    address->family = AF_INET;
    memmove(address->bytes, address->bytes + sizeof mapped, 4);
    memset(address->bytes + 4, 0, sizeof mapped);
}

/* Digits only, no more than `most`. */
static bool read_decimal(const char *text, unsigned int most, unsigned int *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned int)value;
    return isdigit((unsigned char)text[0]) && *end == '\0' && strlen(text) <= 5 && value <= most;
}

/* An address, with its own end cut off: "/8" or ":80". */
static bool read_host(const char *host, const char *bits, const char *port, struct select_value *value)
{
    struct select_address *address = &value->address;
    unsigned int width;
    if (inet_pton(AF_INET, host, address->bytes) == 1)
        address->family = AF_INET;
    else if (inet_pton(AF_INET6, host, address->bytes) == 1)
        address->family = AF_INET6;
    else
        return false;
    width = address->family == AF_INET ? 32 : 128;
    value->bits = width;
    value->any_port = !port;
    if (bits && !read_decimal(bits, width, &value->bits))
        return false;
    if (port && !read_decimal(port, 65535, &address->port))
        return false;
    unmap(address);
    if (width == 128 && address->family == AF_INET)
        value->bits = value->bits >= 96 ? value->bits - 96 : 0;
    return true;
}

/* The end of a text after the last of this character, cut off there. */
static char *cut(char *text, char at)
{
    char *end = strrchr(text, at);
    if (end)
        *end++ = '\0';
    return end;
}

static bool read_inet(const char *text, struct select_value *value)
{
    char host[80], *end;
    if (strlen(text) >= sizeof host)
        return false;
    strcpy(host, text);
    if (host[0] == '[') {
        end = cut(host, ']');
        return end && (*end == ':' || !*end) && read_host(host + 1, NULL, *end ? end + 1 : NULL, value);
    }
    if (strchr(host, '/')) {
        end = cut(host, '/');
        return read_host(host, end, NULL, value);
    }
    if (strchr(host, ':') == strrchr(host, ':')) {
        end = cut(host, ':');
        return read_host(host, NULL, end, value);
    }
    return read_host(host, NULL, NULL, value);
}

bool select_read_address(const char *text, struct select_value *value)
{
    if (text[0] == '/' || text[0] == '@' || text[0] == '*') {
        value->address.family = AF_UNIX;
        value->text = text;
        return true;
    }
    return read_inet(text, value);
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned int bits)
{
    unsigned int whole = bits / 8, rest = bits % 8;
    return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool select_address_matches(const struct select_value *value, const struct select_address *address)
{
    if (address->family != value->address.family || address->family == AF_UNSPEC)
        return false;
    if (address->family == AF_UNIX)
        return fnmatch(value->text, address->text, 0) == 0;
    return (value->any_port || value->address.port == address->port) &&
           same_bits(value->address.bytes, address->bytes, value->bits);
}

/* A path, or an abstract name: "@" stands for a NUL in it, as other tools show it. */
static void take_path(const char *path, size_t length, struct select_address *address)
{
    bool is_abstract = length > 0 && path[0] == '\0';
    if (length > sizeof address->text - 1)
        length = sizeof address->text - 1;
    if (!is_abstract)
        length = strnlen(path, length);
    memcpy(address->text, path, length);
    address->text[length] = '\0';
    for (size_t i = 0; i < length; i++)
        if (address->text[i] == '\0')
            address->text[i] = '@';
}

struct select_address select_address_of(const void *sockaddr, size_t length)
{
    struct select_address address = {.family = AF_UNSPEC};
    sa_family_t family = AF_UNSPEC;
    if (length >= sizeof family)
        memcpy(&family, sockaddr, sizeof family);
    if (family == AF_INET && length >= offsetof(struct sockaddr_in, sin_zero)) {
        struct sockaddr_in in = {0};
        memcpy(&in, sockaddr, length < sizeof in ? length : sizeof in);
        address.family = family;
        address.port = ntohs(in.sin_port);
        memcpy(address.bytes, &in.sin_addr, sizeof in.sin_addr);
    } else if (family == AF_INET6 && length >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        struct sockaddr_in6 in6 = {0};
        memcpy(&in6, sockaddr, length < sizeof in6 ? length : sizeof in6);
        address.family = family;
        address.port = ntohs(in6.sin6_port);
        memcpy(address.bytes, &in6.sin6_addr, sizeof in6.sin6_addr);
        unmap(&address);
    } else if (family == AF_UNIX) {
        const size_t head = offsetof(struct sockaddr_un, sun_path);
        address.family = family;
        take_path((const char *)sockaddr + head, length > head ? length - head : 0, &address);
    }
    return address;
}
