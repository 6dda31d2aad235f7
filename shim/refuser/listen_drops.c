#include "listen_drops.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The text of Linux 6.18 has 3.5 KB. */
#define TEXT_SIZE 16384

static const char prefix[] = "TcpExt:";

int listen_drops_open(void)
{
    return open("/proc/thread-self/net/netstat", O_RDONLY | O_CLOEXEC);
}

/* The next word of a line, after blanks; NULL at its end. `length` gets its length. */
static const char *next_word(const char **at, size_t *length)
{
    *at += strspn(*at, " ");
    const char *word = *at;
    *length = strcspn(word, " \n");
    *at += *length;
    return *length > 0 ? word : NULL;
}

/* A line of names is followed by a line of their values, in the same order. */
bool listen_drops_parse(const char *text, uint64_t *count)
{
    static const char wanted[] = "ListenDrops";
    const char *names = strstr(text, prefix), *values = names ? strstr(names + 1, prefix) : NULL;
    size_t name_length, value_length;
    if (!values)
        return false;
    names += sizeof prefix - 1;
    values += sizeof prefix - 1;
    for (const char *name; (name = next_word(&names, &name_length));) {
        const char *value = next_word(&values, &value_length);
        if (!value)
            return false;
        if (name_length == sizeof wanted - 1 && memcmp(name, wanted, name_length) == 0) {
            *count = strtoull(value, NULL, 10);
            return true;
        }
    }
    return false;
}

bool listen_drops_read(int fd, uint64_t *count)
{
    char text[TEXT_SIZE];
    ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return listen_drops_parse(text, count);
}
