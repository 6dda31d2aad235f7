/*
 * A server that forbids itself, or is forbidden, all but one socket call, and makes that one: by libc's function, then
 * by number through syscall().
 *
 *     server WHERE CALL NUMBER...    WHERE: here, thread, child, joined or exec; NUMBER: what else the filter allows
 *
 * "joined" and "exec" prepare the sockets without the preload that WHERE_PRELOAD names, and execute themselves with it:
 * so no call of the library's was made before. With "exec" the filter is there before that.
 * A system call that is not allowed ends the process with status 2, and its number is on standard output, a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBERS_MOST 100
#define CLIENTS 6
#define ROOM 16
#define PORT "SANDBOX_PORT"

/* The descriptors, the same before and after exec. */
enum {
    NEW_INET = 100,
    NEW_UNIX,
    NEW_INET6,
    UNBOUND,
    BOUND_INET,
    BOUND_UNIX,
    LISTENS_INET,
    LISTENS_UNIX,
    CONNECTED_INET,
    CONNECTED_UNIX,
    LATER_INET, /* of the second round */
    LATER_UNIX,
    UNIX_1,
    UNIX_2,
    CLIENT_FIRST,
};

static const char *call_name;
static unsigned int allowed[NUMBERS_MOST];
static size_t allowed_count;
static struct sockaddr_in *server_inet; /* on the heap, as getaddrinfo gives it */
static struct sockaddr_un *server_unix;
static socklen_t *length_on_heap;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- the filter --- */

/* Standard output, mapped: to tell of a forbidden call takes no other. */
static char *told;

static void tell_forbidden(int signal, siginfo_t *info, void *context)
{
    char digits[12], *digit = digits + sizeof digits;
    int number = info->si_syscall;
    (void)signal;
    (void)context;
    do
        *--digit = (char)('0' + number % 10);
    while (number /= 10);
    memcpy(told, digit, (size_t)(digits + sizeof digits - digit));
    _exit(2);
}

static void catch_forbidden(void)
{
    struct sigaction action = {.sa_sigaction = tell_forbidden, .sa_flags = SA_SIGINFO};
    if (ftruncate(STDOUT_FILENO, ROOM) != 0)
        die("ftruncate");
    told = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, STDOUT_FILENO, 0);
    if (told == MAP_FAILED || sigaction(SIGSYS, &action, NULL) != 0)
        die("sigaction");
}

static void confine(void)
{
    struct sock_filter code[NUMBERS_MOST + 3];
    unsigned short length = 0;
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < allowed_count; i++)
        code[length++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], (unsigned char)(allowed_count - i), 0);
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = length, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        die("seccomp");
}

/* --- the sockets --- */

static int make(int slot, int domain)
{
    int fd = socket(domain, SOCK_STREAM, 0);
    if (fd < 0 || dup2(fd, slot) < 0)
        die("socket");
    close(fd);
    return slot;
}

static void bind_unix(int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("bind");
}

static void bind_inet(int fd, struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)address, length) != 0 || getsockname(fd, (struct sockaddr *)address, &length) != 0)
        die("bind");
}

/* The addresses, which a process that was executed anew has from the environment. */
static void know_servers(void)
{
    server_inet = calloc(1, sizeof *server_inet);
    server_unix = calloc(1, sizeof *server_unix);
    length_on_heap = calloc(1, sizeof *length_on_heap);
    if (!server_inet || !server_unix || !length_on_heap)
        die("calloc");
    server_unix->sun_family = AF_UNIX;
    strcpy(server_unix->sun_path, "server");
    if (getenv(PORT))
        *server_inet = (struct sockaddr_in){.sin_family = AF_INET,
                                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                            .sin_port = htons((uint16_t)atoi(getenv(PORT)))};
}

static void make_servers(void)
{
    char port[8];
    bind_inet(make(LISTENS_INET, AF_INET), server_inet);
    bind_unix(make(LISTENS_UNIX, AF_UNIX), server_unix->sun_path);
    if (listen(LISTENS_INET, CLIENTS) != 0 || listen(LISTENS_UNIX, CLIENTS) != 0)
        die("listen");
    fcntl(LISTENS_INET, F_SETFL, O_NONBLOCK);
    fcntl(LISTENS_UNIX, F_SETFL, O_NONBLOCK);
    snprintf(port, sizeof port, "%d", ntohs(server_inet->sin_port));
    setenv(PORT, port, 1);
}

static void make_clients(void)
{
    for (int i = 0; i < CLIENTS; i++) {
        bool local = i % 2;
        int fd = make(i < 2 ? CONNECTED_INET + i : CLIENT_FIRST + i, local ? AF_UNIX : AF_INET);
        if (local ? connect(fd, (struct sockaddr *)server_unix, sizeof *server_unix)
                  : connect(fd, (struct sockaddr *)server_inet, sizeof *server_inet))
            die("connect");
    }
}

static void prepare(void)
{
    static const char *const paths[] = {"new0", "new1", "link0", "link1", "target0", "target1"};
    struct sockaddr_in any;
    make(NEW_INET, AF_INET);
    make(NEW_UNIX, AF_UNIX);
    make(NEW_INET6, AF_INET6);
    make(LATER_INET, AF_INET);
    make(LATER_UNIX, AF_UNIX);
    make(UNIX_1, AF_UNIX);
    make(UNIX_2, AF_UNIX);
    make(UNBOUND, AF_INET);
    bind_inet(make(BOUND_INET, AF_INET), &any);
    bind_unix(make(BOUND_UNIX, AF_UNIX), "bound");
    make_servers();
    make_clients();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        unlink(paths[i]);
    if (symlink("target0", "link0") != 0 || symlink("target1", "link1") != 0)
        die("symlink");
}

/* --- the calls, `round` 0 by libc's function, 1 by number --- */

#define CALL(name, ...) (round ? (int)syscall(SYS_##name, __VA_ARGS__) : name(__VA_ARGS__))

static void try_socket(int round)
{
    CALL(socket, AF_INET, SOCK_STREAM, 0);
    CALL(socket, AF_INET6, SOCK_STREAM, 0);
    CALL(socket, AF_UNIX, SOCK_DGRAM, 0);
    CALL(socket, -1, SOCK_STREAM, 0);
    CALL(socket, AF_INET, 77, 0);
}

static void try_bind(int round)
{
    struct sockaddr_in any = {.sin_family = AF_INET}, *taken = server_inet;
    struct sockaddr_un local = {.sun_family = AF_UNIX}, nothing = {.sun_family = AF_UNIX, .sun_path = "no/directory"};
    int inet = round ? LATER_INET : NEW_INET, unix_socket = round ? LATER_UNIX : NEW_UNIX;
    struct sockaddr_un dangling = {.sun_family = AF_UNIX};
    strcpy(local.sun_path, round ? "new1" : "new0");
    strcpy(dangling.sun_path, round ? "link1" : "link0");
    CALL(bind, inet, (struct sockaddr *)taken, sizeof *taken);
    CALL(bind, inet, (struct sockaddr *)&any, sizeof any);
    CALL(bind, inet, (struct sockaddr *)&any, sizeof any);
    CALL(bind, unix_socket, (struct sockaddr *)&nothing, sizeof nothing);
    CALL(bind, unix_socket, (struct sockaddr *)server_unix, sizeof *server_unix);
    CALL(bind, unix_socket, (struct sockaddr *)&dangling, sizeof dangling);
    CALL(bind, round ? UNIX_2 : UNIX_1, (struct sockaddr *)&local, sizeof local);
    CALL(bind, -1, (struct sockaddr *)&any, sizeof any);
    CALL(bind, inet, (struct sockaddr *)8, sizeof any);
}

static void try_listen(int round)
{
    CALL(listen, BOUND_INET, 100000);
    CALL(listen, BOUND_UNIX, 5);
    CALL(listen, UNBOUND, 0);
    CALL(listen, CONNECTED_INET, 5);
    CALL(listen, LISTENS_INET, CLIENTS - 2);
    CALL(listen, -1, 5);
}

static void try_accept(int round)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    static socklen_t in_data = sizeof peer;
    *length_on_heap = sizeof peer;
    for (int fd = LISTENS_INET; fd <= LISTENS_UNIX; fd++) {
#ifdef SYS_accept
        CALL(accept, fd, (struct sockaddr *)&peer, &length);
        CALL(accept, fd, (struct sockaddr *)&peer, round ? &in_data : length_on_heap);
#endif
    }
    CALL(accept, BOUND_INET, NULL, NULL);
    CALL(accept, LISTENS_INET, NULL, NULL);
}

static void try_accept4(int round)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    for (int fd = LISTENS_INET; fd <= LISTENS_UNIX; fd++) {
        CALL(accept4, fd, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        CALL(accept4, fd, NULL, NULL, SOCK_NONBLOCK);
    }
    CALL(accept4, BOUND_INET, NULL, NULL, 0);
}

static void try_connect(int round)
{
    CALL(connect, round ? LATER_INET : NEW_INET, (struct sockaddr *)server_inet, sizeof *server_inet);
    CALL(connect, round ? LATER_UNIX : NEW_UNIX, (struct sockaddr *)server_unix, sizeof *server_unix);
    CALL(connect, CONNECTED_INET, (struct sockaddr *)server_inet, sizeof *server_inet);
    CALL(connect, UNBOUND, (struct sockaddr *)server_inet, 3);
}

static void try_shutdown(int round)
{
    CALL(shutdown, CONNECTED_INET, SHUT_WR);
    CALL(shutdown, UNBOUND, SHUT_RD);
    CALL(shutdown, LISTENS_INET, round ? SHUT_RDWR : SHUT_RD);
}

static void try_setsockopt(int round)
{
    struct linger linger = {0};
    int on = 1, off = 0, size = 4096;
    CALL(setsockopt, NEW_INET, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    CALL(setsockopt, NEW_INET, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    CALL(setsockopt, LISTENS_INET, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    CALL(setsockopt, LISTENS_INET, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    CALL(setsockopt, LISTENS_INET, SOL_SOCKET, SO_INCOMING_CPU, &off, sizeof off);
    CALL(setsockopt, NEW_INET6, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    CALL(setsockopt, NEW_INET6, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
}

static void try_getsockopt(int round)
{
    static const int names[] = {SO_ERROR, SO_ACCEPTCONN, SO_REUSEPORT, SO_TYPE, SO_SNDBUF, SO_INCOMING_CPU};
    int value;
    socklen_t length;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        length = sizeof value;
        CALL(getsockopt, LISTENS_INET, SOL_SOCKET, names[i], &value, &length);
        length = 2;
        CALL(getsockopt, LISTENS_INET, SOL_SOCKET, names[i], &value, &length);
    }
}

static void try_getsockname(int round)
{
    struct sockaddr_storage name;
    for (int fd = NEW_INET; fd <= CONNECTED_UNIX; fd++) {
        socklen_t length = sizeof name;
        CALL(getsockname, fd, (struct sockaddr *)&name, &length);
    }
}

static void try_getpeername(int round)
{
    struct sockaddr_storage name;
    for (int fd = NEW_INET; fd <= CONNECTED_UNIX; fd++) {
        socklen_t length = sizeof name;
        CALL(getpeername, fd, (struct sockaddr *)&name, &length);
    }
}

static const struct {
    const char *name;
    void (*try)(int round);
} calls[] = {
    {"socket", try_socket},           {"bind", try_bind},
    {"listen", try_listen},           {"accept", try_accept},
    {"accept4", try_accept4},         {"connect", try_connect},
    {"shutdown", try_shutdown},       {"setsockopt", try_setsockopt},
    {"getsockopt", try_getsockopt},   {"getsockname", try_getsockname},
    {"getpeername", try_getpeername},
};

/* --- where --- */

static void *make_calls(void *unconfined)
{
    if (!unconfined)
        confine();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, call_name) == 0)
            for (int round = 0; round < 2; round++)
                calls[i].try(round);
    _exit(0);
}

static void read_allowed(char *const *numbers)
{
    for (; *numbers && allowed_count < NUMBERS_MOST; numbers++)
        allowed[allowed_count++] = (unsigned int)strtoul(*numbers, NULL, 10);
}

/* In the same process again, with the library. */
static void execute_anew(char **words, bool confined)
{
    static char again[] = "again", unconfined[] = "confined";
    setenv("LD_PRELOAD", getenv("WHERE_PRELOAD"), 1);
    words[1] = confined ? unconfined : again;
    if (confined)
        confine();
    execv("/proc/self/exe", words);
    die("exec");
}

static void in_child(void)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        make_calls(NULL);
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        exit(4);
    exit(WEXITSTATUS(status));
}

static void in_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, make_calls, NULL) != 0)
        die("thread");
    pthread_join(thread, NULL);
}

int main(int count, char **words)
{
    if (count < 3)
        return 1;
    const char *where = words[1];
    bool confined = strcmp(where, "confined") == 0, again = confined || strcmp(where, "again") == 0;
    call_name = words[2];
    read_allowed(words + 3);
    catch_forbidden();
    know_servers();
    if (!again)
        prepare();
    if (strcmp(where, "joined") == 0 || strcmp(where, "exec") == 0)
        execute_anew(words, strcmp(where, "exec") == 0);
    else if (strcmp(where, "thread") == 0)
        in_thread();
    else if (strcmp(where, "child") == 0)
        in_child();
    else
        make_calls(confined ? &count : NULL);
    return 1;
}
