/*
 * The programs that ask. A connection is kept until its request has come, at most a second; its other end cannot
 * make the refuser wait. Nobody takes another user's place: when all are in use, the user with the most loses the
 * oldest.
 */
#ifndef LISTENAS_REFUSER_REQUESTS_H
#define LISTENAS_REFUSER_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol.h"
#include "refuser.h"

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83 /* since Linux 6.16 */
#endif

#define ASKERS_MAX 64

struct asker {
    int fd; /* -1: free */
    pid_t process;
    uid_t user;
    gid_t group;
    int64_t until_ns;
};

/* Each worker has its own. */
struct requests {
    struct asker of[ASKERS_MAX];
    bool may_bring; /* the message brings descriptors */
};

/* `listener`: of refuser_listen. */
void requests_begin(struct requests *requests, int listener);

/*
 * Accepts new connections. `events`: the epoll instance that will watch them; an event's number is EVENT_ASKER plus
 * the place.
 */
void requests_accept(struct requests *requests, struct refuser *refuser, int events);

/* Reads and serves the request at a place, and ends its connection. */
void requests_serve(struct requests *requests, struct refuser *refuser, int place);

/* Ends connections that have waited too long; returns when the next one will have, INT64_MAX for never. */
int64_t requests_expire(struct requests *requests, int64_t now_ns);

#define EVENT_ASKER 1000u

/* wish.c: does what a request asks for, and returns the answer. `ring`: the path after the request, empty for none. */
struct refuser_answer wish_serve(struct refuser *refuser, const struct refuser_request *request, const char *ring,
                                 const struct asker *asker);

#endif
