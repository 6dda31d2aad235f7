/*
 * What JSON lets through and XML does not.
 */
#ifndef LISTENAS_CLI_TEST_UTF8_H
#define LISTENAS_CLI_TEST_UTF8_H

#include <stdbool.h>

/* Whether a UTF-8 text begins with U+FFFE or U+FFFF, three bytes each. */
static inline bool utf8_is_noncharacter(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    return byte[0] == 0xef && byte[1] == 0xbf && (byte[2] == 0xbe || byte[2] == 0xbf);
}

#endif
