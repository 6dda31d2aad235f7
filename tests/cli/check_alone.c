/* The library alone, preloaded into programs that `listenas run` did not start. */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static void preload(void)
{
    setenv("LD_PRELOAD", in_directory("bin/liblistenas.so"), 1);
}

/* What old servers rely on to write their title: the strings lie behind each other, from argv[0] to the last. */
static const char titled[] = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
                             "int main(int count, char **words, char **environment)\n{\n"
                             "    int last = 0, rings = 0;\n"
                             "    for (; environment[last]; last++)\n"
                             "        rings += strncmp(environment[last], \"LISTENAS_RING=\", 14) == 0;\n"
                             "    char *end = environment[last - 1] + strlen(environment[last - 1]);\n"
                             "    printf(\"%d %d %s %d\\n\", end > words[0] && end - words[0] < 131072, rings,\n"
                             "           getenv(\"LISTENAS_RING\"), environment[0] > words[0] + 131072 ||\n"
                             "           environment[0] < words[0]);\n"
                             "    return count;\n}\n";

static void expect_title(struct answer answer, const char *place, int moved)
{
    char front[PATH_MAX], back[16];
    snprintf(front, sizeof front, "1 1 %s", place);
    snprintf(back, sizeof back, ".ring %d\n", moved);
    size_t length = strlen(answer.out);
    ck_assert_int_eq(answer.status, 1);
    ck_assert_msg(strncmp(answer.out, front, strlen(front)) == 0, "%s", answer.out);
    ck_assert_msg(length > 8 && strcmp(answer.out + length - strlen(back), back) == 0, "%s", answer.out);
}

START_TEST(the_last_environment_string_stays)
{
    if (!compile("titled", titled, ""))
        return;
    expect_title(RUN("./titled"), in_directory("rings/listenas-titled-"), 0);
    preload();
    expect_title(call("./titled", (char *)NULL), in_directory("rings/listenas-titled-"), 1);
    setenv("LISTENAS_RING", in_directory("own.ring"), 1);
    expect_title(call("./titled", (char *)NULL), in_directory("own.ring"), 0);
    unsetenv("LISTENAS_RING");
    setenv("XDG_RUNTIME_DIR", in_directory("rings"), 1);
    expect_title(call("./titled", (char *)NULL), in_directory("rings/listenas-titled-"), 1);
}
END_TEST

/* Starts true(1) with the library, a profile that does not exist, and this stderr. Returns its wait status. */
static int start_diagnostic(int err, const struct rlimit *file_size)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        preload();
        setenv("LISTENAS_PROFILE", "nosuch", 1);
        dup2(err, STDERR_FILENO);
        signal(SIGPIPE, SIG_DFL);
        alarm(20); /* instead of blocking for ever */
        if (file_size)
            setrlimit(RLIMIT_FSIZE, file_size);
        execlp("true", "true", (char *)NULL);
        _exit(98);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

START_TEST(a_broken_pipe_kills_nobody)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    ck_assert_int_eq(start_diagnostic(ends[1], NULL), 0);
    close(ends[1]);
}
END_TEST

START_TEST(a_full_pipe_stops_nobody)
{
    static const char page[4096];
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    while (write(ends[1], page, sizeof page) > 0)
        ;
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, 0), 0);
    ck_assert_int_eq(start_diagnostic(ends[1], NULL), 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_file_size_limit_kills_nobody)
{
    const struct rlimit nothing = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
    int file = open("err", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat status;
    ck_assert_int_eq(start_diagnostic(file, &nothing), 0);
    ck_assert_int_eq(start_diagnostic(file, NULL), 0);
    ck_assert_int_eq(fstat(file, &status), 0);
    ck_assert_int_gt(status.st_size, 20);
    close(file);
}
END_TEST

/* The socket is the last descriptor that it may have until its second listen: the ring has to wait. */
static const char full[] = "#include <netinet/in.h>\n#include <sys/resource.h>\n#include <sys/socket.h>\n"
                           "#include <unistd.h>\n"
                           "int main(void)\n{\n"
                           "    struct sockaddr_in address = {.sin_family = AF_INET};\n"
                           "    int next = dup(0);\n"
                           "    struct rlimit most, least;\n"
                           "    close(next);\n"
                           "    getrlimit(RLIMIT_NOFILE, &most);\n"
                           "    least = most;\n"
                           "    least.rlim_cur = next + 1;\n"
                           "    setrlimit(RLIMIT_NOFILE, &least);\n"
                           "    int fd = socket(AF_INET, SOCK_STREAM, 0);\n"
                           "    bind(fd, (struct sockaddr *)&address, sizeof address);\n"
                           "    listen(fd, 5);\n"
                           "    setrlimit(RLIMIT_NOFILE, &most);\n"
                           "    return fd != next || listen(fd, 7);\n}\n";

START_TEST(a_lack_of_descriptors_passes)
{
    if (!compile("full", full, ""))
        return;
    setenv("LISTENAS_RING", in_directory("own.ring"), 1);
    preload();
    ASSERT_QUIET(call("./full", (char *)NULL), 0);
    unsetenv("LD_PRELOAD");
    struct answer log = call(command, "log", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, " start full, child of "), "%s", log.out);
    ck_assert_msg(strstr(log.out, ", 7) = 0") && !strstr(log.out, ", 5) = "), "%s", log.out);
}
END_TEST

/* Says who listens: by the kernel's numbers, which the record must have. */
static const char numbers[] =
    "#include <pthread.h>\n#include <signal.h>\n#include <stdio.h>\n#include <sys/socket.h>\n#include <sys/syscall.h>\n"
    "#include <sys/wait.h>\n#include <unistd.h>\n"
    "static void *act(void *none)\n{\n"
    "    int pid = (int)syscall(SYS_getpid), tid = (int)syscall(SYS_gettid);\n"
    "    listen(socket(AF_INET, SOCK_STREAM, 0), 1);\n"
    "    dprintf(1, pid == tid ? \" %d \" : \" %d/%d \", pid, tid);\n"
    "    return none;\n}\n"
    "static void act_in_thread(void)\n{\n"
    "    pthread_t thread;\n"
    "    pthread_create(&thread, 0, act, 0);\n    pthread_join(thread, 0);\n}\n"
    "int main(void)\n{\n"
    "    act(0);\n    act_in_thread();\n"
    "    if (fork() == 0)\n    {\n"
    "        act_in_thread();\n        act(0);\n"
    "        if (fork() == 0)\n            act(0);\n"
    "        while (wait(0) > 0)\n            ;\n        _exit(0);\n    }\n"
    "    if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0)\n    {\n"
    "        act(0);\n        _exit(0);\n    }\n"
    "    while (wait(0) > 0)\n        ;\n    return 0;\n}\n";

START_TEST(every_record_has_the_kernels_numbers)
{
    if (!compile("numbers", numbers, "-pthread"))
        return;
    setenv("LISTENAS_RING", in_directory("own.ring"), 1);
    preload();
    struct answer told = call("./numbers", (char *)NULL), log;
    unsetenv("LD_PRELOAD");
    log = call(command, "log", in_directory("own.ring"), (char *)NULL);
    int count = 0;
    for (const char *at = told.out; *at == ' '; at = strchr(at + 1, ' ') + 1, count++) {
        char who[64];
        snprintf(who, sizeof who, "%.*slisten(", (int)(strchr(at + 1, ' ') + 1 - at), at);
        ck_assert_msg(strstr(log.out, who), "%s is not in\n%s", who, log.out);
    }
    ck_assert_int_eq(count, 6);
}
END_TEST

/* Exits with the errno of listen on a socket that was not bound: 0 natively. */
static const char unbound[] = "#include <errno.h>\n#include <sys/socket.h>\n"
                              "int main(void) { int fd = socket(AF_INET, SOCK_STREAM, 0);"
                              " return listen(fd, 5) == 0 ? 0 : errno; }\n";

START_TEST(a_child_elsewhere_finds_the_profile)
{
    if (!compile("unbound", unbound, ""))
        return;
    write_text("own.conf", "[listen]\nunbound_inet = EACCES\n", 0644);
    setenv("LISTENAS_PROFILE", "./own.conf", 1);
    setenv("LISTENAS_RING", in_directory("own.ring"), 1);
    preload();
    ASSERT_QUIET(call("sh", "-c", "cd / && $0", in_directory("unbound"), (char *)NULL), EACCES);
    unsetenv("LD_PRELOAD");
    struct answer log = call(command, "log", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, "own.conf\n"), "%s", log.out);
}
END_TEST

/* The ring's header tells the server's profile, which need not be that of each child. */
START_TEST(a_childs_mistake_is_in_the_record)
{
    char profile[128];
    if (!compile("unbound", unbound, ""))
        return;
    snprintf(profile, sizeof profile, "./unbound; LISTENAS_PROFILE=nosuch ./unbound");
    ck_assert_int_eq(RUN("-p", "mks", "-r", in_directory("own.ring"), "sh", "-c", profile).status, 0);
    struct answer log = call(command, "log", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, ", as mks\n"), "%s", log.out);
    ck_assert_msg(strstr(log.out, ", as native; its profile had a mistake\n"), "%s", log.out);
    log = call(command, "log", "--json", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, "\"program\":\"unbound\",\"profile\":\"mks\"}\n"), "%s", log.out);
    ck_assert_msg(strstr(log.out, "\"profile\":\"native\",\"profile_mistake\":true}\n"), "%s", log.out);
}
END_TEST

START_TEST(a_relative_search_directory_is_none)
{
    write_text("own.conf", "[listen]\nunbound_inet = EACCES\n", 0644);
    setenv("LISTENAS_CONF_PATH", directory, 1);
    ASSERT_QUIET(RUN("-p", "own", "true"), 0);
    static const char passed[] = "expected absolute directories; a relative one is ignored\n";
    setenv("LISTENAS_CONF_PATH", "/nowhere:.", 1);
    struct answer answer = RUN("-p", "own", "true");
    ck_assert_int_eq(answer.status, 125);
    ck_assert_msg(strstr(answer.err, passed) &&
                      strstr(answer.err, "unknown profile \"own\"; `listenas profiles` lists all\n"),
                  "%s", answer.err);
    ASSERT_TOLD(RUN("-p", "bsd", "true"), 0, passed);
    setenv("LISTENAS_CONF_PATH", "/nowhere::/", 1);
    ASSERT_QUIET(RUN("-p", "bsd", "true"), 0);
}
END_TEST

START_TEST(a_ring_that_cannot_be_joined_is_told)
{
    write_text("foreign", "not a ring", 0600);
    setenv("LISTENAS_RING", in_directory("foreign"), 1);
    preload();
    ASSERT_TOLD(call("true", (char *)NULL), 0, "it is no record of this user's; going on without one\n");
    setenv("LISTENAS_RING", "sideways", 1);
    ASSERT_TOLD(call("true", (char *)NULL), 0, "LISTENAS_RING: \"sideways\": expected off, a size");
}
END_TEST

/* Another library, beneath ours, whose calls all fail and leave an errno that is none. */
static const char failing[] =
    "#include <errno.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n"
    "static int fail(void)\n{\n    errno = atoi(getenv(\"ERRNO\"));\n    return -1;\n}\n"
    "int bind(int fd, const struct sockaddr *a, socklen_t l) { (void)fd, (void)a, (void)l; return fail(); }\n"
    "int listen(int fd, int backlog) { (void)fd, (void)backlog; return fail(); }\n"
    "int accept(int fd, struct sockaddr *a, socklen_t *l) { (void)fd, (void)a, (void)l; return fail(); }\n"
    "int accept4(int fd, struct sockaddr *a, socklen_t *l, int f) { (void)fd, (void)a, (void)l, (void)f; return "
    "fail(); }\n"
    "int connect(int fd, const struct sockaddr *a, socklen_t l) { (void)fd, (void)a, (void)l; return fail(); }\n";

/* The exit status counts the calls that did not fail. */
static const char calling[] =
    "#include <netinet/in.h>\n#include <sys/socket.h>\n"
    "int main(void)\n{\n"
    "    struct sockaddr_in a = {.sin_family = AF_INET};\n"
    "    int fd = socket(AF_INET, SOCK_STREAM, 0);\n"
    "    return (bind(fd, (struct sockaddr *)&a, sizeof a) == 0) + (listen(fd, 5) == 0) +\n"
    "           (accept(fd, 0, 0) == 0) + (connect(fd, (struct sockaddr *)&a, sizeof a) == 0);\n"
    "}\n";

static int count(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)); text++)
        found++;
    return found;
}

/* What failed is never taken for a success, nor is its errno cut to the size of its field. */
START_TEST(an_errno_that_is_none_is_told)
{
    static const char *const errors[] = {"0", "-1", "4096", "65536", "65558", "70000"};
    static const char *const profiles[] = {"native", "bsd", "winsock"};
    if (!compile("failing.so", failing, "-shared -fPIC") || !compile("calling", calling, ""))
        return;
    for (size_t i = 0; i < sizeof errors / sizeof *errors * 3; i++) {
        setenv("LD_PRELOAD", in_directory("bin/liblistenas.so:%s/failing.so", directory), 1);
        setenv("LISTENAS_RING", in_directory("%zu.ring", i), 1);
        setenv("LISTENAS_PROFILE", profiles[i % 3], 1);
        setenv("ERRNO", errors[i / 3], 1);
        struct answer answer = call("./calling", (char *)NULL);
        ASSERT_QUIET(answer, 0);
        unsetenv("LD_PRELOAD");
        struct answer log = call(command, "log", "--json", in_directory("%zu.ring", i), (char *)NULL);
        ck_assert_msg(count(log.out, "\"result\":-1,") == count(log.out, "\"errno\":\""), "%s", log.out);
        ck_assert_msg(count(log.out, "\"kernel_errno\":\"EPROTO\"") >= 2, "%s as %s: %s", errors[i / 3],
                      profiles[i % 3], log.out);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_last_environment_string_stays,    a_broken_pipe_kills_nobody,        a_full_pipe_stops_nobody,
        a_file_size_limit_kills_nobody,       a_lack_of_descriptors_passes,      every_record_has_the_kernels_numbers,
        a_child_elsewhere_finds_the_profile,  a_childs_mistake_is_in_the_record, a_relative_search_directory_is_none,
        a_ring_that_cannot_be_joined_is_told, an_errno_that_is_none_is_told,     NULL,
    };
    return run_suite("alone", tests);
}
