/*
 * Puts to the platform, whatever it is, the questions that answers.def has the answers of real kernels to, and prints
 * one line for each: "CASE = ANSWER". Nothing of listenas is in here.
 */
#ifndef PROBE_H
#define PROBE_H

#include "../conformance/conform.h"

/* kinds.c: the kinds of sockets. A row without a name is the last. */
struct kind {
    const char *name;
    int domain, type;
};

extern const struct kind kinds[];

bool is_stream(const struct kind *kind); /* of a connection-based type, AF_UNIX sockets among them */
bool is_tcp(const struct kind *kind);
bool is_here(const struct kind *kind); /* the host may be without IPv6 */

const char *stream_name(int domain); /* of the kind of stream sockets */

/* A socket of this kind that can always be made, and a listener. */
int make_one(const struct kind *kind);
int make_one_bound(const struct kind *kind);
int make_one_listening(const struct kind *kind, int backlog);

int bind_to(int fd, const struct address *address);
int connect_to(int fd, const struct address *address);

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

/* When the listener is given what its connection may get. */
enum moment { BEFORE_LISTEN, AFTER_LISTEN, CLIENT_QUEUED, MOMENTS };

/* What takes more than one socket and one call, in a file each. */
void probe_lengths(void);
void probe_sharing(void);
void probe_paths(void);
void probe_targets(void);
void ask_queue(const struct kind *kind);
void ask_flags(int domain);
void ask_options(int domain);
void ask_ends(int domain);
void ask_lengths(int domain);

/* answers.c: "ok" or the errno's name. */
const char *outcome_of(long result);
void print_answer(const char *kind, const char *state, const char *call, const char *answer);

/* A case whose answer has several words. */
void question(const char *kind, const char *name);
void answer(const char *word);
void answer_number(long number);
void answer_result(int result);
void end_of_answers(void);

/* The state of a listener's queue after the call: "kept" or "lost" for the one client that was in it. */
const char *fate_of_client(int listener);

#endif
