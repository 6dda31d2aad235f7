/* AF_UNIX: what is, and what is not, at the end of a path. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

#define HEAD offsetof(struct sockaddr_un, sun_path)
#define LONGEST 260

static const char *try_bind(const struct kind *kind, const void *address, size_t length)
{
    int fd = make_one(kind);
    const char *answer = outcome_of(bind(fd, address, (socklen_t)length));
    close(fd);
    return answer;
}

static const char *try_connect(const struct kind *kind, const void *address, size_t length)
{
    int fd = make_one(kind);
    const char *answer = outcome_of(connect(fd, address, (socklen_t)length));
    close(fd);
    return answer;
}

static void probe_place(const struct kind *kind, const char *name, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = HEAD + strlen(path) + 1;
    strcpy(address.sun_path, path);
    print_answer(kind->name, name, "connect", try_connect(kind, &address, length));
    print_answer(kind->name, name, "bind", try_bind(kind, &address, length));
}

/* Without a NUL after it. */
static void probe_long(const struct kind *kind, size_t size)
{
    char address[HEAD + LONGEST] = "", call[32];
    ((struct sockaddr *)address)->sa_family = AF_UNIX;
    memset(address + HEAD, 'p', size);
    snprintf(call, sizeof call, "connect-path-%zu", size);
    print_answer(kind->name, "fresh", call, try_connect(kind, address, HEAD + size));
    snprintf(call, sizeof call, "bind-path-%zu", size);
    print_answer(kind->name, "fresh", call, try_bind(kind, address, HEAD + size));
    unlink(address + HEAD);
}

static void probe_odd(const struct kind *kind)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    print_answer(kind->name, "no-path", "bind", try_bind(kind, &address, HEAD));
    print_answer(kind->name, "no-path", "connect", try_connect(kind, &address, HEAD));
    print_answer(kind->name, "empty-path", "bind", try_bind(kind, &address, HEAD + 1));
    print_answer(kind->name, "empty-path", "connect", try_connect(kind, &address, HEAD + 1));
    strcpy(address.sun_path, "elsewhere");
    address.sun_family = AF_INET;
    print_answer(kind->name, "wrong-family", "bind", try_bind(kind, &address, HEAD + 10));
    print_answer(kind->name, "wrong-family", "connect", try_connect(kind, &address, HEAD + 10));
}

static void make_places(const struct kind *kind)
{
    struct sockaddr_un stale = {.sun_family = AF_UNIX, .sun_path = "stale"};
    int fd = make_one(kind), file = open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (bind(fd, (struct sockaddr *)&stale, sizeof stale) != 0 || file < 0 || mkdir("directory", 0700) != 0 ||
        symlink("nothing", "dangling") != 0)
        give_up("places");
    close(fd);
    close(file);
}

static void remove_places(void)
{
    static const char *const places[] = {"stale", "file", "dangling", "nothing", "missing", "bare"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        unlink(places[i]);
    rmdir("directory");
}

static void probe_wrong_type(const struct kind *kind)
{
    for (const struct kind *other = kinds; other->name; other++) {
        char name[48];
        if (other->domain != AF_UNIX || other->type == kind->type)
            continue;
        int target = is_stream(other) ? make_one_listening(other, 1) : make_one_bound(other);
        struct address address = address_of(target);
        snprintf(name, sizeof name, "to-%s", other->name);
        print_answer(kind->name, name, "connect", try_connect(kind, &address.storage, address.length));
        close(target);
    }
}

static void probe_bare(const struct kind *kind)
{
    int target = make_one_bound(kind);
    struct address address = address_of(target);
    print_answer(kind->name, "to-bound", "connect", try_connect(kind, &address.storage, address.length));
    close(target);
}

void probe_paths(void)
{
    static const size_t sizes[] = {1, 91, 92, 100, 103, 104, 105, 106, 107, 108, 109, 126, 200, 252, 253, 254, 256};
    for (const struct kind *kind = kinds; kind->name; kind++) {
        if (kind->domain != AF_UNIX)
            continue;
        make_places(kind);
        probe_place(kind, "stale", "stale");
        probe_place(kind, "file", "file");
        probe_place(kind, "directory", "directory");
        probe_place(kind, "dangling", "dangling");
        probe_place(kind, "missing", "missing");
        probe_place(kind, "below-missing", "absent/below");
        probe_place(kind, "below-file", "file/below");
        remove_places();
        probe_odd(kind);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            probe_long(kind, sizes[i]);
        probe_wrong_type(kind);
        probe_bare(kind);
    }
}
