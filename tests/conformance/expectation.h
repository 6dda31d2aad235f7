/*
 * What a profile's own words let expect, worked out here once more from its text: the rules that are tested
 * are not asked.
 */
#ifndef LISTENAS_TESTS_EXPECTATION_H
#define LISTENAS_TESTS_EXPECTATION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "../../shim/profile/loader/annotated_profile.h"

/* The text of a key that is in force, else the one that says nothing. */
static inline const char *said(const struct annotated_profile *annotated, enum key key)
{
    return annotated->entries[key].standing == STANDING_NOT_ENFORCED ? key_rows[key].initial
                                                                     : annotated->entries[key].text;
}

/* The key that speaks of this family: AF_UNIX has its own, which may say "same". */
static inline enum key key_for(const struct annotated_profile *annotated, int domain, enum key tcp, enum key local)
{
    return domain == AF_UNIX && strcmp(said(annotated, local), "same") != 0 ? local : tcp;
}

/* A key's number, else `otherwise`. */
static inline int64_t said_number(const struct annotated_profile *annotated, enum key key, int64_t otherwise)
{
    struct value value;
    return value_parse(said(annotated, key), &value) && value.word == WORD_NUMBER ? value.number : otherwise;
}

static inline bool is_errno(const char *text)
{
    struct value value;
    return value_parse(text, &value) && value.word == WORD_ERRNO;
}

/* Whether the key's text in force is an errno. */
static inline bool says_error(const struct annotated_profile *annotated, enum key key)
{
    return is_errno(said(annotated, key));
}

/* Whether accept passes on what `key` speaks of. */
static inline bool says_yes(const struct annotated_profile *annotated, enum key key)
{
    return strcmp(said(annotated, key), "yes") == 0;
}

/* Where there is nothing to pass on, accept4 that would is as one that would not. */
static inline const char *expected_accept4(const struct annotated_profile *annotated)
{
    const char *text = said(annotated, KEY_accept_accept4);
    bool signals = says_yes(annotated, KEY_accept_inherit_async) || says_yes(annotated, KEY_accept_inherit_owner);
    bool flags = says_yes(annotated, KEY_accept_inherit_nonblock) || says_yes(annotated, KEY_accept_inherit_cloexec);
    if (strcmp(text, "emulate") == 0)
        return signals || flags ? "emulate" : "yes";
    if (strcmp(text, "inherit") == 0)
        return !signals ? "yes" : flags ? "inherit" : "emulate";
    return strcmp(text, "kernel") == 0 ? "yes" : text;
}

/* Whether a connection never reaches the program, by this key's text in force. */
static inline bool is_taken(const struct annotated_profile *annotated, enum key key)
{
    return is_errno(said(annotated, key)) || strcmp(said(annotated, key), "skip") == 0;
}

/* Where no AF_UNIX client has a name, nothing else is to be seen of it. */
static inline enum key named_by(const struct annotated_profile *annotated, enum key key)
{
    return strcmp(said(annotated, KEY_accept_unix_peer), "unnamed") == 0 ? KEY_accept_unix_peer : key;
}

/* Linux passes on by itself neither what AF_UNIX listeners have nor an owner; the library does it at the accept. */
static inline bool is_passed_on_late(const struct annotated_profile *annotated, enum key key)
{
    const char *options = said(annotated, KEY_accept_inherit_options_unix);
    if (key == KEY_accept_inherit_late_unix)
        return strcmp(options, "all") == 0 || strcmp(options, "some") == 0;
    return key == KEY_accept_inherit_late_owner && strcmp(said(annotated, KEY_accept_inherit_owner), "yes") == 0;
}

/* The key that answers in place of this one, because under what it says this one cannot be seen; or the key itself. */
static inline enum key answering(const struct annotated_profile *annotated, enum key key)
{
    switch (key) {
    case KEY_accept_accept4_unknown_flag:
        return says_error(annotated, KEY_accept_accept4) ? KEY_accept_accept4 : key;
    case KEY_accept_closed_queued_name:
        return is_taken(annotated, KEY_accept_closed_queued_unix) ? KEY_accept_closed_queued_unix
                                                                  : named_by(annotated, key);
    case KEY_accept_unix_named_length:
        return named_by(annotated, key);
    case KEY_accept_returned_length:
        return says_error(annotated, KEY_accept_short_length) ? KEY_accept_short_length : key;
    case KEY_bind_wrong_family_inet6:
        return strcmp(said(annotated, key), "same") == 0 ? KEY_bind_wrong_family_inet : key;
    case KEY_bind_wrong_family_wildcard:
        return strcmp(said(annotated, key), "kernel") == 0 ? KEY_bind_wrong_family_inet : key;
    case KEY_bind_reuse_udp:
        return strcmp(said(annotated, key), "same") == 0 ? KEY_bind_reuse : key;
    case KEY_listen_datagram_connected:
        return strcmp(said(annotated, key), "kernel") == 0 ? KEY_listen_datagram_inet : key;
    case KEY_shutdown_after_disconnect:
        return strcmp(said(annotated, key), "kernel") == 0 ? KEY_shutdown_unconnected_tcp : key;
    case KEY_listen_ports_exhausted: /* a socket that must be bound never looks for a port */
        return says_error(annotated, KEY_listen_unbound_inet) ? KEY_listen_unbound_inet : key;
    default:
        return key;
    }
}

/* Whether the key speaks of a case that does not arise while another says what it says. */
static inline bool is_idle(const struct annotated_profile *annotated, enum key key)
{
    switch (key) {
    case KEY_accept_reset_queued_length:
        return !says_error(annotated, KEY_accept_reset_queued);
    default:
        return false;
    }
}

/* The answer to expect where the platform underneath says `native`. */
static inline const char *expected_answer(const struct annotated_profile *annotated, enum key key, const char *native)
{
    const char *text = said(annotated, answering(annotated, key));
    if (key == KEY_accept_accept4)
        return expected_accept4(annotated);
    if (is_passed_on_late(annotated, key))
        return "yes";
    /* A queue without end cannot be seen to grow. */
    if (key == KEY_listen_relisten_unix && strcmp(said(annotated, KEY_listen_capacity_unix), "unlimited") == 0)
        return is_errno(text) ? text : "ignore";
    /* Where a time-out that was set late does not count, nor does the one before it. */
    if (key == KEY_accept_inherit_changed_timeouts)
        return strcmp(said(annotated, KEY_accept_inherit_timeouts_tcp), "early") == 0 ||
                       strcmp(said(annotated, KEY_accept_inherit_timeouts_tcp), "no") == 0
                   ? "none"
                   : native;
    /* A listener that goes on says so. */
    if (key == KEY_shutdown_acceptconn_after && (strcmp(said(annotated, KEY_shutdown_accept_after), "keep") == 0 ||
                                                 says_error(annotated, KEY_shutdown_listener_tcp)))
        return "yes";
    /* What is not looked at is bound to. */
    if (key == KEY_bind_wrong_family_wildcard && strcmp(text, "ignore") == 0)
        return "ok";
    /* Two that could bind one address under these rules share it by SO_REUSEPORT, and then both may listen. */
    if (key == KEY_listen_address_taken &&
        (strcmp(said(annotated, KEY_bind_reuse), "winsock") == 0 || strcmp(said(annotated, KEY_bind_reuse), "nt") == 0))
        return "ok";
    /* The host may be set to have no privileged ports: then no errno can come of them. */
    if ((key == KEY_bind_low_port || key == KEY_bind_low_port_wildcard) && strcmp(native, "ok") == 0)
        return native;
    return strcmp(text, "kernel") == 0 || is_idle(annotated, key) ? native : text;
}

/* A backlog below zero, or zero, by the word that stands for it. */
static inline int64_t expected_odd(const char *word, int64_t backlog, int64_t least, int64_t most)
{
    struct value value;
    if (strcmp(word, "min") == 0)
        return least;
    if (strcmp(word, "max") == 0)
        return most;
    if (strcmp(word, "hint") == 0)
        return -backlog < 200 ? 200 : -backlog > 65535 ? 65535 : -backlog;
    if (value_parse(word, &value) && value.word == WORD_NUMBER)
        return value.number;
    return backlog < 0 ? most : backlog;
}

static inline int64_t expected_legal(const struct annotated_profile *annotated, int domain, int64_t backlog,
                                     int64_t kernel_max)
{
    enum key max = key_for(annotated, domain, KEY_listen_backlog_max, KEY_listen_backlog_max_unix);
    enum key negative = key_for(annotated, domain, KEY_listen_backlog_negative, KEY_listen_backlog_negative_unix);
    enum key zero = key_for(annotated, domain, KEY_listen_backlog_zero, KEY_listen_backlog_zero_unix);
    int64_t least = said_number(annotated, KEY_listen_backlog_min, 0), most = said_number(annotated, max, kernel_max);
    int64_t floor = said_number(annotated, KEY_listen_backlog_floor, 0), legal = backlog;
    if (backlog < 0)
        legal = expected_odd(said(annotated, negative), backlog, least, most);
    else if (backlog == 0)
        legal = expected_odd(said(annotated, zero), backlog, least, most);
    else if (backlog < least)
        legal = least;
    else if (backlog > most &&
             (said_number(annotated, max, -1) >= 0 || strcmp(said(annotated, KEY_listen_backlog_excess), "max") == 0))
        legal = most;
    return legal < floor ? floor : legal;
}

/* The errno with which listen fails for the number's sake, else NULL. */
static inline const char *expected_refusal(const struct annotated_profile *annotated, int domain, int64_t backlog,
                                           int64_t kernel_max)
{
    enum key max = key_for(annotated, domain, KEY_listen_backlog_max, KEY_listen_backlog_max_unix);
    enum key negative = key_for(annotated, domain, KEY_listen_backlog_negative, KEY_listen_backlog_negative_unix);
    enum key zero = key_for(annotated, domain, KEY_listen_backlog_zero, KEY_listen_backlog_zero_unix);
    const char *word = backlog < 0                                         ? said(annotated, negative)
                       : backlog == 0                                      ? said(annotated, zero)
                       : backlog > said_number(annotated, max, kernel_max) ? said(annotated, KEY_listen_backlog_excess)
                                                                           : "";
    return is_errno(word) ? word : NULL;
}

/* How many clients get in. Linux always admits one, and no more than one above its own limit. */
static inline int64_t expected_capacity(const struct annotated_profile *annotated, int domain, int64_t backlog,
                                        int64_t kernel_max)
{
    struct formula formula;
    int64_t capacity, legal = expected_legal(annotated, domain, backlog, kernel_max);
    formula_parse(said(annotated, domain == AF_UNIX ? KEY_listen_capacity_unix : KEY_listen_capacity_tcp), &formula);
    if (formula.kernel) {
        capacity = legal + 1;
    } else {
        capacity = legal * formula.times / formula.over + formula.plus;
        capacity = capacity < formula.min ? formula.min : capacity > formula.max ? formula.max : capacity;
    }
    return capacity < 1 ? 1 : capacity > kernel_max + 1 ? kernel_max + 1 : capacity;
}

#endif
