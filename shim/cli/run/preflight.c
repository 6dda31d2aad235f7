#include "preflight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "../lookup.h"
#include "elf_program.h"
#include "library.h"
#include "privileges.h"

/* Why no dynamic loader will put the library into such a file; NULL for a file that has one. */
static const char *kind_fault(const struct binary *binary)
{
    if (binary->foreign_order)
        return NULL;
    if (binary->kind == BINARY_OTHER)
        return "is an object file or a core dump, not a program";
    if (binary->go)
        return "is a Go program: it makes its system calls itself, not through libc, so no library can stand "
               "between";
    switch (binary->kind) {
    case BINARY_STATIC:
        return "is statically linked, so no library can be loaded into it; link it dynamically";
    case BINARY_STATIC_PIE:
        return "is statically linked (static-pie), so no library can be loaded into it; link it dynamically";
    case BINARY_LOADER:
        return "is the dynamic loader itself; give the program that it is to load";
    case BINARY_LIBRARY:
        return "is a shared library, not a program";
    default:
        return NULL;
    }
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* A loader other than glibc's would load the library against a libc that it was not built for, or not at all. */
static const char *libc_of(const char *loader)
{
    const char *name = base_name(loader);
    if (strstr(name, "musl"))
        return "musl";
    if (strstr(name, "uClibc"))
        return "uClibc";
    if (begins(name, "linker"))
        return "Android's bionic";
    if (begins(name, "ld-linux") || begins(name, "ld64.so.") || begins(name, "ld.so.") || begins(name, "ld-lsb") ||
        begins(name, "ld-2."))
        return "glibc";
    return "another C library than glibc";
}

static int check_loader(const struct binary *binary, const char *called)
{
    char resolved[PATH_MAX];
    const char *libc = libc_of(binary->loader);
    bool exists = realpath(binary->loader, resolved) != NULL;
    if (exists && strcmp(libc, "glibc") == 0 && strstr(base_name(resolved), "musl"))
        libc = "musl";
    if (strcmp(libc, "glibc") != 0)
        say("%s is linked to %s (its loader is %s), but the library to glibc; link it to glibc", called, libc,
            binary->loader);
    else if (!exists)
        say("%s needs the dynamic loader %s, which does not exist on this host; install the C library it "
            "belongs to",
            called, binary->loader);
    else if (access(binary->loader, X_OK) != 0)
        say("%s needs the dynamic loader %s, which cannot be executed", called, binary->loader);
    else
        return 0;
    return STATUS_OWN;
}

static int check_open(struct program *program, int fd, char entry[PATH_MAX])
{
    struct binary binary;
    const char *called = program->called, *fault = elf_program_read(fd, &binary);
    if (fault) {
        say("%s is damaged: %s", called, fault);
        return STATUS_OWN;
    }
    program->address_sanitizer = binary.address_sanitizer;
    fault = kind_fault(&binary);
    if (fault) {
        say("%s %s", called, fault);
        return STATUS_OWN;
    }
    int status = library_find(&binary, called, entry);
    if (!status)
        status = check_loader(&binary, called);
    fault = status ? NULL : privileges_of(fd);
    if (!fault)
        return status;
    say("%s %s, so the loader ignores LD_PRELOAD; start it as the user it becomes, or a copy without these "
        "privileges",
        called, fault);
    return STATUS_OWN;
}

int preflight(struct program *program, const char *name, char entry[PATH_MAX])
{
    int status = program_find(program, name);
    if (status)
        return status;
    int fd = open(program->binary, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        say("%s cannot be read, so it cannot be checked: %s", program->called, strerror(errno));
        return STATUS_OWN;
    }
    status = check_open(program, fd, entry);
    close(fd);
    return status;
}
