#include "missing.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../path.h"
#include "../plain_file.h"
#include "../run/libc.h"
#include "../run/preflight.h"

#define LIBRARY "liblistenas.so"

/* The entry of LD_PRELOAD that is the library: its path, cut out. False if there is none. */
static bool find_entry(const struct environment *environment, char entry[PATH_MAX])
{
    const char *rest = environment_get(environment, "LD_PRELOAD");
    while (rest && *(rest += strspn(rest, " :"))) {
        size_t length = strcspn(rest, " :");
        snprintf(entry, PATH_MAX, "%.*s", length < PATH_MAX ? (int)length : PATH_MAX - 1, rest);
        if (strcmp(base_name(entry), LIBRARY) == 0)
            return true;
        rest += length;
    }
    return false;
}

bool missing_is_asked(const struct environment *environment)
{
    char entry[PATH_MAX];
    return find_entry(environment, entry) || environment_asks(environment);
}

static const char *read_binary(const char *path, struct binary *binary)
{
    int fd = plain_file_open(path);
    if (fd < 0)
        return errno == EINVAL ? "is no regular file" : "cannot be read";
    const char *fault = elf_program_read(fd, binary);
    close(fd);
    return fault;
}

/* Whether the kernel has started the process in secure-execution mode. Source: getauxval(3), AT_SECURE. */
static bool is_secure(uint32_t pid, int bits)
{
    char path[64];
    unsigned char words[1024];
    uint64_t pair[2] = {0};
    const size_t size = bits == 32 ? sizeof(uint32_t) : sizeof(uint64_t);
    snprintf(path, sizeof path, "/proc/%u/auxv", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, words, sizeof words);
    if (fd >= 0)
        close(fd);
    for (ssize_t at = 0; at + 2 * (ssize_t)size <= length; at += 2 * (ssize_t)size) {
        for (size_t i = 0; i < 2; i++) {
            uint32_t narrow;
            memcpy(&narrow, words + at + (ssize_t)(i * size), sizeof narrow);
            if (bits == 32)
                pair[i] = narrow;
            else
                memcpy(&pair[i], words + at + (ssize_t)(i * size), sizeof pair[i]);
        }
        if (pair[0] == AT_SECURE)
            return pair[1] != 0;
    }
    return false;
}

/* What is wrong with the library that LD_PRELOAD names. */
static void judge_entry(const struct process *process, const struct binary *program, const char *entry, char *text,
                        size_t size)
{
    char path[PATH_MAX + 64], is[64], should[64];
    struct binary library;
    snprintf(path, sizeof path, "/proc/%u/root%s", process->pid, entry);
    if (entry[0] != '/' || strchr(entry, '$')) {
        snprintf(text, size, "the preload did not take: the loader did not find %s, or what it found does not fit",
                 entry);
        return;
    }
    if (access(path, F_OK) != 0) {
        snprintf(text, size, "the preload did not take: %s does not exist", entry);
        return;
    }
    const char *fault = read_binary(path, &library);
    elf_program_describe(program, should, sizeof should);
    if (fault) {
        snprintf(text, size, "the preload did not take: %s %s", entry, fault);
        return;
    }
    elf_program_describe(&library, is, sizeof is);
    if (library.bits != program->bits || library.machine != program->machine)
        snprintf(text, size, "the preload did not take: %s is %s, the program %s", entry, is, should);
    else
        snprintf(text, size,
                 "the preload did not take, though %s is there and fits: the program's stderr has what its loader said",
                 entry);
}

void missing_reason(const struct process *process, const struct environment *environment, char *text, size_t size)
{
    char path[64], entry[PATH_MAX];
    struct binary binary = {0};
    const char *preload = environment_get(environment, "LD_PRELOAD");
    snprintf(path, sizeof path, "/proc/%u/exe", process->pid);
    const char *fault = read_binary(path, &binary), *kind = fault ? NULL : preflight_kind_fault(&binary);
    struct loader loader = fault ? (struct loader){0} : libc_of_loader(binary.loader);
    if (fault)
        snprintf(text, size, "not known: its program %s", fault);
    else if (kind)
        snprintf(text, size, "it %s", kind);
    else if (is_secure(process->pid, binary.bits))
        snprintf(text, size,
                 "it runs with privileges of its file (setuid, setgid or capabilities), so the loader "
                 "ignores LD_PRELOAD");
    else if (!find_entry(environment, entry))
        snprintf(text, size, "%s is set, but LD_PRELOAD %s", environment_asks(environment),
                 preload && *preload ? "does not name " LIBRARY : "is not");
    else if (loader.libc == LIBC_OTHER)
        snprintf(text, size, "it is linked to %s, the library to glibc or musl", loader.name);
    else
        judge_entry(process, &binary, entry, text, size);
}
