#include "cases.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "table.h"

#define FIRST_WORD offsetof(struct ring_case, call)

/* No rule tells one unprivileged port from another. */
static in_port_t kind_of_port(in_port_t port)
{
    unsigned int number = ntohs(port);
    return htons(number == 0 ? 0 : number < IPPORT_RESERVED ? 1 : IPPORT_RESERVED);
}

/* Wildcard, loopback, broadcast and multicast have rules of their own; 127.0.0.1 is not the rest of its network. */
static in_addr_t kind_of_place(in_addr_t place)
{
    in_addr_t number = ntohl(place);
    if (number == INADDR_ANY || number == INADDR_LOOPBACK || number == INADDR_BROADCAST)
        return place;
    return htonl(IN_MULTICAST(number) ? INADDR_UNSPEC_GROUP : number >> 24 == IN_LOOPBACKNET ? 0x7f000002 : 0x08080808);
}

static void simplify_inet(struct sockaddr_in *in)
{
    in->sin_port = kind_of_port(in->sin_port);
    in->sin_addr.s_addr = kind_of_place(in->sin_addr.s_addr);
    memset(in->sin_zero, 0, sizeof in->sin_zero);
}

static void simplify_inet6(struct sockaddr_in6 *in6)
{
    in6->sin6_port = kind_of_port(in6->sin6_port);
    in6->sin6_flowinfo = 0;
    if (!IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) && !IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr))
        memset(&in6->sin6_addr, 1, sizeof in6->sin6_addr);
}

/* Addresses between which no rule tells become one, so that a client of many servers makes few cases. */
static void simplify(struct ring_case *it)
{
    const size_t head = sizeof(sa_family_t);
    struct sockaddr_storage address = {0};
    memcpy(&address, it->address, it->address_length);
    if (address.ss_family == AF_INET && it->address_length >= sizeof(struct sockaddr_in))
        simplify_inet((struct sockaddr_in *)&address);
    else if (address.ss_family == AF_INET6 && it->address_length >= sizeof(struct sockaddr_in6))
        simplify_inet6((struct sockaddr_in6 *)&address);
    else if (address.ss_family == AF_UNIX && it->address_length > head)
        memset((char *)&address + head + 1, 0, it->address_length - head - 1);
    memcpy(it->address, &address, sizeof it->address);
}

static uint64_t identity_of(const struct ring_case *seen)
{
    struct ring_case simple = *seen;
    uint64_t sum = 0, word;
    simplify(&simple);
    for (size_t at = FIRST_WORD; at < sizeof simple; at += sizeof word) {
        memcpy(&word, (const char *)&simple + at, sizeof word);
        sum = ring_mix(sum, word);
    }
    return sum ? sum : 1;
}

#define CASE_WORDS (sizeof((struct ring_case_entry *)0)->words / sizeof(uint64_t))

static void write_case(struct ring_case_entry *entry, const struct ring_case *seen)
{
    const char *from = (const char *)seen + offsetof(struct ring_case_entry, words);
    for (size_t i = 0; i < CASE_WORDS; i++) {
        uint64_t word;
        memcpy(&word, from + i * sizeof word, sizeof word);
        atomic_store_explicit(&entry->words[i], word, memory_order_relaxed); /* S2 */
    }
    atomic_store_explicit(&entry->ready, 1, memory_order_release); /* S3 */
}

bool ring_case_note(const struct ring *ring, const struct ring_case *seen)
{
    bool is_new;
    uint32_t number = ring_claim(ring, TABLE_CASES, identity_of(seen), &is_new);
    struct ring_case_entry *found = number ? ring_entry(ring, TABLE_CASES, number - 1) : NULL;
    if (!found)
        return false;
    if (!atomic_load_explicit(&found->ready, memory_order_relaxed))
        write_case(found, seen);
    atomic_fetch_add_explicit(&found->seen, 1, memory_order_relaxed);
    return true;
}

uint32_t ring_case_places(const struct ring *ring)
{
    return ring->tables[TABLE_CASES].entries;
}

bool ring_case_read(const struct ring *ring, uint32_t place, struct ring_case *found)
{
    const struct ring_case_entry *there = ring_entry(ring, TABLE_CASES, place);
    char *to = (char *)found + offsetof(struct ring_case_entry, words);
    if (!atomic_load_explicit(&there->ready, memory_order_acquire)) /* S4 */
        return false;
    for (size_t i = 0; i < CASE_WORDS; i++) {
        uint64_t word = atomic_load_explicit(&there->words[i], memory_order_relaxed);
        memcpy(to + i * sizeof word, &word, sizeof word);
    }
    found->identity = found->ready = 0;
    found->seen = atomic_load_explicit(&there->seen, memory_order_relaxed);
    if (found->address_length > sizeof found->address)
        found->address_length = sizeof found->address;
    return true;
}
