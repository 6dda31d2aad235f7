/* AF_UNIX: a full queue, and listen again. */
#include <stdio.h>
#include <unistd.h>

#include "probe.h"

#define MOST 64

/* Clients that get in until one does not; its answer is in `last`. */
static int fill(const struct kind *kind, int listener, int clients[MOST], int count, const char **last)
{
    struct address address = address_of(listener);
    *last = "none was left out";
    while (count < MOST) {
        clients[count] = make_socket(kind);
        make_nonblocking(clients[count]);
        if (connect_to(clients[count], &address) != 0) {
            *last = answer_of(-1);
            close(clients[count]);
            break;
        }
        count++;
    }
    return count;
}

static void print_count(const struct kind *kind, const char *state, const char *call, int count)
{
    char number[16];
    snprintf(number, sizeof number, "%d", count);
    print_answer(kind->name, state, call, number);
}

static int drain(int listener)
{
    int fd, count = 0;
    make_nonblocking(listener);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        close(fd);
        count++;
    }
    return count;
}

static void probe_relisten(const struct kind *kind, int first, int queued, int second)
{
    char state[48];
    const char *last;
    int clients[MOST], listener = make_listener(kind, first), count = 0;
    struct address address = address_of(listener);
    snprintf(state, sizeof state, "listen-%d-then-%d", first, second);
    for (; count < queued; count++) {
        clients[count] = make_socket(kind);
        if (connect_to(clients[count], &address) != 0)
            give_up("connect");
    }
    print_answer(kind->name, state, "listen", answer_of(listen(listener, second)));
    int full = fill(kind, listener, clients, count, &last);
    print_count(kind, state, "more", full - count);
    print_count(kind, state, "accepted", drain(listener));
    for (int i = 0; i < full; i++)
        close(clients[i]);
    close(listener);
}

static void probe_full(const struct kind *kind)
{
    const char *last;
    int clients[MOST], listener = make_listener(kind, 2), count = fill(kind, listener, clients, 0, &last);
    struct address address = address_of(listener);
    print_count(kind, "listen-2", "queued", count);
    print_answer(kind->name, "listen-2", "surplus", last);
    int late = make_socket(kind);
    make_nonblocking(late);
    close(clients[0]);
    print_answer(kind->name, "listen-2", "surplus-after-close", answer_of(connect_to(late, &address)));
    close(accept(listener, NULL, NULL));
    print_answer(kind->name, "listen-2", "surplus-after-accept", answer_of(connect_to(late, &address)));
    for (int i = 1; i < count; i++)
        close(clients[i]);
    close(late);
    close(listener);
}

void probe_queues(void)
{
    for (const struct kind *kind = kinds; kind->name; kind++) {
        if (kind->domain != AF_UNIX || !is_stream(kind))
            continue;
        probe_full(kind);
        probe_relisten(kind, 10, 8, 2);
        probe_relisten(kind, 1, 0, 10);
        probe_relisten(kind, 10, 8, -1);
    }
}
