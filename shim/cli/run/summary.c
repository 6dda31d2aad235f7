#include "summary.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../cli.h"
#include "../live/guard.h"
#include "tally.h"

/* How often the record is read: a ring of the usual size then holds 200,000 calls a second. */
#define LOOK_NS 20000000

void summary_option(struct summary *summary, int option, const char *value)
{
    summary->is_wanted = true;
    if (option == SUMMARY_FILE)
        summary->path = value;
}

/* --- counting --- */

struct counting {
    const char *path;
    const char *fault; /* why the record cannot be read; NULL: it can, or is not there yet */
    bool is_open;
    struct ring ring;
    struct cursor cursor;
    struct tally tally;
    struct tally_total before, after;
    bool is_broken; /* the record was cut short, or there is no memory */
};

static void read_total(void *context)
{
    struct counting *counting = context;
    counting->is_broken |= !tally_total(&counting->ring, &counting->after);
}

static void count_found(void *context)
{
    struct counting *counting = context;
    enum cursor_answer answer;
    struct told told;
    counting->is_broken |= !tally_again(&counting->tally, &counting->ring);
    cursor_look(&counting->cursor);
    while ((answer = cursor_next(&counting->cursor, &told)) != CURSOR_END)
        if (answer == CURSOR_RECORD && !told.is_kept)
            counting->is_broken |= !tally_add(&counting->tally, &counting->ring, &told);
}

static void read_all(struct counting *counting, void (*work)(void *context))
{
    if (counting->is_open && !counting->is_broken && !guard_run(work, counting))
        counting->is_broken = true;
}

/* The program may make its record itself, at its first call: then this waits for that. */
static void open_record(struct counting *counting)
{
    if (counting->is_open || counting->fault || access(counting->path, F_OK) != 0)
        return;
    counting->fault = ring_open_to_read(&counting->ring, counting->path);
    if (counting->fault)
        return;
    counting->is_open = cursor_open(&counting->cursor, &counting->ring, CURSOR_POLL) == 0;
    if (counting->is_open)
        return;
    ring_close(&counting->ring);
    counting->fault = "out of memory";
}

static void count(struct counting *counting)
{
    open_record(counting);
    read_all(counting, count_found);
}

/* Skips what the record has already. Returns what is wrong with it, or NULL. */
static const char *begin(struct counting *counting, const char *path)
{
    counting->path = path;
    if (!path)
        return "there is no record";
    count(counting);
    read_all(counting, read_total);
    counting->before = counting->after;
    tally_free(&counting->tally);
    return counting->fault;
}

static void finish(struct counting *counting)
{
    count(counting);
    read_all(counting, read_total);
}

/* --- the child --- */

static const int passed_on[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH};

static void handled_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
        sigaddset(set, passed_on[i]);
    sigaddset(set, SIGCHLD);
}

/* What the terminal sends, the child gets from it as well: the kernel is the sender then. */
static void pass_on(pid_t child, const siginfo_t *info)
{
    if (info->si_signo != SIGCHLD && info->si_code <= 0)
        kill(child, info->si_signo);
}

/* Waits for the child's end, and counts meanwhile. Returns its wait status. */
static int attend(pid_t child, const sigset_t *handled, struct counting *counting)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    siginfo_t info;
    int status;
    pid_t ended = 0;
    while (ended != child) {
        if (sigtimedwait(handled, &info, &look) > 0)
            pass_on(child, &info);
        count(counting);
        ended = waitpid(child, &status, WNOHANG);
    }
    return status;
}

/* Becomes the program; what went wrong instead goes to the parent. */
static void run_child(int report, const sigset_t *before, int (*become)(const void *context), const void *context)
{
    sigprocmask(SIG_SETMASK, before, NULL);
    int status = become(context);
    _exit(write(report, &status, sizeof status) == sizeof status ? status : STATUS_OWN);
}

/* --- the end --- */

/* By guard_run: the names of calls and keys are in the ring. */
struct printing {
    struct counting *counting;
    FILE *out;
};

static void print_tally(void *context)
{
    const struct printing *printing = context;
    struct counting *counting = printing->counting;
    tally_print(&counting->tally, &counting->ring, &counting->before, &counting->after, printing->out);
}

static void print(struct counting *counting, FILE *out)
{
    struct printing printing = {counting, out};
    if (counting->fault)
        fprintf(out, "listenas: %s: %s\n", counting->path, counting->fault);
    if (counting->is_broken)
        fputs("listenas: the record could not be read to its end; so far:\n", out);
    if (!guard_run(print_tally, &printing))
        fputs("listenas: the record was cut short\n", out);
}

/* As the program: a shell then says of this process what it would say of the program. */
static int end_as(int status)
{
    const struct rlimit no_core = {0};
    sigset_t one;
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    fflush(NULL);
    setrlimit(RLIMIT_CORE, &no_core); /* the program has left one */
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    sigemptyset(&one);
    sigaddset(&one, WTERMSIG(status));
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    return 128 + WTERMSIG(status);
}

static int start_child(pid_t *child, const sigset_t *before, int (*become)(const void *context), const void *context,
                       int *failure)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    *child = fork();
    int error = *child < 0 ? errno : 0;
    if (*child == 0)
        run_child(report[1], before, become, context);
    close(report[1]);
    /* the end of the pipe: the program runs */
    if (!error && read(report[0], failure, sizeof *failure) != sizeof *failure)
        *failure = 0;
    close(report[0]);
    return error;
}

static int run_and_count(struct counting *counting, FILE *out, int (*become)(const void *context), const void *context)
{
    sigset_t handled, before;
    pid_t child = -1;
    int failure = 0;
    handled_signals(&handled);
    sigprocmask(SIG_BLOCK, &handled, &before);
    int error = start_child(&child, &before, become, context, &failure);
    if (error) {
        say("the program cannot be started: %s", strerror(error));
        return STATUS_OWN;
    }
    int status = attend(child, &handled, counting);
    if (failure)
        return failure;
    finish(counting);
    print(counting, out);
    return end_as(status);
}

int summary_run(const struct summary *summary, const char *ring, int (*become)(const void *context),
                const void *context)
{
    static struct counting counting;
    FILE *out = summary->path ? fopen(summary->path, "we") : stderr;
    const char *fault = out ? begin(&counting, ring) : NULL;
    int status = STATUS_OWN;
    if (!out)
        say("--summary-file=%s: %s", summary->path, strerror(errno));
    else if (fault)
        say("--summary needs the record: %s", fault);
    else
        status = run_and_count(&counting, out, become, context);
    if (out && out != stderr && fclose(out) != 0) {
        say("--summary-file=%s: %s", summary->path, strerror(errno));
        status = STATUS_OWN;
    }
    return status;
}
