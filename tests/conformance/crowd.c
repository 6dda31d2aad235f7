#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "conform.h"

/* A client on loopback gets in at once or not at all; this is for a host that is busy. */
#define PATIENCE_MS 300

struct crowd crowd_of(int listener)
{
    return (struct crowd){.address = address_of(listener), .surplus = -1};
}

/* What a non-blocking connect came to so far: 0, EINPROGRESS or an error. */
static int progress_of(int client, int timeout)
{
    struct pollfd wait = {.fd = client, .events = POLLOUT};
    int error = 0;
    socklen_t length = sizeof error;
    if (poll(&wait, 1, timeout) == 0)
        return EINPROGRESS;
    if (getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        give_up("SO_ERROR");
    return error;
}

static int approach(const struct crowd *crowd, int client)
{
    if (connect(client, (const struct sockaddr *)&crowd->address.storage, crowd->address.length) == 0)
        return 0;
    /* WinSock says EWOULDBLOCK of TCP; of AF_UNIX that means a full queue. */
    bool waits = errno == EINPROGRESS || (errno == EWOULDBLOCK && crowd->address.storage.ss_family != AF_UNIX);
    return waits ? progress_of(client, 0) : errno;
}

static void admit(struct crowd *crowd, int client)
{
    if (crowd->count == crowd->room) {
        crowd->room = crowd->room ? 2 * crowd->room : 64;
        crowd->clients = realloc(crowd->clients, (size_t)crowd->room * sizeof *crowd->clients);
        if (!crowd->clients)
            give_up("memory");
    }
    crowd->clients[crowd->count++] = client;
}

/* Nobody has accepted it, so nobody has closed it. The error may be missing where SO_ERROR was asked just then. */
static bool was_reset(int client)
{
    struct pollfd wait = {.fd = client, .events = POLLIN};
    return poll(&wait, 1, 0) == 1 && (wait.revents & (POLLERR | POLLHUP));
}

/*
 * A platform may connect clients that it does not queue, and then reset them: the last of those becomes the surplus
 * client. `newest`: how many to look at.
 */
static void weed(struct crowd *crowd, int newest)
{
    int first = crowd->count > newest ? crowd->count - newest : 0, kept = first;
    for (int i = first; i < crowd->count; i++) {
        if (!was_reset(crowd->clients[i])) {
            crowd->clients[kept++] = crowd->clients[i];
            continue;
        }
        if (crowd->surplus >= 0)
            close_hard(crowd->surplus);
        crowd->surplus = crowd->clients[i];
        crowd->outcome = ECONNRESET;
    }
    crowd->count = kept;
}

/* So many more may come before the first that is reset knows of it. */
#define UNAWARE 64

void crowd_push(struct crowd *crowd)
{
    do {
        int client = socket(crowd->address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (client < 0 && errno != EMFILE)
            give_up("socket");
        crowd->outcome = client < 0 ? EMFILE : approach(crowd, client);
        if (crowd->outcome == 0)
            admit(crowd, client);
        else
            crowd->surplus = client;
        if (crowd->outcome == 0 && crowd->address.storage.ss_family != AF_UNIX)
            weed(crowd, UNAWARE);
    } while (crowd->outcome == 0);
}

static bool still_waits(const struct crowd *crowd)
{
    return crowd->surplus >= 0 && crowd->outcome == EINPROGRESS;
}

/* A surplus client that has an answer: if it got in after all, more may follow. */
static void take_answer(struct crowd *crowd)
{
    crowd->outcome = progress_of(crowd->surplus, 0);
    if (crowd->outcome != 0)
        return;
    admit(crowd, crowd->surplus);
    crowd->surplus = -1;
    crowd_push(crowd);
}

void crowds_settle(struct crowd *crowds, int count)
{
    struct pollfd waits[count];
    for (;;) {
        for (int i = 0; i < count; i++)
            waits[i] = (struct pollfd){.fd = still_waits(&crowds[i]) ? crowds[i].surplus : -1, .events = POLLOUT};
        if (poll(waits, (nfds_t)count, PATIENCE_MS) == 0)
            break;
        for (int i = 0; i < count; i++)
            if (waits[i].revents)
                take_answer(&crowds[i]);
    }
    for (int i = 0; i < count; i++)
        if (crowds[i].address.storage.ss_family != AF_UNIX)
            weed(&crowds[i], crowds[i].count);
}

void crowd_dismiss(struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++)
        close_hard(crowd->clients[i]);
    if (crowd->surplus >= 0)
        close_hard(crowd->surplus);
    free(crowd->clients);
    *crowd = (struct crowd){.surplus = -1};
}

int crowd_size(int listener)
{
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    if (still_waits(&crowd))
        crowds_settle(&crowd, 1);
    int size = crowd.count;
    crowd_dismiss(&crowd);
    return size;
}
