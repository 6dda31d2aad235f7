/*
 * Real servers that read their configuration anew, or give way to a successor, while clients come: no more of these
 * are reset than without listenas, where a full queue refuses or resets. LISTENAS_SOAK=1: under every such profile and
 * for longer, else under one of each kind.
 */
#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../conformance/job.h"
#include "../suite.h"
#include "network.h"
#include "server.h"

#define WORDS 32
#define CROWD 4
#define LOAD_MS 700
#define LOAD_SOAK_MS 5000
#define RELOAD_EVERY_MS 200
#define TRIALS 6
/* For a busy machine: what comes, comes much sooner. */
#define START_MS 60000
#define READY_MS 30000

static char packages[PATH_MAX], command[PATH_MAX], home[] = "/tmp/reload-XXXXXX";

struct run {
    const char *profile; /* NULL: without listenas */
    int port;
    pid_t pid;
    char directory[64];
};

static void reload_by_hup(struct run *run);
static void upgrade_by_usr2(struct run *run);
static void restart_gracefully(struct run *run);
static void succeed(struct run *run);
static void succeed_and_take_over(struct run *run);

#define NGINX_CONFIGURATION                                                                                            \
    "pid @F/pid;\nerror_log @F/errors;\nworker_processes 2;\n"                                                         \
    "env LD_PRELOAD;\nenv LISTENAS_PROFILE;\nenv LISTENAS_SET;\nenv LISTENAS_PROVOKE;\nenv LISTENAS_RING;\nenv "       \
    "LISTENAS_REFUSER;\n"                                                                                              \
    "events { worker_connections 64; }\n"                                                                              \
    "http { access_log off; client_body_temp_path @F/body; proxy_temp_path @F/proxy; fastcgi_temp_path @F/fast;\n"     \
    "uwsgi_temp_path @F/uwsgi; scgi_temp_path @F/scgi;\n"                                                              \
    "server { listen 127.0.0.1:@P backlog=128; location / { return 200 \"" PAGE "\"; } } }\n"

#define HAPROXY_CONFIGURATION                                                                                          \
    "global\n  pidfile @F/pid\n  stats socket @F/socket mode 600 level admin expose-fd listeners\n"                    \
    "defaults\n  mode http\n  timeout client 5s\n  timeout connect 5s\n  timeout server 5s\n"                          \
    "frontend f\n  bind 127.0.0.1:@P backlog 128\n"                                                                    \
    "  http-request return status 200 content-type text/plain string \"served\"\n"

static const struct method {
    const char *name, *line, *configuration;
    void (*reload)(struct run *run);
    bool is_daemon; /* so that its process is found in its file */
} methods[] = {
    {"nginx, HUP", "@S/usr/sbin/nginx -c @F/configuration -p @F", NGINX_CONFIGURATION, reload_by_hup, true},
    {"nginx, USR2", "@S/usr/sbin/nginx -c @F/configuration -p @F", NGINX_CONFIGURATION, upgrade_by_usr2, true},
    {"apache2, USR1", "/usr/sbin/apache2 -DFOREGROUND -f @F/configuration", NULL, restart_gracefully, false},
    {"haproxy -sf", "@S/usr/sbin/haproxy -db -f @F/configuration", HAPROXY_CONFIGURATION, succeed, false},
    {"haproxy -sf -x", "@S/usr/sbin/haproxy -db -f @F/configuration", HAPROXY_CONFIGURATION, succeed_and_take_over,
     false},
};

#define METHODS ((int)(sizeof methods / sizeof *methods))

static const struct method *method;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

/* --- the server --- */

static void write_filled_file(const struct run *run, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", run->directory, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    write_filled(file, text, run->directory, packages, run->port);
    fclose(file);
}

static const char *configuration(void)
{
    for (int i = 0; i < SERVERS && !method->configuration; i++)
        if (strcmp(servers[i].name, "apache2") == 0)
            return servers[i].configuration;
    return method->configuration;
}

static void make_directory(struct run *run)
{
    char www[96];
    snprintf(run->directory, sizeof run->directory, "%s/XXXXXX", home);
    ck_assert_ptr_nonnull(mkdtemp(run->directory));
    ck_assert_int_eq(chmod(run->directory, 0755), 0);
    snprintf(www, sizeof www, "%s/www", run->directory);
    ck_assert_int_eq(mkdir(www, 0755), 0);
    run->port = free_port();
    write_filled_file(run, "www/index.html", PAGE);
    write_filled_file(run, "configuration", configuration());
}

/* [listenas run -p PROFILE -o accept.accept4=yes --] PROGRAM ARGUMENT... `more` */
static void exec_server(const struct run *run, const char *more)
{
    const char *const ours[] = {command, "run", "-r", "off", "-o", "accept.accept4=yes", "-p", run->profile, "--"};
    char line[2 * PATH_MAX], *words[WORDS];
    int count = 0;
    for (size_t i = 0; run->profile && i < sizeof ours / sizeof *ours; i++)
        words[count++] = (char *)(uintptr_t)ours[i];
    FILE *file = fmemopen(line, sizeof line, "w");
    if (!file)
        return;
    write_filled(file, method->line, run->directory, packages, run->port);
    fputs(more, file);
    fclose(file);
    for (char *word = strtok(line, " "); word && count < WORDS - 1; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    execv(words[0], words);
}

static pid_t start_process(const struct run *run, const char *more)
{
    char output[96];
    snprintf(output, sizeof output, "%s/output", run->directory);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (freopen(output, "ae", stdout) && dup2(STDOUT_FILENO, STDERR_FILENO) >= 0)
        exec_server(run, more);
    _exit(99);
}

/* Whether a client gets in, so that a server is there. */
static bool is_served(const struct run *run)
{
    int client = come(run->port, PATIENCE_MS);
    if (client >= 0)
        close(client);
    return client >= 0;
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

/* The pid in the file, once it is another than `other`; 0 if it stays. */
static pid_t await_pid(const struct run *run, pid_t other)
{
    char path[96];
    snprintf(path, sizeof path, "%s/pid", run->directory);
    for (int64_t until = now_ms() + READY_MS; now_ms() < until; pause_ms(2)) {
        int pid = 0;
        FILE *file = fopen(path, "re");
        if (file && fscanf(file, "%d", &pid) != 1)
            pid = 0;
        if (file)
            fclose(file);
        if (pid > 0 && pid != other)
            return pid;
    }
    return 0;
}

static void start(struct run *run)
{
    make_directory(run);
    run->pid = start_process(run, "");
    int64_t until = now_ms() + START_MS;
    while (!is_served(run) && now_ms() < until)
        pause_ms(5);
    if (now_ms() >= until)
        print_output(run);
    ck_assert_msg(now_ms() < until, "%s under %s did not start", method->name, run->profile ? run->profile : "nothing");
    if (method->is_daemon)
        run->pid = await_pid(run, 0);
}

/* All are this process's children in the end. */
static void end_all(void)
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

/* --- how it is replaced --- */

/* The first child of the server, 0 for none. */
static pid_t first_child(const struct run *run)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)run->pid, (int)run->pid);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file)
        fclose(file);
    return child;
}

/* Has the server replace its workers, and waits until it has replaced the first. */
static void replace_workers(const struct run *run, int number)
{
    pid_t before = first_child(run);
    int64_t until = now_ms() + READY_MS;
    ck_assert_int_gt(before, 0);
    kill(run->pid, number);
    while (first_child(run) == before && now_ms() < until)
        pause_ms(2);
    ck_assert_int_ne(first_child(run), before);
}

static void reload_by_hup(struct run *run)
{
    replace_workers(run, SIGHUP);
}

static void restart_gracefully(struct run *run)
{
    replace_workers(run, SIGUSR1);
}

/* The new program inherits the listener; then the old one is told to end. */
static void upgrade_by_usr2(struct run *run)
{
    pid_t old = run->pid;
    kill(old, SIGUSR2);
    run->pid = await_pid(run, old);
    ck_assert_int_gt(run->pid, 0);
    pause_ms(50); /* nginx tells nobody when its new workers are there; until then the old ones accept */
    kill(old, SIGQUIT);
}

/* The old one ends when the new one listens and its own last client is served. */
static void start_successor(struct run *run, const char *more)
{
    char words[128];
    pid_t old = run->pid;
    int64_t until = now_ms() + READY_MS;
    snprintf(words, sizeof words, " -sf %d%s", (int)old, more);
    run->pid = start_process(run, words);
    while (waitpid(old, NULL, WNOHANG) != old) {
        ck_assert_msg(now_ms() < until, "%s: no successor", method->name);
        pause_ms(2);
    }
}

static void succeed(struct run *run)
{
    start_successor(run, "");
}

/* It gets the listeners from the old one. */
static void succeed_and_take_over(struct run *run)
{
    char words[96];
    snprintf(words, sizeof words, " -x %s/socket", run->directory);
    start_successor(run, words);
}

/* --- clients --- */

struct outcome {
    int served, refused, reset, lost;
};

/* 0 for a page, or an errno. */
static int ask_page(int port)
{
    static const char request[] = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
    const struct timeval patience = {.tv_sec = 3};
    struct sockaddr_in address = loopback_address(port);
    char text[4096];
    size_t length = 0;
    ssize_t got = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int error = connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ? errno : 0;
    if (!error && send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
        error = errno == EPIPE ? ECONNRESET : errno;
    while (!error && length < sizeof text - 1 && (got = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    if (!error && got < 0)
        error = errno;
    text[length] = '\0';
    close(fd);
    return error ? error : strstr(text, "served") ? 0 : EPROTO;
}

static void come_until(int port, int64_t until, int tell)
{
    struct outcome outcome = {0};
    while (now_ms() < until) {
        int error = ask_page(port);
        outcome.served += error == 0;
        outcome.refused += error == ECONNREFUSED;
        outcome.reset += error == ECONNRESET;
        outcome.lost += error && error != ECONNREFUSED && error != ECONNRESET;
    }
    _exit(write(tell, &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
}

static void start_clients(const struct run *run, int64_t until, int tell)
{
    for (int i = 0; i < CROWD; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            come_until(run->port, until, tell);
        }
    close(tell);
}

static struct outcome hear_clients(int ear)
{
    struct outcome all = {0}, one;
    for (int i = 0; i < CROWD; i++) {
        ck_assert_int_eq(read(ear, &one, sizeof one), sizeof one);
        all.served += one.served;
        all.refused += one.refused;
        all.reset += one.reset;
        all.lost += one.lost;
    }
    close(ear);
    return all;
}

static bool soaks(void)
{
    return getenv("LISTENAS_SOAK") != NULL;
}

static struct outcome reload_under_load(const char *profile)
{
    struct run run = {.profile = profile};
    int ends[2];
    start(&run);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    int64_t until = now_ms() + (soaks() ? LOAD_SOAK_MS : LOAD_MS);
    start_clients(&run, until, ends[1]);
    while (now_ms() + RELOAD_EVERY_MS < until) {
        pause_ms(RELOAD_EVERY_MS);
        method->reload(&run);
    }
    struct outcome outcome = hear_clients(ends[0]);
    end_all();
    remove_directory(run.directory);
    printf("%-15s %-12s served %6d, refused %d, reset %d, lost %d\n", method->name, profile ? profile : "-",
           outcome.served, outcome.refused, outcome.reset, outcome.lost);
    fflush(stdout);
    return outcome;
}

static enum word overflow_of(const char *profile)
{
    struct diagnostics diagnostics = {0};
    struct annotated_profile annotated;
    ck_assert(annotated_profile_load(&annotated, profile, NULL, NULL, &diagnostics));
    return annotated.profile.listen_overflow_tcp.word;
}

static bool is_no_worse(const struct outcome *with, const struct outcome *without)
{
    return with->served > 0 && with->refused <= without->refused && with->reset <= without->reset &&
           with->lost <= without->lost;
}

/* A successor that takes no listener over may lose a client now and then, without listenas too. */
static void compare(struct outcome *without, const char *profile)
{
    struct outcome with = reload_under_load(profile);
    for (int i = 1; i < TRIALS && !is_no_worse(&with, without); i++) {
        *without = reload_under_load(NULL);
        with = reload_under_load(profile);
    }
    ck_assert_msg(is_no_worse(&with, without),
                  "%s under %s: %d served, %d refused, %d reset, %d lost, but %d, %d, %d without", method->name,
                  profile, with.served, with.refused, with.reset, with.lost, without->refused, without->reset,
                  without->lost);
}

START_TEST(no_more_clients_are_lost_than_without)
{
    bool has_tried[2] = {false};
    method = &methods[_i];
    struct outcome without = reload_under_load(NULL);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++) {
        enum word word = overflow_of(builtin->name);
        bool *tried = &has_tried[word == WORD_RESET];
        if ((word != WORD_REFUSE && word != WORD_RESET) || (*tried && !soaks()))
            continue;
        *tried = true;
        compare(&without, builtin->name);
    }
    ck_assert(has_tried[0] && has_tried[1]);
}
END_TEST

static Suite *reloads(void)
{
    Suite *suite = suite_create("reloads");
    TCase *whole = tcase_create("reloads");
    tcase_set_timeout(whole, 300);
    tcase_add_loop_test(whole, no_more_clients_are_lost_than_without, 0, METHODS);
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
    int status = suite_run(reloads());
    end_all();
    remove_directory(home);
    return status;
}
