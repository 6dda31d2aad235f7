#include "rings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_same(const struct told_ring *ring, const struct stat *root, const char *path, uid_t user)
{
    return ring->used && ring->user == user && ring->root_device == root->st_dev && ring->root_inode == root->st_ino &&
           strcmp(ring->path, path) == 0;
}

static struct told_ring *find(struct told_rings *all, const struct stat *root, const char *path, uid_t user)
{
    for (int i = 0; i < RINGS_MAX; i++)
        if (is_same(&all->of[i], root, path, user))
            return &all->of[i];
    return NULL;
}

static void forget_unused(struct told_rings *all, const struct listeners *listeners)
{
    bool is_needed[RINGS_MAX] = {false};
    for (int i = 0; i < listeners->end; i++)
        if (listeners->of[i].used && listeners->of[i].ring)
            is_needed[listeners->of[i].ring - 1] = true;
    for (int i = 0; i < RINGS_MAX; i++) {
        if (is_needed[i] || !all->of[i].used)
            continue;
        all->of[i].used = false;
        close(all->of[i].root);
    }
}

static struct told_ring *find_free(struct told_rings *all, uid_t user)
{
    struct told_ring *free = NULL;
    int count = 0;
    for (int i = RINGS_MAX - 1; i >= 0; i--) {
        count += all->of[i].used && all->of[i].user == user;
        free = all->of[i].used ? free : &all->of[i];
    }
    return user != 0 && user != geteuid() && count >= RINGS_OF_USER ? NULL : free;
}

static struct told_ring *find_place(struct told_rings *all, const struct listeners *listeners, uid_t user)
{
    struct told_ring *place = find_free(all, user);
    if (place)
        return place;
    forget_unused(all, listeners);
    return find_free(all, user);
}

/* Marked as used last, so that whatever a killed worker leaves is whole. */
static void fill(struct told_ring *ring, const struct stat *status, int root, const char *path, uid_t user, gid_t group)
{
    *ring = (struct told_ring){
        .user = user, .group = group, .root = root, .root_device = status->st_dev, .root_inode = status->st_ino};
    strcpy(ring->path, path);
    ring->used = true;
}

int rings_take(struct told_rings *all, const struct listeners *listeners, const char *path, pid_t process, uid_t user,
               gid_t group, int *place)
{
    char name[64];
    struct stat status;
    struct told_ring *ring = NULL;
    snprintf(name, sizeof name, "/proc/%d/root", (int)process);
    int root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return errno == EACCES ? EPERM : errno;
    int error = fstat(root, &status) == 0 ? 0 : errno;
    if (!error)
        ring = find(all, &status, path, user);
    bool is_new = !error && !ring;
    if (is_new)
        ring = find_place(all, listeners, user);
    if (ring && is_new)
        fill(ring, &status, root, path, user, group);
    else
        close(root);
    *place = ring ? (int)(ring - all->of) : 0;
    return error ? error : ring ? 0 : ENOBUFS;
}
