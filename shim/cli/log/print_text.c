/* Records for a person: one line each, what was asked first, then what was given and why. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../../profile/loader/visible.h"
#include "../../rules/accept_filter.h"
#include "printer.h"

#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static const char *paint(const struct printer *printer, const char *color)
{
    return printer->color ? color : "";
}

static void format_time(uint64_t ns, const char *form, char *text, size_t size)
{
    time_t seconds = (time_t)(ns / 1000000000u);
    struct tm when;
    text[0] = '\0';
    if (localtime_r(&seconds, &when))
        strftime(text, size, form, &when);
}

/* The words of a command line, parted by NUL bytes there and by blanks here. */
static void format_command(const struct ring_header *header, char *text, size_t size)
{
    char words[sizeof header->command];
    size_t length = header->command_size < sizeof words ? header->command_size : sizeof words;
    memcpy(words, header->command, length);
    while (length > 0 && words[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    visible_copy(text, size, words, length, VISIBLE_EXACT);
}

static void text_header(const struct printer *printer, const struct ring_header *header)
{
    char command[1024], born[64], profile[128], diagnostic[512];
    format_command(header, command, sizeof command);
    format_time(header->born_ns, "%Y-%m-%d %H:%M:%S", born, sizeof born);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    visible_copy(diagnostic, sizeof diagnostic, header->diagnostic,
                 strnlen(header->diagnostic, sizeof header->diagnostic), VISIBLE_TEXT);
    printf("%s# %s (pid %u) as %s%s, since %s%s\n", paint(printer, DIM), command, header->pid, profile,
           header->isolated ? ", isolated" : "", born, paint(printer, PLAIN));
    if (diagnostic[0])
        printf("%s# the profile had a mistake, so the calls stay as they are: %s%s\n", paint(printer, RED), diagnostic,
               paint(printer, PLAIN));
}

static void format_who(const struct record *record, char *text, size_t size)
{
    char clock[32];
    format_time(record->time_ns, "%H:%M:%S", clock, sizeof clock);
    int length =
        snprintf(text, size, "%s.%06u %u", clock, (unsigned int)(record->time_ns / 1000 % 1000000), record->pid);
    if (record->tid != record->pid)
        snprintf(text + length, size - (size_t)length, "/%u", record->tid);
}

static void format_flags(int flags, char *text, size_t size)
{
    int rest = flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    int length = snprintf(text, size, "%s%s%s", flags & SOCK_NONBLOCK ? "SOCK_NONBLOCK" : "",
                          (flags & SOCK_NONBLOCK) && (flags & SOCK_CLOEXEC) ? "|" : "",
                          flags & SOCK_CLOEXEC ? "SOCK_CLOEXEC" : "");
    if (rest || length == 0)
        snprintf(text + length, size - (size_t)length, "%s%#x", length ? "|" : "", (unsigned int)rest);
}

static bool is_option(const char *name)
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

/* "listen(3, 5)", "bind(3, 127.0.0.1:80)", "accept4(3, SOCK_CLOEXEC)" */
static void format_call(const char *name, const struct record *record, char *text, size_t size)
{
    char argument[320] = "";
    if (strcmp(name, "listen") == 0)
        snprintf(argument, sizeof argument, "%d", record->asked);
    else if (strcmp(name, "bind") == 0 || strcmp(name, "connect") == 0)
        format_address(record, argument, sizeof argument);
    else if (strcmp(name, "accept4") == 0)
        format_flags(record->asked, argument, sizeof argument);
    else if (is_option(name))
        format_option(record, argument, sizeof argument);
    snprintf(text, size, "%s(%d%s%s)", name, record->fd, argument[0] ? ", " : "", argument);
}

static void format_result(const struct record *record, char *text, size_t size)
{
    if (record->flags & RECORD_SKIPPED)
        snprintf(text, size, "skipped");
    else if (record->result >= 0)
        snprintf(text, size, "%d", record->result);
    else
        snprintf(text, size, "%s", error_name(record->given_error));
}

/* `rights`: what EPERM says that the refuser lacks. */
static const char *refuser_reason(int error, const char *rights)
{
    switch (error) {
    case ENOENT:
        return "there is no refuser";
    case ECONNREFUSED:
        return "its refuser is gone";
    case ETIMEDOUT:
        return "its refuser does not answer";
    case EPERM:
        return rights;
    case EACCES:
        return "its refuser is another user's, or the listener is";
    case ENOBUFS:
        return "its refuser has no place for one more listener";
    case ESRCH:
        return "its refuser does not find the listener";
    default:
        return error_name((unsigned int)error);
    }
}

static void print_overflow(const struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    bool resets = record->flags & RECORD_RESETS;
    if (record->refuser_error)
        printf("%s; a full queue does not %s as it should, but drops the SYN: %s%s", paint(printer, RED),
               resets ? "reset" : "refuse", refuser_reason(record->refuser_error, "its refuser lacks CAP_NET_RAW"),
               plain);
    else
        printf("%s; a full queue %s by listen.overflow_tcp%s", paint(printer, YELLOW), resets ? "resets" : "refuses",
               plain);
}

/* Of a listen with a smaller backlog than before. */
static void print_shortened(const struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    if (record->shorten_error)
        printf("%s; connections beyond the new backlog stay queued: %s%s", paint(printer, RED),
               refuser_reason(record->shorten_error, "its refuser lacks CAP_NET_ADMIN"), plain);
    else
        printf("%s; %u beyond the new backlog reset by listen.relisten_excess%s", paint(printer, YELLOW), record->reset,
               plain);
}

/* Of a set that installed an accept filter whose second queue the refuser limits. */
static void print_hold(const struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    if (record->refuser_error)
        printf("%s; the one held longest is not reset as it should be: %s%s", paint(printer, RED),
               refuser_reason(record->refuser_error, "its refuser lacks CAP_NET_ADMIN or CAP_NET_RAW"), plain);
    else
        printf("%s; the one held longest is reset by filter.overflow%s", paint(printer, YELLOW), plain);
}

/* What a listener became: only what differs from what was asked is worth a word. */
static void print_listen(const struct printer *printer, const struct ring *ring, const struct record *record)
{
    const char *yellow = paint(printer, YELLOW), *plain = paint(printer, PLAIN);
    if (record->effective != record->asked)
        printf("%s; backlog %d counts as %d by %s%s", yellow, record->asked, record->effective,
               key_name(ring, record->key[0]), plain);
    if (record->capacity > 0)
        printf("%s; queues %d", yellow, record->capacity);
    if (record->capacity > 0 && record->key[1])
        printf(" by %s", key_name(ring, record->key[1]));
    if (record->capacity > 0)
        printf(", kernel backlog %d%s", record->given, plain);
    if (record->flags & RECORD_LIMITED)
        printf("%s; shorter than it should be: net.core.somaxconn is the limit%s", paint(printer, RED), plain);
    if (record->flags & RECORD_SHORTENED)
        print_shortened(printer, record);
    if (record->flags & RECORD_WATCHED)
        print_overflow(printer, record);
}

static void print_reason(const struct printer *printer, const struct ring *ring, const struct record *record,
                         const char *name)
{
    const char *yellow = paint(printer, YELLOW), *plain = paint(printer, PLAIN);
    if (is_option(name)) {
        if (record->key[0])
            printf("%s; by %s%s", yellow, key_name(ring, record->key[0]), plain);
        if (record->flags & RECORD_WATCHED)
            print_hold(printer, record);
    } else if (record->flags & RECORD_NOT_CALLED) {
        printf("%s; by %s, the kernel was not asked%s", yellow, key_name(ring, record->key[0]), plain);
    } else if (strcmp(name, "listen") == 0) {
        if (record->result >= 0)
            print_listen(printer, ring, record);
    } else if (record->key[0]) {
        char flags[64];
        format_flags(record->given & ~record->asked, flags, sizeof flags);
        printf("%s; %s%sby %s", yellow, record->given != record->asked ? flags : "",
               record->given != record->asked ? " " : "", key_name(ring, record->key[0]));
        if (record->key[1])
            printf(" and %s", key_name(ring, record->key[1]));
        printf("%s", plain);
    }
}

static void print_start(const struct printer *printer, const struct record *record)
{
    char who[80], program[4 * RECORD_ADDRESS + 1], profile[4 * RECORD_ADDRESS + 1];
    const struct start_names names = start_names(record);
    format_who(record, who, sizeof who);
    visible_copy(program, sizeof program, names.program, names.program_length, VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, names.profile, names.profile_length, VISIBLE_EXACT);
    printf("%s%s start %s, child of %d%s%s%s%s", paint(printer, DIM), who, program, record->asked,
           profile[0] ? ", as " : "", record->flags & RECORD_PATH_CUT ? "..." : "", profile, paint(printer, PLAIN));
    if (record->flags & RECORD_MISTAKE)
        printf("%s; its profile had a mistake%s", paint(printer, RED), paint(printer, PLAIN));
    if (record->given)
        printf("%s; %u call%s before left to the kernel: the library was not ready%s", paint(printer, YELLOW),
               (uint32_t)record->given, record->given == 1 ? "" : "s", paint(printer, PLAIN));
    putchar('\n');
}

static void text_record(const struct printer *printer, const struct ring *ring, uint64_t number,
                        const struct record *record)
{
    char who[80], call[400], result[48], address[320];
    const char *name = call_name(ring, record->call);
    (void)number;
    if (strcmp(name, "start") == 0) {
        print_start(printer, record);
        return;
    }
    format_who(record, who, sizeof who);
    format_address(record, address, sizeof address);
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    printf("%s%s%s %s = %s%s%s", paint(printer, DIM), who, paint(printer, PLAIN), call,
           paint(printer, record->given_error ? RED : GREEN), result, paint(printer, PLAIN));
    if (address[0] && strcmp(name, "bind") != 0 && strcmp(name, "connect") != 0)
        printf(" %s%s", strcmp(name, "listen") == 0 || strcmp(name, "getsockname") == 0 ? "at " : "from ", address);
    print_reason(printer, ring, record, name);
    if (printer->caller)
        printf("%s; called from %s%#llx%s", paint(printer, DIM), record->flags & RECORD_OWN_CALLER ? "program+" : "",
               (unsigned long long)record->caller, paint(printer, PLAIN));
    putchar('\n');
}

static void text_gap(const struct printer *printer, enum gap gap, uint64_t count)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten by newer ones",
        [GAP_UNFINISHED] = "unfinished: their writer died, or is still writing",
        [GAP_DAMAGED] = "damaged",
    };
    printf("%s# %llu record%s %s%s\n", paint(printer, RED), (unsigned long long)count, count == 1 ? "" : "s",
           words[gap], paint(printer, PLAIN));
}

static void print_path(const char *path)
{
    char text[4 * PATH_MAX];
    visible_copy(text, sizeof text, path, strlen(path), VISIBLE_EXACT);
    printf("%s  ", text);
}

static void text_listed(const char *path, const struct ring *ring, const char *life)
{
    const struct ring_header *header = ring->header;
    char command[128], profile[80];
    print_path(path);
    visible_copy(command, sizeof command, header->command, strnlen(header->command, sizeof header->command),
                 VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    printf("%s (pid %u) as %s, %llu records, %s\n", command, header->pid, profile, (unsigned long long)ring_head(ring),
           life);
}

static void text_faulty(const char *path, const char *fault)
{
    print_path(path);
    puts(fault);
}

const struct printer text_printer = {
    .header = text_header, .record = text_record, .gap = text_gap, .listed = text_listed, .faulty = text_faulty};
