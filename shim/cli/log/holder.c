#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static bool has_socket(const char *pid, unsigned long inode)
{
    char path[64], wanted[64], target[64];
    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    bool has = false;
    DIR *descriptors = opendir(path);
    struct dirent *entry;
    while (descriptors && !has && (entry = readdir(descriptors))) {
        ssize_t length = readlinkat(dirfd(descriptors), entry->d_name, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        has = strcmp(target, wanted) == 0;
    }
    if (descriptors)
        closedir(descriptors);
    return has;
}

static void find_process(unsigned long inode, struct holder *holder)
{
    char path[64];
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && holder->pid == 0 && (entry = readdir(processes))) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !has_socket(entry->d_name, inode))
            continue;
        sscanf(entry->d_name, "%d", &holder->pid);
        snprintf(path, sizeof path, "/proc/%.20s/comm", entry->d_name);
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
