/* The libraries of this installation. */
#include <elf.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../run/library.h"
#include "finding.h"
#include "own_library.h"

/* The word size and machine of the command itself: those of most programs here. */
static bool own_kind(struct binary *binary)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && elf_program_read(fd, binary) == NULL;
    if (fd >= 0)
        close(fd);
    return good;
}

static void read_build_id(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    const void *id = NULL;
    ssize_t length = elf ? dwelf_elf_gnu_build_id(elf, &id) : 0;
    text[0] = '\0';
    for (ssize_t i = 0; i < length && (size_t)i * 2 + 2 < size; i++)
        snprintf(text + i * 2, 3, "%02x", ((const unsigned char *)id)[i]);
    if (elf)
        elf_end(elf);
    if (fd >= 0)
        close(fd);
}

bool own_library(char path[PATH_MAX], char build[OWN_LIBRARY_BUILD])
{
    struct binary own;
    build[0] = '\0';
    if (!own_kind(&own) || !library_locate(&own, path))
        return false;
    read_build_id(path, build, OWN_LIBRARY_BUILD);
    return true;
}

void find_library(struct finding *finding)
{
    char path[PATH_MAX], build[OWN_LIBRARY_BUILD];
    if (own_library(path, build))
        finding_set(finding, FINDING_GOOD, "", "%s%s%s", path, build[0] ? ", build " : "", build);
    else
        finding_set(finding, FINDING_LACKS, "make install puts it where the command looks, or beside the command",
                    "there is none: not beside the command, nor in %s", PREFIX);
}

void find_library32(struct finding *finding)
{
    struct binary own, narrow;
    char path[PATH_MAX];
    if (!own_kind(&own) || own.bits == 32 || (own.machine != EM_X86_64 && own.machine != EM_AARCH64)) {
        finding_set(finding, FINDING_GOOD, "", "this host has none of its own");
        return;
    }
    narrow = (struct binary){.kind = BINARY_DYNAMIC,
                             .bits = 32,
                             .machine = own.machine == EM_X86_64 ? EM_386 : EM_ARM,
                             .loader = "/lib/ld-linux.so.2"};
    if (library_locate(&narrow, path))
        finding_set(finding, FINDING_GOOD, "", "%s", path);
    else
        finding_set(finding, FINDING_NOTE, "make lib32 builds it, with gcc-multilib; then make install",
                    "there is none: run refuses 32-bit programs");
}

void find_musl(struct finding *finding)
{
    struct binary own;
    struct utsname host;
    char path[PATH_MAX];
    bool known = own_kind(&own) && uname(&host) == 0;
    if (known)
        snprintf(own.loader, sizeof own.loader, "/lib/ld-musl-%s.so.1", host.machine);
    if (known && library_locate(&own, path))
        finding_set(finding, FINDING_GOOD, "", "%s", path);
    else
        finding_set(finding, FINDING_NOTE, "make musl builds it, with musl-tools; then make install",
                    "there is none: run refuses programs of musl");
}
