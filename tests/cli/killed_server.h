/*
 * A server for tests that listens twice, calls accept and bind with errors, and kills itself: what is left of it is its
 * record.
 */
#ifndef LISTENAS_TESTS_CLI_KILLED_SERVER_H
#define LISTENAS_TESTS_CLI_KILLED_SERVER_H

#include "child.h"

static const char killed_server[] =
    "#include <netinet/in.h>\n#include <signal.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
    "int main(void)\n{\n"
    "    struct sockaddr_in address = {.sin_family = AF_INET};\n"
    "    int fd = dup2(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), 9);\n"
    "    bind(fd, (struct sockaddr *)&address, sizeof address);\n"
    "    listen(fd, 100);\n"
    "    listen(fd, 3);\n"
    "    accept(fd, 0, 0);\n"
    "    bind(fd, (struct sockaddr *)&address, 3);\n"
    "    raise(SIGKILL);\n}\n";

#endif
