#include "visible.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The smallest character that UTF-8 writes with 2, 3 or 4 bytes: a longer form than needed is invalid. */
static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

/* Ranges of characters that must not reach a terminal. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x00, 0x1f},                             /* C0 */
    {0x7f, 0x9f},                             /* DEL, C1 */
    {0x061c, 0x061c},                         /* change the direction of writing, as do the next ranges */
    {0x200e, 0x200f},       {0x2028, 0x202e}, /* and the two separators */
    {0x2066, 0x2069},       {0xd800, 0xdfff}, /* halves of UTF-16 */
    {0x110000, UINT32_MAX},
};

static bool is_hidden(uint32_t character)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (character >= hidden[i].first && character <= hidden[i].last)
            return true;
    return false;
}

/* The bytes of a character by its first one; 0 if that cannot begin one. Source: RFC 3629. */
static size_t length_by(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
}

size_t visible_character(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    size_t needed = length_by(byte[0]);
    if (needed == 0 || needed > length)
        return 0;
    uint32_t character = needed == 1 ? byte[0] : byte[0] & (0x7fu >> needed);
    for (size_t i = 1; i < needed; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (byte[i] & 0x3f);
    }
    return character < least[needed] || is_hidden(character) ? 0 : needed;
}

static void write_out(char *text, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    text[0] = '\\';
    text[1] = 'x';
    text[2] = digits[byte >> 4];
    text[3] = digits[byte & 15];
}

size_t visible_copy(char *text, size_t size, const void *bytes, size_t length, enum visible how)
{
    const unsigned char *byte = bytes;
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        size_t plain = visible_character(byte + i, length - i);
        if (how == VISIBLE_EXACT && (plain > 1 || byte[i] == '\\'))
            plain = 0;
        size_t taken = plain ? plain : sizeof "xNN"; /* with its backslash */
        if (used + taken >= size)
            break;
        if (plain)
            memcpy(text + used, byte + i, plain);
        else
            write_out(text + used, byte[i]);
        used += taken;
        i += plain ? plain : 1;
    }
    text[used] = '\0';
    return used;
}
