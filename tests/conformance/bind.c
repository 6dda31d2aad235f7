#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conform.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)
/* The longest path that any platform takes, and one byte more. */
#define PATH_END 254

/* What bind says to this address on a new socket of the domain. */
static const char *bind_answer(int domain, const void *address, socklen_t length, const char *success)
{
    int fd = make_socket(domain, SOCK_STREAM);
    const char *answer = answer_of(bind(fd, address, length), success);
    close(fd);
    return answer;
}

/* The same in a child: some emulators die of a length that is too large, or too small for the family. */
static const char *bind_answer_of_child(int domain, const void *address, socklen_t length)
{
    pid_t child = fork();
    if (child == 0)
        _exit(bind(make_socket(domain, SOCK_STREAM), address, length) == 0 ? 0 : errno);
    return answer_of_child(child);
}

static void observe_family(void)
{
    static const sa_family_t others[] = {AF_UNIX, AF_APPLETALK};
    struct answers inet = {0}, inet6 = {0}, local = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct answers *answers = domain == AF_INET ? &inet : domain == AF_INET6 ? &inet6 : &local;
        for (int j = 0; j < 2; j++) {
            struct address address = fresh_address(domain);
            address.storage.ss_family = domain == AF_UNIX && j == 0 ? AF_INET : others[j];
            add_answer(answers, domain_name(domain), bind_answer(domain, &address.storage, address.length, "ignore"));
        }
    }
    print_answers("bind.wrong_family_inet", &inet);
    print_answers("bind.wrong_family_inet6", &inet6);
    print_answers("bind.wrong_family_unix", &local);
}

static void observe_unspecified(void)
{
    struct answers answers = {0}, others = {0}, first = {0};
    struct sockaddr_in any = {.sin_family = AF_UNSPEC};
    struct address four = fresh_address(AF_INET);
    add_answer(&answers, "", bind_answer(AF_INET, &any, sizeof any, "ok"));
    any.sin_family = AF_APPLETALK;
    add_answer(&others, "", bind_answer(AF_INET, &any, sizeof any, "ok"));
    const char *answer = domain_is_here(AF_INET6) ? bind_answer(AF_INET6, &four.storage, four.length, "ok") : "EINVAL";
    add_answer(&first, "inet6", strcmp(answer, "EAFNOSUPPORT") == 0 ? "yes" : "no");
    print_answers("bind.unspec_wildcard", &answers);
    print_answers("bind.wrong_family_wildcard", &others);
    print_answers("bind.family_first", &first);
}

/* Lengths that no address has, whatever the family. */
static void observe_odd_length(void)
{
    static const char room[512];
    struct answers none = {0}, huge = {0}, negative = {0}, null = {0};
    for (int i = 0; i < 3; i++) {
        int domain = all_domains[i];
        if (!domain_is_here(domain))
            continue;
        struct address address = fresh_address(domain);
        const char *name = domain_name(domain);
        add_answer(&none, name, bind_answer_of_child(domain, &address.storage, 0));
        add_answer(&none, "one byte", bind_answer_of_child(domain, &address.storage, 1));
        add_answer(&huge, name, bind_answer(domain, room, 256, "ok"));
        add_answer(&huge, "INT_MAX", bind_answer_of_child(domain, room, INT_MAX));
        add_answer(&negative, name, bind_answer(domain, room, (socklen_t)-1, "ok"));
        add_answer(&null, name, bind_answer(domain, NULL, address.length, "ok"));
    }
    print_answers("bind.no_family", &none);
    print_answers("bind.huge_address", &huge);
    print_answers("bind.negative_address", &negative);
    print_answers("bind.null_address", &null);
}

static void observe_place(const char *key, in_addr_t place)
{
    struct answers answers = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(place)};
    add_answer(&answers, "", bind_answer(AF_INET, &address, sizeof address, "ok"));
    print_answers(key, &answers);
}

static void observe_broadcast(void)
{
    struct answers answers = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST};
    int fd = make_socket(AF_INET, SOCK_DGRAM);
    add_answer(&answers, "", answer_of(bind(fd, (struct sockaddr *)&address, sizeof address), "ok"));
    print_answers("bind.broadcast_udp", &answers);
    close(fd);
}

static void observe_length(void)
{
    struct answers brief = {0}, excess = {0};
    for (int i = 0; i < 2; i++) {
        int domain = tcp_domains[i];
        struct address address = fresh_address(domain);
        /* A sockaddr_in6 may be without its scope, as RFC 2133 had it. */
        socklen_t least = domain == AF_INET ? address.length : offsetof(struct sockaddr_in6, sin6_scope_id);
        if (!domain_is_here(domain))
            continue;
        add_answer(&brief, domain_name(domain), bind_answer_of_child(domain, &address.storage, least - 1));
        add_answer(&brief, "only the family", bind_answer_of_child(domain, &address.storage, sizeof(sa_family_t)));
        add_answer(&excess, domain_name(domain), bind_answer(domain, &address.storage, address.length + 1, "ok"));
        add_answer(&excess, "sockaddr_storage", bind_answer(domain, &address.storage, sizeof address.storage, "ok"));
    }
    print_answers("bind.short_address", &brief);
    print_answers("bind.long_address", &excess);
}

static void observe_bound(void)
{
    struct answers answers = {0};
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        int fd = make_bound(all_domains[i], SOCK_STREAM);
        struct address address = fresh_address(all_domains[i]);
        int result = bind(fd, (struct sockaddr *)&address.storage, address.length);
        add_answer(&answers, domain_name(all_domains[i]), answer_of(result, "ok"));
        close(fd);
    }
    print_answers("bind.bound", &answers);
}

static void observe_accepted(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_UNIX, 1), client = make_client(listener), fd = must_accept(listener);
    struct address address = fresh_address(AF_UNIX);
    add_answer(&answers, "", answer_of(bind(fd, (struct sockaddr *)&address.storage, address.length), "ok"));
    print_answers("bind.accepted_unix", &answers);
    close(fd);
    close(client);
    close(listener);
}

/* What bind says to a path of this many bytes, without or with its NUL; "ok" if it takes it. */
static const char *path_answer(int length, int nul)
{
    char address[PATH_OFFSET + PATH_END + 2] = {0};
    ((struct sockaddr *)address)->sa_family = AF_UNIX;
    memset(address + PATH_OFFSET, 'p', (size_t)length);
    const char *answer = bind_answer(AF_UNIX, address, (socklen_t)PATH_OFFSET + (socklen_t)(length + nul), "ok");
    unlink(address + PATH_OFFSET);
    return answer;
}

static void observe_path(void)
{
    struct answers longest = {0}, beyond = {0};
    char number[16];
    int length = 1;
    while (length < PATH_END && strcmp(path_answer(length, 0), "ok") == 0)
        length++;
    snprintf(number, sizeof number, "%d", length - 1);
    add_answer(&longest, "", number);
    print_answers("bind.unix_path_max", &longest);
    add_answer(&beyond, "without NUL", path_answer(length, 0));
    add_answer(&beyond, "with NUL", path_answer(length, 1));
    print_answers("bind.unix_path_long", &beyond);
}

/* A path of a few bytes in an address of many. */
static void observe_long_unix(void)
{
    struct answers answers = {0};
    char address[255] = {0};
    ((struct sockaddr *)address)->sa_family = AF_UNIX;
    strcpy(address + PATH_OFFSET, "short");
    for (socklen_t length = sizeof(struct sockaddr_un) + 1; length <= sizeof address; length += 72) {
        add_answer(&answers, "", bind_answer(AF_UNIX, address, length, "ok"));
        unlink("short");
    }
    print_answers("bind.unix_long_address", &answers);
}

static void observe_nameless(void)
{
    struct answers abstract = {0}, unnamed = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "conform-%d", (int)getpid());
    add_answer(&abstract, "", bind_answer(AF_UNIX, &address, (socklen_t)PATH_OFFSET + 1 + (socklen_t)length, "ok"));
    add_answer(&unnamed, "", bind_answer(AF_UNIX, &address, PATH_OFFSET, "autobind"));
    print_answers("bind.unix_abstract", &abstract);
    print_answers("bind.unix_unnamed", &unnamed);
}

/* A symbolic link to nothing: is the name taken, or does the socket appear where the link leads? */
static void observe_dangling(void)
{
    struct answers answers = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "dangling"};
    struct stat status;
    if (symlink("dangled", address.sun_path) != 0)
        give_up("symlink");
    const char *answer = bind_answer(AF_UNIX, &address, sizeof address, "ok");
    add_answer(&answers, "", lstat("dangled", &status) == 0 && S_ISSOCK(status.st_mode) ? "follow" : answer);
    print_answers("bind.unix_dangling", &answers);
}

static void observe_mode(void)
{
    struct answers answers = {0};
    struct stat status;
    mode_t own = umask(027);
    int fd = make_bound(AF_UNIX, SOCK_STREAM);
    umask(own);
    struct address address = address_of(fd);
    if (stat(((struct sockaddr_un *)&address.storage)->sun_path, &status) != 0)
        give_up("stat");
    mode_t mode = status.st_mode & 0777;
    add_answer(&answers, "", mode == 0750 ? "umask" : mode == 0777 ? "all" : "another mode");
    print_answers("bind.unix_mode", &answers);
    close(fd);
}

void observe_bind(void)
{
    observe_family();
    observe_unspecified();
    observe_length();
    observe_odd_length();
    observe_broadcast();
    observe_place("bind.loopback_net", INADDR_LOOPBACK + 1);
    observe_place("bind.multicast_tcp", INADDR_ALLHOSTS_GROUP);
    observe_place("bind.broadcast_tcp", INADDR_BROADCAST);
    observe_ports();
    observe_bound();
    observe_accepted();
    observe_path();
    observe_long_unix();
    observe_nameless();
    observe_dangling();
    observe_mode();
}
