#include "warn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../profile/loader/visible.h"

/* The pipe is broken or full: the program must start nevertheless. */
static bool is_ready(void)
{
    struct pollfd pipe = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&pipe, 1, 0) == 1 && pipe.revents == POLLOUT;
}

/* The signal that a write which failed so has raised; 0 for none. */
static int signal_of(int error)
{
    return error == EPIPE ? SIGPIPE : error == EFBIG ? SIGXFSZ : 0;
}

/*
 * Takes back the signal that this write raises, and none that was pending before. sigprocmask is the thread's own mask
 * in glibc and in musl; pthread_sigmask is not in libc itself before glibc 2.32.
 */
static void write_unsignalled(const char *line, size_t size)
{
    static const struct timespec now;
    sigset_t fatal, before, pending;
    sigemptyset(&fatal);
    sigaddset(&fatal, SIGPIPE);
    sigaddset(&fatal, SIGXFSZ);
    sigpending(&pending);
    sigprocmask(SIG_BLOCK, &fatal, &before);
    int raised = write(STDERR_FILENO, line, size) < 0 ? signal_of(errno) : 0;
    if (raised && !sigismember(&pending, raised)) {
        sigemptyset(&fatal);
        sigaddset(&fatal, raised);
        sigtimedwait(&fatal, NULL, &now);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void warn(const char *format, ...)
{
    char text[512], line[512] = "listenas: ";
    const size_t room = sizeof line - 1; /* for the newline */
    size_t size = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size += visible_copy(line + size, room - size, text, strlen(text), VISIBLE_TEXT);
    line[size++] = '\n';
    if (is_ready())
        write_unsignalled(line, size);
}
