/*
 * For each key, a case in which it makes a difference: a rule, the facts that the kernel would tell, the arguments. A
 * rule is given only those facts that the profile's own needs name, as a hook would gather them.
 */
#ifndef LISTENAS_TESTS_KEY_SCENARIOS_H
#define LISTENAS_TESTS_KEY_SCENARIOS_H

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "../../shim/rules/accept.h"
#include "../../shim/rules/accept_filter.h"
#include "../../shim/rules/bind_port.h"
#include "../../shim/rules/connect.h"
#include "../../shim/rules/host.h"
#include "../../shim/rules/names.h"
#include "../../shim/rules/queue_option.h"

/* What came of it, whatever the rule: all that a hook would act upon, but not the reason. */
struct outcome {
    int64_t numbers[9];
};

struct scenario {
    enum key key;
    struct outcome (*run)(const struct profile *profile, const struct scenario *it);
    struct facts facts;      /* all that is true of the socket */
    int family;              /* of the address; 0: that of the socket */
    const char *path;        /* of an AF_UNIX address, or NULL */
    in_addr_t place;         /* of an inet address, in host order; 0: 127.0.0.1 */
    int port;                /* 0: 80; below zero: port 0 */
    socklen_t length;        /* of the address; 0: of a whole one */
    int number, error, name; /* arguments of the call: what they are depends on `run` */
    const char *with;        /* another setting, without which the key says nothing; NULL for none */
    const char *only;        /* the one value that this case is for; NULL: every value */
    bool same;               /* `only` is what happens anyway: the case proves that it does */
};

/* The cases, in no order. */
extern const struct scenario scenarios[];
extern const size_t scenario_count;

#endif
