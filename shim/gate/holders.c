/*
 * Who else holds a listener. The kernel tells nobody how many descriptors a socket has, so /proc is asked: a
 * holder that was seen is looked at again, which is one readlink, and when it has let go, all processes are
 * looked through.
 *
 * An epoll registration without a descriptor would hold nothing and need none of this. But then each event
 * needs pidfd_getfd, which asks for the right to trace the server (refused by Yama, by containers, and for a
 * server that has dropped root), and without that right a closed gate could not be opened any more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listeners.h"
#include "processes.h"

#define UNKNOWN ((ino_t)-1)

/* The inode that a link such as "socket:[4711]" names; 0 for what is no socket, UNKNOWN for what we may not see. */
static ino_t linked_socket(int folder, const char *path)
{
    char text[64];
    ssize_t length = readlinkat(folder, path, text, sizeof text - 1);
    if (length <= 0)
        return errno == EACCES || errno == EPERM ? UNKNOWN : 0;
    text[length] = '\0';
    return strncmp(text, "socket:[", 8) == 0 ? (ino_t)strtoull(text + 8, NULL, 10) : 0;
}

/* A process that hides its descriptors is believed to hold what it once held for as long as it lives. */
bool listener_is_held(const struct listener *listener)
{
    char path[64];
    if (listener->holder == 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", listener->holder, listener->number);
    ino_t inode = linked_socket(-1, path);
    return inode == listener->inode || inode == UNKNOWN;
}

struct search {
    struct listeners *all;
    pid_t process;
    int missing;
};

static void note_descriptor(struct search *search, int number, ino_t inode)
{
    for (int i = 0; i < search->all->end; i++) {
        struct listener *listener = &search->all->of[i];
        if (listener->used && !listener->found && listener->inode == inode) {
            listener->holder = search->process;
            listener->number = number;
            listener->found = true;
            search->missing--;
        }
    }
}

static bool try_descriptor(int folder, int number, void *context)
{
    struct search *search = context;
    char name[16];
    snprintf(name, sizeof name, "%d", number);
    ino_t inode = linked_socket(folder, name);
    if (inode)
        note_descriptor(search, number, inode);
    return search->missing > 0;
}

static bool try_process(int folder, int process, void *context)
{
    struct search *search = context;
    (void)folder;
    if (process == getpid() || process == getppid())
        return true;
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", process);
    search->process = process;
    each_number(path, try_descriptor, search);
    return search->missing > 0;
}

void listeners_look_around(struct listeners *all, int times)
{
    struct search search = {.all = all};
    for (int i = 0; i < all->end; i++) {
        struct listener *listener = &all->of[i];
        listener->found = listener->used && listener_is_held(listener);
        search.missing += listener->used && !listener->found;
    }
    if (search.missing > 0)
        each_number("/proc", try_process, &search);
    for (int i = 0; i < all->end; i++) {
        struct listener *listener = &all->of[i];
        listener->misses = listener->found ? 0 : listener->misses + 1;
        if (listener->used && listener->misses >= times)
            listener_drop(all, listener);
    }
}
