/*
 * The exit statuses of `listenas test` and `listenas why`, in addition to those of cli.h.
 */
#ifndef LISTENAS_CLI_TEST_STATUS_H
#define LISTENAS_CLI_TEST_STATUS_H

enum {
    STATUS_AS_NATIVE = 0, /* every case that passes natively passes as every platform */
    STATUS_DIFFERS = 1,   /* one does not */
    STATUS_NATIVE = 3,    /* a case fails natively, and nothing differs */
    STATUS_FLAKY = 4,     /* a case is flaky, and nothing else is wrong */
};

#endif
