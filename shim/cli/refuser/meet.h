/*
 * Who answers at a refuser's socket.
 */
#ifndef LISTENAS_CLI_REFUSER_MEET_H
#define LISTENAS_CLI_REFUSER_MEET_H

#include <stdbool.h>
#include <sys/types.h>

struct refuser_meeting {
    int error; /* 0 if somebody answers; else the errno of connect, EAGAIN for one whose queue is full */
    pid_t pid; /* of who listens there; 0 if it is in another process namespace */
    uid_t user;
    bool is_believed; /* the library takes answers from root and its own user alone */
    char name[32];    /* of that process; empty if it cannot be told */
};

/* Connects to the socket of this name (refuser_address_read), without waiting. False for a name that is none. */
bool refuser_meet(const char *text, struct refuser_meeting *meeting);

#endif
