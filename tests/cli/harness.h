/*
 * For tests of `listenas test`: the program of planted bugs, and the command.
 */
#ifndef LISTENAS_TESTS_CLI_HARNESS_H
#define LISTENAS_TESTS_CLI_HARNESS_H

#include "child.h"

#include <dirent.h>

/*
 * Whether runs can have a /tmp and a network of their own here, said as skipped if not: in a chroot nothing may be
 * mounted privately.
 */
static inline bool can_isolate(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        int kinds = CLONE_NEWNS | CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0);
        _exit(unshare(kinds) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0);
    }
    bool can = waitpid(child, &status, 0) == child && status == 0;
    if (!can)
        fputs("skipped: runs cannot have a /tmp of their own here\n", stderr);
    return can;
}

/* `listenas test` and `listenas why` with these words. */
#define TEST(...) call(command, "test", __VA_ARGS__, (char *)NULL)
#define WHY(...) call(command, "why", __VA_ARGS__, (char *)NULL)

/* The path of a file beside the program of planted bugs, seen from anywhere. */
static inline const char *planted_file(const char *name)
{
    static char path[PATH_MAX];
    int length = (int)(strrchr(__FILE__, '/') - __FILE__);
    snprintf(path, sizeof path, "%s%s%.*s/planted/%s", __FILE__[0] == '/' ? "" : getenv("LISTENAS_BUILD"),
             __FILE__[0] == '/' ? "" : "/../", length, __FILE__, name);
    return path;
}

/* Compiles a program of planted bugs in the directory. */
static inline void compile_file(const char *source, const char *name, const char *libraries)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "${CC:-cc} -g -D_GNU_SOURCE -o %s %s %s", name, planted_file(source), libraries);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
}

static inline void compile_planted(void)
{
    compile_file("planted.c", "planted", "");
}

/* Writes a file of cases and returns its name. */
static inline const char *cases(const char *text)
{
    write_text(in_directory("cases"), text, 0644);
    return "cases";
}

#define ASSERT_HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text)
#define ASSERT_LACKS(text, part) ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in: %s", part, text)
#define ASSERT_STATUS(answer, code)                                                                                    \
    ck_assert_msg((answer).status == (code), "%d, not %d: %s%s", (answer).status, code, (answer).out, (answer).err)

static inline bool has_word(const char *pid, const char *text)
{
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%.32s/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, line, sizeof line);
    close(fd);
    return length > 0 && memmem(line, (size_t)length, text, strlen(text)) != NULL;
}

/* The number of processes whose command line holds a text. */
static inline int count_processes(const char *text)
{
    int count = 0;
    struct dirent *entry;
    DIR *listing = opendir("/proc");
    ck_assert_ptr_nonnull(listing);
    while ((entry = readdir(listing)))
        count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && has_word(entry->d_name, text);
    closedir(listing);
    return count;
}

#endif
