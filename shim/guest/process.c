#include "process.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../kernel/system.h"
#include "../libc/libdl.h"

#define PAGE 4096u

/* In the page. */
struct process {
    _Atomic uint32_t introduced;
    _Atomic uint32_t pid, parent;
    _Atomic bool is_bare; /* no fork of libc's made it: libc still has its parent's numbers */
    _Atomic uint64_t words[PROCESS_WORDS];
};

static_assert(sizeof(struct process) <= PAGE, "it is one page");

/* NULL before there is a page. */
static struct process *_Atomic process;

/* What a fork leaves to the child: the number of its parent. */
static _Atomic uint32_t last_pid;
static _Atomic bool kernel_is_too_old;

/* NULL where libc does not tell. Set once, by the constructor. */
static int (*clock_of_thread)(pthread_t thread, clockid_t *clock);

/* Before glibc 2.34 a program without libpthread has one thread, the first, and no clocks of threads. Else 0. */
static pthread_t first_thread;

/*
 * libc has a thread's number in its memory, and tells it as part of the name of the thread's clock, without a system
 * call: the kernel's name for the clock of thread T is ~T, shifted by three bits. Source: Linux
 * include/linux/posix-timers_types.h; clock_getcpuclockid of glibc and of musl. 0 if libc does not tell.
 */
static uint32_t thread_of_libc(void)
{
    clockid_t clock;
    if (!clock_of_thread || clock_of_thread(pthread_self(), &clock) != 0)
        return 0;
    return (uint32_t) ~(clock >> 3);
}

/* In the child of fork, whose only thread has the number of its process. */
static void child_begins(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    uint32_t pid = thread_of_libc();
    if (!own || pid == 0)
        return;
    atomic_store_explicit(&own->parent, last_pid, memory_order_relaxed);
    atomic_store_explicit(&own->pid, pid, memory_order_relaxed);
    last_pid = pid;
}

/* Looked up by name, so that the library needs no symbol that one of glibc and musl lacks. */
static bool look_up(const char *name, void *pointer)
{
    void *symbol = libdl_is_there() ? dlsym(RTLD_DEFAULT, name) : NULL;
    if (symbol)
        memcpy(pointer, &symbol, sizeof symbol);
    return symbol;
}

/*
 * glibc's pthread_atfork is a part of each library, and calls this. The last argument names the library whose handlers
 * dlclose takes back; this one is not unloaded. musl has pthread_atfork itself.
 */
static void call_in_child(void (*child)(void))
{
    int (*by_glibc)(void (*)(void), void (*)(void), void (*)(void), void *);
    int (*by_musl)(void (*)(void), void (*)(void), void (*)(void));
    if (look_up("__register_atfork", &by_glibc))
        by_glibc(NULL, NULL, child, NULL);
    else if (look_up("pthread_atfork", &by_musl))
        by_musl(NULL, NULL, child);
}

/* A libc that numbers clocks in another way, and a constructor that runs in a thread, show themselves by the number. */
void process_prepare(void)
{
    if (!look_up("pthread_getcpuclockid", &clock_of_thread))
        first_thread = pthread_self();
    else if (thread_of_libc() != (uint32_t)getpid())
        clock_of_thread = NULL;
    call_in_child(child_begins);
}

#include "../kernel/async_safe.h"

static struct process *make_page(void)
{
    struct process *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (madvise(page, PAGE, MADV_WIPEONFORK) != 0) {
        munmap(page, PAGE);
        kernel_is_too_old = true;
        return NULL;
    }
    last_pid = (uint32_t)getpid();
    atomic_store_explicit(&page->pid, last_pid, memory_order_relaxed);
    atomic_store_explicit(&page->parent, (uint32_t)getppid(), memory_order_relaxed);
    return page;
}

void process_begin(void)
{
    struct process *before = NULL;
    int saved = errno;
    struct process *page = process_introduced() || kernel_is_too_old ? NULL : make_page();
    if (page && !atomic_compare_exchange_strong(&process, &before, page))
        munmap(page, PAGE);
    errno = saved;
}

_Atomic uint32_t *process_introduced(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    return own ? &own->introduced : NULL;
}

_Atomic uint64_t *process_words(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    return own ? own->words : NULL;
}

uint32_t process_pid(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    uint32_t pid = own ? atomic_load_explicit(&own->pid, memory_order_relaxed) : 0;
    if (pid)
        return pid;
    pid = (uint32_t)getpid();
    if (own) {
        atomic_store_explicit(&own->parent, (uint32_t)getppid(), memory_order_relaxed);
        atomic_store_explicit(&own->is_bare, true, memory_order_relaxed);
        atomic_store_explicit(&own->pid, pid, memory_order_relaxed);
        last_pid = pid;
    }
    return pid;
}

uint32_t process_parent(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    return own ? atomic_load_explicit(&own->parent, memory_order_relaxed) : (uint32_t)getppid();
}

/* The first thread has the number of its process, libpthread's later ones, which a plugin brings, have others. */
static uint32_t known_thread(struct process *own)
{
    if (first_thread && pthread_equal(first_thread, pthread_self()))
        return atomic_load_explicit(&own->pid, memory_order_relaxed);
    return thread_of_libc();
}

uint32_t process_thread(void)
{
    struct process *own = atomic_load_explicit(&process, memory_order_relaxed);
    bool libc_knows = own && !atomic_load_explicit(&own->is_bare, memory_order_relaxed);
    uint32_t thread = libc_knows ? known_thread(own) : 0;
    return thread ? thread : (uint32_t)system_call(SYS_gettid);
}
