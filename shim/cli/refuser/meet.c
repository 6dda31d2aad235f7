#include "meet.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../refuser/address.h"
#include "../proc.h"

static void ask_who(int fd, struct refuser_meeting *meeting)
{
    struct ucred who = {0};
    socklen_t length = sizeof who;
    char path[64];
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0)
        return;
    meeting->pid = who.pid;
    meeting->user = who.uid;
    meeting->is_believed = who.uid == 0 || who.uid == geteuid();
    snprintf(path, sizeof path, "/proc/%d/comm", who.pid);
    proc_read(path, meeting->name, sizeof meeting->name);
}

bool refuser_meet(const char *text, struct refuser_meeting *meeting)
{
    struct refuser_address address;
    *meeting = (struct refuser_meeting){0};
    if (!refuser_address_read(&address, text))
        return false;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address.name, address.length) == 0)
        ask_who(fd, meeting);
    else
        meeting->error = errno;
    if (fd >= 0)
        close(fd);
    return true;
}
