/* `listenas refuser`: the refuser of a host. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../refuser/refuser.h"
#include "../cli.h"
#include "../options.h"
#include "activation.h"
#include "meet.h"

/* A path in a directory that others cannot write to; NULL if none is known. */
static const char *default_socket(char *path, size_t size)
{
    const char *directory = getuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
    if (!directory || !*directory)
        return NULL;
    snprintf(path, size, "%s/listenas.refuser", directory);
    return path;
}

static bool is_socket(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/*
 * Whether the socket was left by a refuser that was killed: then nobody answers. Nobody answers at an ordinary file
 * either.
 */
static bool is_left_over(const struct refuser_address *address)
{
    struct refuser_meeting meeting;
    const char *path = address->name.sun_path;
    return is_socket(path) && refuser_meet(path, &meeting) && meeting.error == ECONNREFUSED;
}

static int make_socket(const struct refuser_address *address)
{
    bool is_path = address->name.sun_path[0];
    int fd = refuser_listen(address, geteuid() == 0);
    if (fd < 0 && errno == EADDRINUSE && is_path && is_left_over(address)) {
        unlink(address->name.sun_path);
        fd = refuser_listen(address, geteuid() == 0);
    }
    return fd;
}

/* Removes the socket at the path if it is still the same one. */
static void remove_socket(const struct refuser_address *address, const struct stat *made)
{
    struct stat now;
    if (address->name.sun_path[0] && lstat(address->name.sun_path, &now) == 0 && S_ISSOCK(now.st_mode) &&
        now.st_dev == made->st_dev && now.st_ino == made->st_ino)
        unlink(address->name.sun_path);
}

/* Why there can be no socket of this name. */
static int say_taken(const char *text, const struct refuser_address *address, int error)
{
    struct refuser_meeting meeting;
    bool is_path = address->name.sun_path[0];
    if (error == EADDRINUSE && is_path && !is_socket(address->name.sun_path))
        say("%s: this is not a socket; expected a path where there is nothing yet", text);
    else if (error == EADDRINUSE && refuser_meet(text, &meeting) && meeting.error == 0)
        say("%s: %s (pid %d) of user %u serves there already; end it, or take another socket", text,
            meeting.name[0] ? meeting.name : "a process", (int)meeting.pid, (unsigned int)meeting.user);
    else if (error == EACCES || error == ENOENT)
        say("%s: %s; expected a path in a directory that exists and that this user may write to", text,
            strerror(error));
    else
        say("%s: %s", text, strerror(error));
    return STATUS_OWN;
}

/* Until the end, on a socket that is there. */
static int serve_at(int requests)
{
    int error = refuser_run(requests, -1, "");
    if (error)
        say("the refuser cannot run: %s", strerror(error));
    return error ? STATUS_OWN : 0;
}

static int serve(const char *text, const struct refuser_address *address)
{
    struct stat made = {0};
    sigset_t deferred;
    refuser_defer_signals(&deferred);
    int requests = make_socket(address);
    if (requests < 0)
        return say_taken(text, address, errno);
    if (address->name.sun_path[0])
        lstat(address->name.sun_path, &made);
    int status = serve_at(requests);
    remove_socket(address, &made);
    return status;
}

/* The socket's name: what was typed, or the usual one. False after a report. */
static bool read_name(const char *typed, const char **text, struct refuser_address *address)
{
    static char path[128];
    *text = typed ? typed : default_socket(path, sizeof path);
    if (!*text)
        say("expected a socket: XDG_RUNTIME_DIR is not set, so there is no usual place for one");
    else if (!refuser_address_read(address, *text))
        say("\"%s\": expected a path, or @ and a name, of at most 107 bytes", *text);
    else
        return true;
    return false;
}

static int run(int count, char **arguments)
{
    const char *text;
    struct refuser_address address;
    int passed = activation_socket(), option = next_option(count, arguments, &verb_refuser);
    if (option == OPTION_HELP)
        return 0;
    if (option != -1)
        return STATUS_USAGE;
    if (passed == -2)
        return STATUS_OWN;
    if (count - optind > (passed < 0)) {
        say("expected %s, not %d", passed < 0 ? "one socket" : "no socket beside that of LISTEN_FDS", count - optind);
        return STATUS_USAGE;
    }
    if (passed < 0 && !read_name(arguments[optind], &text, &address))
        return STATUS_USAGE;
    if (refuser_try() != 0) {
        say("this process cannot refuse clients: that needs root or CAP_NET_RAW, as by setcap "
            "cap_net_raw,cap_net_admin+ep on this command");
        return STATUS_OWN;
    }
    return passed >= 0 ? serve_at(passed) : serve(text, &address);
}

static const struct verb_text examples[] = {
    {"listenas refuser", "as root: at /run/listenas.refuser, for all users of the host"},
    {"listenas refuser /tmp/refuser &", "at a path of your own"},
    {"LISTENAS_REFUSER=/tmp/refuser listenas run -p mks -- ./legacyd", "a server that asks it"},
    {0},
};

const struct verb verb_refuser = {
    .name = "refuser",
    .summary = "answer clients that the full queues of a host's servers turn away",
    .usage = "[socket]",
    .about =
        "Answers clients that a full queue has turned away: refuses them with ECONNREFUSED, or connects and resets "
        "them, as the platform promises of a server that finds this socket in LISTENAS_REFUSER. With CAP_NET_ADMIN "
        "it also resets what accept filters hold too long, and what is queued beyond a smaller backlog. Runs until "
        "SIGTERM. `listenas run` starts one of its own where LISTENAS_REFUSER is not set.\n\n"
        "The socket is a path, or @ and an abstract name; else listenas.refuser in /run, or in XDG_RUNTIME_DIR for "
        "who is not root; or one that systemd passes on. One that root made serves everybody.",
    .examples = examples,
    .run = run,
};
