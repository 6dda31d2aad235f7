#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"

static int usage(void)
{
    fputs("usage: conform\n"
          "       conform errors|listen|unbound|accept4|data-path|cancel|cancel-connect\n"
          "       conform capacity inet|inet6|unix BACKLOG...\n",
          stderr);
    return 2;
}

static int capacity(int count, char **arguments)
{
    int domain = AF_UNSPEC, backlogs[count > 0 ? count : 1];
    for (int i = 0; i < 3; i++)
        if (count > 1 && strcmp(arguments[0], domain_name(all_domains[i])) == 0)
            domain = all_domains[i];
    if (domain == AF_UNSPEC)
        return usage();
    for (int i = 1; i < count; i++) {
        char *end;
        errno = 0;
        long number = strtol(arguments[i], &end, 10);
        if (errno || *end || end == arguments[i] || number < INT_MIN || number > INT_MAX)
            return usage();
        backlogs[i - 1] = (int)number;
    }
    observe_capacity(domain, backlogs, count - 1);
    return 0;
}

static void observe_calls(void)
{
    observe_first_call();
    observe_errors();
    observe_waiting();
    observe_places();
}

static void observe_keys(void)
{
    observe_listen();
    observe_accept();
    observe_accept_options();
    observe_accept_addresses();
    observe_accept_states();
    observe_socket();
    observe_shutdown();
    observe_bind();
    observe_filter();
    observe_connect();
    observe_connect_addresses();
    observe_after_disconnect();
    observe_naming();
    observe_listener_closed();
    observe_retry();
    observe_queue_options();
    observe_options();
}

static const struct {
    const char *name;
    void (*observe)(void);
} verbs[] = {
    {"errors", observe_calls},
    {"listen", observe_listen},
    {"unbound", observe_unbound_listens},
    {"accept4", observe_accept4},
    {"data-path", observe_data_path},
    {"cancel", observe_cancel_after_timeout},
    {"cancel-connect", observe_cancel_of_connect},
};

int main(int count, char **arguments)
{
    raise_limit();
    enter_directory("conform");
    if (count > 1 && strcmp(arguments[1], "capacity") == 0)
        return capacity(count - 2, arguments + 2);
    if (count == 1) {
        observe_keys();
        return 0;
    }
    for (size_t i = 0; count == 2 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(arguments[1], verbs[i].name) == 0) {
            verbs[i].observe();
            return 0;
        }
    return usage();
}
