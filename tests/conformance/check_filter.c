/* A server of the old style under accept filters: who is served first, one who came or one who spoke? */
#include "../suite.h"
#include "job.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static char library[PATH_MAX];

/* Runs the server; its output goes to `out`, or to memory if that is -1. */
static struct job begin(const char *profile, const char *install, int out, const char *first, const char *second)
{
    struct job job = {.preload = library, .profile = profile, .set = install, .ring = "off"};
    job.words[1] = first;
    job.words[2] = second;
    snprintf(job.program, sizeof job.program, "%s/tests/servers/acceptfilter", build_directory());
    if (out < 0) {
        job_start(&job);
        return job;
    }
    job.out = out;
    job.pid = fork();
    ck_assert_int_ge(job.pid, 0);
    if (job.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails must not leave it behind */
        job_exec(&job);
    }
    return job;
}

static const char *read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    while (length < size - 1 && read(fd, line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = '\0';
    return line;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_port = htons((uint16_t)port);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static void expect_reply(int client, const char *reply)
{
    char line[16];
    ck_assert_str_eq(read_line(client, line, sizeof line), reply);
    close(client);
}

/* Of two clients the first comes and says nothing, the second comes and speaks. */
static const struct {
    const char *profile, *set, *level, *filter;
    const char *name; /* that getsockopt finds after exec */
    bool held;        /* the second is served before the first */
} services[] = {
    {"freebsd-13", NULL, "65535", "dataready", "dataready", true},
    {"freebsd-13", NULL, "1", "httpready", "httpready", true},
    {"freebsd-9", NULL, "1", "dnsready", "dnsready", true},
    {"freebsd-4", NULL, "65535", "dataready", "dataready", true},
    {"dragonfly", NULL, "65535", "httpready", "httpready", true},
    {"netbsd", NULL, "65535", "httpready", "httpready", true},
    {"netbsd-7", NULL, "1", "dataready", "dataready", true},
    {"freebsd", NULL, "65535", "dataready", "dataready", false},
    {"freebsd-13", NULL, "1", "-", "-", false},
    {"freebsd-13", "filter.install=httpready", "1", "-", "httpready", true},
    {"freebsd", "filter.install=dataready", "1", "-", "dataready", true},
    {"native", "filter.install=dataready", "1", "-", "-", true},
    {"linux", "filter.install=httpready", "1", "-", "-", true},
    {"mks", "filter.install=dataready", "1", "-", "-", true},
    {"native", NULL, "1", "-", "-", false},
};

START_TEST(who_speaks_is_served)
{
    int out[2], port, status;
    char line[64], name[32] = "";
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    struct job server = begin(services[_i].profile, services[_i].set, out[1], services[_i].level, services[_i].filter);
    close(out[1]);
    read_line(out[0], line, sizeof line);
    ck_assert_msg(sscanf(line, "%d %31s", &port, name) == 2, "%s: %s", services[_i].profile, line);
    ck_assert_str_eq(name, services[_i].name);
    int silent = connect_to(port), speaker = connect_to(port);
    ck_assert_int_eq(send(speaker, "hello", 5, MSG_NOSIGNAL), 5);
    if (services[_i].held) {
        expect_reply(speaker, "5");
        ck_assert_int_eq(send(silent, "at last", 7, MSG_NOSIGNAL), 7);
        expect_reply(silent, "7");
    } else {
        expect_reply(silent, "0");
        close(speaker);
    }
    ck_assert_int_eq(waitpid(server.pid, &status, 0), server.pid);
    close(out[0]);
}
END_TEST

static const char *output_of(const char *profile, const char *first, const char *second)
{
    int status;
    struct job job = begin(profile, NULL, -1, first, second);
    ck_assert_int_eq(waitpid(job.pid, &status, 0), job.pid);
    job_end(&job, status);
    return job.text;
}

START_TEST(kernel_answers_where_there_are_none)
{
    static const char *const profiles[] = {"native", "linux", "bsd", "openbsd", "macos", "mks"};
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        ck_assert_str_eq(output_of(profiles[i], "1", "dataready"), "ENOPROTOOPT\n");
        ck_assert_str_eq(output_of(profiles[i], "65535", "dataready"), "ENOPROTOOPT\n");
    }
}
END_TEST

/* What cannot be read or written is an error, as it is of a kernel; a short answer is cut, and says so. */
START_TEST(broken_memory_is_an_error)
{
    ck_assert_str_eq(output_of("freebsd-13", "broken", NULL),
                     "EFAULT EFAULT ok EFAULT EFAULT EFAULT EFAULT ok 4 data\nEBADF ENOTSOCK EBADF \n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter");
    TCase *whole = tcase_create("filter");
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    forget_user();
    tcase_add_loop_test(whole, who_speaks_is_served, 0, sizeof services / sizeof *services);
    tcase_add_test(whole, kernel_answers_where_there_are_none);
    tcase_add_test(whole, broken_memory_is_an_error);
    suite_add_tcase(suite, whole);
    return suite_run(suite);
}
