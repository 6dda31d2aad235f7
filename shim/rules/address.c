#include "address.h"

#include <string.h>
#include <sys/un.h>

size_t short_path(const char *path, socklen_t length)
{
    size_t used = strnlen(path, length - offsetof(struct sockaddr_un, sun_path));
    return length > sizeof(struct sockaddr_un) && used < sizeof((struct sockaddr_un *)0)->sun_path ? used : 0;
}

socklen_t unix_length(struct value beyond, const char *path, socklen_t length)
{
    size_t used = short_path(path, length);
    return used && beyond.word == WORD_OK ? (socklen_t)(offsetof(struct sockaddr_un, sun_path) + used + 1) : 0;
}
