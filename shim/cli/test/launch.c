#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../profile/loader/load.h"
#include "../../rules/host.h"
#include "../cli.h"
#include "../run/isolate.h"
#include "../run/newring.h"
#include "../run/own_refuser.h"
#include "memory.h"
#include "private_tmp.h"

/* No terminal can be read, and a Ctrl-C reaches the harness alone. */
static int leave_terminal(void)
{
    sigset_t none;
    sigemptyset(&none);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        return errno;
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    return 0;
}

static int isolate(const struct launch *launch, const struct profile *profile)
{
    const struct plan *plan = launch->plan;
    const char *const paths[] = {
        plan->root, plan->work, plan->program, plan->preload, launch->ring, launch->platform->name, NULL};
    if (isolate_enter(profile) != 0)
        return STATUS_OWN;
    int error = private_tmp(launch->unit->words, environ, paths);
    if (error)
        say("there can be no /tmp of one's own: %s", strerror(error));
    return error ? STATUS_OWN : 0;
}

/* Where the network's own somaxconn is the platform's, it is the limit, as for `run --isolate`. */
static char *overrides_of(const struct launch *launch)
{
    bool is_limit = launch->plan->is_isolated && host_has_somaxconn(&launch->platform->annotated.profile);
    const char *user = launch->plan->set, *more = launch->way->set;
    return memory_format("%s%s%s%s", is_limit ? "listen.backlog_max=kernel," : "", user, *user && *more ? "," : "",
                         more);
}

static void put_all(char *const *environment)
{
    for (; environment && *environment; environment++)
        putenv(*environment);
}

static void put_environment(const struct launch *launch, const char *overrides)
{
    setenv("LISTENAS_PROFILE", launch->platform->name, 1);
    setenv("LISTENAS_SET", overrides, 1);
    setenv("LISTENAS_RING", launch->ring, 1);
    setenv("LD_PRELOAD", launch->plan->preload, 1);
    setenv("TMPDIR", launch->tmp ? launch->tmp : "/tmp", 1);
    if (launch->log)
        setenv("CK_XML_LOG_FILE_NAME", launch->log, 1);
    put_all(launch->unit->environment);
    put_all((char *const *)(uintptr_t)launch->way->environment);
}

static int make_ring(const struct launch *launch, const struct annotated_profile *annotated)
{
    struct newring ring;
    int status = newring_place(&ring, "the ring", launch->ring, launch->unit->words[0]);
    if (status)
        return status;
    ring.place.slots = launch->plan->ring_slots;
    newring_make(&ring, annotated, launch->unit->words, launch->plan->is_isolated);
    return ring.place.off ? STATUS_OWN : 0; /* it has said why: what is not recorded proves nothing */
}

/* All that can fail. */
static int prepare(const struct launch *launch)
{
    static struct annotated_profile annotated;
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    char *overrides = overrides_of(launch);
    if (!annotated_profile_load(&annotated, launch->platform->name, NULL, overrides, &diagnostics))
        return STATUS_OWN;
    int error = leave_terminal();
    if (error) {
        say("/dev/null cannot be the standard input: %s", strerror(error));
        return STATUS_OWN;
    }
    int status = launch->plan->is_isolated ? isolate(launch, &annotated.profile) : 0;
    if (!status)
        status = make_ring(launch, &annotated);
    if (status)
        return status;
    put_environment(launch, overrides);
    own_refuser_start(&annotated.profile, launch->plan->is_isolated);
    return 0;
}

void launch(const struct launch *launch)
{
    pid_t harness = getppid();
    if (prepare(launch) != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != harness)
        return;
    execv(launch->plan->program, launch->unit->words);
    say("%s cannot be executed: %s", launch->plan->program, strerror(errno));
}

bool launch_can_isolate(const struct plan *plan)
{
    const struct unit unit = {.words = plan->words};
    const struct platform *native = plan->platforms.platform[0];
    const struct launch launch = {.plan = plan, .unit = &unit, .platform = native, .ring = plan->work};
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(isolate(&launch, &native->annotated.profile) ? 1 : 0);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
