/*
 * What a small server does, and what it saw: "profile=bsd bind=0 listen=0 clients=8 accept=ok". The frame
 * around it is chosen when it is compiled: a program, the function of a library, a constructor.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNTOUCHED 99
#define BACKLOG 5
#define CLIENTS_MOST 64

void snippet(void);

/* The profile that is in force by now: empty before the library's own constructor has run. */
static const char *profile(void)
{
    const char *(*ask)(void);
    void *symbol = dlsym(RTLD_DEFAULT, "listenas_profile");
    if (!symbol)
        return "none";
    memcpy(&ask, &symbol, sizeof ask);
    return ask();
}

/* Clients come until one would have to wait. */
static int gather(const struct sockaddr_un *address, int *clients)
{
    int count = 0;
    do {
        clients[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    } while (connect(clients[count], (const struct sockaddr *)address, sizeof *address) == 0 && ++count < CLIENTS_MOST);
    return count;
}

void snippet(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX}, peer;
    socklen_t length = sizeof peer;
    int clients[CLIENTS_MOST], listener = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "socket-%d", (int)gettid());
    errno = UNTOUCHED;
    int bound = bind(listener, (struct sockaddr *)&address, sizeof address), listening = listen(listener, BACKLOG);
    const char *touched = errno == UNTOUCHED ? "" : " touched";
    int count = gather(&address, clients);
    errno = UNTOUCHED;
    int connection = accept(listener, (struct sockaddr *)&peer, &length);
    printf("profile=%s bind=%d listen=%d clients=%d accept=%s%s%s\n", profile(), bound, listening, count,
           connection >= 0 ? "ok" : "failed", touched, errno == UNTOUCHED ? "" : " touched");
    fflush(stdout);
    unlink(address.sun_path);
    close(connection);
    close(listener);
}

#ifdef AS_CONSTRUCTOR
__attribute__((constructor)) static void construct(void)
{
    snippet();
}
#endif

#ifdef AS_PROGRAM
static void *in_thread(void *context)
{
    snippet();
    return context;
}

int main(int count, char **arguments)
{
    const char *frame = count > 1 ? arguments[1] : "";
    int status = 0;
    pthread_t thread;
    if (strcmp(frame, "thread") == 0)
        return pthread_create(&thread, NULL, in_thread, NULL) || pthread_join(thread, NULL);
    if (strcmp(frame, "none") == 0)
        return 0;
    for (const char *letter = frame; *letter == 'c'; letter++) /* "c" is a child, "cc" a child of a child */
        if (fork() > 0)
            return wait(&status) < 0 || status;
    snippet();
    return 0;
}
#endif
