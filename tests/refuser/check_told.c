/* Whom the refuser turned away is in the server's ring, whatever the server does, and whatever its ring is. */
#include <grp.h>
#include <sys/stat.h>

#include "../../shim/ring/reader/listenas-ring.h"
#include "fixture.h"
#include "record.h"

#define NOBODY 65534
#define SURPLUS 15
/* What is told comes within the quiet time of the refuser; this is when it is missing. */
#define TELL_MS 60000

static char path[PATH_MAX];

/* The server's only ring. */
static const char *find_ring(void)
{
    DIR *directory = opendir(getenv("LISTENAS_RING"));
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (strstr(entry->d_name, ".ring"))
            snprintf(path, sizeof path, "%s/%s", getenv("LISTENAS_RING"), entry->d_name);
    if (directory)
        closedir(directory);
    return path;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The clients that the ring's "queue" events tell of; `last` gets the last of these. */
static unsigned int count_told(const char *file, struct listenas_event *last)
{
    struct listenas_event event;
    unsigned int told = 0;
    int answer;
    struct listenas_ring *ring = listenas_ring_open(file, NULL);
    ck_assert_ptr_nonnull(ring);
    while ((answer = listenas_ring_next(ring, &event)) != 0)
        if (answer > 0 && strcmp(event.call, "queue") == 0) {
            told += event.turned_away;
            *last = event;
        }
    listenas_ring_close(ring);
    return told;
}

/* Who came twice, because the refuser had no processor at once, may be counted twice. */
static void assert_count(unsigned int told, unsigned int clients)
{
    ck_assert_uint_ge(told, clients);
    ck_assert_uint_le(told, clients + (unsigned int)syns_again);
}

static void await_told(const char *file, unsigned int clients, struct listenas_event *last)
{
    int64_t end = now_ms() + TELL_MS;
    unsigned int told;
    while ((told = count_told(file, last)) < clients && now_ms() < end)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_count(told, clients);
}

/* Fills the queue of 3, then so many more clients come; each has its answer before the next, so that they are as many.
 */
static void overflow(int port, int surplus)
{
    for (int i = 0; i < 3; i++)
        ck_assert_int_ge(arrive(port, SURE_MS), 0);
    for (int i = 0; i < surplus; i++)
        ck_assert_int_eq(connect_surplus(port), -surplus_error);
}

static uint64_t real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void assert_listener(const char *file, unsigned int clients)
{
    struct listenas_listener listener = {0};
    struct listenas_ring *ring = listenas_ring_open(file, NULL);
    ck_assert_int_eq(listenas_ring_listener(ring, 0, &listener), 1);
    assert_count((unsigned int)listener.turned_away, clients);
    listenas_ring_close(ring);
}

/* A server that is stopped makes no call: nobody but the refuser can tell. */
static void assert_told_though_it_hangs(struct server *server)
{
    struct listenas_event event;
    uint64_t before = real_ns();
    kill(server->pid, SIGSTOP);
    overflow(server->port, SURPLUS);
    uint64_t after = real_ns();
    await_told(find_ring(), SURPLUS, &event);
    ck_assert_uint_eq(event.pid, (unsigned int)server->pid);
    ck_assert_int_eq(event.asked, 3);
    ck_assert_int_eq(event.capacity, 3);
    /* Milliseconds are cut. */
    ck_assert_uint_ge(event.time_ns - (uint64_t)event.result * 1000000u + 1000000u, before);
    ck_assert_uint_le(event.time_ns - (uint64_t)event.effective * 1000000u, after + 1000000u);
    ck_assert_int_ge(event.result, event.effective);
    const struct sockaddr_in *where = (const void *)event.address;
    ck_assert_int_eq(ntohs(where->sin_port), server->port);
    assert_listener(path, SURPLUS);
}

START_TEST(a_hanging_servers_clients_are_told)
{
    static const char *const words[] = {", 15 clients refused", ", 15 clients reset"};
    char command[PATH_MAX + 64], text[8192] = "", full[64];
    record_apart();
    struct server server = server_start(0, 3);
    assert_told_though_it_hangs(&server);
    snprintf(command, sizeof command, "%s/listenas log %s", getenv("LISTENAS_BUILD"), path);
    FILE *log = popen(command, "r");
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, log), 0);
    pclose(log);
    snprintf(full, sizeof full, "queue of 127.0.0.1:%d full", server.port);
    const char *word = words[surplus_error == ECONNRESET];
    ck_assert_msg(strstr(text, full) && strstr(text, "(3 of 3)") && (syns_again || strstr(text, word)), "%s", text);
    server_kill(&server);
    forget_record();
}
END_TEST

/* Nothing is lost with the refuser that ends, or with a worker that is killed. */
START_TEST(a_refuser_that_ends_tells_what_it_knows)
{
    struct listenas_event event;
    record_apart();
    struct server server = server_start(0, 3);
    overflow(server.port, 4);
    kill(await_child_of(refuser), SIGKILL);
    ck_assert_int_eq(connect_surplus(server.port), -surplus_error);
    char *name = strdup(getenv("LISTENAS_REFUSER"));
    refuser_daemon_stop(refuser);
    refuser = 0;
    await_told(find_ring(), 5, &event);
    free(name);
    server_kill(&server);
    forget_record();
}
END_TEST

/* --- whose ring --- */

static bool is_root(void)
{
    if (getuid() == 0)
        return true;
    puts("skipped: the rings of other users: only root can become them");
    return false;
}

/* The library and the server where every user may go: not so below root's home directory. */
static void copy_build(const char *copies)
{
    char line[3 * PATH_MAX];
    snprintf(line, sizeof line,
             "cd '%s' && chmod 755 %s && install -D liblistenas.so %s/liblistenas.so && "
             "install -D tests/refuser/server %s/tests/refuser/server",
             getenv("LISTENAS_BUILD"), copies, copies, copies);
    ck_assert_int_eq(system(line), 0);
    setenv("LISTENAS_BUILD", copies, 1);
}

static void remove_copies(const char *copies)
{
    char line[PATH_MAX];
    snprintf(line, sizeof line, "rm -r %s", copies);
    ck_assert_int_eq(system(line), 0);
}

static struct server start_as_nobody(void)
{
    char copies[] = "/tmp/listenas-build-XXXXXX", *build = strdup(getenv("LISTENAS_BUILD"));
    ck_assert_ptr_nonnull(mkdtemp(copies));
    copy_build(copies);
    ck_assert_int_eq(chmod(getenv("LISTENAS_RING"), 0777), 0);
    ck_assert_int_eq(setgroups(0, NULL), 0);
    ck_assert_int_eq(setresgid(NOBODY, NOBODY, 0), 0);
    ck_assert_int_eq(setresuid(NOBODY, NOBODY, 0), 0);
    struct server server = server_start(0, 3);
    ck_assert_int_eq(setresuid(0, 0, 0), 0);
    ck_assert_int_eq(setresgid(0, 0, 0), 0);
    setenv("LISTENAS_BUILD", build, 1);
    free(build);
    remove_copies(copies);
    return server;
}

START_TEST(another_users_ring_is_told)
{
    if (!is_root())
        return;
    record_apart();
    struct server server = start_as_nobody();
    assert_told_though_it_hangs(&server);
    server_kill(&server);
    forget_record();
}
END_TEST

/* Asks to watch a listener, and to write into that file. */
static int ask_to_tell(int listener, const char *file, uint32_t *why)
{
    struct refuser_answer answer = {0};
    struct {
        struct refuser_request request;
        char ring[PATH_MAX];
    } message = {.request = ask_request(listener, REFUSER_REFUSE)};
    strcpy(message.ring, file);
    int fd = ask_connect();
    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(send(fd, &message, sizeof message.request + strlen(file), MSG_NOSIGNAL), 0);
    int error = ask_hear(fd, 5, &answer);
    *why = answer.count;
    close(fd);
    return error;
}

/* Overflows a listener of its own whose ring is said to be at `file`. Returns when the refuser has done with it. */
static void overflow_for(const char *file, uid_t user)
{
    struct sockaddr_in where;
    uint32_t why;
    int listener = listen_on_loopback(&where, 2); /* of Linux's own: 3 */
    if (user)
        ck_assert_int_eq(fchown(listener, user, user), 0);
    if (user && (setegid(user) != 0 || seteuid(user) != 0))
        abort();
    ck_assert_int_eq(ask_to_tell(listener, file, &why), 0);
    if (user)
        ck_assert_int_eq(seteuid(0) | setegid(0), 0);
    overflow(ntohs(where.sin_port), 3);
    close(listener);
}

/* A ring of root's, which root's server has made. */
static struct server start_victim(char *bytes, size_t size)
{
    record_apart();
    struct server server = server_start(0, 3);
    ck_assert_int_eq(order(&server, '3'), 0);
    FILE *file = fopen(find_ring(), "re");
    ck_assert_uint_eq(fread(bytes, 1, size, file), size);
    fclose(file);
    return server;
}

/* What a user names is opened as that user, whatever the refuser may. */
START_TEST(nobody_has_anothers_ring_written)
{
    static char before[65536], after[65536];
    struct listenas_event event;
    if (!is_root())
        return;
    struct server server = start_victim(before, sizeof before);
    ck_assert_int_eq(chmod(getenv("LISTENAS_RING"), 0777), 0);
    overflow_for(path, NOBODY);
    refuser_daemon_stop(refuser);
    refuser = 0;
    ck_assert_uint_eq(count_told(path, &event), 0);
    FILE *file = fopen(path, "re");
    ck_assert_uint_eq(fread(after, 1, sizeof after, file), sizeof after);
    fclose(file);
    ck_assert_mem_eq(before, after, sizeof before);
    server_kill(&server);
    forget_record();
}
END_TEST

/* --- what the file is --- */

static void make_fifo(const char *file)
{
    ck_assert_int_eq(mkfifo(file, 0600), 0);
}

static void make_device_link(const char *file)
{
    ck_assert_int_eq(symlink("/dev/zero", file), 0);
}

static void make_text(const char *file)
{
    FILE *text = fopen(file, "we");
    ck_assert_int_ge(fputs("LISTENAS, or not", text), 0);
    fclose(text);
}

static void make_nothing(const char *file)
{
    (void)file;
}

static void (*const kinds[])(const char *file) = {make_nothing, make_text, make_fifo, make_device_link};

START_TEST(what_is_no_ring_harms_no_refuser)
{
    char file[PATH_MAX];
    record_apart();
    snprintf(file, sizeof file, "%s/listenas-x.ring", getenv("LISTENAS_RING"));
    kinds[_i](file);
    overflow_for(file, 0);
    struct server server = server_start(0, 3);
    pid_t worker = await_child_of(refuser);
    overflow(server.port, 3);
    ck_assert_int_eq(await_child_of(refuser), worker);
    unlink(file);
    struct listenas_event event;
    await_told(find_ring(), 3, &event);
    ck_assert_int_eq(await_child_of(refuser), worker);
    server_kill(&server);
    forget_record();
}
END_TEST

/* The server does not see that its pages are gone until it records something, and it is stopped. */
START_TEST(a_ring_that_is_truncated_harms_no_refuser)
{
    struct listenas_event event;
    record_apart();
    struct server server = server_start(0, 3), other;
    const char *file = strdup(find_ring());
    pid_t worker = await_child_of(refuser);
    kill(server.pid, SIGSTOP);
    ck_assert_int_eq(truncate(file, 8192), 0);
    overflow(server.port, 3);
    ck_assert_int_eq(unlink(file), 0);
    other = server_start(0, 3);
    overflow(other.port, 3);
    await_told(find_ring(), 3, &event);
    ck_assert_int_eq(await_child_of(refuser), worker);
    server_kill(&server);
    server_kill(&other);
    free((void *)file);
    forget_record();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("told");
    TCase *tests = tcase_create("refused"), *resets = tcase_create("reset");
    tcase_set_timeout(tests, REFUSER_TEST_SECONDS);
    tcase_set_timeout(resets, REFUSER_TEST_SECONDS);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_hanging_servers_clients_are_told);
    tcase_add_test(tests, a_refuser_that_ends_tells_what_it_knows);
    tcase_add_test(tests, another_users_ring_is_told);
    tcase_add_test(tests, nobody_has_anothers_ring_written);
    tcase_add_loop_test(tests, what_is_no_ring_harms_no_refuser, 0, (int)(sizeof kinds / sizeof *kinds));
    tcase_add_test(tests, a_ring_that_is_truncated_harms_no_refuser);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(resets, set_up_reset, tear_down);
    tcase_add_test(resets, a_hanging_servers_clients_are_told);
    suite_add_tcase(suite, resets);
    return run_where_watched(suite);
}
