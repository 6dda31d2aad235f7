#include "meets.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "../log/address.h"

#define ANY (-1)
#define LOW_PORTS 1024

enum only { ALL, BACKLOG_ZERO, LOW_PORT };

static const struct meeting {
    enum key key;
    const char *call;
    unsigned int family;
    int error;
    enum only only;
} meetings[] = {
#define MEETS(key, call, family, error, only) {KEY_##key, #call, family, error, only},
#include "meets.def"
};

static bool is_family(unsigned int wanted, const struct record *record)
{
    unsigned int family = record_family(record);
    return wanted == AF_UNSPEC || family == wanted || (wanted == AF_INET && family == AF_INET6);
}

static bool is_error(int wanted, const struct record *record)
{
    return wanted == ANY || (record->result < 0 ? wanted == record->given_error : wanted == 0);
}

/* The port of either family stands in the same place. */
static unsigned int port_of(const struct record *record)
{
    struct sockaddr_in in;
    memcpy(&in, record->address, sizeof in);
    return record->address_length >= offsetof(struct sockaddr_in, sin_addr) ? ntohs(in.sin_port) : 0;
}

static bool is_case(enum only only, const struct record *record)
{
    if (only == BACKLOG_ZERO)
        return record->asked == 0;
    return only == ALL || (port_of(record) > 0 && port_of(record) < LOW_PORTS);
}

void meets_mark(bool is_met[KEY_COUNT], const struct annotated_profile *annotated, const char *call,
                const struct record *record)
{
    for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
        const struct meeting *meeting = &meetings[i];
        if (annotated->entries[meeting->key].standing == STANDING_NOT_ENFORCED && strcmp(meeting->call, call) == 0 &&
            is_family(meeting->family, record) && is_error(meeting->error, record) && is_case(meeting->only, record))
            is_met[meeting->key] = true;
    }
}
