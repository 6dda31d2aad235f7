/*
 * Records for a spreadsheet or a database: a row for each, after one with the columns' names. RFC 4180, but for "\n".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "callers.h"
#include "names.h"
#include "printer.h"

/* Ends with a comma; quoted, since a text may hold anything. What a spreadsheet would take for a formula is not one. */
static void print_text(const char *text, size_t length)
{
    putchar('"');
    if (length > 0 && strchr("=+-@\t\r", text[0]))
        putchar('\'');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            putchar('"');
        putchar(text[i] == '\n' || text[i] == '\0' ? ' ' : text[i]);
    }
    fputs("\",", stdout);
}

static void print_string(const char *text)
{
    if (text && text[0])
        print_text(text, strlen(text));
    else
        putchar(',');
}

static void print_errno(unsigned int error)
{
    print_string(error ? error_name(error) : "");
}

/* Nanoseconds since 1970, and what a spreadsheet takes for a time, of UTC. */
static void print_time(uint64_t ns)
{
    const struct times utc = {.style = TIMES_UTC};
    char date[64];
    times_format_date(&utc, ns, date, sizeof date);
    printf("%" PRIu64 ",%.19s.%06u,", ns, date, (unsigned int)(ns / 1000 % 1000000));
}

static void csv_begin(struct printer *printer)
{
    (void)printer;
    puts("time_ns,time_utc,server,pid,tid,program,profile,call,fd,result,errno,kernel_errno,asked,effective,capacity,"
         "given,why,why2,address,repeats,last_ns,function,file,line,module,offset");
}

/* Each row names the program and the profile itself. */
static void csv_header(struct printer *printer, const struct ring_header *header)
{
    (void)printer;
    (void)header;
}

/* The last columns, without a comma at the end. */
static void print_caller(const struct caller *caller)
{
    const struct caller_frame *frame = caller ? &caller->frames[0] : NULL;
    if (!frame) {
        fputs(",,,,", stdout);
        return;
    }
    print_string(frame->symbol.function);
    print_string(frame->symbol.file);
    if (frame->symbol.line)
        printf("%d", frame->symbol.line);
    putchar(',');
    print_string(frame->module ? frame->module->path : "");
    printf("%#" PRIx64, frame->place.offset);
}

static void csv_record(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    const struct subject *subject = shown->subject;
    char address[320] = "";
    (void)printer;
    if (subject->address.family)
        format_address(record, address, sizeof address);
    print_time(record->time_ns);
    print_string(shown->server);
    printf("%u,%u,", record->pid, record->tid);
    print_string(subject->program);
    print_string(subject->profile);
    print_string(call_name(shown->ring, record->call));
    printf("%d,%d,", record->fd, record->result);
    print_errno(record->given_error);
    print_errno(record->kernel_error);
    printf("%d,%d,%d,%d,", record->asked, record->effective, record->capacity, record->given);
    print_string(subject->keys[0]);
    print_string(subject->keys[1]);
    print_string(address);
    printf("%" PRIu64 ",%" PRIu64 ",", shown->repeats.count, subject->last_ns);
    print_caller(caller_of(shown->callers, shown->ring, record->site));
    putchar('\n');
}

/* The number of missing calls goes into the column of the repeats. */
static void csv_gap(struct printer *printer, const char *server, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten", [GAP_UNFINISHED] = "unfinished", [GAP_DAMAGED] = "damaged"};
    (void)printer;
    if (missing->from_ns)
        print_time(missing->from_ns);
    else
        fputs(",,", stdout);
    print_string(server);
    fputs(",,,,", stdout);
    print_string(words[gap]);
    fputs(",,,,,,,,,,,", stdout);
    printf("%" PRIu64 ",", missing->count);
    if (missing->to_ns)
        printf("%" PRIu64, missing->to_ns);
    puts(",,,,,");
}

const struct printer csv_printer = {
    .begin = csv_begin, .header = csv_header, .record = csv_record, .repeated = csv_record, .gap = csv_gap};
