/*
 * Which records a user wants to see.
 *
 * A selection is a list of words, and a record is selected if all of them hold:
 *
 *     word  = field operator value { "," value }     call=accept   err!=EAGAIN,EINTR   port=80,8000..8099   fd>9
 *     operator = "=" | "!=" | "<" | "<=" | ">" | ">="
 *
 * With "=" one of the values must hold, with "!=" none may; the others take one number. The fields are in fields.def. A
 * number is also a range, LOW..HIGH, LOW.. or ..HIGH; a name is also a pattern of the shell: accept*, listen.backlog_*.
 * A record that lacks a field (a bind that failed has no peer) is not selected by "=" and is by "!=".
 */
#ifndef LISTENAS_CLI_SELECT_SELECT_H
#define LISTENAS_CLI_SELECT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of a selection; select_add says so when a user reaches one. */
#define SELECT_TERMS 32
#define SELECT_VALUES 256

enum select_kind {
    SELECT_NUMBER,  /* a number or a range */
    SELECT_CALL,    /* the name of a call, or a pattern */
    SELECT_ERRNO,   /* the name of an errno, or its number */
    SELECT_PATTERN, /* any text, or a pattern */
    SELECT_ADDRESS, /* an address of the network, with a prefix length or a port; a path or an abstract name */
    SELECT_KEY,     /* the name of a key with or without its section, or a pattern */
};

enum select_field {
#define FIELD(name, kind, help) FIELD_##name,
#include "fields.def"
    SELECT_FIELDS
};

struct select_row {
    const char *name;
    enum select_kind kind;
    const char *help;
};

/* The rows of fields.def. */
extern const struct select_row select_rows[SELECT_FIELDS];

/* --- what is selected from --- */

/* An address, taken apart. One of IPv4 that is written in IPv6 (::ffff:127.0.0.1) counts as IPv4. */
struct select_address {
    unsigned int family;     /* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC for none */
    unsigned char bytes[16]; /* of AF_INET 4 of them */
    unsigned int port;       /* of AF_INET and AF_INET6 */
    char text[160];          /* of AF_UNIX: the path, or the name after "@" */
};

/* Where a call came from; an unknown part is an empty text or 0. */
struct select_place {
    const char *function, *file, *module; /* of files their paths */
    int line;
    uint64_t offset; /* into the module */
};

#define SELECT_PLACES 8

/* One record, as the selection sees it. Texts are never NULL. */
struct subject {
    uint64_t time_ns, last_ns; /* of the call, and of the last of its repetitions; at least time_ns */
    const char *call;
    bool is_call; /* a call of the program's, which can fail; not start, queue, use or mark */
    bool changed; /* a key made a difference */
    bool failed;
    unsigned int error; /* 0 for none */
    int64_t fd, result;
    uint32_t pid, tid;
    const char *program, *profile;
    const char *keys[2];
    struct select_address address;  /* in the record: of a peer, of what is bound */
    struct select_address listener; /* that the call was made on, where it is known */
    struct select_place places[SELECT_PLACES];
    size_t places_count;
};

/* --- the selection --- */

struct select_value {
    int64_t low, high;             /* of a number or an errno */
    const char *text;              /* a name, a pattern, a path */
    struct select_address address; /* with `bits` of the bytes, and any port if `any_port` */
    unsigned int bits;
    bool any_port;
};

struct select_term {
    enum select_field field;
    bool is_not;         /* none of the values may hold */
    size_t first, count; /* of its values */
};

/* All zero selects everything. */
struct selection {
    bool failed, changed;
    uint64_t since_ns, until_ns; /* nanoseconds since 1970; 0 for no limit */
    struct select_term terms[SELECT_TERMS];
    struct select_value values[SELECT_VALUES];
    char *words[SELECT_TERMS]; /* copies that the values point into */
    size_t terms_count, values_count;
    char fault[320]; /* what is wrong with the word that select_add refused last */
};

/* Whether a word of the command line can only be meant as part of a selection: a name, then an operator. */
bool select_is_word(const char *word);

/* Adds a word. False if it is wrong; then `fault` says what is expected, and names the nearest legal word. */
bool select_add(struct selection *selection, const char *word);

/* Adds `call=LIST`, or `call!=LIST` for "!LIST"; "trace=" may come before it, as strace has it. As select_add. */
bool select_add_calls(struct selection *selection, const char *list);

/*
 * Reads a time: "now"; "-5s" (ms, s, m, h, d) before `now_ns`; "12:36", "12:36:52.5" of today; "2026-11-21",
 * "2026-11-21 12:36:52"; with a T in place of the blank as well, and a Z at the end for UTC; "@1795295205.5", seconds
 * since 1970. In nanoseconds since 1970. False if it is none of these.
 */
bool select_time(const char *text, uint64_t now_ns, uint64_t *ns);

/* Whether the record is selected: a pure function of its arguments. */
bool select_matches(const struct selection *selection, const struct subject *subject);

/*
 * Whether a listener is selected that the record of its listen describes: by what all its calls have in common, its
 * process, descriptor and address. Pure.
 */
bool select_matches_listener(const struct selection *selection, const struct subject *subject);

/* Whether select_matches_listener looks at this field. */
bool select_is_of_listener(enum select_field field);

/* Whether the selection asks where calls come from: that is costly to find out. */
bool select_asks_places(const struct selection *selection);

/* Frees what select_add has allocated, and makes the selection one of everything. */
void select_free(struct selection *selection);

#endif
