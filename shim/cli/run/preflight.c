#include "preflight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "elf_program.h"
#include "libc.h"
#include "library.h"
#include "privileges.h"

const char *preflight_kind_fault(const struct binary *binary)
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

static int check_loader(const struct binary *binary, const char *called)
{
    struct loader loader = libc_of_loader(binary->loader);
    if (loader.libc == LIBC_OTHER)
        say("%s is linked to %s (its loader is %s), but the library to glibc or musl; link it to one of them", called,
            loader.name, binary->loader);
    else if (access(binary->loader, F_OK) != 0)
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
    fault = preflight_kind_fault(&binary);
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
