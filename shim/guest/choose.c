#include "choose.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "../kernel/system.h"
#include "../profile/loader/entry.h"
#include "../profile/loader/load.h"
#include "../profile/loader/provoke.h"
#include "guest.h"
#include "observing.h"
#include "provoke.h"

#define MISTAKE_MOST sizeof((struct diagnostics *)NULL)->first

/* NULL for none. */
static const char *_Atomic fault;

const char *guest_choose_fault(void)
{
    const char *said = fault;
    return said ? said : "";
}

/* Leaves `why` as the fault; returns `error`. */
static int fail(int error, const char *why)
{
    fault = why;
    return error;
}

/*
 * Whether no other thread, and no parent of vfork, has this memory. To unshare what is not shared does nothing, and is
 * EINVAL where it is shared (unshare(2)). A sandbox may forbid it: then the directory of the threads has a link for
 * each, and two more.
 */
static bool is_alone(void)
{
    struct stat threads;
    if (system_call(SYS_unshare, CLONE_VM) == 0)
        return true;
    return errno != EINVAL && stat("/proc/self/task", &threads) == 0 && threads.st_nlink == 3;
}

/* pthread_join returns a moment before the kernel has forgotten the thread. */
static bool is_soon_alone(void)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    bool alone = is_alone();
    for (int waited_ms = 0; !alone && waited_ms < CHOOSE_PATIENCE_MS; waited_ms++) {
        nanosleep(&moment, NULL);
        alone = is_alone();
    }
    return alone;
}

static int refuse_threads(void)
{
    return fail(EBUSY, "the process has other threads: choose the platform before they start, or in a child of fork");
}

static void take_profile(const struct profile *profile, const char *name)
{
    guest.profile = *profile;
    guest.diagnostic[0] = '\0';
    copy_cut(guest.profile_name, sizeof guest.profile_name, name);
    guest_keep_settings(secure_getenv("LISTENAS_SET"));
    provoke_keep();
    observing_begin();
    guest_be_ready();
}

/*
 * Takes the profile, or the provocations if that is NULL. No handler may make a call, or a thread, between the look at
 * the threads and the change. sigprocmask is the thread's own mask (see warn.c).
 */
static int put_in_force(const struct profile *profile, const char *name, const struct provocations *all)
{
    sigset_t every, before;
    sigfillset(&every);
    sigprocmask(SIG_BLOCK, &every, &before);
    bool alone = is_alone();
    if (alone && profile)
        take_profile(profile, name);
    else if (alone)
        provoke_set(all);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return alone ? fail(0, NULL) : refuse_threads();
}

/* In a page that only a process that makes a mistake pays for. */
static const char *keep_mistake(const char *text)
{
    static char *kept;
    if (!kept) {
        void *page = mmap(NULL, MISTAKE_MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return "there is a mistake in the profile, and no memory to tell it";
        kept = page;
    }
    copy_cut(kept, MISTAKE_MOST, text);
    return kept;
}

/* Whether the process can change what all calls read: 0 or an errno. */
static int check_process(void)
{
    if (!guest_takes(-1))
        return fail(EAGAIN, "the library cannot start yet: libc is not ready");
    return is_soon_alone() ? 0 : refuse_threads();
}

int guest_choose(const char *name)
{
    struct diagnostics diagnostics = {0};
    struct profile profile;
    int error = check_process();
    if (error)
        return error;
    if (profile_load(&profile, name, program_invocation_short_name, secure_getenv("LISTENAS_SET"), &diagnostics))
        return put_in_force(&profile, name, NULL);
    return fail(EINVAL, keep_mistake(diagnostics.first));
}

int guest_provoke(const char *setting)
{
    struct diagnostics diagnostics = {0};
    struct provocations all = {0};
    int error = check_process();
    if (error)
        return error;
    if (!*setting || provoke_load(&all, setting, &guest.profile, guest.profile_name, &diagnostics))
        return put_in_force(NULL, NULL, &all);
    return fail(EINVAL, keep_mistake(diagnostics.first));
}
