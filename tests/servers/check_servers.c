/*
 * Real servers under every profile: each is started by the command, serves a page to a real client, leaves
 * the record that its profile lets expect, and its queue holds what the profile says while it is stopped. Of two of
 * them lint tells what their source does.
 */
#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../../shim/kernel/facts.h"
#include "../../shim/kernel/host.h"
#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../../shim/ring/cursor.h"
#include "../conformance/expectation.h"
#include "../conformance/job.h"
#include "../suite.h"
#include "network.h"
#include "server.h"

/* Waiting for what no event tells: so long between two looks, and so many of them. */
#define LOOK_NS 2000000
#define LOOKS 5000
/* Within that a client is reset that was connected but not queued. */
#define SURELY_RESET_MS 200

#define WORDS 24

/* One server that runs. */
struct run {
    const struct server *server;
    const char *profile, *set;
    struct annotated_profile annotated;
    int port;
    pid_t pid;
    char directory[64], ring[96];
};

/* The directory of this program holds one for each run. */
static char packages[PATH_MAX], command[PATH_MAX], home[] = "/tmp/servers-XXXXXX";

static void pause_shortly(void)
{
    struct timespec look = {.tv_nsec = LOOK_NS};
    nanosleep(&look, NULL);
}

static void write_text(const char *directory, const char *name, const char *text, int port)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    write_filled(file, text, directory, packages, port);
    fclose(file);
}

static void make_directory(struct run *run)
{
    char www[96];
    snprintf(run->directory, sizeof run->directory, "%s/XXXXXX", home);
    ck_assert_ptr_nonnull(mkdtemp(run->directory));
    ck_assert_int_eq(chmod(run->directory, 0755), 0);
    snprintf(www, sizeof www, "%s/www", run->directory);
    ck_assert_int_eq(mkdir(www, 0755), 0);
    write_text(run->directory, "www/index.html", PAGE, 0);
    snprintf(run->ring, sizeof run->ring, "%s/a.ring", run->directory);
}

/* listenas run -p PROFILE -r RING [-o SET] -- PROGRAM ARGUMENT... */
static void exec_server(const struct run *run)
{
    char line[2 * PATH_MAX], *words[WORDS] = {command, "run", "-p", (char *)run->profile, "-r", (char *)run->ring};
    int count = 6;
    FILE *file = fmemopen(line, sizeof line, "w");
    if (!file)
        return;
    write_filled(file, run->server->line, run->directory, packages, run->port);
    fclose(file);
    if (run->set) {
        words[count++] = "-o";
        words[count++] = (char *)run->set;
    }
    words[count++] = "--";
    for (char *word = strtok(line, " "); word && count < WORDS - 1; word = strtok(NULL, " "))
        words[count++] = word;
    execv(command, words);
    perror(command);
}

static void start(struct run *run)
{
    char output[96];
    run->port = free_port();
    write_text(run->directory, "configuration", run->server->configuration, run->port);
    snprintf(output, sizeof output, "%s/output", run->directory);
    run->pid = fork();
    ck_assert_int_ge(run->pid, 0);
    if (run->pid > 0)
        return;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen(output, "we", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        _exit(99);
    exec_server(run);
    _exit(99);
}

static void print_output(const struct run *run)
{
    char line[256], path[96];
    snprintf(path, sizeof path, "%s/output", run->directory);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        fputs(line, stderr);
    if (file)
        fclose(file);
}

/* The first record of this call in the ring with this errno; false if there is none by now. */
static bool find_record(const struct run *run, const char *call, int error, struct record *record, char *keys[2])
{
    struct ring ring;
    struct cursor cursor;
    struct told told;
    bool found = false;
    enum cursor_answer answer;
    if (ring_open_to_read(&ring, run->ring) != NULL)
        return false;
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    while (!found && (answer = cursor_next(&cursor, &told)) != CURSOR_END)
        found = answer == CURSOR_RECORD && ring_call_name(&ring, told.record.call) &&
                strcmp(ring_call_name(&ring, told.record.call), call) == 0 && told.record.given_error == error;
    *record = told.record;
    for (int i = 0; i < 2 && found; i++)
        keys[i] = strdup(ring_key_name(&ring, record->key[i]));
    cursor_close(&cursor);
    ring_close(&ring);
    return found;
}

/*
 * Waits until the server has called listen; false if it is gone. No client comes to see: inetd would start a
 * child for it, and sleeps a second when that ends.
 */
static bool has_started(const struct run *run)
{
    struct record record;
    char *keys[2];
    for (int look = 0; look < LOOKS; look++) {
        if (find_record(run, "listen", 0, &record, keys)) {
            free(keys[0]);
            free(keys[1]);
            return true;
        }
        if (waitpid(run->pid, NULL, WNOHANG) == run->pid)
            return false;
        pause_shortly();
    }
    return false;
}

/* Waits until a client gets in again. */
static bool has_room(const struct run *run)
{
    for (int look = 0; look < LOOKS; look++) {
        int client = come(run->port, LOOK_NS / 1000000);
        bool queued = client >= 0 && !is_reset(client, SURELY_RESET_MS);
        if (client >= 0)
            leave(client);
        if (queued)
            return true;
        pause_shortly(); /* one that is refused is told so at once */
    }
    return false;
}

/* Ends the server and all that it started; this process inherits its orphans. */
static void end(struct run *run)
{
    kill(-run->pid, SIGKILL);
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    remove_directory(run->directory);
}

/* Another program may take the port between our look and the server's: then once more with another. */
static void start_listening(struct run *run, const struct server *server, const char *profile, const char *set)
{
    struct diagnostics diagnostics = {0};
    *run = (struct run){.server = server, .profile = profile, .set = set};
    ck_assert_msg(annotated_profile_load(&run->annotated, profile, NULL, set, &diagnostics), "%s", diagnostics.first);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int attempt = 0; attempt < 3; attempt++) {
        make_directory(run);
        start(run);
        if (has_started(run))
            return;
        print_output(run);
        end(run);
    }
    ck_abort_msg("%s under %s did not start; tests/servers/fetch gets it", server->name, profile);
}

static void check_page(const struct run *run)
{
    char address[64];
    struct job curl = {.program = "/usr/bin/env",
                       .words = {NULL, "curl", "-sSf", "--max-time", "20", "--noproxy", "*", address}};
    snprintf(address, sizeof address, "http://127.0.0.1:%d/", run->port);
    jobs_run(&curl, 1, 1);
    ck_assert_msg(curl.status == 0, "%s under %s: curl: %s", run->server->name, run->profile, curl.text);
    ck_assert_str_eq(curl.text, PAGE);
    free(curl.text);
}

/* Whether the setting of the run is about queues, so that queues.def has it. */
static bool is_of_queues(const struct run *run)
{
    return run->set && strncmp(run->set, "listen.", 7) == 0;
}

static int expected_queue(const struct run *run)
{
    return (int)expected_capacity(run->profile, is_of_queues(run) ? run->set : NULL, AF_INET, run->server->backlog,
                                  facts_kernel_max());
}

/* The record of listen holds the profile's numbers, and the key that made the difference. */
static void check_record(const struct run *run)
{
    struct record record;
    char *keys[2];
    int legal = (int)expected_effective(run->profile, is_of_queues(run) ? run->set : NULL, AF_INET,
                                        run->server->backlog, facts_kernel_max());
    ck_assert_msg(find_record(run, "listen", 0, &record, keys), "%s under %s left no record of listen",
                  run->server->name, run->profile);
    ck_assert_int_eq(record.result, 0);
    ck_assert_int_eq(record.asked, run->server->backlog);
    ck_assert_int_eq(record.effective, legal);
    ck_assert_int_eq(record.given, expected_queue(run) - 1);
    if (strcmp(said(&run->annotated, KEY_listen_capacity_tcp), "kernel") == 0 || record.capacity == 0)
        ck_assert_int_eq(record.given, legal);
    else
        ck_assert_int_eq(record.capacity, expected_queue(run));
    if (legal < run->server->backlog)
        ck_assert_str_eq(keys[0], "listen.backlog_max");
    free(keys[0]);
    free(keys[1]);
}

/* Stops the server, lets clients come, and goes on. */
static void check_queue(const struct run *run)
{
    int status, size;
    ck_assert_int_eq(kill(run->pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(run->pid, &status, WUNTRACED), run->pid);
    ck_assert(WIFSTOPPED(status));
    size = queue_size(run->port);
    ck_assert_int_eq(kill(run->pid, SIGCONT), 0);
    ck_assert_msg(size == expected_queue(run), "%s under %s: expected a queue of %d, observed %d", run->server->name,
                  run->profile, expected_queue(run), size);
}

/* What a program built for Linux calls serves it on platforms without that call, too. */
static void check_accept4(const struct run *run)
{
    struct record record;
    char *keys[2];
    ck_assert_msg(find_record(run, "accept4", 0, &record, keys), "%s under %s served without accept4",
                  run->server->name, run->profile);
    ck_assert_int_ge(record.result, 0);
    free(keys[0]);
    free(keys[1]);
}

static void check_service(const struct server *server, const char *profile, const char *set)
{
    struct run run;
    start_listening(&run, server, profile, set);
    check_page(&run);
    check_record(&run);
    if (server->calls_accept4)
        check_accept4(&run);
    if (server->one_process) {
        check_queue(&run);
        ck_assert(has_room(&run));
        check_page(&run);
    }
    end(&run);
}

static int profile_count(void)
{
    int count = 0;
    while (builtins[count].name)
        count++;
    return count;
}

START_TEST(a_server_works_under_a_profile)
{
    const struct server *server = &servers[_i / profile_count()];
    check_service(server, builtins[_i % profile_count()].name, NULL);
}
END_TEST

/* Who asks for it sees what such a server does where the call itself is missing; the record says why. */
START_TEST(a_server_can_be_refused_accept4)
{
    const struct server *server = servers;
    struct run run;
    struct record record;
    char *keys[2];
    while (!server->calls_accept4)
        server++;
    start_listening(&run, server, "linux", "accept.accept4=ENOSYS");
    for (int looks = 0; !find_record(&run, "accept4", ENOSYS, &record, keys); looks++) {
        ck_assert_msg(looks < LOOKS, "%s: no accept4 was refused", server->name);
        pause_shortly();
    }
    ck_assert_str_eq(keys[0], "accept.accept4");
    free(keys[0]);
    free(keys[1]);
    check_record(&run);
    end(&run);
}
END_TEST

/* The numbers once more by hand: inetd passes 10. */
START_TEST(inetd_queues_what_each_platform_queued)
{
    static const struct {
        const char *profile, *set;
        int queue;
    } known[] = {{"linux", NULL, 11},
                 {"bsd", NULL, 8},
                 {"dragonfly", NULL, 11},
                 {"mks", NULL, 10},
                 {"linux", "listen.backlog_floor=64", 65},
                 {"bsd", "listen.backlog_max=4", 7}};
    struct run run;
    start_listening(&run, &servers[0], known[_i].profile, known[_i].set);
    check_page(&run);
    ck_assert_int_eq(expected_queue(&run), known[_i].queue);
    check_queue(&run);
    end(&run);
}
END_TEST

/* Where the server cannot be had, there is nothing to lint. */
static const struct server *server_here(const char *name)
{
    char program[PATH_MAX], *end;
    const struct server *server = servers;
    while (strcmp(server->name, name) != 0)
        server++;
    FILE *file = fmemopen(program, sizeof program, "w");
    ck_assert_ptr_nonnull(file);
    write_filled(file, server->line, home, packages, 0);
    fclose(file);
    end = strchr(program, ' ');
    *end = '\0';
    if (access(program, X_OK) == 0)
        return server;
    printf("skipped: lint of %s: %s: %s; tests/servers/fetch gets it\n", name, program, strerror(errno));
    return NULL;
}

/*
 * What lint must say of a server, from its source. Of lighttpd: it passes the backlog of its configuration, sets
 * TCP_NODELAY on its listener, and asks the first connection whether that was inherited
 * (network_accept_tcp_nagle_disable). Of inetd: it passes 10, and hands connections to programs without a look.
 */
static const struct {
    const char *server, *says[5], *not [4];
} linted[] = {
    {"lighttpd",
     {"listen(fd, 16)", "queue of 8 on bsd, 19 on linux-2.4, 25 on freebsd, 17 on Linux",
      "the listener's TCP_NODELAY is not inherited on 1 of 3: bsd", "TCP_NODELAY reads 4, not 1", "lighttpd+0x"},
     {"O_NONBLOCK is inherited", "bind.", "relisten"}},
    {"inetd",
     {"listen(fd, 10)", "queue of 8 on bsd, 13 on linux-2.4, 16 on freebsd, 11 on Linux", "inetutils-inetd+0x"},
     {"accept.", "bind.", "relisten", "nodelay"}},
};

START_TEST(lint_tells_of_a_server_what_its_source_does)
{
    struct run run;
    const struct server *server = server_here(linted[_i].server);
    if (!server)
        return;
    start_listening(&run, server, "native", "record.facts=yes");
    check_page(&run);
    struct job lint = {.program = "/usr/bin/env",
                       .words = {NULL, command, "lint", "--all", "-p", "bsd,freebsd,linux-2.4", "--ring", run.ring}};
    jobs_run(&lint, 1, 1);
    ck_assert(WIFEXITED(lint.status) && WEXITSTATUS(lint.status) == 1);
    char *end_of_findings = strstr(lint.text, "\nnot seen");
    ck_assert_ptr_nonnull(end_of_findings);
    *end_of_findings = '\0';
    for (size_t i = 0; i < 5 && linted[_i].says[i]; i++)
        ck_assert_msg(strstr(lint.text, linted[_i].says[i]) != NULL, "no \"%s\" in: %s", linted[_i].says[i], lint.text);
    for (size_t i = 0; i < 4 && linted[_i].not [i]; i++)
        ck_assert_msg(strstr(lint.text, linted[_i].not [i]) == NULL, "\"%s\" in: %s", linted[_i].not [i], lint.text);
    free(lint.text);
    end(&run);
}
END_TEST

/* What a test that failed has left: its server's processes are this one's children now. */
static void end_orphans(void)
{
    char path[64], pids[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    do {
        FILE *children = fopen(path, "re");
        char *next = children && fgets(pids, sizeof pids, children) ? pids : NULL;
        for (long pid = 0; next && (pid = strtol(next, &next, 10)) > 0;)
            kill((pid_t)pid, SIGKILL);
        if (children)
            fclose(children);
    } while (wait(NULL) > 0);
}

static Suite *real_servers(void)
{
    Suite *suite = suite_create("servers");
    TCase *whole = tcase_create("servers");
    tcase_set_timeout(whole, 60);
    tcase_add_loop_test(whole, a_server_works_under_a_profile, 0, SERVERS * profile_count());
    tcase_add_test(whole, a_server_can_be_refused_accept4);
    tcase_add_loop_test(whole, inetd_queues_what_each_platform_queued, 0, 6);
    tcase_add_loop_test(whole, lint_tells_of_a_server_what_its_source_does, 0, sizeof linted / sizeof *linted);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    snprintf(packages, sizeof packages, "%s/servers", build_directory());
    snprintf(command, sizeof command, "%s/listenas", build_directory());
    forget_user();
    if (!mkdtemp(home) || chmod(home, 0755) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        perror(home);
        return 1;
    }
    enter_own_network();
    int status = suite_run(real_servers());
    end_orphans();
    remove_directory(home);
    return status;
}
