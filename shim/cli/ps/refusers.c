#include "refusers.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../kernel/facts.h"
#include "../../refuser/address.h"
#include "../../refuser/protocol.h"
#include "../proc.h"

#define PATIENCE_MS 1000

const char *refuser_state_word(enum refuser_state state)
{
    static const char *const words[] = {
        [REFUSER_ANSWERS] = "answers",
        [REFUSER_SILENT] = "does not answer",
        [REFUSER_BUSY] = "is busy",
        [REFUSER_GONE] = "is gone",
        [REFUSER_FORBIDDEN] = "may not be asked",
        [REFUSER_FOREIGN] = "is another user's",
        [REFUSER_UNASKED] = "was not asked",
        [REFUSER_ELSEWHERE] = "in another network",
        [REFUSER_MISNAMED] = "has no valid address",
    };
    return words[state];
}

/* --- asking --- */

/* Too short for a request: it is answered with EPROTO. */
static enum refuser_state converse(int fd, int *patience_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    struct refuser_answer answer;
    const char nothing = 0;
    if (*patience_ms < PATIENCE_MS)
        return REFUSER_UNASKED;
    if (send(fd, &nothing, sizeof nothing, MSG_NOSIGNAL) < 0)
        return REFUSER_SILENT;
    if (poll(&wait, 1, PATIENCE_MS) <= 0) {
        *patience_ms -= PATIENCE_MS;
        return REFUSER_SILENT;
    }
    return recv(fd, &answer, sizeof answer, MSG_DONTWAIT) == sizeof answer ? REFUSER_ANSWERS : REFUSER_SILENT;
}

static enum refuser_state connect_to(int fd, const struct refuser_address *address)
{
    if (connect(fd, (const struct sockaddr *)&address->name, address->length) == 0)
        return REFUSER_ANSWERS;
    return errno == EAGAIN ? REFUSER_BUSY : errno == EACCES || errno == EPERM ? REFUSER_FORBIDDEN : REFUSER_GONE;
}

static void ask(struct refuser_seen *seen, const struct refuser_address *address, uid_t user, int *patience_ms)
{
    struct ucred who;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    seen->state = fd < 0 ? REFUSER_FORBIDDEN : connect_to(fd, address);
    if (seen->state == REFUSER_ANSWERS && facts_peer_credentials(fd, &who)) {
        seen->has_user = true;
        seen->user = who.uid;
        seen->state = who.uid != 0 && who.uid != user ? REFUSER_FOREIGN : converse(fd, patience_ms);
    }
    if (fd >= 0)
        close(fd);
}

/* --- its process --- */

/*
 * The inode of the socket that listens at an address as LISTENAS_REFUSER has it; 0 if there is none. Source:
 * proc_net(5), and net/unix/af_unix.c for the flag of a listener.
 */
static unsigned long listening_inode(const char *address)
{
    char line[512];
    unsigned long inode = 0;
    FILE *sockets = fopen("/proc/net/unix", "re");
    while (sockets && !inode && fgets(line, sizeof line, sockets)) {
        unsigned int flags;
        unsigned long found;
        int path = 0;
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%*x: %*x %*x %x %*x %*x %lu %n", &flags, &found, &path) == 2 && path && flags & 0x10000 &&
            strcmp(line + path, address) == 0)
            inode = found;
    }
    if (sockets)
        fclose(sockets);
    return inode;
}

/* A refuser is two processes; the supervisor is the older one. */
static void find_process(struct refuser_seen *seen, const struct scan *scan)
{
    unsigned long inode = listening_inode(seen->address);
    for (size_t i = 0; inode && i < scan->count; i++) {
        const struct process *process = &scan->of[i];
        bool may_be = strncmp(process->name, "listenas", strlen("listenas")) == 0;
        if (!may_be || (seen->pid && process->started_ns >= seen->started_ns) || !proc_has_socket(process->pid, inode))
            continue;
        seen->pid = process->pid;
        seen->started_ns = process->started_ns;
    }
}

void refuser_see(struct refuser_seen *seen, const char *text, const struct process *process, const struct scan *scan,
                 int *patience_ms)
{
    struct refuser_address address;
    *seen = (struct refuser_seen){.address = text, .state = REFUSER_MISNAMED};
    if (!text || !refuser_address_read(&address, text))
        return;
    if (text[0] == '@' && !process->own_network) {
        seen->state = REFUSER_ELSEWHERE;
        return;
    }
    find_process(seen, scan);
    /* whoever sets the variable could have us write to a socket that only we may write to */
    seen->state = REFUSER_UNASKED;
    if (seen->pid || process->user == geteuid())
        ask(seen, &address, process->user, patience_ms);
}
