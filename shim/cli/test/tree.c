#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../proc.h"
#include "memory.h"

/* A process that is just ending is left as much time. */
#define GRACE_LOOKS 40
#define LOOK_NS 5000000

void tree_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* Whether it is a child of this process that still runs. Source: proc(5), the fields after the name's last bracket. */
static bool is_living_child(pid_t pid)
{
    char path[64], line[512], state;
    int parent;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!proc_read(path, line, sizeof line))
        return false;
    const char *after = strrchr(line, ')');
    return after && sscanf(after, ") %c %d", &state, &parent) == 2 && parent == getpid() && state != 'Z' &&
           state != 'X';
}

/* Our own refuser runs the very file that we do. */
static bool is_ours(pid_t pid)
{
    struct stat own, its;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    return stat("/proc/self/exe", &own) == 0 && stat(path, &its) == 0 && own.st_dev == its.st_dev &&
           own.st_ino == its.st_ino;
}

/* NULL for one that has gone meanwhile. */
static char *name_of(pid_t pid)
{
    char path[64], name[64];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    return proc_read(path, name, sizeof name) && *name ? memory_text(name) : NULL;
}

typedef void (*visit_child)(pid_t pid, void *context);

static void each_child(visit_child visit, void *context)
{
    DIR *listing = opendir("/proc");
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && is_living_child(pid))
            visit(pid, context);
    }
    if (listing)
        closedir(listing);
}

struct count {
    unsigned int children;
    char **first;
};

static void count_one(pid_t pid, void *context)
{
    struct count *count = context;
    char *name = is_ours(pid) ? NULL : name_of(pid);
    if (!name)
        return;
    count->children++;
    if (count->first && !*count->first)
        *count->first = name;
    else
        free(name);
}

static void signal_one(pid_t pid, void *context)
{
    kill(pid, *(const int *)context);
}

void tree_signal(int number)
{
    each_child(signal_one, &number);
}

static void kill_one(pid_t pid, void *context)
{
    (void)context;
    kill(pid, SIGKILL);
}

/* Whether any child is left, also one that has ended and waits to be reaped. */
static bool reap(void)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
        continue;
    return pid == 0;
}

static void wait_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
}

/* Those that were killed hand their own children to us. */
static void kill_all(void)
{
    while (reap()) {
        each_child(kill_one, NULL);
        siginfo_t ended;
        waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT | __WALL);
    }
}

/* Those that are there although they were left a moment to end. */
static unsigned int count_left(char **first)
{
    for (int look = 0; look < GRACE_LOOKS && reap(); look++) {
        struct count count = {0};
        each_child(count_one, &count);
        if (count.children == 0)
            return 0;
        wait_a_moment();
    }
    struct count count = {.first = first};
    each_child(count_one, &count);
    return count.children;
}

unsigned int tree_kill(char **first)
{
    if (first)
        *first = NULL;
    unsigned int left = count_left(first);
    kill_all();
    return left;
}
