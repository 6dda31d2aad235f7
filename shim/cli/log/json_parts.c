#include "json_parts.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "names.h"

void put_string(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (byte[i] == '"' || byte[i] == '\\')
            printf("\\%c", byte[i]);
        else if (byte[i] >= ' ' && byte[i] < 0x7f)
            putchar(byte[i]);
        else
            printf("\\u%04x", byte[i]);
    }
    putchar('"');
}

void put_text(const char *text, size_t size)
{
    put_string(text, strnlen(text, size));
}

void put_member(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    put_string(text, strlen(text));
}

void put_server(const char *server)
{
    putchar('{');
    if (!server)
        return;
    printf("\"server\":");
    put_string(server, strlen(server));
    putchar(',');
}

void put_address(const struct record *record)
{
    char address[320];
    const char *family = family_name(record_family(record));
    format_address(record, address, sizeof address);
    if (!address[0])
        return;
    if (family)
        printf(",\"family\":\"%s\"", family);
    put_member("address", address);
}

void put_flag(const struct record *record, enum record_flag flag, const char *name)
{
    if (record->flags & flag)
        printf(",\"%s\":true", name);
}
