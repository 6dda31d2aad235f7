#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "../../profile/loader/visible.h"
#include "names.h"

/* How much of a record's address there is: what its length says, but never more than its place. */
static size_t address_length(const struct record *record)
{
    return record->address_length < sizeof record->address ? record->address_length : sizeof record->address;
}

struct start_names start_names(const struct record *record)
{
    const char *program = (const char *)record->address;
    size_t size = address_length(record), length = strnlen(program, size);
    size_t profile = length < size ? length + 1 : size;
    return (struct start_names){.program = program,
                                .program_length = length,
                                .profile = program + profile,
                                .profile_length = strnlen(program + profile, size - profile)};
}

bool is_note(const char *name)
{
    return strcmp(name, "use") == 0 || strcmp(name, "mark") == 0;
}

const char *note_text(const struct record *record, size_t *length)
{
    *length = address_length(record);
    return (const char *)record->address;
}

unsigned int record_family(const struct record *record)
{
    sa_family_t family = AF_UNSPEC;
    if (address_length(record) >= sizeof family)
        memcpy(&family, record->address, sizeof family);
    return family;
}

static void format_inet(const struct record *record, char *text, size_t size)
{
    struct sockaddr_in in = {0};
    char host[INET_ADDRSTRLEN];
    memcpy(&in, record->address, sizeof in < address_length(record) ? sizeof in : address_length(record));
    inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
    snprintf(text, size, "%s:%u", host, ntohs(in.sin_port));
}

static void format_inet6(const struct record *record, char *text, size_t size)
{
    struct sockaddr_in6 in6 = {0};
    char host[INET6_ADDRSTRLEN];
    memcpy(&in6, record->address, sizeof in6 < address_length(record) ? sizeof in6 : address_length(record));
    inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof host);
    snprintf(text, size, "[%s]:%u", host, ntohs(in6.sin6_port));
}

static void format_unix(const struct record *record, char *text, size_t size)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    const char *path = (const char *)record->address + head;
    size_t length = address_length(record) > head ? address_length(record) - head : 0;
    if (length == 0) {
        snprintf(text, size, "(unnamed)");
    } else if (path[0] == '\0') {
        text[0] = '@';
        visible_copy(text + 1, size - 1, path + 1, length - 1, VISIBLE_EXACT);
    } else {
        visible_copy(text, size, path, strnlen(path, length), VISIBLE_EXACT);
    }
    /* a program may pass a path with much after its end; an abstract name, which begins with a NUL, is all of it */
    bool is_cut = (record->flags & RECORD_PATH_CUT) && length && (!path[0] || strnlen(path, length) == length);
    if (is_cut && strlen(text) + 4 <= size)
        strcat(text, "...");
}

/* What a program passes to bind may end before the address does. */
static bool is_cut_off(const struct record *record)
{
    unsigned int family = record_family(record);
    return (family == AF_INET && address_length(record) < offsetof(struct sockaddr_in, sin_zero)) ||
           (family == AF_INET6 && address_length(record) < offsetof(struct sockaddr_in6, sin6_scope_id));
}

void format_address(const struct record *record, char *text, size_t size)
{
    text[0] = '\0';
    if (is_cut_off(record)) {
        snprintf(text, size, "%u bytes of %s", record->address_length, family_name(record_family(record)));
        return;
    }
    switch (record_family(record)) {
    case AF_INET:
        format_inet(record, text, size);
        break;
    case AF_INET6:
        format_inet6(record, text, size);
        break;
    case AF_UNIX:
        format_unix(record, text, size);
        break;
    default:
        if (address_length(record) > 0)
            snprintf(text, size, "family %u", record_family(record));
    }
}
