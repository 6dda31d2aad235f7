#include "meets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../log/printer.h"

#define ANY (-1)

static const struct meeting {
    enum key key;
    const char *call;
    unsigned int family;
    int error, backlog;
} meetings[] = {
#define MEETS(key, call, family, error, backlog) {KEY_##key, #call, family, error, backlog},
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

void meets_mark(bool is_met[KEY_COUNT], const struct annotated_profile *annotated, const char *call,
                const struct record *record)
{
    for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
        const struct meeting *meeting = &meetings[i];
        if (annotated->entries[meeting->key].standing == STANDING_NOT_ENFORCED && strcmp(meeting->call, call) == 0 &&
            is_family(meeting->family, record) && is_error(meeting->error, record) &&
            (meeting->backlog == ANY || meeting->backlog == record->asked))
            is_met[meeting->key] = true;
    }
}
