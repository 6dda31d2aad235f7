/* The gatekeeper of a host. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../gate/keeper.h"
#include "../gate/valve.h"
#include "cli.h"
#include "options.h"

static void help(void)
{
    puts("usage: listenas gate [socket]\n\n"
         "Refuses clients, with ECONNREFUSED, or connects and resets them, while a server's queue is full, and resets\n"
         "those that an accept filter holds longest (with CAP_NET_ADMIN), for every server that finds the socket in\n"
         "LISTENAS_GATE. Runs until SIGTERM; every gate is open then. `listenas run` starts one of its own where\n"
         "LISTENAS_GATE is not set.\n\n"
         "The socket is a path, or @ and an abstract name; else listenas.gate in /run, or in XDG_RUNTIME_DIR "
         "for\n"
         "who is not root. One that root starts serves everybody.\n\n"
         "  -h, --help   this text");
}

static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};

static const char *default_socket(char *path, size_t size)
{
    const char *folder = getuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
    snprintf(path, size, "%s/listenas.gate", folder && *folder ? folder : "/tmp");
    return path;
}

static bool is_socket(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* Whether a gatekeeper that was killed left its socket: nobody is at the other end. Nor is there at a file's. */
static bool is_left_over(const struct gate_address *address)
{
    if (!is_socket(address->name.sun_path))
        return false;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool left =
        fd >= 0 && connect(fd, (const struct sockaddr *)&address->name, address->length) != 0 && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return left;
}

static int bind_socket(const struct gate_address *address)
{
    int fd = keeper_bind(address);
    if (fd < 0 && errno == EADDRINUSE && address->name.sun_path[0] && is_left_over(address)) {
        unlink(address->name.sun_path);
        fd = keeper_bind(address);
    }
    return fd;
}

static int keep_gate(const char *text, const struct gate_address *address)
{
    int requests = bind_socket(address);
    if (requests < 0) {
        bool is_file = errno == EADDRINUSE && address->name.sun_path[0] && !is_socket(address->name.sun_path);
        say("%s: %s", text, is_file ? "there is something else than a socket" : strerror(errno));
        return STATUS_OWN;
    }
    bool is_path = address->name.sun_path[0];
    if (is_path)
        chmod(address->name.sun_path, geteuid() == 0 ? 0666 : 0600);
    int error = keeper_run(requests, -1, "");
    if (is_path && is_socket(address->name.sun_path))
        unlink(address->name.sun_path);
    if (error == 0)
        return 0;
    say("the gatekeeper cannot run: %s", strerror(error));
    return STATUS_OWN;
}

int verb_gate(int count, char **arguments)
{
    char path[108];
    struct gate_address address;
    int option = next_option(count, arguments, "+:h", options);
    if (option == 'h') {
        help();
        return 0;
    }
    if (option != -1)
        return STATUS_OWN;
    if (count - optind > 1) {
        say("expected one socket, not %d", count - optind);
        return STATUS_OWN;
    }
    const char *text = optind < count ? arguments[optind] : default_socket(path, sizeof path);
    if (!gate_address_read(&address, text)) {
        say("\"%s\": expected a path, or @ and a name, of at most 107 bytes", text);
        return STATUS_OWN;
    }
    if (valve_try() != 0) {
        say("a gate could be closed here, but not opened: that needs root or CAP_NET_RAW");
        return STATUS_OWN;
    }
    return keep_gate(text, &address);
}
