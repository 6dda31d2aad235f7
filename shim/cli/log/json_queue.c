#include "json_queue.h"

#include <inttypes.h>
#include <stdio.h>

#include "../clock.h"
#include "json_parts.h"
#include "names.h"

/* What the kernel dropped was answered by a refuser, where one watches the listener and does not tell it itself. */
static void put_drops(uint64_t drops, const struct record *listens, bool is_told)
{
    bool answered = listens->flags & RECORD_WATCHED && !listens->refuser_error && !is_told;
    printf(",\"%s\":%" PRIu64, !answered ? "dropped" : listens->flags & RECORD_RESETS ? "reset" : "refused", drops);
}

void put_queue(const struct record *record)
{
    printf(",\"fd\":%d,\"full\":%s,\"from_ns\":%" PRIu64 ",\"queued\":%d,\"capacity\":%d", record->fd,
           record->flags & RECORD_FULL ? "true" : "false",
           record->time_ns - (uint64_t)(uint32_t)record->result * CLOCK_MILLISECOND, record->asked, record->capacity);
    if (record->effective)
        printf(",\"to_ns\":%" PRIu64, record->time_ns - (uint64_t)(uint32_t)record->effective * CLOCK_MILLISECOND);
    put_drops(record->flags & RECORD_TELLS ? record->reset : (uint32_t)record->given, record, false);
    put_address(record);
    printf("}\n");
}

/* What the looks at its queue have told. */
static void put_depth(const struct ring_listener *listener, const struct record *listens)
{
    printf(",\"queued\":%u,\"capacity\":%" PRIu64 ",\"highest\":%" PRIu64 ",\"full_times\":%" PRIu64,
           (unsigned int)listener->length, (listener->length >> 32) + 1, (uint64_t)listener->highest,
           (uint64_t)listener->full_times);
    if (listener->full_from)
        printf(",\"full_since_ns\":%" PRIu64, (uint64_t)listener->full_from);
    put_drops(listener->drops, listens, listens->flags & RECORD_TELLS);
}

void json_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                   const struct record *listens)
{
    const char *comma = "";
    (void)printer;
    put_server(server);
    printf("\"listener\":%" PRIu64 ",\"pid\":%u,\"fd\":%u,\"since_ns\":%" PRIu64 ",\"accepted\":%" PRIu64
           ",\"failed\":%" PRIu64 ",\"errors\":{",
           (uint64_t)listener->cookie, (unsigned int)(listener->owner >> 32), (unsigned int)listener->owner,
           (uint64_t)listener->since_ns, (uint64_t)listener->accepted, (uint64_t)listener->failed);
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = listener->errors[i], count = word & ((UINT64_C(1) << 48) - 1);
        if (count)
            printf("%s\"%s\":%" PRIu64, comma, failure_name(i, word, "other"), count);
        comma = count ? "," : comma;
    }
    printf("}");
    put_address(listens);
    if (listener->turned_away)
        printf(",\"turned_away\":%" PRIu64, (uint64_t)listener->turned_away);
    if (listener->waits)
        printf(",\"waited_ms\":%u,\"waited_most_ms\":%u", (unsigned int)listener->waits,
               (unsigned int)(listener->waits >> 32));
    if (listener->samples)
        put_depth(listener, listens);
    printf("}\n");
}
