/*
 * A small server and its client in one, in which every call can be made by libc's function, by number (-DBY_NUMBER) or
 * by the number that some architectures have for all of them (-DBY_SOCKETCALL). Prints what each call answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define UNTOUCHED 99

#ifdef BY_SOCKETCALL
#define MULTIPLEXED(number, ...) syscall(SYS_socketcall, number, (long[]){__VA_ARGS__})
#define socket(a, b, c) MULTIPLEXED(1, a, b, c)
#define bind(a, b, c) MULTIPLEXED(2, a, (long)(b), c)
#define connect(a, b, c) MULTIPLEXED(3, a, (long)(b), c)
#define listen(a, b) MULTIPLEXED(4, a, b)
#define accept(a, b, c) MULTIPLEXED(5, a, (long)(b), (long)(c))
#define getsockname(a, b, c) MULTIPLEXED(6, a, (long)(b), (long)(c))
#define getpeername(a, b, c) MULTIPLEXED(7, a, (long)(b), (long)(c))
#define shutdown(a, b) MULTIPLEXED(13, a, b)
#define setsockopt(a, b, c, d, e) MULTIPLEXED(14, a, b, c, (long)(d), e)
#define getsockopt(a, b, c, d, e) MULTIPLEXED(15, a, b, c, (long)(d), (long)(e))
#define accept4(a, b, c, d) MULTIPLEXED(18, a, (long)(b), (long)(c), d)
#elif defined BY_NUMBER
#define socket(...) syscall(SYS_socket, __VA_ARGS__)
#define bind(...) syscall(SYS_bind, __VA_ARGS__)
#define connect(...) syscall(SYS_connect, __VA_ARGS__)
#define listen(...) syscall(SYS_listen, __VA_ARGS__)
#ifdef SYS_accept
#define accept(...) syscall(SYS_accept, __VA_ARGS__)
#endif
#define getsockname(...) syscall(SYS_getsockname, __VA_ARGS__)
#define getpeername(...) syscall(SYS_getpeername, __VA_ARGS__)
#define shutdown(...) syscall(SYS_shutdown, __VA_ARGS__)
#define setsockopt(...) syscall(SYS_setsockopt, __VA_ARGS__)
#define getsockopt(...) syscall(SYS_getsockopt, __VA_ARGS__)
#define accept4(...) syscall(SYS_accept4, __VA_ARGS__)
#endif

/* The result as wide as the call gives it: of a failure every bit must be set. */
#define TRY(call) (errno = UNTOUCHED, report(#call, (call)))

static long report(const char *call, long result)
{
    if (result == -1)
        printf("%s = error %d\n", call, errno);
    else
        printf("%s = %ld%s\n", call, result, errno == UNTOUCHED ? "" : ", errno touched");
    fflush(stdout);
    return result;
}

static socklen_t fresh_address(int domain, struct sockaddr_storage *storage)
{
    struct sockaddr_in *in = (struct sockaddr_in *)storage;
    struct sockaddr_un *un = (struct sockaddr_un *)storage;
    memset(storage, 0, sizeof *storage);
    storage->ss_family = (sa_family_t)domain;
    if (domain == AF_INET) {
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return sizeof *in;
    }
    strcpy(un->sun_path, "socket");
    unlink(un->sun_path);
    return sizeof *un;
}

static void serve(int domain, int backlog)
{
    struct sockaddr_storage address, peer;
    socklen_t length = fresh_address(domain, &address), peer_length;
    int on = 1, value = 0;
    socklen_t size = sizeof value;
    int listener = (int)TRY(socket(domain, SOCK_STREAM, 0));
    TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    TRY(bind(listener, (struct sockaddr *)&address, length));
    TRY(bind(listener, (struct sockaddr *)&address, length));
    length = sizeof address;
    TRY(accept(listener, NULL, NULL));
    TRY(listen(listener, backlog));
    TRY(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &value, &size));
    TRY(getsockname(listener, (struct sockaddr *)&address, &length));
    fcntl(listener, F_SETFL, O_NONBLOCK);
    TRY(accept(listener, NULL, NULL));
    int first = (int)TRY(socket(domain, SOCK_STREAM, 0)), second = (int)TRY(socket(domain, SOCK_STREAM, 0));
    TRY(connect(first, (struct sockaddr *)&address, length));
    TRY(connect(second, (struct sockaddr *)&address, length));
    peer_length = sizeof peer;
    int connection = (int)TRY(accept(listener, (struct sockaddr *)&peer, &peer_length));
    printf("non-blocking: %d\n", (fcntl(connection, F_GETFL) & O_NONBLOCK) != 0);
    TRY(getpeername(connection, (struct sockaddr *)&peer, &peer_length));
    TRY(shutdown(connection, SHUT_RDWR));
    close(connection);
    close(first);
    TRY(getpeername(second, (struct sockaddr *)&peer, NULL));
    connection = (int)TRY(accept4(listener, (struct sockaddr *)1, &peer_length, SOCK_CLOEXEC));
    close(connection >= 0 ? connection : second);
    TRY(listen(listener, backlog + 1));
    TRY(listen(listener, -1));
    TRY(shutdown(listener, SHUT_RD));
    TRY(accept(listener, NULL, NULL));
    close(listener);
}

int main(void)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    serve(AF_INET, 5);
    serve(AF_UNIX, 7);
    TRY(listen(-1, 5));
    TRY(listen(STDOUT_FILENO, 5));
    TRY(bind(-1, (struct sockaddr *)&address, sizeof address));
    TRY(accept(-1, (struct sockaddr *)&address, &length));
    TRY(accept4(-1, NULL, NULL, 0x40000000));
    TRY(connect(-1, NULL, 16));
    TRY(socket(-1, -1, -1));
    TRY(setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, NULL, 4));
    TRY(getsockopt(-1, SOL_SOCKET, SO_REUSEADDR, NULL, NULL));
    TRY(getsockname(-1, NULL, NULL));
    TRY(getpeername(-1, NULL, NULL));
    TRY(shutdown(-1, 99));
    return 0;
}
