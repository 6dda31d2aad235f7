#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

static bool read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, size - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length >= 0;
}

bool proc_read(const char *path, char *text, size_t size)
{
    bool is_read = read_text(path, text, size);
    text[strcspn(text, "\n")] = '\0';
    return is_read;
}

/* When the host started, in nanoseconds since 1970. */
static uint64_t boot_ns(void)
{
    return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}

/* The second field may hold blanks, parentheses and newlines. */
uint64_t proc_started_ns(uint32_t pid)
{
    char path[64], text[1024];
    unsigned long long ticks;
    snprintf(path, sizeof path, "/proc/%u/stat", pid);
    read_text(path, text, sizeof text);
    const char *rest = strrchr(text, ')');
    if (!rest ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1)
        return 0;
    return boot_ns() + ticks * (CLOCK_SECOND / (uint64_t)sysconf(_SC_CLK_TCK));
}

bool proc_has_socket(uint32_t pid, unsigned long inode)
{
    char path[64], wanted[64], target[64];
    bool has = false;
    snprintf(path, sizeof path, "/proc/%u/fd", pid);
    snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
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

int proc_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = write(fd, text, strlen(text)) < 0 ? errno : 0;
    close(fd);
    return error;
}
