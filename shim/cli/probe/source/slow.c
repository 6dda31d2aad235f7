#include "probe.h"

/* When a client whose SYN was dropped asks again. The longest wait comes first, so that others go on beside it. */

#define PATIENCE_SECONDS 12

static double now(void)
{
    struct timeval time_of_day;
    gettimeofday(&time_of_day, NULL);
    return (double)time_of_day.tv_sec + (double)time_of_day.tv_usec / 1e6;
}

/* The queue is full when it asks first, and empty when it asks again: so many seconds later. */
static long ask_again(int domain)
{
    int fd = listening(domain, 1), late = stream(domain), outcome;
    double start;
    close(crowd_at(fd, 1000).late); /* it would ask again, too */
    unblock(late);
    unblock(fd);
    start = now();
    if (connect_to(late, name_of(fd)) == 0 || (errno != EINPROGRESS && errno != EWOULDBLOCK))
        cannot("a full queue drops nothing");
    if (progress(late, PATIENCE_MS / 5) != EINPROGRESS)
        cannot("a full queue drops nothing");
    while (accept(fd, NULL, NULL) >= 0)
        continue;
    outcome = progress(late, PATIENCE_SECONDS * 1000);
    if (outcome != 0)
        cannot("it does not ask again in time");
    return (long)(now() - start + 0.5);
}

/* A busy machine makes it later, never earlier. */
static const char *retry(int domain)
{
    long first = ask_again(domain), second = first > 1 && first < 4 ? ask_again(domain) : first;
    return number(second < first ? second : first);
}

const struct experiment slow_experiments[] = {
    {"connect.retry", FOUR, retry, 0},
    {NULL, 0, NULL, 0},
};
