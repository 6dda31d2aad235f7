/*
 * Mistakes in configuration, told in whole sentences: file, line, key, what was expected, the nearest legal word.
 */
#ifndef LISTENAS_PROFILE_COMPLAINT_H
#define LISTENAS_PROFILE_COMPLAINT_H

/* Beyond this many mistakes the rest of a file is not worth the reading. */
#define COMPLAINTS_MAX 20

struct complaints {
    int count;
    char first[256];            /* the first complaint, cut to fit */
    void (*tell)(const char *); /* is given each complaint as it arises, without a newline; may be NULL */
};

/* Adds one complaint, formatted as printf does. */
void complain(struct complaints *complaints, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where a mistake is: "name:line", or the name alone where `line` is 0; nowhere in particular where `name` is NULL. */
struct spot {
    const char *name;
    int line;
};

/* The same of something at a spot, which is told before it: "name:line: ...". */
void complain_at(struct complaints *complaints, struct spot spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
