/*
 * Asks whatever platform it runs on what each call answers to a socket of each kind in each state, and prints
 * one line for each: "KIND STATE CALL = ANSWER". Nothing of listenas is in here.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage storage;
    socklen_t length;
};

struct kind {
    const char *name;
    int domain, type;
};

/* kinds.c: sockets that can always be made; any failure there ends the program. A row without a name is the last. */
extern const struct kind kinds[];

bool is_stream(const struct kind *kind); /* of a connection-based type, AF_UNIX sockets among them */
bool is_tcp(const struct kind *kind);
int make_socket(const struct kind *kind);

/* A loopback address with port 0, or a path that is not in use. */
struct address fresh_address(const struct kind *kind);
struct address address_of(int fd);

/* An address where nobody is any more. */
struct address dead_address(const struct kind *kind);
int bind_to(int fd, const struct address *address);
int connect_to(int fd, const struct address *address);
int make_bound(const struct kind *kind);
int make_listener(const struct kind *kind, int backlog);
void make_nonblocking(int fd);
void give_up(const char *what) __attribute__((noreturn));

/* A socket in a state, and those that it takes to keep it there; -1 for none. */
struct scene {
    const struct kind *kind;
    int fd, peer, listener;
};

/* states.c */
struct state {
    const char *name;
    bool (*makes_sense)(const struct kind *kind);
    void (*enter)(struct scene *scene);
};

extern const struct state states[];

/* calls.c: each is tried on a socket of its own. */
struct call {
    const char *name;
    const char *(*make)(const struct scene *scene);
};

extern const struct call calls[];

/* lengths.c, sharing.c, paths.c, queues.c: what takes more than one socket and one call. */
void probe_lengths(void);
void probe_sharing(void);
void probe_paths(void);
void probe_targets(void);
void probe_queues(void);

/* answers.c: "ok" or the errno's name; "EPIPE+SIGPIPE" where that signal came too. */
void catch_signal(void);
const char *answer_of(long result);
void print_answer(const char *kind, const char *state, const char *call, const char *answer);

#endif
