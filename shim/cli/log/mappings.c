#include "mappings.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ring/ring.h"

/* A line of /proc/PID/maps. Source: proc(5). */
struct mapping {
    unsigned long long start, end, inode;
    unsigned int major, minor;
    char rights[8];
    char line[PATH_MAX + 128];
    int path; /* where it begins in the line */
};

static bool read_mapping(FILE *maps, struct mapping *mapping)
{
    while (fgets(mapping->line, sizeof mapping->line, maps)) {
        mapping->line[strcspn(mapping->line, "\n")] = '\0';
        if (sscanf(mapping->line, "%llx-%llx %7s %*s %x:%x %llu %n", &mapping->start, &mapping->end, mapping->rights,
                   &mapping->major, &mapping->minor, &mapping->inode, &mapping->path) == 6)
            return true;
    }
    return false;
}

static FILE *open_maps(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    return fopen(path, "re");
}

/* The file's numbers as maps has them: on overlayfs and btrfs they are not those of stat. */
static bool find_own(const void *map, struct mapping *own)
{
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && !found && read_mapping(maps, own))
        found = own->start == (uintptr_t)map;
    if (maps)
        fclose(maps);
    return found;
}

/* Whether any of a process's user numbers is ours: nobody else but root can have mapped our file. */
static bool is_of_this_user(long pid)
{
    char path[64], line[256];
    unsigned int id[4];
    bool ours = false;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "Uid: %u %u %u %u", &id[0], &id[1], &id[2], &id[3]) == 4)
            for (int i = 0; i < 4; i++)
                ours |= id[i] == geteuid();
    if (status)
        fclose(status);
    return ours;
}

static enum life life_in(long pid, const struct mapping *own)
{
    struct mapping other;
    bool found = false;
    FILE *maps = open_maps((pid_t)pid);
    if (!maps) /* an init that is out of our reach was started by the machine, not by this user */
        return pid > 1 && is_of_this_user(pid) ? LIFE_UNKNOWN : LIFE_ENDED;
    while (!found && read_mapping(maps, &other))
        found = other.inode == own->inode && other.major == own->major && other.minor == own->minor;
    fclose(maps);
    return found ? LIFE_RUNS : LIFE_ENDED;
}

static enum life life_anywhere(const struct mapping *own)
{
    enum life life = LIFE_ENDED;
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    if (!processes)
        return LIFE_UNKNOWN;
    while (life != LIFE_RUNS && (entry = readdir(processes))) {
        long pid = strtol(entry->d_name, NULL, 10);
        enum life here = pid > 0 && pid != getpid() ? life_in(pid, own) : LIFE_ENDED;
        if (here != LIFE_ENDED)
            life = here;
    }
    closedir(processes);
    return life;
}

enum life mapped_anywhere(int fd)
{
    enum life life = LIFE_UNKNOWN;
    struct mapping own;
    void *map = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0); /* of an empty file as well: it is never touched */
    if (map == MAP_FAILED)
        return LIFE_UNKNOWN;
    if (find_own(map, &own))
        life = life_anywhere(&own);
    munmap(map, 1);
    return life;
}

/* --- the ring of a process --- */

static bool is_ring(const char *path, unsigned long long inode)
{
    struct ring ring;
    struct stat status;
    if (stat(path, &status) != 0 || status.st_ino != inode || ring_open_to_read(&ring, path) != NULL)
        return false;
    ring_close(&ring);
    return true;
}

static bool name_ring(const struct mapping *mapping, pid_t pid, char *path, size_t size)
{
    const char *name = mapping->line + mapping->path;
    if (strcmp(mapping->rights, "rw-s") != 0 || !strstr(name, ".ring"))
        return false;
    if (strlen(name) < size && is_ring(strcpy(path, name), mapping->inode))
        return true;
    snprintf(path, size, "/proc/%d/map_files/%llx-%llx", (int)pid, mapping->start, mapping->end);
    return is_ring(path, mapping->inode);
}

bool mapped_ring(pid_t pid, char *path, size_t size)
{
    struct mapping mapping;
    bool found = false;
    FILE *maps = open_maps(pid);
    while (maps && !found && read_mapping(maps, &mapping))
        found = name_ring(&mapping, pid, path, size);
    if (maps)
        fclose(maps);
    return found;
}
