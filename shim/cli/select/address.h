/*
 * Addresses in a selection.
 */
#ifndef LISTENAS_CLI_SELECT_ADDRESS_H
#define LISTENAS_CLI_SELECT_ADDRESS_H

#include "select.h"

/*
 * Reads 127.0.0.1, 127.0.0.1:80, 10.0.0.0/8, ::1, [::1]:80, fe80::/10, a path, "@name", or a pattern of these two.
 * `text` must live as long as the value. False if it is none.
 */
bool select_read_address(const char *text, struct select_value *value);

/* Whether an address is one that the value stands for. Pure. */
bool select_address_matches(const struct select_value *value, const struct select_address *address);

/* Takes a struct sockaddr of `length` bytes apart, however short or odd; AF_UNSPEC if nothing is known of it. */
struct select_address select_address_of(const void *sockaddr, size_t length);

#endif
