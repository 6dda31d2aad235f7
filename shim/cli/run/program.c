#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "../lookup.h"
#include "../path.h"
#include "script.h"

/* env restarts the kernel's count of levels, but a cycle of scripts must still end. */
#define HOPS_MAX 20

/* Reads the first bytes of the file that is to run; returns -1 after a message if it cannot. */
static ssize_t read_head(const struct program *program, char head[SCRIPT_HEAD])
{
    int fd = open(program->binary, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t size = fd < 0 ? -1 : pread(fd, head, SCRIPT_HEAD, 0);
    if (size < 0)
        say("%s cannot be read, so it cannot be checked: %s", program->called, strerror(errno));
    if (fd >= 0)
        close(fd);
    return size;
}

static int say_unknown_kind(const struct program *program, ssize_t size)
{
    if (size == 0)
        say("%s is empty, so it cannot be executed", program->called);
    else
        say("%s is neither an ELF program nor begins with #!, so it cannot be executed; for a shell script, "
            "which some "
            "callers pass to /bin/sh, write #!/bin/sh in its first line",
            program->called);
    return STATUS_CANNOT;
}

/* Goes on with the file that `name` in a #! line runs. */
static int step(struct program *program, const char *name, bool along_path)
{
    char path[PATH_MAX];
    program->is_script = true;
    snprintf(program->called, sizeof program->called, "%s: its interpreter %s", program->name, name);
    int status = lookup(program->called, name, along_path, path);
    strcpy(program->binary, status ? "" : path);
    return status;
}

/* Follows one #! line. `*level` counts as the kernel does. */
static int follow(struct program *program, const char *head, size_t size, int *level)
{
    struct script_line line;
    char name[SCRIPT_HEAD];
    const char *fault = script_parse(head, size, &line);
    if (!fault && ++*level > SCRIPT_LEVELS)
        fault = "is a script whose interpreter is a script, and so on, deeper than the kernel follows";
    if (fault) {
        say("%s %s", program->called, fault);
        return STATUS_CANNOT;
    }
    int status = step(program, line.interpreter, false);
    if (status || strcmp(base_name(line.interpreter), "env") != 0)
        return status;
    *level = 0;
    fault = script_env(line.argument, name);
    if (!fault)
        return step(program, name, true);
    say("%s %s", program->name, fault);
    return STATUS_OWN;
}

int program_find(struct program *program, const char *name)
{
    char head[SCRIPT_HEAD];
    int level = 0, status = lookup(name, name, true, program->path);
    program->name = name;
    program->is_script = false;
    strcpy(program->binary, status ? "" : program->path);
    snprintf(program->called, sizeof program->called, "%s", name);
    for (int hop = 0; status == 0 && hop < HOPS_MAX; hop++) {
        ssize_t size = read_head(program, head);
        if (size < 0)
            return STATUS_OWN;
        if (size >= 4 && memcmp(head, "\177ELF", 4) == 0)
            return 0;
        if (size < 2 || memcmp(head, "#!", 2) != 0)
            return say_unknown_kind(program, size);
        status = follow(program, head, (size_t)size, &level);
    }
    if (status == 0)
        say("%s is a script whose interpreters lead back to it", name);
    return status ? status : STATUS_CANNOT;
}
