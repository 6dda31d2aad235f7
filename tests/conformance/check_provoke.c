/*
 * What a provoked error does to real sockets, and what the record says of it: this program runs itself with the
 * library.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "../../shim/profile/errno_name.h"
#include "../suite.h"
#include "job.h"

#define PATIENCE_SECONDS 10

static char library[PATH_MAX], self[PATH_MAX], ring[PATH_MAX], rings[] = "/dev/shm/check-provoke-XXXXXX";

/* --- in the child: what it finds wrong ends it with a line on stdout --- */

static void require_at(bool good, int line, const char *what)
{
    if (good)
        return;
    printf("line %d: %s (errno %s)\n", line, what, errno_name(errno) ? errno_name(errno) : "0");
    exit(1);
}
#define REQUIRE(what) require_at(what, __LINE__, #what)

/* Runs the call, which has to fail with this errno. */
#define FAILS(call, error)                                                                                             \
    require_at((errno = 0, (call) == -1 && errno == (error)), __LINE__, #call " fails with " #error)

static struct sockaddr_storage place;
static socklen_t place_length;

static int new_socket(int domain, int flags)
{
    int fd = socket(domain, SOCK_STREAM | flags, 0);
    REQUIRE(fd >= 0);
    return fd;
}

static void choose_place(int domain)
{
    struct sockaddr_in *in = (void *)&place;
    memset(&place, 0, sizeof place);
    place.ss_family = (sa_family_t)domain;
    if (domain == AF_INET) {
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        place_length = sizeof *in;
    } else {
        place_length = sizeof(sa_family_t); /* the kernel chooses an abstract name */
    }
}

static int new_listener(int domain, int flags)
{
    int fd = new_socket(domain, flags);
    choose_place(domain);
    REQUIRE(bind(fd, (void *)&place, place_length) == 0);
    REQUIRE(listen(fd, 8) == 0);
    place_length = sizeof place;
    REQUIRE(getsockname(fd, (void *)&place, &place_length) == 0);
    return fd;
}

static int new_client(void)
{
    int fd = new_socket(place.ss_family, 0);
    REQUIRE(connect(fd, (void *)&place, place_length) == 0);
    return fd;
}

/* The lowest number that no descriptor has: the same as before where none was left. */
static int lowest_free(void)
{
    int fd = dup(STDIN_FILENO);
    REQUIRE(fd >= 0 && close(fd) == 0);
    return fd;
}

static bool is_queued(int listener)
{
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    return poll(&wait, 1, 0) == 1;
}

/* What the client reads: 'R' for a reset, 'E' for the end, 'N' for nothing yet, or the byte. */
static char state_of(int client, bool wait)
{
    char byte = 0;
    ssize_t got = recv(client, &byte, 1, wait ? 0 : MSG_DONTWAIT);
    return got == 1 ? byte : got == 0 ? 'E' : errno == ECONNRESET ? 'R' : errno == EAGAIN ? 'N' : '?';
}

/* The server answers the client that it accepts, so that each client knows whether it was. */
static void accept_one(int listener)
{
    int connection = accept(listener, NULL, NULL);
    REQUIRE(connection >= 0);
    REQUIRE(send(connection, "x", 1, 0) == 1);
}

/* accept:ECONNABORTED@2: the second client is reset, the first and third are served; *length stays as it was. */
static void abort_tcp(void)
{
    int listener = new_listener(AF_INET, 0), clients[3];
    struct sockaddr_storage address;
    socklen_t length = 77;
    for (int i = 0; i < 3; i++)
        clients[i] = new_client();
    accept_one(listener);
    int before = lowest_free();
    FAILS(accept(listener, (void *)&address, &length), ECONNABORTED);
    REQUIRE(length == 77);
    REQUIRE(lowest_free() == before);
    accept_one(listener);
    REQUIRE(!is_queued(listener));
    REQUIRE(state_of(clients[0], true) == 'x' && state_of(clients[1], true) == 'R' &&
            state_of(clients[2], true) == 'x');
}

/* The same of AF_UNIX, which knows no reset: the client reads the end. */
static void abort_unix(void)
{
    int listener = new_listener(AF_UNIX, 0), clients[2];
    clients[0] = new_client();
    clients[1] = new_client();
    FAILS(accept4(listener, NULL, NULL, SOCK_CLOEXEC), ECONNABORTED);
    accept_one(listener);
    REQUIRE(state_of(clients[0], true) == 'E' && state_of(clients[1], true) == 'x');
}

/* accept:ECONNABORTED@1 where nobody waits: there is nobody to reset, so the kernel's own answer stands. */
static void abort_nobody(void)
{
    int listener = new_listener(AF_INET, SOCK_NONBLOCK);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    int client = new_client();
    accept_one(listener);
    REQUIRE(state_of(client, true) == 'x');
}

/* accept:ERROR@2..3: the client stays queued, and the next call gets it. */
static void keep_queued(int error)
{
    int listener = new_listener(AF_INET, 0), first = new_client(), second = new_client();
    accept_one(listener);
    for (int i = 0; i < 2; i++) {
        FAILS(accept(listener, NULL, NULL), error);
        REQUIRE(is_queued(listener) && state_of(second, false) == 'N');
    }
    accept_one(listener);
    REQUIRE(state_of(first, true) == 'x' && state_of(second, true) == 'x');
}

/* accept:EINTR: of a listener that waits before anything happens; of one that does not, never. */
static void interrupt(void)
{
    int waits = new_listener(AF_INET, 0), client = new_client();
    FAILS(accept(waits, NULL, NULL), EINTR);
    REQUIRE(is_queued(waits) && state_of(client, false) == 'N');
    int not = new_listener(AF_INET, SOCK_NONBLOCK);
    FAILS(accept(not, NULL, NULL), EAGAIN);
    client = new_client();
    accept_one(not );
}

/* accept:EAGAIN: as if another process had taken the client; never where the program waits for ever. */
static void again(void)
{
    int not = new_listener(AF_INET, SOCK_NONBLOCK), client = new_client();
    FAILS(accept(not, NULL, NULL), EAGAIN);
    REQUIRE(is_queued(not ) && state_of(client, false) == 'N');
    int waits = new_listener(AF_INET, 0);
    client = new_client();
    accept_one(waits);
    const struct timeval limit = {.tv_sec = PATIENCE_SECONDS};
    client = new_client();
    REQUIRE(setsockopt(waits, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    FAILS(accept(waits, NULL, NULL), EAGAIN);
    REQUIRE(is_queued(waits));
}

/* connect:ERROR@1: no packet goes out, the socket can be used again. */
static void connect_fails(int error)
{
    int listener = new_listener(AF_INET, 0), client = new_socket(AF_INET, 0);
    FAILS(connect(client, (void *)&place, place_length), error);
    REQUIRE(!is_queued(listener));
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    REQUIRE(getsockname(client, (void *)&name, &length) == 0 && name.sin_port == 0);
    REQUIRE(connect(client, (void *)&place, place_length) == 0);
    REQUIRE(is_queued(listener));
}

/* connect:EINTR: not of a socket that does not wait. */
static void connect_interrupted(void)
{
    int listener = new_listener(AF_INET, 0), client = new_socket(AF_INET, SOCK_NONBLOCK);
    FAILS(connect(client, (void *)&place, place_length), EINPROGRESS);
    (void)listener;
    client = socket(AF_INET, SOCK_DGRAM, 0);
    REQUIRE(connect(client, (void *)&place, place_length) == 0);
    client = new_socket(AF_INET, 0);
    FAILS(connect(client, (void *)&place, place_length), EINTR);
}

/* bind:ERROR@1: the socket stays unbound. */
static void bind_fails(int error)
{
    int fd = new_socket(AF_INET, 0);
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    choose_place(AF_INET);
    FAILS(bind(fd, (void *)&place, place_length), error);
    REQUIRE(getsockname(fd, (void *)&name, &length) == 0 && name.sin_port == 0 && name.sin_addr.s_addr == 0);
    REQUIRE(bind(fd, (void *)&place, place_length) == 0);
}

/* listen:EADDRINUSE@1: the socket does not listen. */
static void listen_fails(void)
{
    int fd = new_socket(AF_INET, 0), listens = 1;
    socklen_t length = sizeof listens;
    choose_place(AF_INET);
    REQUIRE(bind(fd, (void *)&place, place_length) == 0);
    FAILS(listen(fd, 5), EADDRINUSE);
    REQUIRE(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && !listens);
    REQUIRE(listen(fd, 5) == 0);
}

/* socket:EMFILE@2: none is made. */
static void socket_fails(void)
{
    new_socket(AF_INET, 0);
    int next = lowest_free();
    FAILS(socket(AF_INET, SOCK_STREAM, 0), EMFILE);
    REQUIRE(new_socket(AF_INET, 0) == next);
}

/* accept:EMFILE@3, by number: the count is the same. */
static void by_number(void)
{
    int listener = new_listener(AF_INET, SOCK_NONBLOCK);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    FAILS(syscall(SYS_accept4, listener, NULL, NULL, 0), EAGAIN);
    FAILS(accept4(listener, NULL, NULL, 0), EMFILE);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
}

/* accept:EMFILE@4: a child goes on with the counts of its parent, and from then on each has its own. */
static void forks(void)
{
    int listener = new_listener(AF_INET, SOCK_NONBLOCK), status;
    for (int i = 0; i < 2; i++)
        FAILS(accept(listener, NULL, NULL), EAGAIN);
    pid_t child = fork();
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    FAILS(accept(listener, NULL, NULL), EMFILE);
    FAILS(accept(listener, NULL, NULL), EAGAIN);
    if (child == 0)
        exit(0);
    REQUIRE(waitpid(child, &status, 0) == child && status == 0);
}

static int shared_listener;
static _Atomic int met;

static void *call_often(void *context)
{
    (void)context;
    for (int i = 0; i < 1000; i++)
        if (accept(shared_listener, NULL, NULL) == -1 && errno == EMFILE)
            met++;
    return NULL;
}

/* accept:EMFILE@1..4000+4: of 4000 calls of four threads exactly a quarter, whoever makes them. */
static void threads(void)
{
    pthread_t thread[4];
    shared_listener = new_listener(AF_INET, SOCK_NONBLOCK);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_create(&thread[i], NULL, call_often, NULL) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    REQUIRE(met == 1000);
}

/* accept:EMFILE, bind:EACCES and listen:EADDRINUSE under mks: a rule that fails the call comes first, and its calls
 * count. */
static void rules_first(void)
{
    int fd = new_socket(AF_INET, 0);
    FAILS(listen(fd, 5), EINVAL); /* listen.unbound_inet */
    choose_place(AF_INET);
    REQUIRE(bind(fd, (void *)&place, place_length) == 0);
    FAILS(listen(fd, 5), ENOBUFS);
    REQUIRE(listen(fd, 5) == 0);
}

/* Without the setting, and with one that has a mistake, nothing fails. */
static void nothing(void)
{
    int listener = new_listener(AF_INET, 0), client = new_client();
    accept_one(listener);
    REQUIRE(state_of(client, true) == 'x');
}

static void abort_one(void)
{
    int listener = new_listener(AF_INET, 0), client = new_client();
    FAILS(accept(listener, NULL, NULL), ECONNABORTED);
    REQUIRE(state_of(client, true) == 'R');
}

static void keep_emfile(void)
{
    keep_queued(EMFILE);
}

static void keep_enfile(void)
{
    keep_queued(ENFILE);
}

static void keep_enobufs(void)
{
    keep_queued(ENOBUFS);
}

static void refuse(void)
{
    connect_fails(ECONNREFUSED);
}

static void time_out(void)
{
    connect_fails(ETIMEDOUT);
}

static void reset(void)
{
    connect_fails(ECONNRESET);
}

static void unreachable(void)
{
    connect_fails(EHOSTUNREACH);
}

static void bind_in_use(void)
{
    bind_fails(EADDRINUSE);
}

static void bind_denied(void)
{
    bind_fails(EACCES);
}

static const struct {
    const char *name;
    void (*run)(void);
    const char *profile, *setting;
    const char *record; /* a part of the one record that is of a provoked call; NULL where there is none */
    int provoked;       /* such records */
} cases[] = {
    {"abort tcp", abort_tcp, "native", "accept:ECONNABORTED@2",
     "\"result\":-1,\"asked\":0,\"given\":0,\"errno\":\"ECONNABORTED\",\"family\":\"AF_INET\"", 1},
    {"abort tcp as bsd", abort_tcp, "bsd", "accept:ECONNABORTED@2", "\"errno\":\"ECONNABORTED\"", 1},
    {"abort unix", abort_unix, "native", "accept:ECONNABORTED@1", "\"call\":\"accept4\"", 1},
    {"abort nobody", abort_nobody, "native", "accept:ECONNABORTED@1", NULL, 0},
    {"abort by network", abort_one, "native", "accept:EPROTO@2,accept:ECONNABORTED@1", "\"errno\":\"ECONNABORTED\"", 1},
    {"EMFILE", keep_emfile, "native", "accept:EMFILE@2..3",
     "\"errno\":\"EMFILE\",\"not_called\":true,\"provoked\":true", 2},
    {"EMFILE as freebsd", keep_emfile, "freebsd", "accept:EMFILE@2..3", "\"errno\":\"EMFILE\"", 2},
    {"EMFILE as mks", keep_emfile, "mks", "accept:EMFILE@2..3", "\"errno\":\"EMFILE\"", 2},
    {"ENFILE", keep_enfile, "linux", "accept:ENFILE@2..3", "\"errno\":\"ENFILE\"", 2},
    {"ENOBUFS", keep_enobufs, "posix", "accept:ENOBUFS@2..3", "\"errno\":\"ENOBUFS\"", 2},
    {"EINTR", interrupt, "native", "accept:EINTR", "\"errno\":\"EINTR\"", 1},
    {"EAGAIN", again, "native", "accept:EAGAIN", "\"errno\":\"EAGAIN\"", 2},
    {"connect refused", refuse, "native", "connect:ECONNREFUSED@1", "\"errno\":\"ECONNREFUSED\"", 1},
    {"connect timed out", time_out, "bsd", "connect:ETIMEDOUT@1", "\"errno\":\"ETIMEDOUT\"", 1},
    {"connect reset", reset, "freebsd", "connect:ECONNRESET@1", "\"errno\":\"ECONNRESET\"", 1},
    {"connect unreachable", unreachable, "native", "connect:EHOSTUNREACH@1", "\"errno\":\"EHOSTUNREACH\"", 1},
    {"connect interrupted", connect_interrupted, "native", "connect:EINTR", "\"errno\":\"EINTR\"", 1},
    {"bind in use", bind_in_use, "native", "bind:EADDRINUSE@1", "\"errno\":\"EADDRINUSE\"", 1},
    {"bind in use as bsd", bind_in_use, "bsd", "bind:EADDRINUSE@1", "\"errno\":\"EADDRINUSE\"", 1},
    {"bind denied", bind_denied, "native", "bind:EACCES@1", "\"errno\":\"EACCES\"", 1},
    {"listen", listen_fails, "native", "listen:EADDRINUSE@1", "\"errno\":\"EADDRINUSE\"", 1},
    {"socket", socket_fails, "native", "socket:EMFILE@2", "\"call\":\"socket\",\"fd\":-1,\"result\":-1", 1},
    {"by number", by_number, "native", "accept:EMFILE@3", "\"errno\":\"EMFILE\"", 1},
    {"fork", forks, "native", "accept:EMFILE@4", "\"errno\":\"EMFILE\"", 2},
    {"threads", threads, "native", "accept:EMFILE@1..4000+4", "\"errno\":\"EMFILE\"", 1000},
    {"rules first", rules_first, "mks", "listen:ENOBUFS@1..2", "\"errno\":\"ENOBUFS\"", 1},
    {"unset", nothing, "native", NULL, NULL, 0},
    {"empty", nothing, "native", "", NULL, 0},
};

#define CASES ((int)(sizeof cases / sizeof *cases))

static int be_case(int number)
{
    alarm(PATIENCE_SECONDS * 2);
    cases[number].run();
    return 0;
}

/* --- the tests --- */

static struct job run_case(int number, const char *setting)
{
    char word[16];
    snprintf(word, sizeof word, "%d", number);
    struct job job = {
        .words = {NULL, word}, .preload = library, .profile = cases[number].profile, .ring = ring, .own_network = true};
    strcpy(job.program, self);
    job_environment("LISTENAS_PROVOKE", setting);
    jobs_run(&job, 1, 1);
    unsetenv("LISTENAS_PROVOKE");
    return job;
}

/* The records of provoked calls, as JSON; each line has to have `part`. Returns how many there are. */
static int count_provoked(const char *part)
{
    struct job log = {.words = {NULL, "log", "--json", ring}};
    int count = 0;
    snprintf(log.program, sizeof log.program, "%s/listenas", build_directory());
    jobs_run(&log, 1, 1);
    ck_assert_msg(log.status == 0, "%s", log.text);
    for (char *line = strtok(log.text, "\n"); line; line = strtok(NULL, "\n")) {
        if (!strstr(line, "\"provoked\":true"))
            continue;
        const char *repeats = strstr(line, "\"repeats\":");
        count += 1 + (repeats ? atoi(repeats + strlen("\"repeats\":")) : 0);
        ck_assert_msg(part && strstr(line, part), "%s is not in %s", part ? part : "nothing", line);
    }
    free(log.text);
    return count;
}

START_TEST(each_effect_is_real)
{
    struct job job = run_case(_i, cases[_i].setting);
    ck_assert_msg(job.status == 0 && !job.text[0], "%s: status %x: %s", cases[_i].name, (unsigned int)job.status,
                  job.text);
    ck_assert_int_eq(count_provoked(cases[_i].record), cases[_i].provoked);
    free(job.text);
}
END_TEST

/* The case that no error is to come in. */
static int number_of(const char *name)
{
    for (int i = 0; i < CASES; i++)
        if (strcmp(cases[i].name, name) == 0)
            return i;
    ck_abort_msg("%s", name);
    return 0;
}

/* A mistake in the setting is told, nothing is provoked, and the program runs. */
START_TEST(a_mistake_provokes_nothing)
{
    struct job job = run_case(number_of("unset"), "accept:ECONNABORTED,accept:EMFLE");
    ck_assert_int_eq(job.status, 0);
    ck_assert_str_eq(job.text,
                     "listenas: LISTENAS_PROVOKE (run -P): accept:EMFLE: \"EMFLE\" is no name of an error; did "
                     "you mean EMFILE?; nothing is provoked\n");
    free(job.text);
}
END_TEST

/* An error that is not listed comes by force alone. */
START_TEST(force_goes_beyond_the_list)
{
    struct job job = run_case(number_of("connect reset"), "connect:ECONNRESET@1");
    ck_assert_msg(job.status == 0, "%s", job.text);
    free(job.text);
    job = run_case(number_of("connect refused"), "connect:ECONNREFUSED@1,bind:EIO@2,force");
    ck_assert_msg(job.status == 0, "%s", job.text);
    free(job.text);
}
END_TEST

static void place_ring(void)
{
    snprintf(ring, sizeof ring, "%s/%d.ring", rings, getpid());
}

int main(int count, char **arguments)
{
    if (count > 1)
        return be_case(atoi(arguments[1]));
    forget_user();
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return EXIT_FAILURE;
    if (!mkdtemp(rings))
        return EXIT_FAILURE;
    Suite *suite = suite_create("provoked");
    TCase *all = tcase_create("provoked");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, place_ring, NULL);
    tcase_add_loop_test(all, each_effect_is_real, 0, CASES);
    tcase_add_test(all, a_mistake_provokes_nothing);
    tcase_add_test(all, force_goes_beyond_the_list);
    suite_add_tcase(suite, all);
    int status = suite_run(suite);
    remove_directory(rings);
    return status;
}
