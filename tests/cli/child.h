/*
 * For tests of the command: starts the real one as a child, in a directory of the test's own.
 */
#ifndef LISTENAS_TESTS_CLI_CHILD_H
#define LISTENAS_TESTS_CLI_CHILD_H

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"

#define NOBODY 65534

struct answer {
    int wait_status;
    int status; /* exit status, or -1 for death by a signal */
    pid_t pid;
    char out[65536], err[16384];
};

/* The program's directory; in it the test's own; in that the copy of the command that it starts. */
static char base[40], directory[64], command[96];

/* Of the next children: whose they are, and whether they give up new privileges. */
static uid_t child_user;
static bool child_no_new_privs;

/* A path inside the directory; static memory for eight of them. */
__attribute__((format(printf, 1, 2))) static inline const char *in_directory(const char *format, ...)
{
    static char paths[8][PATH_MAX];
    static unsigned int turn;
    char *path = paths[turn++ % 8];
    va_list arguments;
    int length = snprintf(path, PATH_MAX, "%s/", directory);
    va_start(arguments, format);
    vsnprintf(path + length, (size_t)(PATH_MAX - length), format, arguments);
    va_end(arguments);
    return path;
}

static inline void write_file(const char *path, const void *content, size_t size, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, size), (ssize_t)size);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

static inline void write_text(const char *path, const char *text, mode_t mode)
{
    write_file(path, text, strlen(text), mode);
}

static inline void copy_file(const char *from, const char *to)
{
    struct stat status;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    ck_assert_msg(in >= 0 && out >= 0, "%s -> %s", from, to);
    ck_assert_int_eq(fstat(in, &status), 0);
    for (off_t done = 0; done < status.st_size;)
        ck_assert_int_gt(sendfile(out, in, &done, (size_t)(status.st_size - done)), 0);
    close(in);
    close(out);
    ck_assert_int_eq(chmod(to, 0755), 0);
}

/* Puts the command and its library where these paths say. */
static inline void copy_command(const char *place, const char *library)
{
    const char *build = getenv("LISTENAS_BUILD");
    char path[PATH_MAX];
    ck_assert_msg(build != NULL, "LISTENAS_BUILD is not set");
    snprintf(path, sizeof path, "%s/listenas", build);
    copy_file(path, place);
    snprintf(path, sizeof path, "%s/liblistenas.so", build);
    copy_file(path, library);
}

static inline void make_directory(void)
{
    static const char *const unset[] = {"LISTENAS_PROFILE", "LISTENAS_SET",     "LISTENAS_RING", "LISTENAS_CONF_PATH",
                                        "LISTENAS_REFUSER", "LISTENAS_PROVOKE", "LISTENAS_KEEP", "LD_PRELOAD",
                                        "XDG_CONFIG_HOME",  "XDG_RUNTIME_DIR",  "COLUMNS",       "NO_COLOR"};
    snprintf(directory, sizeof directory, "%s/XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0755), 0);
    ck_assert_int_eq(chdir(directory), 0);
    ck_assert_int_eq(mkdir("bin", 0755), 0);
    ck_assert_int_eq(mkdir("rings", 0755), 0);
    ck_assert_int_eq(chmod("rings", 01777), 0);
    snprintf(command, sizeof command, "%s/bin/listenas", directory);
    copy_command(command, in_directory("bin/liblistenas.so"));
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        unsetenv(unset[i]);
    setenv("HOME", directory, 1);
    setenv("LISTENAS_RING", in_directory("rings"), 1);
    setenv("LC_ALL", "C", 1);
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    child_user = 0;
    child_no_new_privs = false;
}

static inline int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void read_back(int fd, char *text, size_t size)
{
    ssize_t length = pread(fd, text, size - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    close(fd);
}

static inline void become_child(char **words, int out, int err)
{
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (child_no_new_privs)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (child_user && (setgid(child_user) != 0 || setuid(child_user) != 0))
        _exit(99);
    execvp(words[0], words);
    _exit(98);
}

static inline struct answer start(char **words)
{
    struct answer answer = {0};
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    answer.pid = fork();
    if (answer.pid == 0)
        become_child(words, out, err);
    ck_assert_int_eq(waitpid(answer.pid, &answer.wait_status, 0), answer.pid);
    answer.status = WIFEXITED(answer.wait_status) ? WEXITSTATUS(answer.wait_status) : -1;
    read_back(out, answer.out, sizeof answer.out);
    read_back(err, answer.err, sizeof answer.err);
    return answer;
}

/* Starts a program with these words, the last of them NULL. */
__attribute__((sentinel)) static inline struct answer call(const char *word, ...)
{
    char *words[24] = {(char *)(uintptr_t)word};
    va_list arguments;
    va_start(arguments, word);
    for (int i = 1; i < 23 && words[i - 1]; i++)
        words[i] = va_arg(arguments, char *);
    va_end(arguments);
    return start(words);
}

/* `listenas run` with these words. */
#define RUN(...) call(command, "run", __VA_ARGS__, (char *)NULL)

/* `listenas log` with these words. */
#define LOG(...) call(command, "log", __VA_ARGS__, (char *)NULL)

/* How often a text has a part. */
static inline int count_in(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

/* Whether a text has `before`, a number below 60, and `after`: the age of what this test has just made. */
static inline bool says_age(const char *text, const char *before, const char *after)
{
    for (const char *at = strstr(text, before); at; at = strstr(at + 1, before)) {
        const char *digits = at + strlen(before);
        size_t length = strspn(digits, "0123456789");
        if (length > 0 && atol(digits) < 60 && strncmp(digits + length, after, strlen(after)) == 0)
            return true;
    }
    return false;
}

#define ASSERT_AGE(given, before, after)                                                                               \
    do {                                                                                                               \
        const struct answer aged = (given);                                                                            \
        ck_assert_msg(says_age(aged.out, before, after), "\"%s\", an age and \"%s\" are not in:\n%.4000s", before,     \
                      after, aged.out);                                                                                \
    } while (0)

/* Before glibc 2.34 dlsym is in a library of its own; only who calls it gets that. */
#define DLSYM "-Wl,--push-state,--as-needed -ldl -Wl,--pop-state"

/* Compiles C source text into a file of the directory; false, with a word on stderr, if this machine cannot. */
static inline bool compile(const char *name, const char *source, const char *flags)
{
    char line[512];
    write_text(in_directory("%s.c", name), source, 0644);
    snprintf(line, sizeof line, "cc -D_GNU_SOURCE %s -o %s/%s %s/%s.c " DLSYM, flags, directory, name, directory, name);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    if (answer.status != 0)
        fprintf(stderr, "skipped: no compiler for \"cc %s\" here\n", flags);
    return answer.status == 0;
}

/* For compile(): a 32-bit program; the kernel's headers are found without gcc-multilib's link to them, too. */
#define NARROW "-m32 -idirafter /usr/include/x86_64-linux-gnu"

/* Whether the test may become another user, and give files to one. */
static inline bool is_root(void)
{
    if (geteuid() == 0)
        return true;
    fputs("skipped: only root can give files to other users\n", stderr);
    return false;
}

/* Hides the machine's own /dev/shm: what lies there is not ours to remove. False, with a word, if that cannot be. */
static inline bool hide_shared_memory(void)
{
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=1m") == 0)
        return true;
    fputs("skipped: no file system may be mounted here\n", stderr);
    return false;
}

/* One line on stderr, beginning with our name and holding `text`; the exit status. Nothing on stdout. */
#define ASSERT_TOLD(given, code, text)                                                                                 \
    do {                                                                                                               \
        const struct answer told = (given);                                                                            \
        const char *newline = strchr(told.err, '\n');                                                                  \
        ck_assert_msg(told.status == (code), "status %d, not %d: %s", told.status, code, told.err);                    \
        ck_assert_msg(strstr(told.err, text) != NULL, "\"%s\" is not in: %s", text, told.err);                         \
        ck_assert_msg(strncmp(told.err, "listenas: ", 10) == 0, "%s", told.err);                                       \
        ck_assert_msg(newline &&newline[1] == '\0', "%s", told.err);                                                   \
        ck_assert_str_eq(told.out, "");                                                                                \
    } while (0)

/* All is well: this exit status, and nothing said. */
#define ASSERT_QUIET(given, code)                                                                                      \
    do {                                                                                                               \
        const struct answer quiet = (given);                                                                           \
        ck_assert_str_eq(quiet.err, "");                                                                               \
        ck_assert_int_eq(quiet.status, code);                                                                          \
    } while (0)

/* Its output holds the text. */
#define ASSERT_SAYS(given, text)                                                                                       \
    do {                                                                                                               \
        const struct answer said = (given);                                                                            \
        ck_assert_msg(strstr(said.out, text) != NULL, "\"%s\" is not in:\n%.4000s", text, said.out);                   \
    } while (0)

/* Runs the tests, the last of them NULL, each in a directory of its own; none is left behind. */
static inline int run_suite(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    TCase *tests_case = tcase_create(name);
    tcase_set_timeout(tests_case, 120);
    tcase_add_checked_fixture(tests_case, make_directory, NULL);
    for (; *tests; tests++)
        tcase_add_test(tests_case, *tests);
    suite_add_tcase(suite, tests_case);
    strcpy(base, "/tmp/check-run-XXXXXX");
    if (!mkdtemp(base) || chmod(base, 0755) != 0)
        return EXIT_FAILURE;
    int status = suite_run(suite);
    nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return status;
}

#endif
