/*
 * What processes have mapped, and the numbers of a file as /proc tells them there.
 */
#ifndef LISTENAS_CLI_MAPS_H
#define LISTENAS_CLI_MAPS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* A file as /proc/PID/maps names it: on overlayfs and btrfs these are not the numbers of stat(2). */
struct file_identity {
    unsigned int major, minor;
    uint64_t inode;
};

static inline bool is_same_file(const struct file_identity *one, const struct file_identity *other)
{
    return one->inode == other->inode && one->major == other->major && one->minor == other->minor;
}

/* A line of /proc/PID/maps. */
struct mapping {
    unsigned long long start, end, offset;
    char rights[5];
    struct file_identity file;
    const char *path; /* in the line; empty for none */
};

#define MAPS_LINE (PATH_MAX + 256)

/* Opens the maps of a process, 0 for this one, for maps_next and fclose(3). Returns NULL and sets errno as fopen(3). */
FILE *maps_open(uint32_t pid);

/* Takes a line apart, and cuts its newline off. False for what is no such line. Source: proc_pid_maps(5). */
bool maps_read_line(char *line, struct mapping *mapping);

/* Reads the next mapping, and its line, which `mapping->path` points into. False at the end. */
bool maps_next(FILE *maps, char line[MAPS_LINE], struct mapping *mapping);

/* A device whose files have the same numbers in maps and for stat(2), as most have. */
struct plain_device {
    bool known;
    dev_t device;
};

/*
 * The file that `fd` has open for reading, as maps names it. False without /proc, or for what cannot be mapped. `plain`
 * saves later questions for files of the same device; it starts as zeros.
 */
bool file_identify(int fd, struct file_identity *file, struct plain_device *plain);

#endif
