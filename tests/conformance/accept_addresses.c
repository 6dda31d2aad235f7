/* accept with pointers and lengths of every kind: what it says, what it writes, and whether the connection is lost. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4
#define PAGE 4096
#define SHORT_ROOM 4

/* One call with a client in the queue. */
struct trial {
    const char *result; /* the errno's name, or "ok" */
    const char *lost;   /* whether the client is not there any more after a failure */
};

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
    int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
}

static struct trial try_with(int domain, void *address, socklen_t *length)
{
    int listener = make_listener(domain, BACKLOG), client = make_client(listener), free_one = next_descriptor();
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, address, length);
    struct trial trial = {.result = answer_of(connection, "ok")};
    bool leaks = connection < 0 && next_descriptor() != free_one;
    trial.lost = leaks ? "leak" : nobody_is_left(listener);
    close_hard(leaks ? free_one : connection);
    close_hard(client);
    close(listener);
    return trial;
}

/* A page that may be read only, followed by one that may not be touched. */
static char *guarded_page(void)
{
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0)
        give_up("mmap");
    return pages;
}

enum { NULL_LENGTH, BAD_LENGTH, LENGTH_LOSS, NEGATIVE, NEGATIVE_LOSS, ADDRESS_LOSS, ZERO, SHORT, RETURNED, QUESTIONS };

static const char *const keys[QUESTIONS] = {
    [NULL_LENGTH] = "accept.null_length",
    [BAD_LENGTH] = "accept.bad_length",
    [LENGTH_LOSS] = "accept.bad_length_loss",
    [NEGATIVE] = "accept.negative_length",
    [NEGATIVE_LOSS] = "accept.negative_length_loss",
    [ADDRESS_LOSS] = "accept.bad_address_loss",
    [ZERO] = "accept.zero_length",
    [SHORT] = "accept.short_length",
    [RETURNED] = "accept.returned_length",
};

static void try_pointers(int domain, char *page, struct answers *answers)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    const char *where = domain_name(domain);
    add_answer(&answers[NULL_LENGTH], where, try_with(domain, &storage, NULL).result);
    struct trial bad = try_with(domain, &storage, (void *)(page + PAGE));
    add_answer(&answers[BAD_LENGTH], where, bad.result);
    add_answer(&answers[LENGTH_LOSS], where, bad.lost);
    add_answer(&answers[ADDRESS_LOSS], where, try_with(domain, page, &length).lost);
    length = sizeof storage;
    add_answer(&answers[ADDRESS_LOSS], where, try_with(domain, page + PAGE, &length).lost);
    length = (socklen_t)-1;
    struct trial negative = try_with(domain, &storage, &length);
    add_answer(&answers[NEGATIVE], where, negative.result);
    add_answer(&answers[NEGATIVE_LOSS], where, negative.lost);
}

/* An address that is too long for its place. Without a name an AF_UNIX client's would not be. */
static void try_lengths(int domain, struct answers *answers)
{
    struct sockaddr_storage storage;
    socklen_t none = 0;
    static socklen_t room; /* not on the stack, as `none` is */
    room = SHORT_ROOM;
    const char *where = domain_name(domain);
    struct trial cut = try_with(domain, &storage, &room), empty = try_with(domain, &storage, &none);
    bool truncates = room == SHORT_ROOM;
    add_answer(&answers[SHORT], where, cut.result);
    add_answer(&answers[RETURNED], where,
               strcmp(cut.result, "ok") != 0 ? cut.result
               : truncates                   ? "truncated"
                                             : "actual");
    add_answer(&answers[ZERO], where,
               strcmp(empty.result, "ok") == 0 && none == 0 && !truncates ? "ignore" : empty.result);
}

static void observe_unnamed(void)
{
    char text[16];
    struct sockaddr_storage storage;
    struct answers answers = {0};
    socklen_t length = sizeof storage;
    memset(&storage, 0xa5, sizeof storage);
    try_with(AF_UNIX, &storage, &length);
    snprintf(text, sizeof text, "%u", (unsigned int)length);
    for (socklen_t i = sizeof(sa_family_t); i < length && i < sizeof storage; i++)
        if (((unsigned char *)&storage)[i] != 0)
            snprintf(text, sizeof text, "no zeros");
    add_answer(&answers, "unix", text);
    print_answers("accept.unix_unnamed_length", &answers);
}

static const char *peer_answer(const struct address *seen, const struct address *client, const struct address *listener)
{
    const char *path = (const char *)&seen->storage + sizeof(sa_family_t);
    if (seen->length <= sizeof(sa_family_t) || path[0] == '\0')
        return "unnamed";
    if (seen->length == client->length && memcmp(&seen->storage, &client->storage, seen->length) == 0)
        return "named";
    return seen->length == listener->length ? "listener" : "other";
}

static void observe_peer(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_UNIX, BACKLOG), client = make_bound(AF_UNIX, SOCK_STREAM);
    struct address place = address_of(listener), own = address_of(client), seen = {.length = sizeof seen.storage};
    if (connect(client, (struct sockaddr *)&place.storage, place.length) != 0)
        give_up("connect");
    int connection = accept(listener, (struct sockaddr *)&seen.storage, &seen.length);
    if (connection < 0)
        give_up("accept");
    add_answer(&answers, "unix", peer_answer(&seen, &own, &place));
    print_answers("accept.unix_peer", &answers);
    close(connection);
    close(client);
    close(listener);
}

/* A bound client closes while it is queued. */
static void observe_closed_peer(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_UNIX, BACKLOG), client = make_bound(AF_UNIX, SOCK_STREAM);
    struct address place = address_of(listener), own = address_of(client), seen = {.length = sizeof seen.storage};
    if (connect(client, (struct sockaddr *)&place.storage, place.length) != 0)
        give_up("connect");
    close(client);
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, (struct sockaddr *)&seen.storage, &seen.length);
    add_answer(&answers, "unix",
               connection >= 0   ? peer_answer(&seen, &own, &place)
               : errno == EAGAIN ? "skip"
                                 : error_name(errno));
    print_answers("accept.closed_queued_name", &answers);
    close(connection);
    close(listener);
}

/* A client is bound with a length beyond its path. */
static void observe_named(void)
{
    const socklen_t given = 40;
    struct answers answers = {0};
    struct address own = fresh_address(AF_UNIX), seen = {.length = sizeof seen.storage}, place;
    int listener = make_listener(AF_UNIX, BACKLOG), client = make_socket(AF_UNIX, SOCK_STREAM);
    place = address_of(listener);
    if (bind(client, (struct sockaddr *)&own.storage, given) != 0 ||
        connect(client, (struct sockaddr *)&place.storage, place.length) != 0 ||
        accept(listener, (struct sockaddr *)&seen.storage, &seen.length) < 0)
        give_up("client");
    bool named = seen.length > sizeof(sa_family_t) && ((char *)&seen.storage)[sizeof(sa_family_t)] != '\0';
    add_answer(&answers, "unix",
               !named                      ? "unnamed"
               : seen.length == own.length ? "path"
               : seen.length == given      ? "given"
                                           : "other");
    print_answers("accept.unix_named_length", &answers);
    close(client);
    close(listener);
}

void observe_accept_addresses(void)
{
    struct answers answers[QUESTIONS] = {0};
    char *page = guarded_page();
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        try_pointers(all_domains[i], page, answers);
        if (all_domains[i] != AF_UNIX)
            try_lengths(all_domains[i], answers);
    }
    munmap(page, 2 * PAGE);
    for (int question = 0; question < QUESTIONS; question++)
        print_answers(keys[question], &answers[question]);
    observe_unnamed();
    observe_peer();
    observe_closed_peer();
    observe_named();
}
