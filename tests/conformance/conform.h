/*
 * Observes, with real sockets, what the platform makes of listen, accept and bind, and prints it in the words
 * of shim/profile/keys.def. Nothing of listenas is in here: it shows whatever platform it runs on.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* main.c: each is one thing to observe. */
void observe_listen(void);
void observe_states(void);
void observe_accept(void);
void observe_accept4(void);
void observe_accept_options(void);
void observe_accept_addresses(void);
void observe_accept_states(void);
void observe_socket(void);
void observe_shutdown(void);
void observe_bind(void);
void observe_filter(void);
void observe_ports(void);
void observe_unbound_listens(void);
void observe_connect(void);
void observe_connect_addresses(void);
void observe_after_disconnect(void);
void observe_naming(void);
void observe_listener_closed(void);
void observe_retry(void);
void observe_queue_options(void);
void observe_options(void);
void observe_capacity(int domain, const int *backlogs, int count);
void observe_first_call(void);
void observe_data_path(void);
void observe_errors(void);
void observe_waiting(void);
void observe_cancel_after_timeout(void);
void observe_cancel_of_connect(void);
void observe_places(void);

/* answers.c: what several observations of one key said. */

struct answers {
    int count;
    struct {
        const char *where;
        char what[32];
    } of[12];
};

void add_answer(struct answers *answers, const char *where, const char *what);

/* "key = answer"; where the observations disagree, each with where it was made. */
void print_answers(const char *key, const struct answers *answers);

const char *error_name(int error);

/* The errno's name of a call that gave a negative result, else `success`. */
const char *answer_of(int result, const char *success);

/* What the call of a child says that exits with the call's errno, or with 0 after success: the errno's name or "ok";
   "death" where a signal ends the child. Waits for it. */
const char *answer_of_child(pid_t child);

/* directory.c */

/* Goes to a new directory for AF_UNIX paths, which are short then, and all gone at the end. */
void enter_directory(const char *name);

/* As many descriptors as the process may have. */
void raise_limit(void);

/* socket.c: sockets that can always be made. Any failure here ends the program. */

struct address {
    struct sockaddr_storage storage;
    socklen_t length;
};

extern const int tcp_domains[2], all_domains[3];

/* "inet", "inet6" or "unix". */
const char *domain_name(int domain);

/* Whether the host has this family: it may be without IPv6. */
bool domain_is_here(int domain);

/* A loopback address with port 0, or a path that is not in use. */
struct address fresh_address(int domain);
struct address address_of(int fd);

int make_socket(int domain, int type);
int make_bound(int domain, int type);
int make_listener(int domain, int backlog);

/* A loopback address where nobody is any more. */
struct address dead_address(int domain);

/* A TCP socket whose blocking connect was refused. */
int make_refused(int domain);

/* A client of the listener that is connected. */
int make_client(int listener);

void add_flag(int fd, int flag);

/* O_NONBLOCK, O_ASYNC, and this process as the owner. */
void set_nonblock(int fd);
bool has_nonblock(int fd);
void set_async(int fd);
bool has_async(int fd);
void set_owner(int fd);
bool has_owner(int fd);

/* accept without an address; must give a connection. */
int must_accept(int listener);

/* "yes" where nobody is queued any more; takes whoever is. */
const char *nobody_is_left(int listener);

/* Closes a TCP socket with a reset, so that no TIME_WAIT remains. */
void close_hard(int fd);

/* Prints what went wrong and ends the program. */
void give_up(const char *what) __attribute__((noreturn));

/* crowd.c: clients that come to a listener that does not accept. */

struct crowd {
    struct address address;
    int *clients;
    int count, room; /* of `clients`: those that got in */
    int surplus;     /* the one that did not, or -1 */
    int outcome;     /* what that one met: an errno, EINPROGRESS if it waits, EMFILE if there were no more */
};

struct crowd crowd_of(int listener);

/* Lets clients come until one does not get in at once. */
void crowd_push(struct crowd *crowd);

/* Waits until no surplus client of any of these crowds gets in any more. */
void crowds_settle(struct crowd *crowds, int count);

/* All of it for one listener, whose clients then leave: how many got in. */
int crowd_size(int listener);

void crowd_dismiss(struct crowd *crowd);

/* report.c: calls whose answer no key governs. */

#define UNTOUCHED 99

/* Makes the call with a known errno and prints "name = ok", or the errno's name; returns the call's result.
 */
#define TRY(name, call) (set_errno(UNTOUCHED), report(name, call))

void set_errno(int error);
int report(const char *name, int result);
void report_number(const char *name, long number);
void report_word(const char *name, const char *word);

#endif
