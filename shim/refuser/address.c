#include <stddef.h>
#include <string.h>

#include "address.h"

bool refuser_address_read(struct refuser_address *address, const char *text)
{
    *address = (struct refuser_address){.name.sun_family = AF_UNIX};
    if (!text)
        return true;
    size_t length = strnlen(text, sizeof address->name.sun_path);
    if (length == 0 || length == sizeof address->name.sun_path)
        return false;
    bool abstract = text[0] == '@';
    memcpy(address->name.sun_path, text, length + 1);
    if (abstract)
        address->name.sun_path[0] = '\0';
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (abstract ? 0 : 1));
    return true;
}
