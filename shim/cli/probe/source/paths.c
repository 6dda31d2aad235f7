#include "probe.h"

/* AF_UNIX paths: lengths, no path at all, links, permissions */

/* The longest path that any platform takes, and one byte more. */
#define PATH_END 254

/* An address whose path is so many times `byte`, without or with a NUL in its length. */
static struct address long_path(int size, int byte, int nul)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.at.local.sun_family = AF_UNIX;
    memset(address.at.bytes + PATH_AT, byte, (size_t)size);
    address.length = PATH_AT + (length_type)(size + nul);
    return address;
}

/* Experiments beside this one have bytes of their own. */
static int takes(int size, int nul)
{
    struct address address = long_path(size, chosen, nul);
    int fd = stream(AF_UNIX), result = bind_to(fd, address), error = errno;
    close(fd);
    unlink(address.at.bytes + PATH_AT);
    errno = error;
    return result;
}

static int longest(void)
{
    int size = 1;
    while (size < PATH_END && takes(size, 0) == 0)
        size++;
    return size - 1;
}

static const char *longest_path(int domain)
{
    (void)domain;
    return number(longest());
}

static const char *too_long(int domain)
{
    int size = longest() + 1;
    const char *answer = said(takes(size, 0), "ok");
    (void)domain;
    return agree(answer, said(takes(size, 1), "ok"));
}

/* A path of a few bytes in an address of many. */
static const char *padded(int domain)
{
    struct address address = path_address("padded");
    (void)domain;
    address.length = 255;
    return said(bind_to(stream(AF_UNIX), address), "ok");
}

static const char *abstract(int domain)
{
    struct address address = path_address("");
    (void)domain;
    sprintf(address.at.bytes + PATH_AT + 1, "probe.%ld", (long)getpid());
    address.length = PATH_AT + 12;
    return said(bind_to(stream(AF_UNIX), address), "ok");
}

static const char *unnamed(int domain)
{
    struct address address = path_address("");
    (void)domain;
    address.length = PATH_AT;
    return said(bind_to(stream(AF_UNIX), address), "autobind");
}

/* A symbolic link to nothing: is the name taken, or does the socket appear where the link leads? */
static const char *dangling(int domain)
{
    struct stat status;
    int result;
    (void)domain;
    must(symlink("dangled", "dangling"), "symlink");
    result = bind_to(stream(AF_UNIX), path_address("dangling"));
    if (result == 0)
        return lstat("dangled", &status) == 0 ? "follow" : "other: it takes the link's place";
    return name_of_error(errno);
}

static const char *mode(int domain)
{
    struct address address = fresh_address(domain);
    struct stat status;
    int bits;
    umask(027);
    must(bind_to(stream(AF_UNIX), address), "bind");
    must(stat(address.at.bytes + PATH_AT, &status), "stat");
    bits = (int)(status.st_mode & 0777);
    return bits == 0750 ? "umask" : bits == 0777 ? "all" : "other: another mode";
}

static const char *connect_path(struct address address)
{
    return said(connect_to(stream(AF_UNIX), address), "ok");
}

static const char *connect_too_long(int domain)
{
    int size;
    const char *answer = "ENOENT";
    (void)domain;
    for (size = 1; size < PATH_END && is_same(answer, "ENOENT"); size++)
        answer = connect_path(long_path(size, 'q', 0));
    return answer;
}

static const char *connect_padded(int domain)
{
    struct address address = name_of(listening(domain, 4));
    address.length = 255;
    return connect_path(address);
}

static const char *to_no_socket(int domain)
{
    int file = must(open("file", O_CREAT | O_WRONLY, 0600), "open");
    const char *answer;
    (void)domain;
    close(file);
    answer = connect_path(path_address("file"));
    return agree(answer, connect_path(path_address(".")));
}

static const char *connect_unnamed(int domain)
{
    struct address address = path_address("");
    (void)domain;
    address.length = PATH_AT;
    return connect_path(address);
}

/* Where it is looked for, an abstract name that nobody has is refused. */
static const char *connect_abstract(int domain)
{
    struct address address = path_address("");
    const char *answer;
    (void)domain;
    sprintf(address.at.bytes + PATH_AT + 1, "nobody.%ld", (long)getpid());
    address.length = PATH_AT + 12;
    answer = connect_path(address);
    return is_same(answer, "ECONNREFUSED") ? "ok" : answer;
}

const struct experiment path_experiments[] = {
    {"bind.unix_path_max", LOCAL, longest_path, 'p'},
    {"bind.unix_path_long", LOCAL, too_long, 'P'},
    {"bind.unix_long_address", LOCAL, padded, 0},
    {"bind.unix_abstract", LOCAL, abstract, 0},
    {"bind.unix_unnamed", LOCAL, unnamed, 0},
    {"bind.unix_dangling", LOCAL, dangling, 0},
    {"bind.unix_mode", LOCAL, mode, 0},
    {"connect.unix_path_long", LOCAL, connect_too_long, 0},
    {"connect.unix_long_address", LOCAL, connect_padded, 0},
    {"connect.unix_not_socket", LOCAL, to_no_socket, 0},
    {"connect.unix_unnamed", LOCAL, connect_unnamed, 0},
    {"connect.unix_abstract", LOCAL, connect_abstract, 0},
    {NULL, 0, NULL, 0},
};
