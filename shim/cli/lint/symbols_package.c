#include "symbols_package.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cli.h"
#include "../path.h"
#include "../test/memory.h"

#define PACKAGE_MOST 128

extern char **environ;

/* Programs whose callers are written in another language. By the beginning of their name. */
static const char *const interpreters[] = {"python", "libpython", "node", "libnode", "ruby", "libruby",
                                           "perl",   "libperl",   "php",  "lua",     "java", "libjvm"};

static bool is_interpreter(const char *module)
{
    const char *name = base_name(module);
    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
        if (strncmp(name, interpreters[i], strlen(interpreters[i])) == 0)
            return true;
    return strstr(name, ".cpython-") != NULL; /* a part of Python's */
}

/* The first line that a program prints; "" if it prints none or cannot be started. */
static void first_line(char *const *words, char *line, size_t size)
{
    int pipes[2];
    posix_spawn_file_actions_t actions;
    pid_t pid;
    line[0] = '\0';
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    FILE *out = fdopen(pipes[0], "r");
    if (!error && out && !fgets(line, (int)size, out))
        line[0] = '\0';
    if (out)
        fclose(out);
    else
        close(pipes[0]);
    if (!error)
        waitpid(pid, NULL, 0);
    line[strcspn(line, "\n")] = '\0';
}

/* "nginx: /usr/sbin/nginx" becomes "nginx"; a module of /lib is listed by its path in /usr/lib. */
static bool find_package(const char *module, char package[PACKAGE_MOST])
{
    char *path = realpath(module, NULL);
    char *words[] = {(char *)"dpkg-query", (char *)"-S", path ? path : (char *)(uintptr_t)module, NULL};
    char line[PACKAGE_MOST + 512];
    first_line(words, line, sizeof line);
    size_t length = strcspn(line, ":,");
    bool found = line[length] && length < PACKAGE_MOST;
    if (found)
        snprintf(package, PACKAGE_MOST, "%.*s", (int)length, line);
    free(path);
    return found;
}

/* The path comes from a ring that may be anybody's. */
static void print_module(const char *module)
{
    char package[PACKAGE_MOST];
    print_visible(base_name(module), 0);
    if (is_interpreter(module)) {
        puts(" runs another language: the record knows its calls by this module, not by the lines of the script");
    } else if (module[0] == '/' && find_package(module, package)) {
        fputs(" has no lines: install ", stdout);
        print_visible(package, 0);
        puts("-dbgsym (of Debian's archive for debug symbols)");
    } else {
        puts(" has no lines: build it with -g, or put its debug information into /usr/lib/debug");
    }
}

/* The lines of an interpreter are not the program's. */
static bool lacks_lines(const struct lint_finding *finding)
{
    const struct place_in_program *place = &finding->place;
    bool is_own = place->file[0] && place->file[0] != '/';
    return lint_counts(finding) && place->module[0] && !is_own && (!place->file[0] || is_interpreter(place->module));
}

void symbols_package_print(const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const char *module = findings->finding[i].place.module;
        bool is_new = lacks_lines(&findings->finding[i]);
        for (size_t j = 0; j < i && is_new; j++)
            is_new = !lacks_lines(&findings->finding[j]) || strcmp(findings->finding[j].place.module, module) != 0;
        if (is_new)
            print_module(module);
    }
}
