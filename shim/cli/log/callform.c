#include "callform.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../rules/accept_filter.h"
#include "address.h"
#include "names.h"

void format_flags(int flags, char *text, size_t size)
{
    int rest = flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    int length = snprintf(text, size, "%s%s%s", flags & SOCK_NONBLOCK ? "SOCK_NONBLOCK" : "",
                          (flags & SOCK_NONBLOCK) && (flags & SOCK_CLOEXEC) ? "|" : "",
                          flags & SOCK_CLOEXEC ? "SOCK_CLOEXEC" : "");
    if (rest || length == 0)
        snprintf(text + length, size - (size_t)length, "%s%#x", length ? "|" : "", (unsigned int)rest);
}

bool is_option_call(const char *name)
{
    return strcmp(name, "setsockopt") == 0 || strcmp(name, "getsockopt") == 0;
}

/* With the filter that was set, or found, if it has a name. */
static void format_option(const struct record *record, char *text, size_t size)
{
    int filter = record->given;
    bool known = filter > FILTER_NONE && filter < FILTER_COUNT;
    snprintf(text, size, "%s%s%s", option_name(record), known ? ", " : "",
             known ? filter_name((enum filter)filter) : "");
}

void format_call(const char *name, const struct record *record, char *text, size_t size)
{
    char argument[320] = "";
    if (strcmp(name, "listen") == 0)
        snprintf(argument, sizeof argument, "%d", record->asked);
    else if (strcmp(name, "bind") == 0 || strcmp(name, "connect") == 0)
        format_address(record, argument, sizeof argument);
    else if (strcmp(name, "accept4") == 0)
        format_flags(record->asked, argument, sizeof argument);
    else if (is_option_call(name))
        format_option(record, argument, sizeof argument);
    snprintf(text, size, "%s(%d%s%s)", name, record->fd, argument[0] ? ", " : "", argument);
}

void format_result(const struct record *record, char *text, size_t size)
{
    if (record->flags & RECORD_SKIPPED)
        snprintf(text, size, "skipped");
    else if (record->result >= 0)
        snprintf(text, size, "%d", record->result);
    else
        snprintf(text, size, "%s", error_name(record->given_error));
}

void format_keys(const struct ring *ring, const struct record *record, char *text, size_t size)
{
    unsigned int first = record->key[0] ? record->key[0] : record->key[1];
    bool are_two = record->key[0] && record->key[1];
    text[0] = '\0';
    if (first)
        snprintf(text, size, "; by %s%s%s", key_name(ring, first), are_two ? " and " : "",
                 are_two ? key_name(ring, record->key[1]) : "");
}
