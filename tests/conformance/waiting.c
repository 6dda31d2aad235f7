/* An accept that waits: cancellation, signals, time-outs. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "conform.h"

#define CANCEL_ROUNDS 20

struct waiter {
    int listener;
    bool accept4;
    _Atomic int tid;
    atomic_bool over; /* it did not wait at all */
    int result, error;
};

static atomic_int signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void *wait_for_client(void *context)
{
    struct waiter *waiter = context;
    waiter->tid = gettid();
    errno = UNTOUCHED;
    waiter->result =
        waiter->accept4 ? accept4(waiter->listener, NULL, NULL, SOCK_CLOEXEC) : accept(waiter->listener, NULL, NULL);
    waiter->error = errno;
    waiter->over = true;
    return NULL;
}

static bool is_asleep(int tid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    const char *state = length ? strrchr(line, ')') : NULL;
    return state && state[1] == ' ' && state[2] == 'S';
}

/* Starts a thread and returns when it waits in its accept: nothing else lets it sleep. */
static pthread_t start_waiter(struct waiter *waiter)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_client, waiter) != 0)
        give_up("pthread_create");
    while (!waiter->over && (!waiter->tid || !is_asleep(waiter->tid)))
        sched_yield();
    return thread;
}

static void observe_cancel(bool accept4)
{
    struct waiter waiter = {.listener = make_listener(AF_INET, 4), .accept4 = accept4};
    pthread_t thread = start_waiter(&waiter);
    void *end = NULL;
    pthread_cancel(thread);
    pthread_join(thread, &end);
    report_word(accept4 ? "cancel in accept4" : "cancel in accept", end == PTHREAD_CANCELED ? "canceled" : "returned");
    TRY("listen afterwards", listen(waiter.listener, 4));
    close(waiter.listener);
}

/* The number of the system call that the thread is in, or -1. */
static long system_call_of(int tid)
{
    char path[64];
    long number = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
    FILE *file = fopen(path, "re");
    if (!file)
        give_up(path);
    if (fscanf(file, "%ld", &number) != 1)
        number = -1;
    fclose(file);
    return number;
}

static bool polls(int tid)
{
    long number = system_call_of(tid);
#ifdef SYS_poll
    if (number == SYS_poll)
        return true;
#endif
    return number == SYS_ppoll;
}

/* Of a listener whose time-out ends no accept on some platforms: the wait that follows it can be cancelled, too. */
void observe_cancel_after_timeout(void)
{
    const struct timeval soon = {.tv_usec = 1000};
    struct waiter waiter = {.listener = make_listener(AF_INET, 4)};
    void *end = NULL;
    setsockopt(waiter.listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    pthread_t thread = start_waiter(&waiter);
    while (!waiter.over && !polls(waiter.tid))
        sched_yield();
    pthread_cancel(thread);
    int client = make_client(waiter.listener); /* ends an accept that was not cancelled */
    pthread_join(thread, &end);
    close_hard(client);
    report_word("cancel in accept after its time-out", end == PTHREAD_CANCELED ? "canceled" : "returned");
    close(waiter.listener);
}

static void *connect_again_and_again(void *context)
{
    struct waiter *waiter = context;
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    getsockname(waiter->listener, (struct sockaddr *)&address, &length);
    waiter->tid = gettid();
    for (;;)
        connect(waiter->result, (struct sockaddr *)&address, length);
    return NULL;
}

/* Cancels a thread while its connect waits for room, and says what time-out its socket then has. */
static bool has_time_out_after_cancel(int listener)
{
    struct timeval time_out = {0};
    socklen_t length = sizeof time_out;
    struct waiter waiter = {.listener = listener, .result = socket(AF_UNIX, SOCK_STREAM, 0)};
    pthread_t thread;
    if (pthread_create(&thread, NULL, connect_again_and_again, &waiter) != 0)
        give_up("pthread_create");
    while (!waiter.tid || system_call_of(waiter.tid) != SYS_connect)
        sched_yield();
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    getsockopt(waiter.result, SOL_SOCKET, SO_SNDTIMEO, &time_out, &length);
    close(waiter.result);
    return time_out.tv_sec != 0 || time_out.tv_usec != 0;
}

/* More than one round: a cancellation may come between two connects. */
void observe_cancel_of_connect(void)
{
    int listener = make_listener(AF_UNIX, 0), client = make_client(listener), left = 0;
    for (int round = 0; round < CANCEL_ROUNDS; round++)
        left += has_time_out_after_cancel(listener);
    report_word("time-out after a connect was cancelled", left ? "changed" : "none");
    close(client);
    close(listener);
}

static void make_cancel_pending(void)
{
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_cancel(pthread_self());
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
}

static void *accept_with_cancel_pending(void *context)
{
    make_cancel_pending();
    accept(*(int *)context, NULL, NULL);
    return NULL;
}

static void *listen_with_cancel_pending(void *context)
{
    make_cancel_pending();
    int result = listen(*(int *)context, 4);
    *(int *)context = result;
    return NULL;
}

static const char *end_of_thread(void *(*run)(void *), void *context)
{
    pthread_t thread;
    void *end = NULL;
    if (pthread_create(&thread, NULL, run, context) != 0 || pthread_join(thread, &end) != 0)
        give_up("thread");
    return end == PTHREAD_CANCELED ? "canceled" : "returned";
}

/* listen is no cancellation point. This is to be the first call of the process: what is done only once is done here. */
void observe_first_call(void)
{
    int fd = make_socket(AF_INET, SOCK_STREAM), context = fd;
    report_word("listen, cancel pending", end_of_thread(listen_with_cancel_pending, &context));
    report_number("listen, cancel pending", context);
    close(fd);
}

static void observe_pending_cancel(void)
{
    int listener = make_listener(AF_INET, 4), client = make_client(listener), context = listener;
    report_word("listen again, cancel pending", end_of_thread(listen_with_cancel_pending, &context));
    report_word("accept, cancel pending", end_of_thread(accept_with_cancel_pending, &listener));
    add_flag(listener, O_NONBLOCK);
    TRY("the connection is still there", accept(listener, NULL, NULL));
    close_hard(client);
    close(listener);
}

static void observe_signal(bool restart)
{
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = restart ? SA_RESTART : 0};
    struct waiter waiter = {.listener = make_listener(AF_INET, 4)};
    int client = -1;
    sigaction(SIGUSR1, &action, NULL);
    signals = 0;
    pthread_t thread = start_waiter(&waiter);
    pthread_kill(thread, SIGUSR1);
    while (!signals)
        sched_yield();
    if (restart)
        client = make_client(waiter.listener);
    pthread_join(thread, NULL);
    set_errno(waiter.error);
    report(restart ? "signal, SA_RESTART" : "signal", waiter.result);
    if (client >= 0)
        close_hard(client);
    if (waiter.result >= 0)
        close_hard(waiter.result);
    close(waiter.listener);
}

static void observe_timeout(void)
{
    int listener = make_listener(AF_INET, 4);
    struct timeval soon = {.tv_usec = 1000};
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    TRY("accept, SO_RCVTIMEO", accept(listener, NULL, NULL));
    close(listener);
}

void observe_waiting(void)
{
    observe_cancel(false);
    observe_cancel(true);
    observe_pending_cancel();
    observe_signal(false);
    observe_signal(true);
    observe_timeout();
}
