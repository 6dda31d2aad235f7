/* Calls from a few places very often, and then once from each of many others, all of which some platform answers
 * otherwise. */
#include <sys/socket.h>
#include <unistd.h>

#define OFTEN 4000

static int fd;

/* One line of these is so many places. */
#define ONE                                                                                                            \
    __asm__ volatile("");                                                                                              \
    shutdown(fd, SHUT_WR);
#define FIVE ONE ONE ONE ONE ONE
#define FIFTY FIVE FIVE FIVE FIVE FIVE FIVE FIVE FIVE FIVE FIVE

int main(void)
{
    fd = socket(AF_INET, SOCK_STREAM, 0);
    for (int i = 0; i < OFTEN; i++) {
        FIVE
    }
    FIFTY FIFTY FIFTY FIFTY return 0;
}
