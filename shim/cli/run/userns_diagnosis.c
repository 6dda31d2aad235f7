#include "userns_diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "../proc.h"

/* Settings that forbid user namespaces, or networks in them; Debian and Ubuntu have their own. */
static const struct {
    const char *name, *forbidding, *allowing;
} settings[] = {
    {"kernel.unprivileged_userns_clone", "0", "1"},
    {"kernel.apparmor_restrict_unprivileged_userns", "1", "0"},
    {"user.max_user_namespaces", "0", "15000"},
    {"user.max_net_namespaces", "0", "15000"},
};

static bool forbids(const char *name, const char *forbidding)
{
    char path[96], value[16];
    snprintf(path, sizeof path, "/proc/sys/%s", name);
    for (char *dot = path; (dot = strchr(dot, '.'));)
        *dot = '/';
    return proc_read(path, value, sizeof value) && strcmp(value, forbidding) == 0;
}

static bool has_seccomp_filter(void)
{
    char line[64];
    bool found = false;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && !found && fgets(line, sizeof line, status))
        found = strcmp(line, "Seccomp:\t2\n") == 0;
    if (status)
        fclose(status);
    return found;
}

static const char *reason(int error)
{
    switch (error) {
    case ENOSPC:
    case EUSERS:
        return "as many as user.max_user_namespaces and user.max_net_namespaces allow are in use, here or further out";
    case EINVAL:
    case ENOSYS:
        return "the kernel is built without (CONFIG_USER_NS, CONFIG_NET_NS)";
    case EPERM:
    case EACCES:
        return has_seccomp_filter() ? "a seccomp filter forbids them, as a container's usual one does; it can be "
                                      "started with another, or with CAP_SYS_ADMIN"
                                    : "a security module, or a changed root (chroot), forbids them";
    default:
        return strerror(error);
    }
}

void userns_diagnosis(int error, char *text, size_t size)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (!forbids(settings[i].name, settings[i].forbidding))
            continue;
        snprintf(text, size, "this host forbids ordinary users to make namespaces: %s is %s; sysctl %s=%s allows them",
                 settings[i].name, settings[i].forbidding, settings[i].name, settings[i].allowing);
        return;
    }
    snprintf(text, size, "this process cannot make namespaces: %s", reason(error));
}

void say_userns_diagnosis(int error)
{
    char text[512];
    userns_diagnosis(error, text, sizeof text);
    say("--isolate: %s", text);
}
