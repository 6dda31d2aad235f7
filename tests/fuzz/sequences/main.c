/*
 * sequences SEED [KEPT]: makes the random calls of this seed and prints what came of each. KEPT has a '1' for each step
 * to make and a '0' for each to leave out. It knows nothing of listenas. To be run in an empty directory and a network
 * of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"
#include "memory.h"

#define NOBODY 65534
#define SECONDS_MOST 20
#define DEPTH_MOST 2
/* A number that is never open. */
#define CLOSED_DESCRIPTOR 999

static const char *seed_text;

/* What paths lead to. */
static void make_files(void)
{
    close(open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (mkdir("directory", 0700) != 0 || symlink("nowhere", "dangling") != 0)
        perror("files");
}

static void give_up_rights(void)
{
    if (geteuid() != 0)
        return;
    if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        perror("nobody");
    prctl(PR_SET_DUMPABLE, 1); /* so that /proc/self/fd can still be read */
}

/* On one processor what the loopback does is done before the call that caused it returns. */
static void stay_on_one_processor(void)
{
    cpu_set_t all, one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof all, &all) != 0)
        return;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all)) {
            CPU_SET(cpu, &one);
            break;
        }
    sched_setaffinity(0, sizeof one, &one);
}

static bool is_kept(const struct actor *actor, int index)
{
    return (size_t)index >= strlen(actor->kept) || actor->kept[index] != '0';
}

static void run(struct actor *actor, int from, int to);

/* A child makes the next steps, while its parent waits. */
static int run_child(struct actor *actor, int index, int to)
{
    int status, end = index + 1 + actor->plan->steps[index].number;
    if (end > to)
        end = to;
    fflush(stdout);
    pid_t pid = actor->depth < DEPTH_MOST ? fork() : -1;
    if (pid < 0)
        return index + 1;
    if (pid == 0) {
        actor->depth++;
        alarm(SECONDS_MOST);
        run(actor, index + 1, end);
        fflush(stdout);
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0)
        printf("%d: child ended with status %#x\n", index, (unsigned int)status);
    return end;
}

/* The process becomes the same program anew, at the next step, with the descriptors that stay open. */
static void run_again(const struct actor *actor, int index, int to)
{
    char position[16], end[16], depth[16], slots[SLOTS * 12] = "";
    snprintf(position, sizeof position, "%d", index + 1);
    snprintf(end, sizeof end, "%d", to);
    snprintf(depth, sizeof depth, "%d", actor->depth);
    for (int i = 0; i < SLOTS; i++)
        snprintf(slots + strlen(slots), sizeof slots - strlen(slots), "%d ", actor->slots[i]);
    printf("%*s%d: exec\n", 2 * actor->depth, "", index);
    fflush(stdout);
    execl("/proc/self/exe", "sequences", seed_text, actor->kept, position, end, depth, slots, (char *)NULL);
    perror("exec");
}

static void run(struct actor *actor, int from, int to)
{
    for (int index = from; index < to;) {
        enum op op = actor->plan->steps[index].op;
        if (is_kept(actor, index) && op == OP_FORK) {
            index = run_child(actor, index, to);
            continue;
        }
        if (is_kept(actor, index) && op == OP_EXEC)
            run_again(actor, index, to);
        else if (is_kept(actor, index))
            act(actor, index);
        index++;
    }
}

/* What an earlier program of this process has left open. */
static void take_slots(struct actor *actor, const char *text)
{
    char *next = NULL;
    for (int i = 0; i < SLOTS; i++) {
        actor->slots[i] = text ? (int)strtol(next ? next : text, &next, 10) : -1;
        if (actor->slots[i] >= 0 && fcntl(actor->slots[i], F_GETFD) < 0)
            actor->slots[i] = -1;
    }
}

static void begin(struct actor *actor, bool is_first)
{
    signal(SIGIO, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    alarm(SECONDS_MOST);
    stay_on_one_processor();
    memory_begin();
    if (is_first)
        make_files();
    if (is_first && actor->plan->is_nobody)
        give_up_rights();
    actor->slots[SLOT_NEGATIVE] = -1;
    actor->slots[SLOT_CLOSED] = CLOSED_DESCRIPTOR;
    actor->slots[SLOT_FILE] = open("/dev/null", O_RDWR | O_CLOEXEC);
    actor->slots[SLOT_PATH] = open("/", O_PATH | O_CLOEXEC);
    actor->open = count_descriptors();
}

/* A library that keeps a record opens it now, and not in a step without a descriptor. */
static void open_record(void)
{
    int result = listen(-1, 0);
    printf("first: listen(-1, 0) = %d errno %d\n", result, errno);
}

int main(int count, char **arguments)
{
    static struct plan plan;
    struct actor actor = {.plan = &plan, .kept = count > 2 ? arguments[2] : ""};
    if (count < 2) {
        fputs("usage: sequences SEED [KEPT]\n", stderr);
        return 2;
    }
    seed_text = arguments[1];
    plan_make(&plan, strtoull(seed_text, NULL, 10));
    bool is_first = count < 7;
    take_slots(&actor, is_first ? NULL : arguments[6]);
    actor.depth = is_first ? 0 : atoi(arguments[5]);
    begin(&actor, is_first);
    if (is_first)
        open_record();
    run(&actor, is_first ? 0 : atoi(arguments[3]), is_first ? plan.count : atoi(arguments[4]));
    return 0;
}
