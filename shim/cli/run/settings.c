#include "settings.h"

#include <stdio.h>
#include <string.h>

#include "../../kernel/port.h"
#include "../../rules/bind_port.h"
#include "../../rules/host.h"
#include "../cli.h"
#include "../proc.h"

/* A file of /proc/sys/net, which shows the network of the process that opens it. */
static int set(const char *name, const char *wanted)
{
    char path[64], present[32];
    snprintf(path, sizeof path, "/proc/sys/net/%s", name);
    if (proc_read(path, present, sizeof present) && strcmp(present, wanted) == 0)
        return 0;
    int error = proc_write(path, wanted);
    if (error == 0)
        return 0;
    say("--isolate: %s cannot be set to \"%s\": %s", path, wanted, strerror(error));
    return STATUS_OWN;
}

static int set_number(const char *name, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    return number == HOST_LEFT ? 0 : set(name, text);
}

static int set_ports(struct port_range ports)
{
    char text[16];
    snprintf(text, sizeof text, "%d\t%d", ports.low, ports.high);
    return ports.high == 0 ? 0 : set("ipv4/ip_local_port_range", text);
}

int settings_apply(const struct profile *profile)
{
    const struct host_settings wanted = host_settings(profile, facts_kernel_max());
    int status = set_number("core/somaxconn", wanted.somaxconn);
    if (!status)
        status = set_ports(chosen_range(profile, facts_port_range()));
    if (!status)
        status = set_number("ipv4/ip_unprivileged_port_start", wanted.unprivileged_port);
    if (!status)
        status = set_number("ipv4/tcp_syncookies", wanted.syncookies);
    if (!status)
        status = set_number("ipv4/tcp_max_syn_backlog", wanted.syn_backlog);
    return status;
}
