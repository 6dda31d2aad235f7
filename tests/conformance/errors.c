/* Answers that no key governs: bad descriptors, bad memory, lengths. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4
#define PAGE 4096UL

/* A page that may be read only, followed by one that may not be touched. */
static char *guarded_page(void)
{
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0)
        give_up("mmap");
    return pages;
}

static void observe_descriptor(const char *name, int fd)
{
    struct address address = fresh_address(AF_INET);
    report_word("descriptor", name);
    TRY("listen", listen(fd, 1));
    TRY("bind", bind(fd, (struct sockaddr *)&address.storage, address.length));
    TRY("accept", accept(fd, NULL, NULL));
    TRY("accept4", accept4(fd, NULL, NULL, SOCK_CLOEXEC));
}

static void observe_descriptors(void)
{
    int file = open("/dev/null", O_RDWR | O_CLOEXEC), pipes[2], path = open(".", O_PATH | O_CLOEXEC);
    int datagram = make_bound(AF_INET, SOCK_DGRAM), idle = make_socket(AF_INET, SOCK_STREAM);
    int local = make_bound(AF_UNIX, SOCK_STREAM);
    if (file < 0 || path < 0 || pipe2(pipes, O_CLOEXEC) != 0)
        give_up("open");
    observe_descriptor("negative", -1);
    observe_descriptor("out of range", 1 << 30);
    observe_descriptor("file", file);
    observe_descriptor("pipe", pipes[0]);
    observe_descriptor("opened as a path", path);
    TRY("udp accept", accept(datagram, NULL, NULL));
    TRY("tcp accept, not listening", accept(idle, NULL, NULL));
    TRY("unix accept, not listening", accept(local, NULL, NULL));
    TRY("unix accept4, not listening", accept4(local, NULL, NULL, SOCK_NONBLOCK));
    close(file);
    observe_descriptor("closed", file);
}

/* accept of one client that waits, into `address` and `length`. */
static int accept_into(int listener, void *address, socklen_t *length)
{
    int client = make_client(listener);
    errno = UNTOUCHED;
    int connection = accept(listener, address, length), error = errno;
    if (connection >= 0)
        close_hard(connection);
    close_hard(client);
    errno = error;
    return connection;
}

static void observe_accept_memory(int listener)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char *page = guarded_page();
    TRY("no address", accept_into(listener, NULL, NULL));
    TRY("no address but a length", accept_into(listener, NULL, &length));
    TRY("address but no length", accept_into(listener, &address, NULL));
    TRY("length not mapped", accept_into(listener, &address, (void *)(page + PAGE)));
    TRY("length across the end", accept_into(listener, &address, (void *)(page + PAGE - 2)));
    TRY("length not writable", accept_into(listener, &address, (void *)page));
    TRY("address not mapped", accept_into(listener, page + PAGE, &length));
    length = sizeof address;
    TRY("address not writable", accept_into(listener, page, &length));
    length = sizeof address;
    TRY("address NULL page", accept_into(listener, (void *)8, &length));
    length = (socklen_t)-1;
    TRY("length negative", accept_into(listener, &address, &length));
    munmap(page, 2 * PAGE);
}

/* How much is written into a short place, and what length comes back; on the stack and on the heap. */
static void observe_accept_length(int listener)
{
    static const socklen_t rooms[] = {0, 1, 2, 8, 16, 28, 110, 128, 4096};
    socklen_t *length = malloc(sizeof *length);
    unsigned char *address = malloc(PAGE);
    if (!length || !address)
        give_up("memory");
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        long written = PAGE;
        memset(address, 0xa5, PAGE);
        *length = rooms[i];
        report_number("room", (long)rooms[i]);
        TRY("accept", accept_into(listener, address, length));
        while (written > 0 && address[written - 1] == 0xa5)
            written--;
        report_number("length that came back", (long)*length);
        report_number("bytes within the room", written <= (long)rooms[i]);
        socklen_t near = rooms[i];
        TRY("accept, length on the stack", accept_into(listener, address, &near));
        report_number("length that came back", (long)near);
    }
    free(length);
    free(address);
}

static void report_flags(const char *name, int connection)
{
    TRY(name, connection);
    if (connection < 0)
        return;
    report_number("close-on-exec", fcntl(connection, F_GETFD) & FD_CLOEXEC ? 1 : 0);
    report_number("non-blocking", fcntl(connection, F_GETFL) & O_NONBLOCK ? 1 : 0);
    close_hard(connection);
}

#define FLAG_TRIALS 6

/* Takes all that wait at a listener that does not block. */
static int count_left(int listener)
{
    int left = 0, connection;
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        close(connection);
        left++;
    }
    return left;
}

/* A C library may take a client for a flag that the kernel refuses: there are enough of them for the calls after it. */
static void observe_accept_flags(int listener)
{
    int clients[FLAG_TRIALS];
    listen(listener, FLAG_TRIALS);
    for (int i = 0; i < FLAG_TRIALS; i++)
        clients[i] = make_client(listener);
    TRY("accept4, unknown flag", accept4(listener, NULL, NULL, 1));
    TRY("accept4, all flags", accept4(listener, NULL, NULL, -1));
    report_flags("accept4, no flag", accept4(listener, NULL, NULL, 0));
    report_flags("accept4, close-on-exec", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    report_flags("accept4, both", accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
    report_flags("accept", accept(listener, NULL, NULL));
    add_flag(listener, O_NONBLOCK);
    report_number("clients left by unknown flags", count_left(listener));
    for (int i = 0; i < FLAG_TRIALS; i++)
        close_hard(clients[i]);
    TRY("accept, nobody there", accept(listener, NULL, NULL));
    TRY("accept4, nobody there", accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

static void try_bind(const char *name, int domain, const void *address, socklen_t length)
{
    int fd = make_socket(domain, SOCK_STREAM);
    TRY(name, bind(fd, address, length));
    close(fd);
}

static void observe_bind_memory(int domain)
{
    char *page = guarded_page();
    struct address address = fresh_address(domain);
    try_bind("bind", domain, &address.storage, address.length);
    try_bind("bind, NULL", domain, NULL, address.length);
    try_bind("bind, NULL and no length", domain, NULL, 0);
    try_bind("bind, not mapped", domain, page + PAGE, address.length);
    try_bind("bind, across the end", domain, page + PAGE - 4, address.length);
    try_bind("bind, read-only memory", domain, page, address.length);
    try_bind("bind, length 0", domain, &address.storage, 0);
    try_bind("bind, length 1", domain, &address.storage, 1);
    try_bind("bind, length 129", domain, &address.storage, 129);
    try_bind("bind, length huge", domain, &address.storage, 0x7fffffff);
    try_bind("bind, length negative", domain, &address.storage, (socklen_t)-1);
    munmap(page, 2 * PAGE);
}

static void observe_bind_address(void)
{
    struct sockaddr_in any = {.sin_family = AF_UNSPEC}, strange = {.sin_family = AF_INET};
    struct address taken, missing = fresh_address(AF_UNIX);
    for (int i = 0; i < 3; i++) {
        int listener = domain_is_here(all_domains[i]) ? make_listener(all_domains[i], BACKLOG) : -1;
        if (listener < 0)
            continue;
        taken = address_of(listener);
        try_bind("bind, address in use", all_domains[i], &taken.storage, taken.length);
        close(listener);
    }
    strange.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1, for documentation only */
    try_bind("bind, wildcard without family", AF_INET, &any, sizeof any);
    try_bind("bind, not an address of this host", AF_INET, &strange, sizeof strange);
    memcpy((char *)&missing.storage + sizeof(sa_family_t), "missing/socket", sizeof "missing/socket");
    missing.length = sizeof(sa_family_t) + sizeof "missing/socket";
    try_bind("bind, directory missing", AF_UNIX, &missing.storage, missing.length);
}

static void observe_listen_success(int domain)
{
    static const int backlogs[] = {-1, 0, 1, 128, 1 << 30};
    int fd = make_bound(domain, SOCK_STREAM);
    for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++)
        TRY("listen", listen(fd, backlogs[i]));
    close(fd);
}

void observe_errors(void)
{
    observe_descriptors();
    observe_bind_address();
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        report_word("family", domain_name(all_domains[i]));
        int listener = make_listener(all_domains[i], BACKLOG);
        observe_listen_success(all_domains[i]);
        observe_bind_memory(all_domains[i]);
        observe_accept_memory(listener);
        observe_accept_length(listener);
        observe_accept_flags(listener);
        close(listener);
    }
}
