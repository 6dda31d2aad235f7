/* The constructor: everything that is set once. */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/host.h"
#include "../profile/loader/annotated_profile.h"
#include "../profile/loader/entry.h"
#include "environment.h"
#include "guest.h"
#include "process.h"
#include "real.h"
#include "recorder.h"
#include "warn.h"

struct guest guest;

/* A profile that cannot be had leaves the process native. */
static void load_profile(const char *name)
{
    struct diagnostics diagnostics = {0};
    copy_cut(guest.profile_name, sizeof guest.profile_name, name);
    if (profile_load(&guest.profile, name, program_invocation_short_name, secure_getenv("LISTENAS_SET"), &diagnostics))
        return;
    copy_cut(guest.diagnostic, sizeof guest.diagnostic, diagnostics.first);
    warn("%s; going on as native", diagnostics.first);
    strcpy(guest.profile_name, "native");
    profile_reset(&guest.profile);
}

/*
 * The program may go to another directory and start children there: a relative path must stay true. Apart, since room
 * for two paths on the stack is pages that no other start of a process touches.
 */
__attribute__((noinline)) static void load_relative_profile(const char *name)
{
    char here[PATH_MAX], path[PATH_MAX], *setting;
    if (!getcwd(here, sizeof here) || snprintf(path, PATH_MAX, "%s/%s", here, name) >= PATH_MAX) {
        load_profile(name);
        return;
    }
    if (asprintf(&setting, "LISTENAS_PROFILE=%s", path) > 0)
        environment_put_first(setting);
    load_profile(path);
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
    static char variable[sizeof name + RING_PATH_MAX];
    const char *setting = secure_getenv("LISTENAS_RING");
    const char *fault = find_ring(setting);
    if (fault) {
        warn("LISTENAS_RING: \"%s\": %s; going on without a record", setting, fault);
        guest.place.off = true;
    }
    if (guest.place.off)
        return;
    process_prepare();
    if (!guest.place.named)
        environment_put_first(strcat(strcpy(variable, name), guest.place.path));
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
            guest.data_start = info->dlpi_addr + segment->p_vaddr;
            guest.data_end = guest.program_end;
        }
    }
    return 1;
}

__attribute__((constructor)) static void start(void)
{
    int saved = errno;
    real_resolve();
    dl_iterate_phdr(note_program, NULL);
    guest.stack_end = getauxval(AT_EXECFN);
    start_profile();
    host_read(guest.profile.needs.all);
    start_ring();
    start_refuser();
    errno = saved;
}
