/*
 * Servers that are killed and started again at once, at the same port, with a full queue: also on a host with very
 * many descriptors of other programs. LISTENAS_SOAK=1: a thousand times, else as often as a few seconds allow.
 */
#include <fcntl.h>
#include <sys/resource.h>

#include "fixture.h"

#define RESTARTS 1000
#define SHORTLY_MS 4000

/* Programs that have many descriptors each. */
#define HOARDERS 6
#define HOARD 17000

static void hoard(int tell)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < HOARD && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0; i++)
        continue;
    if (write(tell, "y", 1) == 1)
        pause();
    _exit(0);
}

static void start_hoarders(pid_t *hoarders)
{
    int ends[2];
    char byte;
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    for (int i = 0; i < HOARDERS; i++) {
        hoarders[i] = fork();
        if (hoarders[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            hoard(ends[1]);
        }
    }
    for (int i = 0; i < HOARDERS; i++)
        ck_assert_int_eq(read(ends[0], &byte, 1), 1);
}

static void end_hoarders(const pid_t *hoarders)
{
    for (int i = 0; i < HOARDERS; i++) {
        kill(hoarders[i], SIGKILL);
        waitpid(hoarders[i], NULL, 0);
    }
}

static bool goes_on(int turn, int64_t until_ms)
{
    bool soaks = getenv("LISTENAS_SOAK") != NULL;
    return turn < RESTARTS && (soaks || storm_now_ms() < until_ms);
}

static void restart_often(void)
{
    struct server server = server_start(0, 2);
    int port = server.port, turn = 0;
    for (int64_t until = storm_now_ms() + SHORTLY_MS; goes_on(turn, until); turn++) {
        ck_assert_int_eq(fill(port), 2);
        server_kill(&server);
        ck_assert_int_eq(connect_surplus(port), -ECONNREFUSED);
        server = server_start(port, 2);
        ck_assert_msg(server.port == port, "restart %d: %s", turn, strerror(-server.port));
    }
    server_kill(&server);
    printf("%d restarts\n", turn);
}

START_TEST(a_server_restarts_at_once)
{
    if (_i)
        set_up_reset();
    else
        set_up();
    restart_often();
}
END_TEST

START_TEST(a_server_restarts_at_once_among_many_descriptors)
{
    pid_t hoarders[HOARDERS];
    set_up();
    start_hoarders(hoarders);
    restart_often();
    end_hoarders(hoarders);
}
END_TEST

static Suite *restarts(void)
{
    Suite *suite = suite_create("restarts");
    TCase *whole = tcase_create("restarts");
    tcase_set_timeout(whole, 600);
    tcase_add_checked_fixture(whole, NULL, tear_down);
    tcase_add_loop_test(whole, a_server_restarts_at_once, 0, 2);
    tcase_add_test(whole, a_server_restarts_at_once_among_many_descriptors);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    return run_where_watched(restarts());
}
