#include "sandbox.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "elf_program.h"

bool sandbox_may_come(const char *path)
{
    static const char *const ways[] = {"prctl", "syscall", "seccomp_load"};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool may = false;
    for (size_t i = 0; fd >= 0 && !may && i < sizeof ways / sizeof *ways; i++)
        may = elf_program_imports(fd, ways[i]);
    if (fd >= 0)
        close(fd);
    return may;
}
