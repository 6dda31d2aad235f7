#include "json_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_parts.h"

static void put_ring(const struct ring_header *header)
{
    size_t size = header->command_size < sizeof header->command ? header->command_size : sizeof header->command;
    printf("\"ring\":%u,\"pid\":%u,\"born_ns\":%" PRIu64 ",\"profile\":", header->kind.version, header->pid,
           header->born_ns);
    put_text(header->profile, sizeof header->profile);
    if (header->diagnostic[0]) {
        printf(",\"diagnostic\":");
        put_text(header->diagnostic, sizeof header->diagnostic);
    }
    if (header->isolated)
        printf(",\"isolated\":true");
    printf(",\"command\":[");
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strnlen(header->command + at, size - at);
        printf("%s", at ? "," : "");
        put_string(header->command + at, length);
    }
    printf("]");
}

void json_header(struct printer *printer, const struct ring_header *header)
{
    (void)printer;
    printf("{");
    put_ring(header);
    printf("}\n");
}

void json_listed(const struct listed *listed)
{
    printf("{\"path\":");
    put_string(listed->path, strlen(listed->path));
    printf(",\"state\":\"%s\",\"size\":%" PRIu64 ",\"age_s\":%" PRIu64 ",\"idle_s\":%" PRIu64, listed->state,
           listed->size, listed->age_s, listed->idle_s);
    if (listed->owner)
        put_member("owner", listed->owner);
    if (listed->fault)
        put_member("fault", listed->fault);
    if (listed->header) {
        put_member("listens", listed->addresses);
        printf(",\"records\":%" PRIu64 ",", listed->calls);
        put_ring(listed->header);
    }
    printf("}\n");
}
