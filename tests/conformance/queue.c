/* The options by which FreeBSD tells of a listener's queue. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 7
#define QUEUED 2
#define ITS_SOL_SOCKET 0xffff

/* As they are numbered there: what was asked for, what is queued, and what is held back. */
static const struct {
    int name, expected;
} queue_options[] = {{0x1011, BACKLOG}, {0x1012, QUEUED}, {0x1013, 0}};

static const char *answer_at(int listener, int level)
{
    const char *answer = "yes";
    for (size_t i = 0; i < sizeof queue_options / sizeof *queue_options; i++) {
        int number = -1;
        socklen_t length = sizeof number;
        if (getsockopt(listener, level, queue_options[i].name, &number, &length) != 0)
            return error_name(errno);
        if (number != queue_options[i].expected)
            answer = "other numbers";
    }
    return answer;
}

void observe_queue_options(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        int clients[QUEUED];
        if (!domain_is_here(all_domains[i]))
            continue;
        int listener = make_listener(all_domains[i], BACKLOG);
        for (int j = 0; j < QUEUED; j++)
            clients[j] = make_client(listener);
        const char *answer = answer_at(listener, SOL_SOCKET);
        add_answer(&answers, domain_name(all_domains[i]), answer);
        /* The other level is a protocol's that no other platform has. */
        if (answer[0] == 'y')
            add_answer(&answers, "its own level", answer_at(listener, ITS_SOL_SOCKET));
        for (int j = 0; j < QUEUED; j++)
            close_hard(clients[j]);
        close(listener);
    }
    print_answers("listen.queue_options", &answers);
}
