/*
 * listenas for a program's own tests, in C99 and C++: choose the platform, mark the record, wait until a queue is full,
 * and walk through the calls that were recorded.
 *
 * There is nothing to link but dlsym (libdl, part of libc since glibc 2.34): each function here finds the preloaded
 * liblistenas.so and calls the function of its own name there. Without that library each says so and does nothing, so a
 * test that needs a platform can be skipped: see listenas_is_here. None may be called from a signal handler except
 * where it says so.
 *
 *     listenas run -p linux -- ./my-tests
 */
#ifndef LISTENAS_H
#define LISTENAS_H

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#define LISTENAS_VERSION "0.1"

#ifdef __cplusplus
extern "C" {
#endif

/* One call of this process, or several that were equal and came in a row. The strings are valid until the callback
 * returns; newer versions append fields. */
struct listenas_call {
    uint64_t number;     /* of the record in its ring, which the processes of a server share; they ascend */
    uint64_t time_ns;    /* CLOCK_REALTIME, when the call returned */
    uint64_t count;      /* how many calls the record stands for */
    const char *name;    /* "listen", "accept" ...; "start", "use", "mark"; "lost": calls that were overwritten */
    const char *keys[2]; /* the keys that made a difference, such as "listen.capacity_tcp"; "" for none */
    const char *text;    /* mark: the text; use: the platform; "" for other calls */
    int fd;
    int result;       /* what the call returned */
    int error;        /* the errno that the program got, 0 for none */
    int kernel_error; /* the errno that the kernel gave, 0 for none */
    int asked;        /* listen: the backlog that was passed */
    int capacity;     /* listen: connections that the queue holds; 0 if the platform leaves that to the kernel */
    int thread;       /* as gettid() tells it */
};

/* Returns 0 to go on, anything else to stop. */
typedef int listenas_visit(const struct listenas_call *call, void *context);

#ifdef LISTENAS_INSIDE

/* The library itself. What each function does is said below. */
#define LISTENAS_API __attribute__((visibility("default")))
LISTENAS_API const char *listenas_version(void);
LISTENAS_API const char *listenas_profile(void);
LISTENAS_API const char *listenas_message(void);
LISTENAS_API int listenas_use(const char *platform);
LISTENAS_API int listenas_provoke(const char *errors);
LISTENAS_API int listenas_mark(const char *text);
LISTENAS_API int listenas_wait_full(int fd, int timeout_ms);
LISTENAS_API int listenas_walk(listenas_visit *visit, void *context);

#else

/*
 * Writes the library's function of this name to `function`, a pointer to a function; looks it up until it is found, and
 * then keeps it in `found`. Returns 0 if the library is not there, or has no such function.
 */
static inline int listenas_find(void **found, const char *name, void *function)
{
    void *address = __atomic_load_n(found, __ATOMIC_RELAXED);
    if (!address) {
        address = dlsym(NULL, name); /* RTLD_DEFAULT, a name for programs with extensions alone */
        __atomic_store_n(found, address, __ATOMIC_RELAXED);
    }
    __builtin_memcpy(function, &address, sizeof address);
    return address != NULL;
}

/* A function of the library that takes nothing and returns a text; `otherwise` without the library. */
static inline const char *listenas_ask(void **found, const char *name, const char *otherwise)
{
    const char *(*function)(void);
    return listenas_find(found, name, &function) ? function() : otherwise;
}

/* The version of the library, such as "0.1"; NULL without the library. May be called from a signal handler once it has
 * returned. */
static inline const char *listenas_version(void)
{
    static void *found;
    return listenas_ask(&found, "listenas_version", NULL);
}

/* 1 if the library is loaded, else 0. */
static inline int listenas_is_here(void)
{
    return listenas_version() != NULL;
}

/* The name of the platform in force, as it was asked for; "native" if there is none, and without the library. May be
 * called from a signal handler once it has returned. */
static inline const char *listenas_profile(void)
{
    static void *found;
    return listenas_ask(&found, "listenas_profile", "native");
}

/* Why the last listenas_use or listenas_provoke of this process failed, in a sentence; "" if it did not. Valid until
 * the next one. */
static inline const char *listenas_message(void)
{
    static void *found;
    return listenas_ask(&found, "listenas_message",
                        "liblistenas.so is not loaded: start the program with `listenas run`");
}

/*
 * From here on the process listens as this platform: the name of a built-in profile or of one of the user's, or a path.
 * LISTENAS_SET and the profile's section for this program apply as they do at the start. Children that are forked
 * afterwards inherit it; what they execute starts as LISTENAS_PROFILE says.
 *
 * Calls read the platform without a lock, so this is for a process with one thread, such as a test that was forked:
 * with more (those of a library or of ThreadSanitizer count) it changes nothing. It waits up to 0.1 s for threads that
 * have been joined and are not quite gone.
 *
 * What was done stays done: a listener keeps the queue that it has until listen is called again. So does all that
 * `listenas run` prepares before the program starts: its network (--isolate), with the settings of section [host], and
 * its refuser. A queue refuses or resets only where the program was started with a refuser that can do it.
 *
 * Returns 0, or an errno, and listenas_message tells more: EINVAL if there is no such profile or it has a mistake,
 * EBUSY if the process has other threads, EAGAIN if the library cannot start yet, ENOSYS without the library. Then the
 * platform is what it was before.
 */
static inline int listenas_use(const char *platform)
{
    static void *found;
    int (*function)(const char *);
    return listenas_find(&found, "listenas_use", &function) ? function(platform) : ENOSYS;
}

/*
 * From here on calls of this process fail as `errors` says, in the syntax of LISTENAS_PROVOKE ("accept:EMFILE@3" fails
 * the third accept from now), instead of what was set before; NULL or "" ends that. Only errors that the platform in
 * force lists for the call, unless one word is "force"; listenas_use leaves them in force. For a process with one
 * thread, as listenas_use. Returns 0, or an errno, and listenas_message tells more: EINVAL for a mistake, else as
 * listenas_use.
 */
static inline int listenas_provoke(const char *errors)
{
    static void *found;
    int (*function)(const char *);
    return listenas_find(&found, "listenas_provoke", &function) ? function(errors) : ENOSYS;
}

/*
 * Puts a text into the record, for `listenas log` to show and listenas_walk to find. A record has room for 40 bytes; of
 * a longer text it holds the beginning. Returns 0, or an errno: ENODATA if nothing is recorded, ENOSYS without the
 * library. May be called from a signal handler once it has returned, and from any thread.
 */
static inline int listenas_mark(const char *text)
{
    static void *found;
    int (*function)(const char *);
    return listenas_find(&found, "listenas_mark", &function) ? function(text) : ENOSYS;
}

/*
 * Waits until the queue of this listening socket (TCP or AF_UNIX) is full: the kernel lets nobody else in. Looks every
 * millisecond, for `timeout_ms` at most, once if that is 0, for ever if it is negative; changes nothing. Returns 1 for
 * a full queue, 0 when the time is over, or -1 and sets errno: EBADF, ENOTSOCK, EINVAL if the socket does not listen,
 * EOPNOTSUPP if the kernel does not tell how full its queue is, ENOSYS without the library. From any thread.
 */
static inline int listenas_wait_full(int fd, int timeout_ms)
{
    static void *found;
    int (*function)(int, int);
    if (listenas_find(&found, "listenas_wait_full", &function))
        return function(fd, timeout_ms);
    errno = ENOSYS;
    return -1;
}

/*
 * Calls `visit` with each record of this process that is still in its ring, the oldest first, up to those that were
 * there at the beginning; a child of fork is a process of its own. Where records of the ring have been overwritten, of
 * whichever process, one named "lost" stands for them, after what the ring has kept of how processes and listeners
 * began: LISTENAS_RING can make the ring longer. Returns how many were visited, or -1 and sets errno: ENODATA if
 * nothing is recorded, ENOMEM, ENOSYS without the library. From any thread.
 */
static inline int listenas_walk(listenas_visit *visit, void *context)
{
    static void *found;
    int (*function)(listenas_visit *, void *);
    if (listenas_find(&found, "listenas_walk", &function))
        return function(visit, context);
    errno = ENOSYS;
    return -1;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
