/* How refusers begin, rest, are killed and end: of one program, and of a host. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ask.h"
#include "fixture.h"
#include "record.h"

/* Within that the refuser of a program ends after it, and a stopped worker is replaced. */
#define END_MS 100
#define REPLACE_MS 1000
#define REST_MS 1000
/* So often it is told to end at a moment that cannot be chosen. */
#define EARLY_TRIALS 50
/* On a machine that is busy not each trial is in time; a refuser that takes longer is late in all of them. */
#define TRIALS 10

static void set_up_alone(void)
{
    enter_place();
    unsetenv("LISTENAS_REFUSER");
    refuser = 0;
}

/* --- of one program: an orphan, which is this process's child then --- */

static bool is_named(pid_t pid, const char *name)
{
    char path[64], line[32] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, name) == 0;
}

/* The refuser among this process's children; 0 if there is none. */
static pid_t find_refuser(void)
{
    char path[64], pids[4096] = "", *next = pids;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *children = fopen(path, "re");
    if (!children || !fgets(pids, sizeof pids, children))
        pids[0] = '\0';
    if (children)
        fclose(children);
    for (long pid; (pid = strtol(next, &next, 10)) > 0;)
        if (is_named((pid_t)pid, "listenas-refuse"))
            return (pid_t)pid;
    return 0;
}

static struct server run_server(char *const *options)
{
    static char command[PATH_MAX];
    char run[] = "run", zero[] = "0", two[] = "2", *words[12] = {command, run};
    int count = 2;
    snprintf(command, sizeof command, "%s/listenas", getenv("LISTENAS_BUILD"));
    while (options && *options)
        words[count++] = *options++;
    words[count++] = server_path();
    words[count++] = zero;
    words[count] = two;
    return server_start_as(words);
}

static void await_everybody(void)
{
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
}

/* As the refuser, which looks twice for a process that the program has left. */
#define LOOK_MS 20
#define LOOKS 2

/*
 * A process that learns of the end of the program's tree when the refuser does, and then rests as often: when it ends
 * tells how late this machine is just then.
 */
static pid_t start_yardstick(const struct server *server)
{
    struct pollfd end = {.fd = fileno(server->answers)};
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (!(end.revents & POLLHUP))
        poll(&end, 1, -1);
    for (int i = 0; i < LOOKS; i++)
        nanosleep(&look, NULL);
    _exit(0);
}

/* Milliseconds until no child is left, less those by which the yardstick was late. */
static int64_t time_everybody(pid_t yardstick)
{
    int64_t start = storm_now_ms(), last = 0, late = 0;
    for (pid_t pid; (pid = waitpid(-1, NULL, 0)) > 0 || errno == EINTR;) {
        int64_t took = storm_now_ms() - start;
        if (pid == yardstick)
            late = took - LOOKS * LOOK_MS;
        else if (pid > 0)
            last = took;
    }
    return last - late;
}

static void assert_refuses(struct server *server)
{
    ck_assert_int_eq(fill(server->port), 2);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(connect_surplus(server->port), -surplus_error);
        ck_assert_int_eq(order(server, 'a'), 0);
        ck_assert_int_ge(enter(server->port), 0);
        ck_assert_int_eq(fill(server->port), 0);
    }
}

/* What becomes of the program before it ends. */
static void stay(struct server *server)
{
    ck_assert_int_eq(order(server, 'w'), 'n');
}

static void let_child_go_on(struct server *server)
{
    ck_assert_int_eq(order(server, 'f'), 0);
    ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
}

static void let_daemon_go_on(struct server *server)
{
    int daemon = order(server, 'i');
    ck_assert_int_gt(daemon, 0);
    ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
    server->pid = daemon;
}

static char off[] = "off", ring[] = "-r", *const no_ring[] = {ring, off, NULL};

static const struct {
    void (*change)(struct server *server);
    char *const *options;
} programs[] = {
    {stay, NULL}, {let_child_go_on, NULL}, {let_daemon_go_on, NULL}, {stay, no_ring}, {let_daemon_go_on, no_ring}};

static void end_server(struct server *server)
{
    if (kill(-server->pid, SIGKILL) != 0)
        kill(server->pid, SIGKILL);
    fclose(server->orders);
    fclose(server->answers);
}

START_TEST(it_ends_with_the_program_and_its_children)
{
    int64_t shortest = INT64_MAX;
    record_apart();
    for (int i = 0; i < TRIALS && shortest >= END_MS; i++) {
        struct server server = run_server(programs[_i].options);
        ck_assert_int_gt(server.port, 0);
        programs[_i].change(&server);
        assert_refuses(&server);
        ck_assert_int_gt(find_refuser(), 0);
        pid_t yardstick = start_yardstick(&server);
        end_server(&server);
        int64_t time = time_everybody(yardstick);
        shortest = time < shortest ? time : shortest;
        ck_assert(is_free(server.port));
    }
    ck_assert_msg(shortest < END_MS, "after %d ms", (int)shortest);
    forget_record();
}
END_TEST

/* With the program, and with a daemon that it has left. */
START_TEST(it_rests_while_there_is_nothing_to_do)
{
    struct server server = run_server(no_ring);
    programs[_i].change(&server);
    pid_t supervisor = find_refuser();
    ck_assert_int_gt(supervisor, 0);
    assert_refuses(&server);
    ck_assert(refuser_comes_to_rest(supervisor, REST_MS));
    end_server(&server);
    await_everybody();
}
END_TEST

/* What the descriptor of a process is. */
static void read_descriptor(pid_t pid, const char *number, char *text, size_t size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/fd/%s", pid, number);
    ssize_t length = readlink(path, text, size - 1);
    text[length > 0 ? length : 0] = '\0';
}

static bool has_open(pid_t pid, const char *what)
{
    char path[64], text[PATH_MAX];
    bool has = false;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *descriptors = opendir(path);
    ck_assert_ptr_nonnull(descriptors);
    for (struct dirent *entry; (entry = readdir(descriptors));) {
        read_descriptor(pid, entry->d_name, text, sizeof text);
        has |= strcmp(text, what) == 0;
    }
    closedir(descriptors);
    return has;
}

/* Has none of the program's standard streams, nor what it has inherited, and is in another session. */
static void assert_apart(pid_t pid, const struct server *program, int inherited)
{
    static const char *const streams[] = {"0", "1", "2"};
    char text[PATH_MAX], number[16];
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        read_descriptor(pid, streams[i], text, sizeof text);
        ck_assert_str_eq(text, "/dev/null");
        read_descriptor(program->pid, streams[i], text, sizeof text);
        ck_assert_msg(strcmp(text, "/dev/null") == 0 || !has_open(pid, text), "%s: %s", streams[i], text);
    }
    snprintf(number, sizeof number, "%d", inherited);
    read_descriptor(program->pid, number, text, sizeof text);
    ck_assert_msg(strncmp(text, "pipe:", 5) == 0 && !has_open(pid, text), "%s: %s", number, text);
    ck_assert_int_ne(getsid(pid), getsid(program->pid));
}

/* The program's standard streams, what it has open, its session and what it waits for are its own. */
START_TEST(the_program_does_not_see_it)
{
    int inherited[2];
    ck_assert_int_eq(pipe2(inherited, 0), 0);
    struct server server = run_server(no_ring);
    ck_assert_int_gt(server.port, 0);
    stay(&server);
    pid_t supervisor = find_refuser();
    ck_assert_int_gt(supervisor, 0);
    assert_apart(supervisor, &server, inherited[1]);
    assert_apart(await_child_of(supervisor), &server, inherited[1]);
    end_server(&server);
    await_everybody();
}
END_TEST

START_TEST(it_says_nothing_in_the_programs_name)
{
    char status[PATH_MAX];
    snprintf(status, sizeof status,
             "test \"$(%s/listenas run -r off -- sh -c 'echo out; echo err >&2' 2>&1 | cat | wc -l)\" = 2",
             getenv("LISTENAS_BUILD"));
    setenv("LISTENAS_PROFILE", "mks", 1);
    ck_assert_int_eq(system(status), 0); /* NOLINT(cert-env33-c) */
    await_everybody();
}
END_TEST

/* --- killed and stopped --- */

START_TEST(a_killed_worker_is_replaced)
{
    struct server server = server_start(0, 2);
    for (int i = 0; i < 5; i++) {
        kill(await_child_of(refuser), SIGKILL);
        fill(server.port);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
        ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    }
    server_kill(&server);
    ck_assert(is_free(server.port));
}
END_TEST

START_TEST(a_killed_supervisor_is_replaced)
{
    struct server server = server_start(0, 2);
    for (int i = 0; i < 5; i++) {
        pid_t worker = await_child_of(refuser);
        kill(refuser, SIGKILL);
        waitpid(refuser, NULL, 0);
        refuser = worker;
        fill(server.port);
        ck_assert_int_eq(order(&server, 'a'), 0);
        ck_assert_int_ge(enter(server.port), 0);
        ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    }
    await_child_of(refuser);
    server_kill(&server);
}
END_TEST

START_TEST(a_stopped_worker_is_replaced_within_a_second)
{
    int64_t shortest = INT64_MAX;
    struct server server = server_start(0, 2);
    fill(server.port);
    for (int i = 0; i < 3 || (i < TRIALS && shortest >= REPLACE_MS); i++) {
        pid_t worker = await_child_of(refuser), other;
        int64_t start = storm_now_ms();
        kill(worker, SIGSTOP);
        while ((other = child_of(refuser)) == worker || other == 0)
            sched_yield();
        int64_t took = storm_now_ms() - start;
        shortest = took < shortest ? took : shortest;
        ck_assert_int_eq(connect_surplus(server.port), -ECONNREFUSED);
    }
    ck_assert_msg(shortest < REPLACE_MS, "after %d ms", (int)shortest);
    server_kill(&server);
}
END_TEST

START_TEST(a_stopped_supervisor_does_no_harm)
{
    struct server server = server_start(0, 2);
    kill(refuser, SIGSTOP);
    assert_refuses(&server);
    struct server second = server_start(0, 2);
    assert_refuses(&second);
    kill(refuser, SIGCONT);
    server_kill(&server);
    server_kill(&second);
}
END_TEST

/* The kernel drops what comes too much, as ever; nothing is left shut. */
static void assert_kernels_own(struct server *server)
{
    ck_assert_int_eq(connect_once(server->port), -EINPROGRESS);
    ck_assert_int_eq(order(server, 'a'), 0);
    ck_assert_int_ge(enter(server->port), 0);
    ck_assert_int_eq(connect_once(server->port), -EINPROGRESS);
    server->port = order(server, 'n');
    ck_assert_int_gt(server->port, 0);
    ck_assert_int_ge(enter(server->port), 0);
}

START_TEST(when_both_are_killed_the_kernel_drops)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    pid_t worker = await_child_of(refuser);
    kill(refuser, SIGSTOP); /* so that it cannot replace the worker meanwhile */
    kill(worker, SIGKILL);
    kill(refuser, SIGKILL);
    waitpid(refuser, NULL, 0);
    refuser = 0;
    assert_kernels_own(&server);
    server_kill(&server);
}
END_TEST

START_TEST(when_it_ends_the_kernel_drops)
{
    struct server server = server_start(0, 2);
    fill(server.port);
    refuser_daemon_stop(refuser);
    refuser = 0;
    assert_kernels_own(&server);
    server_kill(&server);
}
END_TEST

START_TEST(without_a_refuser_the_server_goes_on)
{
    refuser_daemon_stop(refuser);
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
    refuser = 0;
    struct server server = server_start(0, 2);
    ck_assert_int_gt(server.port, 0);
    ck_assert_int_ge(enter(server.port), 0);
    ck_assert_int_ge(enter(server.port), 0);
    assert_kernels_own(&server);
    server_kill(&server);
}
END_TEST

START_TEST(a_host_s_refuser_rests)
{
    struct server server = server_start(0, 2);
    assert_refuses(&server);
    server_kill(&server);
    ck_assert(refuser_comes_to_rest(refuser, REST_MS));
}
END_TEST

/* --- its socket --- */

static const char *socket_path(void)
{
    return getenv("LISTENAS_REFUSER");
}

static mode_t mode_of(const char *path)
{
    struct stat status = {0};
    ck_assert_int_eq(lstat(path, &status), 0);
    return status.st_mode;
}

static void end_refuser(void)
{
    ck_assert_int_eq(kill(refuser, SIGTERM), 0);
    ck_assert_int_eq(waitpid(refuser, NULL, 0), refuser);
    refuser = 0;
}

START_TEST(its_socket_is_gone_at_the_end)
{
    ck_assert_int_eq(mode_of(socket_path()), S_IFSOCK | (geteuid() == 0 ? 0666 : 0600));
    end_refuser();
    ck_assert_int_ne(access(socket_path(), F_OK), 0);
}
END_TEST

/* Told to end as soon as it listens, before it serves. */
START_TEST(its_socket_is_gone_even_if_it_is_told_early)
{
    char path[64];
    int status;
    end_refuser();
    strcpy(path, socket_path());
    for (int i = 0; i < EARLY_TRIALS; i++) {
        pid_t pid = refuser_daemon_launch(path, NULL);
        while (!refuser_answers(path))
            ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0);
        ck_assert_int_eq(kill(pid, SIGTERM), 0);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned int)status);
        ck_assert_int_ne(access(path, F_OK), 0);
    }
}
END_TEST

static void put_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void put_link(const char *path)
{
    ck_assert_int_eq(symlink("/tmp", path), 0);
}

static void put_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
    close(fd);
}

static void (*const others[])(const char *path) = {put_file, put_link, put_socket};

/* What took its socket's place is somebody's. */
START_TEST(nothing_else_is_removed)
{
    ck_assert_int_eq(unlink(socket_path()), 0);
    others[_i](socket_path());
    mode_t before = mode_of(socket_path());
    end_refuser();
    ck_assert_int_eq(mode_of(socket_path()), before);
}
END_TEST

/* Nor is it changed by a refuser that would begin there, where it is no socket that was left. */
START_TEST(nothing_else_is_replaced)
{
    char line[2 * PATH_MAX];
    end_refuser();
    others[_i](socket_path());
    mode_t before = mode_of(socket_path());
    snprintf(line, sizeof line, "timeout 60 %s/listenas refuser %s 2>/dev/null", getenv("LISTENAS_BUILD"),
             socket_path());
    ck_assert_int_eq(WEXITSTATUS(system(line)), 125); /* NOLINT(cert-env33-c) */
    ck_assert_int_eq(mode_of(socket_path()), before);
}
END_TEST

START_TEST(a_second_one_does_not_begin_there)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "timeout 60 %s/listenas refuser %s 2>/dev/null", getenv("LISTENAS_BUILD"),
             socket_path());
    ck_assert_int_eq(WEXITSTATUS(system(line)), 125); /* NOLINT(cert-env33-c) */
    ck_assert(refuser_answers(socket_path()));
}
END_TEST

START_TEST(a_socket_that_was_left_is_taken_over)
{
    pid_t worker = await_child_of(refuser);
    kill(refuser, SIGSTOP);
    kill(worker, SIGKILL);
    kill(refuser, SIGKILL);
    waitpid(refuser, NULL, 0);
    waitpid(worker, NULL, 0); /* an orphan is this process's child; both have the socket open */
    ck_assert_int_eq(access(socket_path(), F_OK), 0);
    refuser = refuser_daemon_start();
    ck_assert_int_gt(refuser, 0);
    struct server server = server_start(0, 2);
    assert_refuses(&server);
    server_kill(&server);
}
END_TEST

static Suite *lives(void)
{
    const TTest *const tests[] = {
        a_killed_worker_is_replaced,
        a_killed_supervisor_is_replaced,
        a_stopped_worker_is_replaced_within_a_second,
        a_stopped_supervisor_does_no_harm,
        when_both_are_killed_the_kernel_drops,
        when_it_ends_the_kernel_drops,
        without_a_refuser_the_server_goes_on,
        a_host_s_refuser_rests,
        its_socket_is_gone_at_the_end,
        its_socket_is_gone_even_if_it_is_told_early,
        a_second_one_does_not_begin_there,
        a_socket_that_was_left_is_taken_over,
    };
    Suite *suite = suite_create("life");
    TCase *own = tcase_create("of a program"), *host = tcase_create("of a host");
    tcase_set_timeout(own, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(own, set_up_alone, tear_down);
    tcase_add_loop_test(own, it_ends_with_the_program_and_its_children, 0, sizeof programs / sizeof *programs);
    tcase_add_loop_test(own, it_rests_while_there_is_nothing_to_do, 0, 3);
    tcase_add_test(own, the_program_does_not_see_it);
    tcase_add_test(own, it_says_nothing_in_the_programs_name);
    suite_add_tcase(suite, own);
    tcase_set_timeout(host, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(host, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(host, tests[i]);
    tcase_add_loop_test(host, nothing_else_is_removed, 0, 3);
    tcase_add_loop_test(host, nothing_else_is_replaced, 0, 2);
    suite_add_tcase(suite, host);
    return suite;
}

int main(void)
{
    return run_where_watched(lives());
}
