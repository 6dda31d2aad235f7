/* A program that makes code while it runs, as an interpreter does, and writes a map of it for perf. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int bind_it(void)
{
    struct sockaddr_storage where = {.ss_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return bind(fd, (struct sockaddr *)&where, sizeof where) + 1;
}

/* argv[1]: the name of the code in the map. */
int main(int count, char **arguments)
{
    static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3}; /* calls its argument */
    char path[64];
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *memory = page + 64;
    int (*made)(int (*function)(void));
    if (count != 2 || page == (char *)MAP_FAILED)
        return 2;
    memcpy(memory, code, sizeof code);
    memcpy(&made, &memory, sizeof made);
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    FILE *map = fopen(path, "w");
    if (!map || fprintf(map, "%lx %zx %s\n", (unsigned long)memory, sizeof code, arguments[1]) < 0 || fclose(map) != 0)
        return 2;
    printf("map %s\n", path);
    return made(bind_it) - 1;
}
