#include "probe.h"

static const struct {
    int number;
    const char *name;
} errors[] = {
/* clang-format off */
#define E(name) {name, #name},
    E(EACCES) E(EAGAIN) E(EBADF) E(ECHILD) E(EDOM) E(EEXIST) E(EFAULT) E(EINTR) E(EINVAL) E(EIO) E(EISDIR) E(EMFILE)
    E(ENFILE) E(ENODEV) E(ENOENT) E(ENOMEM) E(ENOSYS) E(ENOTDIR) E(ENXIO) E(EPERM) E(EPIPE) E(ERANGE) E(EROFS) E(ENAMETOOLONG)
#ifdef ELOOP
    E(ELOOP)
#endif
#ifdef EPROTO
    E(EPROTO)
#endif
#ifdef EOPNOTSUPP
    E(EOPNOTSUPP)
#endif
#ifdef EPFNOSUPPORT
    E(EPFNOSUPPORT)
#endif
#ifdef ESOCKTNOSUPPORT
    E(ESOCKTNOSUPPORT)
#endif
#ifdef EHOSTDOWN
    E(EHOSTDOWN)
#endif
#ifdef ESHUTDOWN
    E(ESHUTDOWN)
#endif
#ifdef ETOOMANYREFS
    E(ETOOMANYREFS)
#endif
    E(EADDRINUSE) E(EADDRNOTAVAIL) E(EAFNOSUPPORT) E(EALREADY) E(ECONNABORTED) E(ECONNREFUSED) E(ECONNRESET)
    E(EDESTADDRREQ) E(EHOSTUNREACH) E(EINPROGRESS) E(EISCONN) E(EMSGSIZE) E(ENETDOWN) E(ENETRESET) E(ENETUNREACH)
    E(ENOBUFS) E(ENOPROTOOPT) E(ENOTCONN) E(ENOTSOCK) E(EPROTONOSUPPORT) E(EPROTOTYPE) E(ETIMEDOUT) E(EWOULDBLOCK)
#undef E
    /* clang-format on */
};

/* The first row wins: EAGAIN where EWOULDBLOCK is the same. */
const char *name_of_error(int error)
{
    static char other[40];
    size_t i;
    for (i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].number == error)
            return errors[i].name;
    sprintf(other, "other: errno %d", error);
    return other;
}

const char *said(int result, const char *success)
{
    return result >= 0 ? success : name_of_error(errno);
}

const char *number(long value)
{
    static char text[40];
    sprintf(text, "%ld", value);
    return text;
}

const char *yes_no(int yes)
{
    return yes ? "yes" : "no";
}

int is_same(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

const char *agree(const char *first, const char *second)
{
    static char both[200];
    if (is_same(first, second))
        return first;
    sprintf(both, "other: %.80s, %.80s", first, second);
    return both;
}
