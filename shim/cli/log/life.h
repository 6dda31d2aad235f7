/*
 * Whether anybody still writes to a file.
 */
#ifndef LISTENAS_CLI_LOG_LIFE_H
#define LISTENAS_CLI_LOG_LIFE_H

enum life {
    LIFE_ENDED,   /* nobody has the file mapped or open for writing */
    LIFE_RUNS,    /* somebody has, whether a call was made yet or not */
    LIFE_UNKNOWN, /* it cannot be told: the file is another user's, or a process does not let itself be looked at */
};

#endif
