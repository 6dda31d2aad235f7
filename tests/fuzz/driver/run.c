#include "run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "../../conformance/job.h"

/* Nobody writes to these from elsewhere. */
static char base[] = "/tmp/check-sequences-XXXXXX";
static char program[PATH_MAX], library[PATH_MAX], command[PATH_MAX];

/* Some processes run as nobody, who may not be able to reach the build directory. */
static bool copy_library(const char *build)
{
    char from[PATH_MAX];
    struct stat status;
    snprintf(from, sizeof from, "%s/liblistenas.so", build);
    snprintf(library, sizeof library, "%s/liblistenas.so", base);
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(library, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    bool good = in >= 0 && out >= 0 && fstat(in, &status) == 0;
    for (off_t done = 0; good && done < status.st_size;)
        good = sendfile(out, in, &done, (size_t)(status.st_size - done)) > 0;
    close(in);
    close(out);
    return good;
}

void run_begin(void)
{
    const char *build = build_directory();
    forget_user();
    setenv("LISTENAS_REFUSER", "@none", 1);
    snprintf(program, sizeof program, "%s/tests/fuzz/sequences/sequences", build);
    snprintf(command, sizeof command, "%s/listenas", build);
    if (!mkdtemp(base) || chmod(base, 0777) != 0 || !copy_library(build)) {
        perror(base);
        exit(1);
    }
}

void run_end(void)
{
    remove_directory(base);
}

static char *text_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc((size_t)size + 1, 1);
    if (!text || pread(fd, text, (size_t)size, 0) != size)
        abort();
    close(fd);
    return text;
}

/* In the child. */
static void become(const char *directory, uint64_t seed, const char *kept, const char *profile)
{
    char number[24], ring[PATH_MAX + 8];
    snprintf(number, sizeof number, "%" PRIu64, seed);
    snprintf(ring, sizeof ring, "%s.ring", directory);
    enter_own_network();
    umask(022);
    job_environment("LISTENAS_PROFILE", profile);
    job_environment("LISTENAS_RING", ring);
    job_environment("LD_PRELOAD", profile ? library : NULL);
    if (chdir(directory) != 0)
        _exit(127);
    execl(program, "sequences", number, kept, (char *)NULL);
    _exit(127);
}

static pid_t start(int out, int err)
{
    pid_t pid = out < 0 || err < 0 ? -1 : fork();
    if (pid < 0) {
        perror("fork");
        exit(1);
    }
    if (pid == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
    }
    return pid;
}

static int end_of(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) != pid)
        continue;
    return status;
}

static char *records_of(const char *ring)
{
    int out = memfd_create("records", MFD_CLOEXEC);
    if (access(ring, F_OK) != 0)
        return text_of(out);
    pid_t pid = start(out, out);
    if (pid == 0) {
        execl(command, "listenas", "log", "--json", ring, (char *)NULL);
        _exit(127);
    }
    end_of(pid);
    unlink(ring);
    return text_of(out);
}

struct run run_once(uint64_t seed, const char *kept, const char *profile)
{
    char directory[PATH_MAX], ring[PATH_MAX + 8];
    struct run run;
    int out = memfd_create("trace", MFD_CLOEXEC), err = memfd_create("errors", MFD_CLOEXEC);
    snprintf(directory, sizeof directory, "%s/XXXXXX", base);
    if (!mkdtemp(directory) || chmod(directory, 0777) != 0) {
        perror(directory);
        exit(1);
    }
    pid_t pid = start(out, err);
    if (pid == 0)
        become(directory, seed, kept, profile);
    run.status = end_of(pid);
    run.trace = text_of(out);
    run.errors = text_of(err);
    snprintf(ring, sizeof ring, "%s.ring", directory);
    run.records = records_of(ring);
    remove_directory(directory);
    return run;
}

void run_free(struct run *run)
{
    free(run->trace);
    free(run->errors);
    free(run->records);
}
