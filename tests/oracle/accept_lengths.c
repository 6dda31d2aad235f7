/* accept with every length of the address, and with pointers that are no good. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

#define PAGE 4096

static const int lengths[] = {0, 1, 2, 4, 15, 16, 28, 128, -1};

/* The client of an AF_UNIX listener has no name, or one whose address has 20 bytes. */
static int make_peer(int listener, bool named)
{
    struct address place = address_of(listener);
    if (!named)
        return make_client(listener);
    struct sockaddr_un own = {.sun_family = AF_UNIX, .sun_path = "seventeen-letters"};
    int client = make_socket(AF_UNIX, SOCK_STREAM);
    unlink(own.sun_path);
    if (bind(client, (struct sockaddr *)&own, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 18)) != 0 ||
        connect(client, (struct sockaddr *)&place.storage, place.length) != 0)
        give_up("client");
    return client;
}

/* The length that comes back, or the error and what became of the client, "alone" if there was none. */
static void answer_accept(int domain, bool queued, bool named, void *address, socklen_t *length)
{
    int listener = make_listener(domain, 4), client = queued ? make_peer(listener, named) : -1;
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, address, length);
    if (connection >= 0 && address && length)
        answer_number((int)*length);
    else
        answer_result(connection);
    if (connection < 0 && queued)
        answer(fate_of_client(listener));
    close_hard(connection);
    close_hard(client);
    close(listener);
}

static void ask_with(int domain, const char *name, bool queued, bool named)
{
    struct sockaddr_storage storage;
    question(stream_name(domain), name);
    answer_accept(domain, queued, named, &storage, NULL);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        socklen_t length = (socklen_t)lengths[i];
        answer_accept(domain, queued, named, &storage, &length);
    }
    end_of_answers();
}

/* Of no use: an address that cannot be written, or only read; a length that cannot be read, or only read. */
static void ask_pointers(int domain, const char *name, bool queued)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage, none = 0;
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        give_up("mmap");
    memcpy(pages, &length, sizeof length);
    if (mprotect(pages, PAGE, PROT_READ) != 0 || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0)
        give_up("mprotect");
    question(stream_name(domain), name);
    answer_accept(domain, queued, false, pages + PAGE, &length);
    answer_accept(domain, queued, false, pages + PAGE, &none);
    length = sizeof storage;
    answer_accept(domain, queued, false, pages, &length);
    answer_accept(domain, queued, false, &storage, (void *)(pages + PAGE));
    answer_accept(domain, queued, false, &storage, (void *)pages);
    answer_accept(domain, queued, false, NULL, (void *)(pages + PAGE));
    end_of_answers();
    munmap(pages, 2 * PAGE);
}

static void ask_no_socket(int domain)
{
    struct sockaddr_storage storage;
    int pipes[2], closed = make_socket(domain, SOCK_STREAM);
    if (pipe(pipes) != 0)
        give_up("pipe");
    close(closed);
    question(stream_name(domain), "accept of no descriptor, and of a pipe");
    answer_result(accept(closed, NULL, NULL));
    answer_result(accept(closed, (struct sockaddr *)&storage, NULL));
    answer_result(accept(pipes[0], NULL, NULL));
    answer_result(accept(pipes[0], (struct sockaddr *)&storage, NULL));
    end_of_answers();
    close(pipes[0]);
    close(pipes[1]);
}

void ask_lengths(int domain)
{
    ask_no_socket(domain);
    ask_with(domain, "accept with a length of NULL 0 1 2 4 15 16 28 128 -1", true, false);
    ask_with(domain, "the same, nobody queued", false, false);
    if (domain == AF_UNIX)
        ask_with(domain, "the same, client bound", true, true);
    ask_pointers(domain, "accept with bad pointers", true);
    ask_pointers(domain, "the same pointers, nobody queued", false);
}
