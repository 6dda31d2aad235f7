#include "journal.h"

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_SECONDS 5
#define LOOK_NS 100000000
#define LOOKS (PATIENCE_SECONDS * 10)

int journal_open(struct journal *journal, const char *path)
{
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    journal->fd = -1;
    journal->to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof journal->to.sun_path)
        return ENAMETOOLONG;
    strcpy(journal->to.sun_path, path);
    journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (journal->fd < 0 || setsockopt(journal->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
        return errno;
    return 0;
}

/* A value of one line follows an equals sign; one with a newline has its length before it. */
static size_t write_field(char *to, const char *name, const char *value, size_t length)
{
    const uint64_t size = htole64(length);
    char *end = stpcpy(to, name);
    if (memchr(value, '\n', length)) {
        *end++ = '\n';
        memcpy(end, &size, sizeof size);
        end += sizeof size;
    } else {
        *end++ = '=';
    }
    memcpy(end, value, length);
    end += length;
    *end++ = '\n';
    return (size_t)(end - to);
}

void journal_field(struct journal_entry *entry, const char *name, const char *format, ...)
{
    char value[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t size = (size_t)length < sizeof value ? (size_t)length : sizeof value - 1;
    if (entry->size + strlen(name) + sizeof(uint64_t) + size + 3 <= sizeof entry->bytes)
        entry->size += write_field(entry->bytes + entry->size, name, value, size);
}

int journal_send(const struct journal *journal, const struct journal_entry *entry)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    int error = 0;
    for (int i = 0; i < LOOKS; i++) {
        if (sendto(journal->fd, entry->bytes, entry->size, MSG_NOSIGNAL, (const struct sockaddr *)&journal->to,
                   sizeof journal->to) >= 0)
            return 0;
        error = errno;
        if (error != ENOENT && error != ECONNREFUSED && error != ENOBUFS && error != EINTR)
            return error;
        nanosleep(&look, NULL);
    }
    return error;
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = -1;
}
