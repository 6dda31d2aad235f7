#include "text_listen.h"

#include <errno.h>
#include <stdio.h>

#include "names.h"
#include "paint.h"

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

static void print_overflow(struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    bool resets = record->flags & RECORD_RESETS;
    if (record->refuser_error)
        text_line_add(&printer->line, "%s; a full queue does not %s as it should, but drops the SYN: %s%s",
                      paint(printer, RED), resets ? "reset" : "refuse",
                      refuser_reason(record->refuser_error, "its refuser lacks CAP_NET_RAW"), plain);
    else
        text_line_add(&printer->line, "%s; a full queue %s by listen.overflow_tcp%s", paint(printer, YELLOW),
                      resets ? "resets" : "refuses", plain);
}

/* Of a listen with a smaller backlog than before. */
static void print_shortened(struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    if (record->shorten_error)
        text_line_add(&printer->line, "%s; connections beyond the new backlog stay queued: %s%s", paint(printer, RED),
                      refuser_reason(record->shorten_error, "its refuser lacks CAP_NET_ADMIN"), plain);
    else
        text_line_add(&printer->line, "%s; %u beyond the new backlog reset by listen.relisten_excess%s",
                      paint(printer, YELLOW), record->reset, plain);
}

void print_hold(struct printer *printer, const struct record *record)
{
    const char *plain = paint(printer, PLAIN);
    if (record->refuser_error)
        text_line_add(&printer->line, "%s; the one held longest is not reset as it should be: %s%s",
                      paint(printer, RED),
                      refuser_reason(record->refuser_error, "its refuser lacks CAP_NET_ADMIN or CAP_NET_RAW"), plain);
    else
        text_line_add(&printer->line, "%s; the one held longest is reset by filter.overflow%s", paint(printer, YELLOW),
                      plain);
}

void print_listen(struct printer *printer, const struct ring *ring, const struct record *record)
{
    const char *yellow = paint(printer, YELLOW), *plain = paint(printer, PLAIN);
    if (record->effective != record->asked)
        text_line_add(&printer->line, "%s; backlog %d counts as %d by %s%s", yellow, record->asked, record->effective,
                      key_name(ring, record->key[0]), plain);
    if (record->capacity > 0)
        text_line_add(&printer->line, "%s; queues %d", yellow, record->capacity);
    if (record->capacity > 0 && record->key[1])
        text_line_add(&printer->line, " by %s", key_name(ring, record->key[1]));
    if (record->capacity > 0)
        text_line_add(&printer->line, ", kernel backlog %d%s", record->given, plain);
    if (record->flags & RECORD_LIMITED)
        text_line_add(&printer->line, "%s; shorter than it should be: net.core.somaxconn is the limit%s",
                      paint(printer, RED), plain);
    if (record->flags & RECORD_SHORTENED)
        print_shortened(printer, record);
    if (record->flags & RECORD_WATCHED)
        print_overflow(printer, record);
}
