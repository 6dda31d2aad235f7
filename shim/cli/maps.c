#include "maps.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

FILE *maps_open(uint32_t pid)
{
    char path[64] = "/proc/self/maps";
    if (pid)
        snprintf(path, sizeof path, "/proc/%u/maps", pid);
    return fopen(path, "re");
}

bool maps_read_line(char *line, struct mapping *mapping)
{
    int path = 0;
    unsigned long long inode;
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &mapping->start, &mapping->end, mapping->rights,
               &mapping->offset, &mapping->file.major, &mapping->file.minor, &inode, &path) != 7)
        return false;
    mapping->file.inode = inode;
    mapping->path = line + path;
    return true;
}

bool maps_next(FILE *maps, char line[MAPS_LINE], struct mapping *mapping)
{
    while (fgets(line, MAPS_LINE, maps))
        if (maps_read_line(line, mapping))
            return true;
    return false;
}

/* The mapping that begins at `start` in this process. */
static bool find_mapping(const void *start, struct file_identity *file)
{
    char line[MAPS_LINE];
    struct mapping mapping;
    bool found = false;
    FILE *maps = maps_open(0);
    while (maps && !found && maps_next(maps, line, &mapping))
        found = mapping.start == (uintptr_t)start;
    if (maps)
        fclose(maps);
    if (found)
        *file = mapping.file;
    return found;
}

bool file_identify(int fd, struct file_identity *file, struct plain_device *plain)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    const struct file_identity told = {
        .major = major(status.st_dev), .minor = minor(status.st_dev), .inode = status.st_ino};
    if (plain->known && plain->device == status.st_dev) {
        *file = told;
        return true;
    }
    void *map = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    bool found = map != MAP_FAILED && find_mapping(map, file);
    if (map != MAP_FAILED)
        munmap(map, 1);
    if (found && is_same_file(file, &told))
        *plain = (struct plain_device){true, status.st_dev};
    return found;
}
