/*
 * How much stack the library takes: each call in a thread whose stack is painted, as the first call of its process,
 * and a server that has little stack from its start. This program runs itself with the library.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../shim/kernel/system.h"
#include "../../shim/profile/builtin.h"
#include "../suite.h"
#include "job.h"

/* What a call may take of its thread's stack. */
#define CALL_MOST 8192
/* What a server is given as its whole stack. Without the library the dynamic loader takes 16 KiB of it. */
#define SERVER_STACK 32768

#define PAINTED ((size_t)256 * 1024)
#define PAINT 0xa5
#define JOBS 64
#define SO_ACCEPTFILTER_BSD 0x1000

static char library[PATH_MAX], self[PATH_MAX], directory[] = "/tmp/check-stack-XXXXXX";

/* --- in the child: one call, after what comes before it was done without the library --- */

struct scene {
    int fd, other;
    _Alignas(256) struct sockaddr_storage storage;
    socklen_t length;
};

static struct sockaddr *address_of(struct scene *scene)
{
    return (struct sockaddr *)&scene->storage;
}

static int require(long result)
{
    if (result < 0)
        _exit(126);
    return (int)result;
}

static int open_socket(int domain)
{
    return require(system_call(SYS_socket, domain, SOCK_STREAM, 0));
}

static void prepare_socket(struct scene *scene)
{
    struct sockaddr_in *in = (void *)&scene->storage;
    *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    scene->length = sizeof *in;
    scene->fd = open_socket(AF_INET);
}

static void prepare_unix(struct scene *scene)
{
    struct sockaddr_un *local = (void *)&scene->storage;
    local->sun_family = AF_UNIX;
    snprintf(local->sun_path, sizeof local->sun_path, "check-stack-%d", getpid());
    scene->length = sizeof *local;
    scene->fd = open_socket(AF_UNIX);
}

static void bind_here(struct scene *scene)
{
    require(system_call(SYS_bind, scene->fd, &scene->storage, scene->length));
    scene->length = sizeof scene->storage;
    require(system_call(SYS_getsockname, scene->fd, &scene->storage, &scene->length));
}

static void prepare_bound(struct scene *scene)
{
    prepare_socket(scene);
    bind_here(scene);
}

static void prepare_unix_bound(struct scene *scene)
{
    prepare_unix(scene);
    bind_here(scene);
}

static void prepare_listener(struct scene *scene)
{
    prepare_bound(scene);
    require(system_call(SYS_listen, scene->fd, 5));
}

/* The address is that of a listener; the socket is another. */
static void prepare_client(struct scene *scene)
{
    prepare_listener(scene);
    scene->other = scene->fd;
    scene->fd = open_socket(AF_INET);
}

static void prepare_unix_client(struct scene *scene)
{
    prepare_unix_bound(scene);
    require(system_call(SYS_listen, scene->fd, 5));
    scene->other = scene->fd;
    scene->fd = open_socket(AF_UNIX);
}

static void unblock(struct scene *scene)
{
    require(system_call(SYS_fcntl, scene->fd, F_SETFL, O_NONBLOCK));
}

/* Nobody listens at the address; NetBSD's client would wait there. */
static void prepare_refused(struct scene *scene)
{
    prepare_bound(scene);
    scene->other = scene->fd;
    scene->fd = open_socket(AF_INET);
    unblock(scene);
}

static void prepare_connected(struct scene *scene)
{
    prepare_client(scene);
    require(system_call(SYS_connect, scene->fd, &scene->storage, scene->length));
}

/* A listener with a connection in its queue. */
static void prepare_queue(struct scene *scene)
{
    prepare_connected(scene);
    scene->fd = scene->other;
}

/* The connection was reset by its client. */
static void prepare_reset(struct scene *scene)
{
    const struct linger at_once = {.l_onoff = 1};
    prepare_connected(scene);
    require(system_call(SYS_setsockopt, scene->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    require(system_call(SYS_close, scene->fd));
    scene->fd = scene->other;
    unblock(scene);
}

static void prepare_empty(struct scene *scene)
{
    prepare_listener(scene);
    unblock(scene);
}

static int call_socket(struct scene *scene)
{
    scene->other = socket(AF_INET6, SOCK_STREAM, 0);
    return scene->other;
}

static int call_bind(struct scene *scene)
{
    return bind(scene->fd, address_of(scene), scene->length);
}

static int call_listen(struct scene *scene)
{
    return listen(scene->fd, 3);
}

static int call_connect(struct scene *scene)
{
    return connect(scene->fd, address_of(scene), scene->length);
}

static int call_accept(struct scene *scene)
{
    return accept(scene->fd, address_of(scene), &scene->length);
}

static int call_accept4(struct scene *scene)
{
    return accept4(scene->fd, address_of(scene), &scene->length, SOCK_CLOEXEC);
}

static int call_setsockopt(struct scene *scene)
{
    const int on = 1;
    return setsockopt(scene->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int call_setsockopt_filter(struct scene *scene)
{
    const char filter[256] = "dataready";
    return setsockopt(scene->fd, SOL_SOCKET, SO_ACCEPTFILTER_BSD, filter, sizeof filter);
}

static int call_getsockopt(struct scene *scene)
{
    int value;
    socklen_t length = sizeof value;
    return getsockopt(scene->fd, SOL_SOCKET, SO_REUSEPORT, &value, &length);
}

static int call_getsockopt_filter(struct scene *scene)
{
    char filter[256];
    socklen_t length = sizeof filter;
    return getsockopt(scene->fd, SOL_SOCKET, SO_ACCEPTFILTER_BSD, filter, &length);
}

static int call_shutdown(struct scene *scene)
{
    return shutdown(scene->fd, SHUT_RDWR);
}

static int call_getsockname(struct scene *scene)
{
    return getsockname(scene->fd, address_of(scene), &scene->length);
}

static int call_getpeername(struct scene *scene)
{
    return getpeername(scene->fd, address_of(scene), &scene->length);
}

static int call_by_number(struct scene *scene)
{
    return (int)syscall(SYS_listen, scene->fd, 3);
}

static const struct act {
    const char *name;
    void (*prepare)(struct scene *);
    int (*call)(struct scene *);
} acts[] = {
    {"socket", prepare_socket, call_socket},
    {"bind", prepare_socket, call_bind},
    {"bind, a port in use", prepare_client, call_bind},
    {"bind, AF_UNIX", prepare_unix, call_bind},
    {"bind, a path in use", prepare_unix_client, call_bind},
    {"listen", prepare_bound, call_listen},
    {"listen, not bound", prepare_socket, call_listen},
    {"listen, AF_UNIX", prepare_unix_bound, call_listen},
    {"listen again", prepare_queue, call_listen},
    {"listen by number", prepare_bound, call_by_number},
    {"connect", prepare_client, call_connect},
    {"connect, refused", prepare_refused, call_connect},
    {"connect, AF_UNIX", prepare_unix_client, call_connect},
    {"accept", prepare_queue, call_accept},
    {"accept4", prepare_queue, call_accept4},
    {"accept, reset", prepare_reset, call_accept},
    {"accept, none", prepare_empty, call_accept},
    {"setsockopt", prepare_listener, call_setsockopt},
    {"setsockopt, a filter", prepare_listener, call_setsockopt_filter},
    {"getsockopt", prepare_listener, call_getsockopt},
    {"getsockopt, a filter", prepare_listener, call_getsockopt_filter},
    {"shutdown", prepare_listener, call_shutdown},
    {"getsockname", prepare_bound, call_getsockname},
    {"getpeername", prepare_connected, call_getpeername},
};
#define ACTS ((int)(sizeof acts / sizeof *acts))

static unsigned char *painted;
static const struct act *measured;
static struct scene stage;

/* The paint that is left ends where the call's deepest frame does. */
static void *measure(void *context)
{
    unsigned char *frame = __builtin_frame_address(0), *deepest = painted;
    measured->call(&stage);
    while (*deepest == PAINT)
        deepest++;
    *(long *)context = frame - deepest;
    return NULL;
}

/* Prints how deep the act of this number goes. */
static int be_measured(int number)
{
    pthread_attr_t attributes;
    pthread_t thread;
    long depth = -1;
    painted = mmap(NULL, PAINTED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (painted == MAP_FAILED)
        return EXIT_FAILURE;
    measured = &acts[number];
    measured->prepare(&stage);
    memset(painted, PAINT, PAINTED);
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, painted, PAINTED) != 0 ||
        pthread_create(&thread, &attributes, measure, &depth) != 0 || pthread_join(thread, NULL) != 0)
        return EXIT_FAILURE;
    printf("%ld\n", depth);
    return EXIT_SUCCESS;
}

/* Serves one client, and the client is itself. */
static int be_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *place = (struct sockaddr *)&address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), connection;
    char byte = 1;
    bool good = bind(listener, place, length) == 0 && getsockname(listener, place, &length) == 0 &&
                listen(listener, 5) == 0 && connect(client, place, length) == 0 &&
                (connection = accept(listener, place, &length)) >= 0 && write(connection, &byte, 1) == 1 &&
                read(client, &byte, 1) == 1;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- the tests --- */

static struct job job_of(const char *profile, const char *word)
{
    struct job job = {.preload = library, .profile = profile, .words = {NULL, word}};
    strcpy(job.program, self);
    return job;
}

START_TEST(a_call_takes_little)
{
    static char numbers[ACTS][4], rings[ACTS][PATH_MAX];
    struct job jobs[ACTS];
    long most = 0;
    int worst = 0;
    for (int i = 0; i < ACTS; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%d", i);
        snprintf(rings[i], sizeof rings[i], "%s/%d.ring", directory, i);
        jobs[i] = job_of(builtins[_i].name, numbers[i]);
        jobs[i].ring = rings[i];
    }
    jobs_run(jobs, ACTS, 2);
    for (int i = 0; i < ACTS; i++) {
        long depth = strtol(jobs[i].text, NULL, 10);
        ck_assert_msg(jobs[i].status == 0 && depth > 0, "%s, %s: status %x: %s", builtins[_i].name, acts[i].name,
                      jobs[i].status, jobs[i].text);
        worst = depth > most ? i : worst;
        most = depth > most ? depth : most;
        free(jobs[i].text);
        unlink(rings[i]);
    }
    printf("%s: %ld bytes of stack, by %s\n", builtins[_i].name, most, acts[worst].name);
    ck_assert_msg(most <= CALL_MOST, "%s takes %ld bytes of stack for %s", builtins[_i].name, most, acts[worst].name);
}
END_TEST

/* Serves in a child that has little stack from its exec on; with few strings, since they lie in the stack, too. */
static void expect_service(const char *profile, const char *set, const char *paths)
{
    const struct rlimit little = {.rlim_cur = SERVER_STACK, .rlim_max = SERVER_STACK};
    char ring[PATH_MAX];
    int status;
    snprintf(ring, sizeof ring, "%s/served.ring", directory);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        clearenv();
        setenv("LD_PRELOAD", library, 1);
        setenv("LISTENAS_PROFILE", profile, 1);
        setenv("LISTENAS_RING", ring, 1);
        setenv("LISTENAS_REFUSER", "@nobody", 1);
        job_environment("LISTENAS_SET", set);
        job_environment("LISTENAS_CONF_PATH", paths);
        if (setrlimit(RLIMIT_STACK, &little) == 0)
            execl(self, self, "serve", (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(status == 0, "as %s with %s: status %x", profile, set ? set : "no settings", status);
    ck_assert_msg(access(ring, F_OK) == 0, "as %s: no record", profile);
    unlink(ring);
}

START_TEST(a_server_starts_with_little)
{
    const char *profile = builtins[_i].name;
    expect_service(profile, NULL, NULL);
    expect_service(profile, "listen.backlog_floor=6, bind.port_min=kernel", NULL);
}
END_TEST

static void write_profile(const char *name, const char *parent, const char *keys)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.conf", directory, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "[profile]\ninherits = %s\n%s", parent, keys), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Profile files of the user's own, each on top of the last one; found by path, relative path and name. */
START_TEST(a_server_starts_with_little_from_files)
{
    static const char keys[] = "[listen]\nbacklog_floor = 6\n[program \"check_stack\"]\nlisten.backlog_floor = 7\n"
                               "[program \"other\"]\ninherits = bsd\n";
    char name[16], path[PATH_MAX], parent[24] = "freebsd-13";
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "own%d", i);
        write_profile(name, parent, keys);
        snprintf(parent, sizeof parent, i % 2 ? "%s" : "./%s.conf", name);
        snprintf(path, sizeof path, "%s/%s.conf", directory, name);
        expect_service(path, NULL, directory);
        expect_service(name, "listen.backlog_floor=8", directory);
        snprintf(path, sizeof path, "./%s.conf", name);
        expect_service(path, NULL, directory);
    }
}
END_TEST

/* Of a mistake the nearest right word is looked for. */
START_TEST(a_mistake_takes_little)
{
    write_profile("wrong", "bsd", "[listen]\nbacklog_floo = 6\n[lisen]\n");
    write_profile("lost", "./wrongg.conf", "");
    expect_service("./wrong.conf", NULL, NULL);
    expect_service("./lost.conf", NULL, NULL);
    expect_service("bssd", NULL, directory);
    expect_service("bsd", "listen.backlog_flor=8", NULL);
}
END_TEST

int main(int count, char **arguments)
{
    int profiles = 0;
    if (count > 1)
        return strcmp(arguments[1], "serve") == 0 ? be_server() : be_measured(atoi(arguments[1]));
    forget_user();
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || !mkdtemp(directory) || chdir(directory) != 0)
        return EXIT_FAILURE;
    while (builtins[profiles].name)
        profiles++;
    Suite *suite = suite_create("stack");
    TCase *stack = tcase_create("stack");
    tcase_add_loop_test(stack, a_call_takes_little, 0, profiles);
    tcase_add_loop_test(stack, a_server_starts_with_little, 0, profiles);
    tcase_add_test(stack, a_server_starts_with_little_from_files);
    tcase_add_test(stack, a_mistake_takes_little);
    suite_add_tcase(suite, stack);
    int status = suite_run(suite);
    remove_directory(directory);
    return status;
}
