#include "plan.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "address.h"
#include "option.h"
#include "random.h"

/* The most steps that are added at once. */
#define STEPS_AT_ONCE 8

/* What is known while a plan is made of the socket that each slot is meant to hold, so that most calls fit. */
struct making {
    struct plan *plan;
    struct random random;
    int domain[SLOTS], type[SLOTS]; /* the family is AF_UNSPEC where there is none */
    bool listens[SLOTS];
};

static enum memory_kind any_memory(struct making *making)
{
    if (!random_once_in(&making->random, 10))
        return random_once_in(&making->random, 3) ? MEMORY_STACK : MEMORY_STATIC;
    return (enum memory_kind)random_below(&making->random, MEMORY_KINDS);
}

static enum length_kind any_length(struct making *making)
{
    return random_once_in(&making->random, 6) ? (enum length_kind)random_below(&making->random, LENGTH_KINDS)
                                              : LENGTH_TRUE;
}

/* Mostly one that holds a socket. */
static int any_slot(struct making *making)
{
    int slot = (int)random_below(&making->random, random_once_in(&making->random, 25) ? SLOTS_ALL : SLOTS);
    for (int tries = 0; tries < 8 && slot < SLOTS && making->domain[slot] == AF_UNSPEC; tries++)
        slot = (int)random_below(&making->random, SLOTS);
    return slot;
}

/* Mostly one that holds a listener. */
static int any_listener(struct making *making)
{
    int slot = any_slot(making);
    for (int tries = 0; tries < 8 && (slot >= SLOTS || !making->listens[slot]); tries++)
        slot = (int)random_below(&making->random, SLOTS);
    return slot;
}

/* Takes back what is odd about the step that was added last. */
static void make_plain(struct making *making)
{
    struct step *step = &making->plan->steps[making->plan->count - 1];
    step->memory = step->length_memory = random_once_in(&making->random, 2) ? MEMORY_STACK : MEMORY_STATIC;
    step->length = LENGTH_TRUE;
    step->no_descriptor = false;
}

/* Returns the step, whose arguments are all random. */
static struct step *add(struct making *making, enum op op, int slot)
{
    struct step *step = &making->plan->steps[making->plan->count++];
    *step = (struct step){.op = op,
                          .slot = slot,
                          .other = (int)random_below(&making->random, SLOTS),
                          .memory = any_memory(making),
                          .length_memory = any_memory(making),
                          .length = any_length(making),
                          .by_number = random_once_in(&making->random, 8),
                          .no_descriptor = random_once_in(&making->random, 20)};
    return step;
}

static int any_type(struct making *making, int domain)
{
    static const int odd[] = {0, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, 15, -1};
    if (random_once_in(&making->random, 60))
        return RANDOM_OF(&making->random, odd);
    if (!random_once_in(&making->random, 4))
        return SOCK_STREAM;
    return domain == AF_UNIX && random_once_in(&making->random, 2) ? SOCK_SEQPACKET : SOCK_DGRAM;
}

static void add_socket(struct making *making, int slot)
{
    static const int domains[] = {AF_INET, AF_INET, AF_INET6, AF_UNIX, AF_UNIX},
                     odd_domains[] = {AF_UNSPEC, -1, 100, AF_NETLINK},
                     odd_protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 255, 256, -1};
    struct random *random = &making->random;
    struct step *step = add(making, OP_SOCKET, slot);
    step->domain = random_once_in(random, 40) ? RANDOM_OF(random, odd_domains) : RANDOM_OF(random, domains);
    step->type = any_type(making, step->domain);
    step->type |= random_once_in(random, 4) ? 0 : SOCK_NONBLOCK;
    step->type |= random_once_in(random, 4) ? SOCK_CLOEXEC : 0;
    step->type |= random_once_in(random, 60) ? 0x40000 : 0;
    step->protocol = random_once_in(random, 40) ? RANDOM_OF(random, odd_protocols) : 0;
    if (slot >= SLOTS)
        return;
    making->domain[slot] = step->domain;
    making->type[slot] = step->type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    making->listens[slot] = false;
}

static void add_address(struct making *making, enum op op, int slot, unsigned int address)
{
    add(making, op, slot)->address = address;
}

/* Most addresses are of the socket's family. */
static unsigned int any_address(struct making *making, int slot)
{
    unsigned int address = random_below(&making->random, ADDRESSES);
    int domain = slot < SLOTS && !random_once_in(&making->random, 8) ? making->domain[slot] : AF_UNSPEC;
    for (int tries = 0; tries < 30 && domain != AF_UNSPEC && address_family(address) != domain; tries++)
        address = random_below(&making->random, ADDRESSES);
    return address;
}

static void add_number(struct making *making, enum op op, int slot, int number)
{
    add(making, op, slot)->number = number;
}

static void add_listen(struct making *making, int slot)
{
    static const int backlogs[] = {0, 1, 1, 2, 5, 128, -1, -5, INT_MIN, INT_MAX, 4096, 65536};
    add_number(making, OP_LISTEN, slot, RANDOM_OF(&making->random, backlogs));
    if (slot < SLOTS)
        making->listens[slot] = making->domain[slot] != AF_UNSPEC && making->type[slot] != SOCK_DGRAM;
}

static void add_accept(struct making *making, int slot)
{
    static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC, 1, INT_MIN};
    bool is_accept4 = random_once_in(&making->random, 3);
    struct step *step = add(making, is_accept4 ? OP_ACCEPT4 : OP_ACCEPT, slot);
    step->number = is_accept4 ? RANDOM_OF(&making->random, flags) : 0;
    if (slot < SLOTS)
        making->domain[step->other] = making->domain[slot];
    making->listens[step->other] = false;
}

static void add_option(struct making *making, int slot)
{
    struct step *step = add(making, random_once_in(&making->random, 2) ? OP_GETSOCKOPT : OP_SETSOCKOPT, slot);
    step->option = random_below(&making->random, OPTIONS);
    step->value = option_any_value(&making->random);
}

static void add_fcntl(struct making *making, int slot)
{
    struct step *step = add(making, OP_FCNTL, slot);
    step->number = (int)random_below(&making->random, 6);
    step->value = (int)random_below(&making->random, 4);
}

static void add_shutdown(struct making *making, int slot)
{
    static const int hows[] = {SHUT_RD, SHUT_WR, SHUT_RDWR, SHUT_RD, SHUT_WR, SHUT_RDWR, 3, -1};
    add_number(making, OP_SHUTDOWN, slot, RANDOM_OF(&making->random, hows));
}

static void add_any_call(struct making *making)
{
    int slot = any_slot(making);
    switch (random_below(&making->random, 20)) {
    case 0:
        add_socket(making, slot);
        break;
    case 1:
        add_address(making, OP_BIND, slot, any_address(making, slot));
        break;
    case 2:
    case 3:
        add_listen(making, slot);
        break;
    case 4:
    case 5:
        add_accept(making, any_listener(making));
        break;
    case 6:
    case 7:
        add_address(making, OP_CONNECT, slot, any_address(making, slot));
        break;
    case 8:
    case 9:
        add_shutdown(making, slot);
        break;
    case 10:
    case 11:
    case 12:
        add_option(making, slot);
        break;
    case 13:
        add_fcntl(making, slot);
        break;
    case 14:
        add_number(making, random_once_in(&making->random, 6) ? OP_EXEC : OP_FORK, slot,
                   1 + (int)random_below(&making->random, 6));
        break;
    default:
        add(making,
            (enum op[]){OP_GETSOCKNAME, OP_GETPEERNAME, OP_DUP, OP_CLOSE, OP_CLOSE, OP_SEND, OP_RECV,
                        OP_POLL}[random_below(&making->random, 8)],
            slot);
    }
}

/* What random calls rarely come to: a listener, and clients of it. Mostly nothing about them is odd. */
static void add_listener(struct making *making, int slot)
{
    const bool is_plain = !random_once_in(&making->random, 5);
    unsigned int address;
    add_socket(making, slot);
    if (is_plain)
        make_plain(making);
    for (unsigned int options = random_below(&making->random, 3); options; options--)
        add_option(making, slot);
    do
        address = any_address(making, slot);
    while (is_plain && !address_is_plain(address));
    if (!random_once_in(&making->random, 8))
        add_address(making, OP_BIND, slot, address);
    if (is_plain)
        make_plain(making);
    add_listen(making, slot);
}

/* A client goes away while it is queued; every other one resets its connection. */
static void add_leave(struct making *making, int client)
{
    if (random_once_in(&making->random, 2)) {
        struct step *step = add(making, OP_SETSOCKOPT, client);
        step->option = option_index(SOL_SOCKET, SO_LINGER);
        step->value = 1;
        make_plain(making);
    }
    add(making, OP_CLOSE, client);
    making->domain[client] = AF_UNSPEC;
    making->listens[client] = false;
}

static void add_client(struct making *making, int listener)
{
    const bool is_plain = !random_once_in(&making->random, 5);
    int client = (int)random_below(&making->random, SLOTS);
    if (client == listener || listener >= SLOTS)
        return;
    add_socket(making, client);
    if (is_plain && making->domain[listener] != AF_UNSPEC) {
        struct step *step = &making->plan->steps[making->plan->count - 1];
        step->domain = making->domain[client] = making->domain[listener];
        step->type = making->type[client] = making->type[listener];
        step->type |= random_once_in(&making->random, 4) ? 0 : SOCK_NONBLOCK;
        step->protocol = 0;
        make_plain(making);
    }
    add_address(making, OP_CONNECT, client, ADDRESS_OF_SLOT);
    if (is_plain)
        make_plain(making);
    making->plan->steps[making->plan->count - 1].other = listener;
    bool leaves = random_once_in(&making->random, 4);
    if (leaves)
        add_leave(making, client);
    if (leaves || !random_once_in(&making->random, 3))
        add_accept(making, listener);
}

void plan_make(struct plan *plan, uint64_t seed)
{
    struct making making = {.plan = plan, .random = {.state = seed * UINT64_C(0xd1342543de82ef95)}};
    const int steps = 8 + (int)random_below(&making.random, STEPS_MOST - 2 * STEPS_AT_ONCE);
    plan->count = 0;
    plan->is_nobody = random_once_in(&making.random, 4);
    while (plan->count < steps) {
        uint32_t kind = random_below(&making.random, 8);
        int slot = (int)random_below(&making.random, SLOTS);
        if (kind == 0 || plan->count == 0)
            add_listener(&making, slot);
        else if (kind == 1 || kind == 2)
            add_client(&making, any_listener(&making));
        else
            add_any_call(&making);
    }
}
