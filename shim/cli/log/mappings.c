#include "mappings.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ring/ring.h"
#include "../maps.h"

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

static enum life life_in(long pid, const struct file_identity *own)
{
    char line[MAPS_LINE];
    struct mapping other;
    bool found = false;
    FILE *maps = maps_open((uint32_t)pid);
    if (!maps) /* an init that is out of our reach was started by the machine, not by this user */
        return pid > 1 && is_of_this_user(pid) ? LIFE_UNKNOWN : LIFE_ENDED;
    while (!found && maps_next(maps, line, &other))
        found = is_same_file(&other.file, own);
    fclose(maps);
    return found ? LIFE_RUNS : LIFE_ENDED;
}

static enum life life_anywhere(const struct file_identity *own)
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
    struct plain_device plain = {0};
    struct file_identity own;
    return file_identify(fd, &own, &plain) ? life_anywhere(&own) : LIFE_UNKNOWN;
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
    const char *name = mapping->path;
    if (strcmp(mapping->rights, "rw-s") != 0 || !strstr(name, ".ring"))
        return false;
    if (strlen(name) < size && is_ring(strcpy(path, name), mapping->file.inode))
        return true;
    snprintf(path, size, "/proc/%d/map_files/%llx-%llx", (int)pid, mapping->start, mapping->end);
    return is_ring(path, mapping->file.inode);
}

bool mapped_ring(pid_t pid, char *path, size_t size)
{
    char line[MAPS_LINE];
    struct mapping mapping;
    bool found = false;
    FILE *maps = maps_open((uint32_t)pid);
    while (maps && !found && maps_next(maps, line, &mapping))
        found = name_ring(&mapping, pid, path, size);
    if (maps)
        fclose(maps);
    return found;
}
