/* When a client whose SYN was dropped asks again. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"

#define PATIENCE_MS 10000

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/*
 * The queue is full when a client asks first, and empty when it asks again. Returns after how many seconds that is, 0
 * for never, -1 where the client is refused or reset.
 */
static int seconds_to_retry(void)
{
    int listener = make_listener(AF_INET, 1), connection, seconds = 0;
    struct crowd crowd = crowd_of(listener);
    crowd_push(&crowd);
    crowds_settle(&crowd, 1);
    close_hard(crowd.surplus);
    crowd.surplus = make_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
    add_flag(listener, O_NONBLOCK);
    struct pollfd wait = {.fd = crowd.surplus, .events = POLLOUT};
    double start = now();
    (void)connect(crowd.surplus, (struct sockaddr *)&crowd.address.storage, crowd.address.length);
    while ((connection = accept(listener, NULL, NULL)) >= 0)
        close_hard(connection);
    int error = 0;
    socklen_t length = sizeof error;
    if (poll(&wait, 1, PATIENCE_MS) == 1)
        seconds = (int)(now() - start + 0.5);
    if (getsockopt(crowd.surplus, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error)
        seconds = -1;
    crowd_dismiss(&crowd);
    close(listener);
    return seconds;
}

/* A host that is busy may make the time longer, and no shorter; less than a second none is. */
void observe_retry(void)
{
    struct answers answers = {0};
    char text[16];
    int least = seconds_to_retry();
    for (int trial = 1; trial < 3 && least > 1; trial++) {
        int seconds = seconds_to_retry();
        least = seconds != 0 && seconds < least ? seconds : least;
    }
    snprintf(text, sizeof text, "%d", least);
    add_answer(&answers, "inet", least > 0 ? text : least == 0 ? "never" : "unknown");
    print_answers("connect.retry", &answers);
}
