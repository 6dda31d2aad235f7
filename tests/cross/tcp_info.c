/* Whether an emulator gives TCP_INFO as the kernel does: the state of a new socket, in the first byte. Exit status 0 if
 * so. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    unsigned char info[104] = {0};
    socklen_t length = sizeof info;
    int result = getsockopt(socket(AF_INET, SOCK_STREAM, 0), IPPROTO_TCP, TCP_INFO, info, &length);
    printf("TCP_INFO of a new socket: result %d, %u bytes, %u %u %u %u\n", result, (unsigned int)length, info[0],
           info[1], info[2], info[3]);
    return info[0] == TCP_CLOSE ? 0 : 1;
}
