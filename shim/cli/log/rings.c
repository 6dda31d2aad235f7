#include "rings.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/keep.h"
#include "../../ring/ring.h"
#include "../clock.h"
#include "../live/guard.h"
#include "address.h"
#include "ringlife.h"
#include "ringsearch.h"

/* Addresses that are listed of one ring. */
#define ADDRESSES_MOST 4

struct list {
    const struct printer *printer;
    int found;
};

static const char *owner_of(const struct ring_found *found, char *number, size_t size)
{
    const struct passwd *user = getpwuid(found->status.st_uid);
    if (found->is_own)
        return NULL;
    if (user)
        return user->pw_name;
    snprintf(number, size, "%u", (unsigned int)found->status.st_uid);
    return number;
}

static uint64_t seconds_since(uint64_t then_ns)
{
    uint64_t now_ns = clock_ns(CLOCK_REALTIME);
    return now_ns > then_ns ? (now_ns - then_ns) / CLOCK_SECOND : 0;
}

static void put_address(char *text, size_t size, const char *address)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? ", " : "", address);
}

void rings_addresses(const struct ring *ring, char *text, size_t size)
{
    const struct ring_listener *listener;
    struct record listens;
    uint64_t number;
    char address[320], rest[32];
    unsigned int count = 0;
    text[0] = '\0';
    for (uint32_t i = 1; (listener = ring_listener(ring, i)); i++) {
        if (atomic_load_explicit(&listener->state, memory_order_relaxed) != LISTENER_LISTENS ||
            !ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &listens))
            continue;
        format_address(&listens, address, sizeof address);
        if (count++ < ADDRESSES_MOST && address[0])
            put_address(text, size, address);
    }
    snprintf(rest, sizeof rest, "%u more", count - ADDRESSES_MOST);
    if (count > ADDRESSES_MOST)
        put_address(text, size, rest);
}

static const char *state_of(const struct ring_found *found)
{
    static const char *const words[] = {[LIFE_ENDED] = "dead", [LIFE_RUNS] = "live", [LIFE_UNKNOWN] = "may be live"};
    return words[ring_life(found->fd)];
}

/* A file that cannot be read is as old as its last change. */
static void list_unread(struct list *list, struct listed *listed, const struct ring_found *found)
{
    listed->age_s = listed->idle_s = seconds_since((uint64_t)found->status.st_ctim.tv_sec * CLOCK_SECOND);
    list->printer->listed(listed);
}

struct summary {
    const struct ring *ring;
    char addresses[4 * 328];
    uint64_t last_ns, calls;
    _Alignas(struct ring_header) char header[sizeof(struct ring_header)];
};

/* By guard_run: another user may cut the file short meanwhile, or have no room for its pages. */
static void summarize(void *context)
{
    struct summary *summary = context;
    memcpy(summary->header, summary->ring->header, sizeof summary->header);
    summary->last_ns = cursor_newest(summary->ring, 0);
    summary->calls = ring_calls(summary->ring);
    rings_addresses(summary->ring, summary->addresses, sizeof summary->addresses);
}

static void list_ring(struct list *list, struct listed *listed, const struct ring_found *found, const struct ring *ring)
{
    struct summary summary = {.ring = ring};
    if (!guard_run(summarize, &summary)) {
        listed->fault = "was cut short while it was read";
        list_unread(list, listed, found);
        return;
    }
    listed->header = (const void *)summary.header;
    uint64_t born_ns = listed->header->born_ns;
    listed->calls = summary.calls;
    listed->addresses = summary.addresses;
    listed->age_s = seconds_since(born_ns);
    listed->idle_s = seconds_since(summary.last_ns ? summary.last_ns : born_ns);
    list->printer->listed(listed);
}

static void visit_list(const struct ring_found *found, void *context)
{
    struct list *list = context;
    struct ring ring;
    char number[16];
    struct listed listed = {.path = found->path,
                            .owner = owner_of(found, number, sizeof number),
                            .size = (uint64_t)found->status.st_blocks * 512};
    if (found->kind != RING_FILE)
        return;
    list->found++;
    listed.fault = found->fd < 0 ? "is another user's" : ring_open_fd_to_read(&ring, found->fd);
    listed.state = found->fd < 0 ? "not readable" : state_of(found);
    if (listed.fault) {
        list_unread(list, &listed, found);
        return;
    }
    list_ring(list, &listed, found, &ring);
    ring_close(&ring);
}

int rings_list(const struct printer *printer)
{
    struct list list = {.printer = printer};
    rings_visit(true, visit_list, &list);
    return list.found;
}
