#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "doctor/doctor.h"
#include "help/help.h"
#include "own_calls.h"
#include "verb.h"

/* Whether nobody reads stdout any more: a pipe or a socket whose other end is closed. */
static bool is_unread(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

/*
 * Output that is lost must be reported: the disk may be full, or stdout closed. Only a reader that has seen enough is
 * told nothing, also by a verb that ignores SIGPIPE until it has tidied up; if the parent ignores it, it is told.
 */
static int finish(int status, bool ends_by_pipe)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (ends_by_pipe && is_unread()) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    say("cannot write to stdout");
    return STATUS_OWN;
}

int main(int count, char **arguments)
{
    struct sigaction pipe_action;
    own_calls_are_native();
    bool ends_by_pipe = sigaction(SIGPIPE, NULL, &pipe_action) == 0 && pipe_action.sa_handler == SIG_DFL;
    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0) {
        help_print_all();
        return finish(count < 2 ? STATUS_USAGE : 0, ends_by_pipe);
    }
    if (strcmp(arguments[1], "--version") == 0 || strcmp(arguments[1], "-V") == 0) {
        doctor_print_version();
        return finish(0, ends_by_pipe);
    }
    const struct verb *verb = verb_find(arguments[1]);
    return verb ? finish(verb->run(count - 1, arguments + 1), ends_by_pipe) : verb_say_unknown(arguments[1]);
}
