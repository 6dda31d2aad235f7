/*
 * A server that does what a test tells it, with the library; for tests of what looks at servers while they run.
 */
#ifndef LISTENAS_TESTS_CLI_LIVE_SERVER_H
#define LISTENAS_TESTS_CLI_LIVE_SERVER_H

#include "child.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

/*
 * Listens at 127.0.0.1, or at the path that is its second word, with the backlog that is its first, and prints a line
 * with its port. Then it obeys each byte of its input: a accepts, f leaves all to a child and ends, d makes
 * the socket another descriptor's, c closes it; and answers it by the same byte.
 */
static const char live_server_source[] =
    "#include <netinet/in.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\n"
    "#include <sys/un.h>\n#include <unistd.h>\n"
    "int main(int count, char **words)\n{\n"
    "    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};\n"
    "    struct sockaddr_un local = {.sun_family = AF_UNIX};\n"
    "    struct sockaddr *address = count > 2 ? (struct sockaddr *)&local : (struct sockaddr *)&in;\n"
    "    socklen_t length = count > 2 ? sizeof local : sizeof in;\n"
    "    char byte;\n"
    "    if (count > 2)\n"
    "        strcpy(local.sun_path, words[2]);\n"
    "    int made = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0), fd = dup2(made, 9);\n"
    "    close(made);\n"
    "    if (bind(fd, address, length) != 0 || listen(fd, atoi(words[1])) != 0)\n"
    "        return 1;\n"
    "    if (count <= 2)\n"
    "        getsockname(fd, address, &length);\n"
    "    printf(\"%d\\n\", ntohs(in.sin_port));\n"
    "    fflush(stdout);\n"
    "    while (read(0, &byte, 1) == 1) {\n"
    "        if (byte == 'a')\n"
    "            close(accept(fd, 0, 0));\n"
    "        if (byte == 'c')\n"
    "            close(fd);\n"
    "        if (byte == 'd' && dup2(fd, 77) == 77) {\n"
    "            close(fd);\n"
    "            fd = 77;\n"
    "        }\n"
    "        if (byte == 'f' && fork() != 0)\n"
    "            return 0;\n"
    "        write(1, &byte, 1);\n"
    "    }\n"
    "    return 0;\n}\n";

/* A program's name that no other run of a test has, from at most eight letters; static memory for eight of them. */
static inline char *own(const char *name)
{
    static char names[8][16];
    static unsigned int turn;
    char *text = names[turn++ % 8];
    snprintf(text, sizeof names[0], "%.8s-%x", name, (unsigned int)getpid());
    return text;
}

struct live_server {
    pid_t pid;
    int in, out;
    int port; /* 0 for one of AF_UNIX */
};

/* Starts these words, which end in such a server. */
static inline struct live_server live_server_spawn(char **words)
{
    struct live_server server = {0};
    int in[2], out[2];
    char line[16] = "";
    ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    server.pid = fork();
    if (server.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execvp(words[0], words);
        _exit(98);
    }
    close(in[0]);
    close(out[1]);
    server.in = in[1];
    server.out = out[0];
    for (size_t length = 0; length < sizeof line - 1 && !strchr(line, '\n'); length++)
        ck_assert_int_eq(read(server.out, line + length, 1), 1);
    server.port = atoi(line);
    return server;
}

static inline void live_server_compile(const char *name)
{
    if (access(in_directory("%s", name), X_OK) != 0)
        ck_assert(compile(name, live_server_source, ""));
}

/* Starts such a server by `listenas run` with these words before its own. It has `name` as its program. */
__attribute__((sentinel)) static inline struct live_server live_server_start(const char *name, ...)
{
    char *words[24] = {command, (char *)(uintptr_t) "run"};
    va_list arguments;
    va_start(arguments, name);
    for (int i = 2; i < 23 && (i == 2 || words[i - 1]); i++)
        words[i] = va_arg(arguments, char *);
    va_end(arguments);
    live_server_compile(name);
    return live_server_spawn(words);
}

/* Has it do what this byte says, and waits until it has. */
static inline void live_server_do(const struct live_server *server, char what)
{
    char done = 0;
    ck_assert_int_eq(write(server->in, &what, 1), 1);
    ck_assert_int_eq(read(server->out, &done, 1), 1);
    ck_assert_int_eq(done, what);
}

/* The number of its process; static memory. */
static inline char *pid_text(const struct live_server *server)
{
    static char text[16];
    snprintf(text, sizeof text, "%d", server->pid);
    return text;
}

/* It ends at the end of its input, and its child with it. */
static inline void live_server_end(struct live_server *server)
{
    int status;
    char byte;
    close(server->in);
    while (read(server->out, &byte, 1) > 0)
        continue;
    ck_assert_int_eq(waitpid(server->pid, &status, 0), server->pid);
    close(server->out);
}

/* A client that connects, or tries to, and does not wait. */
static inline int live_client(int port)
{
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connect(fd, (struct sockaddr *)&in, sizeof in);
    return fd;
}

#endif
