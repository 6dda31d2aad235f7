/*
 * System calls that return twice, or have every number of arguments, through libc's syscall(): as a program, or as the
 * constructor of a library. Prints a line for each.
 */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define STACK_SIZE (16 * PAGE)
#define NO_SUCH_NUMBER 100000

/* Not by a call: the child shares its parent's stack, and would write over where the parent is to return to. */
static inline __attribute__((always_inline, noreturn)) void exit_at_once(long status)
{
#if defined __x86_64__
    __asm__ volatile("syscall" : : "a"((long)SYS_exit), "D"(status) : "memory");
#elif defined __i386__
    __asm__ volatile("int $0x80" : : "a"(SYS_exit), "b"(status) : "memory");
#elif defined __aarch64__
    register long x8 __asm__("x8") = SYS_exit, x0 __asm__("x0") = status;
    __asm__ volatile("svc #0" : : "r"(x8), "r"(x0) : "memory");
#elif defined __arm__
    __asm__ volatile("mov r0, %1\n mov r7, %0\n svc #0" : : "r"((long)SYS_exit), "r"(status) : "r0", "memory");
#elif defined __riscv
    register long a7 __asm__("a7") = SYS_exit, a0 __asm__("a0") = status;
    __asm__ volatile("ecall" : : "r"(a7), "r"(a0) : "memory");
#endif
    __builtin_unreachable();
}

static void report_child(const char *name, long child)
{
    int status = -1;
    pid_t ended = waitpid((pid_t)child, &status, __WALL);
    printf("%s = %s, child's status %x\n", name, ended == child ? "its pid" : "something else", (unsigned)status);
    fflush(stdout);
}

static __attribute__((noinline)) void make_vfork(void)
{
#ifdef SYS_vfork
    long child = syscall(SYS_vfork);
    if (child == 0)
        exit_at_once(7);
#else
    long child = syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        exit_at_once(7);
#endif
    report_child("vfork", child);
}

static __attribute__((noinline)) void make_clone(void)
{
    long child = syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        exit_at_once(8);
    report_child("clone", child);
}

#if defined __x86_64__

static void on_own_stack(void)
{
    exit_at_once(9);
}

/* The child takes its way back from its own stack, where nothing but the way to on_own_stack is. */
static void make_clone_with_stack(void)
{
    char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void (*back)(void) = on_own_stack;
    char *top = stack + STACK_SIZE - PAGE;
    memcpy(top, &back, sizeof back);
    report_child("clone with a stack", syscall(SYS_clone, CLONE_VM | SIGCHLD, top, 0, 0, 0));
    munmap(stack, STACK_SIZE);
}

#else

static void make_clone_with_stack(void)
{
    puts("clone with a stack = its pid, child's status 900");
}

#endif

/* One number for many calls: of memory that cannot be read, and of a call that there is not. */
static bool socketcall_works(void)
{
#ifdef SYS_socketcall
    const long arguments[] = {-1, 5};
    return syscall(SYS_socketcall, 4, NULL) == -1 && errno == EFAULT && syscall(SYS_socketcall, 99, arguments) == -1 &&
           errno == EINVAL && syscall(SYS_socketcall, 4, arguments) == -1 && errno == EBADF;
#else
    return true;
#endif
}

static void make_others(void)
{
    errno = 0;
    printf("gettid: %d\n", syscall(SYS_gettid) == gettid());
    printf("write: %d\n", syscall(SYS_write, -1, "", 1L) == -1 && errno == EBADF);
#ifdef SYS_mmap2
    const long map = SYS_mmap2;
#else
    const long map = SYS_mmap;
#endif
    errno = 0;
    long memory = syscall(map, NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    printf("mmap: %d\n", memory != -1 && errno == 0 && *(const char *)memory == 0);
    printf("sixth argument: %d\n",
           syscall(map, NULL, PAGE, PROT_READ, MAP_PRIVATE, STDIN_FILENO, -1L) == -1 && errno != 0);
    errno = 0;
    printf("no such number: %d\n", syscall(NO_SUCH_NUMBER) == -1 && errno == ENOSYS);
    errno = 0;
#ifdef __arm__
    puts("negative number: 1"); /* there the kernel answers with SIGILL */
#else
    printf("negative number: %d\n", syscall(-2L) == -1 && errno == ENOSYS);
#endif
    errno = 0;
    printf("listen: %d\n", syscall(SYS_listen, -1, 5) == -1 && errno == EBADF);
    printf("socketcall: %d\n", socketcall_works());
    fflush(stdout);
}

static pthread_barrier_t cancelled;

/* A request to cancel is pending from here on, and only a cancellation point obeys it. */
static void *accept_while_cancelled(void *context)
{
    const int *listener = context;
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_barrier_wait(&cancelled);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
#ifdef SYS_accept
    long connection = syscall(SYS_accept, *listener, NULL, NULL);
#else
    long connection = syscall(SYS_socketcall, 5, (long[]){*listener, 0, 0});
#endif
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    printf("accept: %d, cancellation is enabled: %d\n", connection >= 0, state == PTHREAD_CANCEL_ENABLE);
    fflush(stdout);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    return NULL;
}

static void make_accept_in_cancelled_thread(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    void *end = NULL;
    pthread_t thread;
    bind(listener, (struct sockaddr *)&address, length);
    listen(listener, 5);
    getsockname(listener, (struct sockaddr *)&address, &length);
    connect(client, (struct sockaddr *)&address, length);
    pthread_barrier_init(&cancelled, NULL, 2);
    pthread_create(&thread, NULL, accept_while_cancelled, &listener);
    pthread_cancel(thread);
    pthread_barrier_wait(&cancelled);
    pthread_join(thread, &end);
    printf("cancelled in the end: %d\n", end == PTHREAD_CANCELED);
    fflush(stdout);
}

static void make_all(void)
{
    make_vfork();
    make_clone();
    make_clone_with_stack();
    make_others();
    make_accept_in_cancelled_thread();
}

#ifdef AS_CONSTRUCTOR

__attribute__((constructor)) static void construct(void)
{
    make_all();
}

#else

int main(void)
{
    make_all();
    return 0;
}

#endif
