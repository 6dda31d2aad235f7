#include "dropins.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../kernel/system.h"
#include "search.h"

/* What getdents64 writes: getdents(2). */
struct listed {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/* How many directories are looked at. */
static int count_directories(char directory[PATH_MAX])
{
    int count = 0;
    while (search_directory(count, directory))
        count++;
    return count;
}

void dropins_begin(struct dropins *dropins)
{
    dropins->left = count_directories(dropins->directory);
    dropins->fd = -1;
}

static void close_directory(struct dropins *dropins)
{
    if (dropins->fd >= 0)
        close(dropins->fd);
    dropins->fd = -1;
}

/* Why the drop-ins of the directory are not read; NULL if they are, or if there is none. */
static const char *open_directory(struct dropins *dropins)
{
    struct stat status;
    dropins->file[0] = '\0';
    dropins->fd = open(dropins->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
    if (dropins->fd < 0)
        return access(dropins->directory, F_OK) == 0 ? "this user cannot list it, or it is no directory" : NULL;
    if (fstat(dropins->fd, &status) == 0 && dropin_is_trusted(&status))
        return NULL;
    close_directory(dropins);
    return "it belongs to neither root nor this user, or everybody can write to it";
}

/* Opens the next directory NAME.d; false after the last. */
static bool open_next(struct dropins *dropins, const char *name)
{
    dropins->fault = NULL;
    while (dropins->fd < 0 && dropins->left > 0 && !dropins->fault) {
        char *directory = dropins->directory;
        if (!search_directory(--dropins->left, directory) || strlen(directory) + strlen(name) + 4 > PATH_MAX)
            continue;
        strcat(strcat(strcat(directory, "/"), name), ".d");
        dropins->fault = open_directory(dropins);
    }
    return dropins->fd >= 0 || dropins->fault;
}

static bool is_conf(const char *name)
{
    size_t length = strlen(name), end = strlen(".conf");
    return name[0] != '.' && length > end && length <= NAME_MAX && strcmp(name + length - end, ".conf") == 0;
}

/* The first name in byte order after the last one; all names are read each time, since there is no heap to keep them.
 */
static bool next_name(struct dropins *dropins)
{
    char *buffer = dropins->listed;
    char best[NAME_MAX + 1] = "";
    long size;
    lseek(dropins->fd, 0, SEEK_SET);
    while ((size = system_call(SYS_getdents64, dropins->fd, buffer, sizeof dropins->listed)) > 0) {
        for (long at = 0; at < size; at += ((const struct listed *)(const void *)(buffer + at))->size) {
            const char *name = ((const struct listed *)(const void *)(buffer + at))->name;
            if (is_conf(name) && strcmp(name, dropins->file) > 0 && (!best[0] || strcmp(name, best) < 0))
                strcpy(best, name);
        }
    }
    strcpy(dropins->file, best);
    return best[0] != '\0';
}

bool dropins_next(struct dropins *dropins, const char *name)
{
    while (open_next(dropins, name)) {
        if (dropins->fault)
            return strcpy(dropins->path, dropins->directory);
        if (!next_name(dropins))
            close_directory(dropins);
        else if (snprintf(dropins->path, PATH_MAX, "%s/%s", dropins->directory, dropins->file) < PATH_MAX)
            return true;
    }
    return false;
}

bool dropin_is_trusted(const struct stat *status)
{
    struct stat root;
    if (status->st_mode & S_IWOTH)
        return false;
    return status->st_uid == 0 || status->st_uid == geteuid() ||
           (stat("/", &root) == 0 && root.st_uid == status->st_uid);
}
