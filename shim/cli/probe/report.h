/*
 * What the probe printed on some machine, line by line: source/probe.h says what a line can be.
 */
#ifndef LISTENAS_CLI_PROBE_REPORT_H
#define LISTENAS_CLI_PROBE_REPORT_H

#include "../../profile/loader/diagnostic.h"
#include "../../profile/profile.h"

/* In the order in which a profile's value is taken where they differ: a key of all families is TCP's first. */
enum family { FAMILY_INET, FAMILY_NONE, FAMILY_INET6, FAMILY_UNIX, FAMILIES };

#define TOLD_SIZE 256
#define QUEUES_MAX 64
#define PAIRS 7

/* A line's text after its "="; `line` 0: there is none. */
struct told {
    int line;
    char text[TOLD_SIZE];
};

/* How many connections a listener of this backlog held: a number, one with a "+" if there may be more, or an errno. */
struct queue_told {
    int backlog;
    struct told of[FAMILIES];
};

struct report {
    struct told system, release, version, machine, date, ports, end;
    struct told without[FAMILIES];
    struct told answers[KEY_COUNT][FAMILIES], reasons[KEY_COUNT][FAMILIES];
    struct queue_told queues[QUEUES_MAX];
    int queue_count;
    struct told sharing[2][PAIRS]; /* of TCP, of UDP */
    int lines;
};

/* "inet", "inet6" or "unix"; empty for FAMILY_NONE. */
const char *probed_family_name(enum family family);

/* "tcp.wildcard_then_specific" ...: the pairs that the probe tries, NULL beyond the last one of UDP. */
const char *pair_name(int protocol, int pair);

/*
 * Reads the file at `path`, "-" for stdin. Reports each mistake with the file and line, and returns whether there was
 * none. A file that ends early is no mistake: what it has counts, and `end` has no line.
 */
bool report_read(struct report *report, const char *path, struct diagnostics *diagnostics);

#endif
