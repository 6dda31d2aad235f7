/*
 * For programs that tests compile: what fills a listener's queue with clients of its own, and accepts them.
 */
#ifndef LISTENAS_TESTS_CLI_FILLING_H
#define LISTENAS_TESTS_CLI_FILLING_H

/*
 * C source text: fill_and_drain(listener, its address, the address's length, how many clients, 12 at most), and the
 * headers that it needs. Each client comes when the one before it is in the queue, or the queue is full, so that as
 * many get in as it holds however late the kernel handles a SYN. One that is not let in leaves at once: the kernel
 * would send its SYN again after a second, and on a busy machine it would be dropped twice, or get in after all.
 */
#define FILL_AND_DRAIN                                                                                                 \
    "#include <netinet/in.h>\n#include <netinet/tcp.h>\n#include <poll.h>\n#include <sys/socket.h>\n"                  \
    "#include <time.h>\n#include <unistd.h>\n"                                                                         \
    "static int is_full(int fd)\n{\n"                                                                                  \
    "    struct tcp_info info;\n"                                                                                      \
    "    socklen_t length = sizeof info;\n"                                                                            \
    "    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_unacked > info.tcpi_sacked;\n" \
    "}\n"                                                                                                              \
    "static int gets_in(int fd, int client)\n{\n"                                                                      \
    "    for (;;) {\n"                                                                                                 \
    "        struct pollfd wait = {.fd = client, .events = POLLOUT};\n"                                                \
    "        int full = is_full(fd);\n"                                                                                \
    "        if (poll(&wait, 1, 0) == 1)\n"                                                                            \
    "            return wait.revents == POLLOUT;\n"                                                                    \
    "        if (full)\n"                                                                                              \
    "            return 0;\n"                                                                                          \
    "    }\n"                                                                                                          \
    "}\n"                                                                                                              \
    "static void fill_and_drain(int fd, struct sockaddr *address, socklen_t length, int clients)\n{\n"                 \
    "    const struct timespec moment = {.tv_nsec = 20000000};\n"                                                      \
    "    int client[12], connection;\n"                                                                                \
    "    for (int i = 0; i < clients; i++) {\n"                                                                        \
    "        client[i] = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);\n"                                \
    "        int connected = connect(client[i], address, length) == 0;\n"                                              \
    "        if (!connected && (address->sa_family == AF_UNIX || !gets_in(fd, client[i]))) {\n"                        \
    "            close(client[i]);\n"                                                                                  \
    "            client[i] = -1;\n"                                                                                    \
    "        }\n"                                                                                                      \
    "    }\n"                                                                                                          \
    "    nanosleep(&moment, 0);\n"                                                                                     \
    "    while ((connection = accept(fd, 0, 0)) >= 0)\n"                                                               \
    "        close(connection);\n"                                                                                     \
    "    for (int i = 0; i < clients; i++)\n"                                                                          \
    "        if (client[i] >= 0)\n"                                                                                    \
    "            close(client[i]);\n"                                                                                  \
    "}\n"

/*
 * C source text, after FILL_AND_DRAIN: a non-blocking listener with descriptor 9, `fd`, and its `address` and `length`
 * in main(int count, char **words), which are of AF_UNIX if there is a word 2, the path. It listens with this backlog.
 */
#define LISTENER_HEADERS "#include <string.h>\n#include <sys/un.h>\n"
#define LISTENER(backlog)                                                                                              \
    "    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"                \
    "    struct sockaddr_un local = {.sun_family = AF_UNIX};\n"                                                        \
    "    struct sockaddr *address = (struct sockaddr *)&in;\n"                                                         \
    "    socklen_t length = sizeof in;\n"                                                                              \
    "    if (count > 2) {\n"                                                                                           \
    "        strncpy(local.sun_path, words[2], sizeof local.sun_path - 1);\n"                                          \
    "        address = (struct sockaddr *)&local;\n"                                                                   \
    "        length = sizeof local;\n"                                                                                 \
    "    }\n"                                                                                                          \
    "    int fd = dup2(socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0), 9);\n"                              \
    "    bind(fd, address, length);\n"                                                                                 \
    "    getsockname(fd, address, &length);\n"                                                                         \
    "    listen(fd, " #backlog ");\n"

#endif
