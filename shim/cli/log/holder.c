#include "holder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../proc.h"

#define STATE_LISTEN 10u

struct socket_line {
    unsigned int port, state, user;
    unsigned long inode;
};

/* "  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 12345 ..." */
static bool read_line(const char *line, struct socket_line *it)
{
    return sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %u %*u %lu", &it->port,
                  &it->state, &it->user, &it->inode) == 4;
}

/* A listener counts more than a connection. */
static bool find_in(const char *path, uint16_t port, struct socket_line *best)
{
    char text[512];
    struct socket_line it;
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file && fgets(text, sizeof text, file)) {
        if (!read_line(text, &it) || it.port != port || (found && it.state != STATE_LISTEN))
            continue;
        *best = it;
        found = true;
    }
    if (file)
        fclose(file);
    return found;
}

static void find_process(unsigned long inode, struct holder *holder)
{
    char path[64];
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && holder->pid == 0 && (entry = readdir(processes))) {
        long pid = strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || !proc_has_socket((uint32_t)pid, inode))
            continue;
        holder->pid = (pid_t)pid;
        snprintf(path, sizeof path, "/proc/%ld/comm", pid);
        proc_read(path, holder->name, sizeof holder->name);
    }
    if (processes)
        closedir(processes);
}

bool holder_find(uint16_t port, struct holder *holder)
{
    static const char *const lists[] = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"};
    static struct holder last;
    static uint16_t last_port;
    struct socket_line found;
    if (last_port != port || port == 0) {
        last = (struct holder){0};
        last_port = 0;
        size_t i = 0;
        while (i < sizeof lists / sizeof *lists && !find_in(lists[i], port, &found))
            i++;
        if (i == sizeof lists / sizeof *lists)
            return false;
        last.user = found.user;
        find_process(found.inode, &last);
        last_port = port;
    }
    *holder = last;
    return true;
}
