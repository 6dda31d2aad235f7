/*
 * Entries of the journal, by journald's own protocol. Source: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
 */
#ifndef LISTENAS_CLI_EXPORT_JOURNAL_H
#define LISTENAS_CLI_EXPORT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
/* Longer entries are cut at the field that does not fit. */
#define JOURNAL_ENTRY_MOST 8192

struct journal {
    int fd;
    struct sockaddr_un to;
};

struct journal_entry {
    char bytes[JOURNAL_ENTRY_MOST];
    size_t size;
};

/* Returns 0 or an errno; ENAMETOOLONG for a path that no socket can have. */
int journal_open(struct journal *journal, const char *path);

/* Adds a field; its value is formatted as printf does, and may hold anything. */
void journal_field(struct journal_entry *entry, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Sends an entry. Waits for a journald that is busy, or is being restarted, 5 seconds at most. Returns 0 or an
 * errno.
 */
int journal_send(const struct journal *journal, const struct journal_entry *entry);

void journal_close(struct journal *journal);

#endif
