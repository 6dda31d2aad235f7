/* The start: everything that is set once. */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/host.h"
#include "../kernel/option.h"
#include "../profile/loader/entry.h"
#include "../profile/loader/load.h"
#include "early.h"
#include "environment.h"
#include "frames.h"
#include "guest.h"
#include "known_memory.h"
#include "modules.h"
#include "observing.h"
#include "process.h"
#include "provoke.h"
#include "queue_samples.h"
#include "real.h"
#include "recorder.h"
#include "warn.h"

struct guest guest;

/* One byte more than an entry of the ring has: what is cut here is recorded as cut. */
#define SETTINGS_KEPT (SETTINGS_TEXT + 2)

void guest_keep_settings(const char *text)
{
    if (!text || !*text) {
        guest.settings = NULL;
        return;
    }
    if (guest.settings && strncmp(guest.settings, text, SETTINGS_KEPT - 1) == 0)
        return;
    char *kept = mmap(NULL, SETTINGS_KEPT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (kept != MAP_FAILED)
        copy_cut(kept, SETTINGS_KEPT, text);
    guest.settings = kept != MAP_FAILED ? kept : text;
}

/* A profile that cannot be had leaves the process native. */
static void load_profile(const char *name)
{
    struct diagnostics diagnostics = {0};
    const char *settings = secure_getenv("LISTENAS_SET");
    copy_cut(guest.profile_name, sizeof guest.profile_name, name);
    if (profile_load(&guest.profile, name, program_invocation_short_name, settings, &diagnostics)) {
        guest_keep_settings(settings);
        return;
    }
    copy_cut(guest.diagnostic, sizeof guest.diagnostic, diagnostics.first);
    warn("%s; going on as native", diagnostics.first);
    strcpy(guest.profile_name, "native");
    profile_reset(&guest.profile);
}

/*
 * "LISTENAS_PROFILE=" and the absolute path of this relative one, in memory that stays the environment's. NULL where
 * it cannot be told. In pages of its own: a server may have little stack, and no heap yet.
 */
static char *absolute_setting(const char *name)
{
    static const char variable[] = "LISTENAS_PROFILE=";
    const size_t front = sizeof variable - 1;
    char *setting = mmap(NULL, front + PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (setting == MAP_FAILED)
        return NULL;
    memcpy(setting, variable, front);
    if (getcwd(setting + front, PATH_MAX) && strlen(setting + front) + 1 + strlen(name) < PATH_MAX)
        return strcat(strcat(setting, "/"), name);
    munmap(setting, front + PATH_MAX);
    return NULL;
}

/* The program may go to another directory and start children there: a relative path must stay true. */
static void load_relative_profile(const char *name)
{
    char *setting = absolute_setting(name);
    if (setting)
        environment_put_first(setting);
    load_profile(setting ? strchr(setting, '=') + 1 : name);
}

static void start_profile(void)
{
    const char *name = secure_getenv("LISTENAS_PROFILE");
    if (!name || !*name)
        name = "native";
    if (name[0] != '/' && strchr(name, '/'))
        load_relative_profile(name);
    else
        load_profile(name);
}

static void join_ring(void)
{
    int error = recorder_join();
    if (!error)
        return;
    warn("cannot join the record %s: %s; going on without one", guest.place.path,
         error == EEXIST ? "it is no record of this user's" : strerror(error));
    guest.place.off = true;
}

/* A child is told its server's ring: it needs neither its number nor the time to find a name. */
static const char *find_ring(const char *setting)
{
    struct timespec now;
    if (setting && setting[0] == '/') {
        const char *fault = ring_place(setting, program_invocation_short_name, 0, 0, &guest.place);
        if (fault || guest.place.named)
            return fault;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return ring_place(setting, program_invocation_short_name, (uint32_t)getpid(),
                      (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, &guest.place);
}

/*
 * Children find the ring by the environment: they must write to the server's, not to one of their own. It is joined at
 * once, since a program may give up its rights before its first call; but made only then, since most programs of a
 * preloaded shell make none.
 */
static void start_ring(void)
{
    static const char name[] = "LISTENAS_RING=";
    static char variable[sizeof name + RING_SETTING_MAX];
    const char *setting = secure_getenv("LISTENAS_RING");
    const char *fault = find_ring(setting);
    if (fault) {
        warn("LISTENAS_RING: \"%s\": %s; going on without a record", setting, fault);
        guest.place.off = true;
    }
    if (guest.place.off)
        return;
    process_prepare();
    modules_start();
    frames_start();
    queue_samples_start();
    if (!guest.place.named) {
        ring_place_setting(&guest.place, strcpy(variable, name) + sizeof name - 1);
        environment_put_first(variable);
    }
    if (guest.place.exists)
        join_ring();
}

static void start_refuser(void)
{
    if (!refuser_address_read(&guest.refuser, secure_getenv("LISTENAS_REFUSER")))
        warn("LISTENAS_REFUSER: expected a path, or @ and a name; a full queue does not refuse");
}

/* The first object that the loader lists is the program. */
static int note_program(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    guest.program_start = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD)
            continue;
        guest.program_end = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        if (segment->p_flags & PF_W) {
            guest_memory.data_start = info->dlpi_addr + segment->p_vaddr;
            guest_memory.data_end = guest.program_end;
        }
    }
    return 1;
}

static bool acts_anywhere(void)
{
    for (int call = CALL_start + 1; call < CALL_COUNT; call++)
        if (!guest_leaves((enum call)call))
            return true;
    return false;
}

void guest_be_ready(void)
{
    guest.accept = accept_plan_of(&guest.profile, CALL_accept);
    guest.accept4 = accept_plan_of(&guest.profile, CALL_accept4);
    int state = syscall_others_follow && acts_anywhere() ? GUEST_BESIDE : GUEST_READY;
    atomic_store_explicit(&guest.state, state, memory_order_release); /* S1, with S2: all is set */
}

static void set_all(void)
{
    if (!real_resolve())
        warn("this C library has dlsym in libdl.so.2, which the program does not load: calls go to the kernel, past "
             "other preloaded libraries, and cannot be cancelled; preload libdl.so.2, too");
    dl_iterate_phdr(note_program, NULL);
    guest_memory.stack_end = getauxval(AT_EXECFN);
    start_profile();
    provoke_start(secure_getenv("LISTENAS_PROVOKE"));
    observing_begin();
    start_ring();
    /* Most programs of a preloaded shell make no socket: those that will make a ring read this with it. */
    if (guest.place.off || guest.place.exists)
        host_read(observing_needs());
    start_refuser();
    guest_be_ready();
}

bool guest_start(void)
{
    int state = GUEST_NEW, saved = errno;
    bool mine = early_libc_is_ready() && atomic_compare_exchange_strong(&guest.state, &state, GUEST_STARTING);
    if (mine)
        set_all();
    errno = saved;
    if (mine || state == GUEST_READY || state == GUEST_BESIDE)
        return true;
    atomic_fetch_add_explicit(&guest.missed, 1, memory_order_relaxed);
    return false;
}

/* Whether the next library says the socket's domain as the kernel does. A descriptor that is no socket has none. */
static bool is_of_kernel(int fd)
{
    int told = -1, domain = -1;
    socklen_t told_length = sizeof told, length = sizeof domain;
    return real.getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &told, &told_length) != 0 ||
           option_get(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0 || told == domain;
}

bool guest_looks(int fd)
{
    if (atomic_load_explicit(&guest.state, memory_order_acquire) < GUEST_READY && !guest_start())
        return false;
    int saved = errno;
    bool takes = fd < 0 || atomic_load(&guest.state) == GUEST_READY || is_of_kernel(fd);
    errno = saved;
    return takes;
}

__attribute__((constructor)) static void construct(void)
{
    int saved = errno;
    if (atomic_load(&guest.state) == GUEST_NEW)
        guest_start();
    else if (early_environment_is_ours())
        environment_restore();
    errno = saved;
}
