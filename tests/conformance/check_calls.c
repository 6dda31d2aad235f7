/*
 * How many system calls a call costs under each profile when it succeeds: this program runs itself with the library,
 * and counts what the kernel is asked for between two marks. And that what is known in advance stays true.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../suite.h"
#include "count.h"
#include "job.h"

/* --- in the traced child: its arguments say what is counted --- */

/* Aligned, so that no address lies on two pages: whether such a one can be read is asked each time. */
struct target {
    _Alignas(256) struct sockaddr_storage storage;
    socklen_t length;
};

static struct target target_for(int domain)
{
    struct target place = {.storage.ss_family = (sa_family_t)domain, .length = sizeof(struct sockaddr_in)};
    struct sockaddr_un *local = (void *)&place.storage;
    if (domain == AF_INET) {
        ((struct sockaddr_in *)&place.storage)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        place.length = sizeof *local;
        snprintf(local->sun_path, sizeof local->sun_path, "/tmp/check-calls-%d", getpid());
    }
    return place;
}

static int listener_at(struct target *place, int type)
{
    int fd = socket(place->storage.ss_family, type, 0);
    require(fd >= 0 && bind(fd, (struct sockaddr *)&place->storage, place->length) == 0);
    require(type == SOCK_DGRAM || listen(fd, 5) == 0);
    place->length = sizeof place->storage;
    require(getsockname(fd, (struct sockaddr *)&place->storage, &place->length) == 0);
    return fd;
}

/* The second connection of a process: the first one opens the ring and learns where the stack is. */
static void connect_twice(int domain, int type)
{
    struct target place = target_for(domain);
    listener_at(&place, type);
    for (int i = 0; i < 2; i++) {
        int fd = socket(domain, type, 0);
        MARK();
        int result = connect(fd, (struct sockaddr *)&place.storage, place.length);
        MARK();
        require(result == 0);
    }
    if (domain == AF_UNIX)
        unlink(((struct sockaddr_un *)&place.storage)->sun_path);
}

/*
 * Exits with how many connections have the option of TCP as it is set before the second and cleared before the third.
 */
static int option_set_late(int name, int on)
{
    struct target target = target_for(AF_INET);
    int listener = listener_at(&target, SOCK_STREAM), clients[3], sum = 0, off = 0;
    socklen_t length = sizeof off;
    require(getsockopt(listener, IPPROTO_TCP, name, &off, &length) == 0 && off != on);
    for (int i = 0; i < 3; i++) {
        int value = i == 1 ? on : off;
        if (i == 1)
            require(setsockopt(listener, IPPROTO_TCP, name, &value, length) == 0);
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        require(connect(clients[i], (struct sockaddr *)&target.storage, target.length) == 0);
        if (i == 2)
            require(setsockopt(listener, IPPROTO_TCP, name, &value, length) == 0);
        int connection = accept(listener, NULL, NULL);
        require(connection >= 0 && getsockopt(connection, IPPROTO_TCP, name, &value, &length) == 0);
        sum += value == on;
    }
    return sum;
}

/* --- the tests --- */

/* Beside the call itself; only the end of a full AF_UNIX queue's wait takes one more, on platforms that refuse there.
 */
START_TEST(connect_asks_little)
{
    const char *profile = builtins[_i].name;
    struct diagnostics diagnostics = {0};
    static struct annotated_profile annotated;
    ck_assert(annotated_profile_load(&annotated, profile, NULL, NULL, &diagnostics));
    bool refuses = annotated.profile.listen_overflow_unix.word == WORD_REFUSE;
    int tcp = calls_of(profile, "tcp"), udp = calls_of(profile, "udp"), local = calls_of(profile, "unix");
    ck_assert_msg(tcp >= 1 && tcp <= 3, "%s: TCP: %d", profile, tcp);
    ck_assert_msg(udp >= 1 && udp <= 3, "%s: UDP: %d", profile, udp);
    ck_assert_msg(local >= 1 && local <= (refuses ? 4 : 3), "%s: AF_UNIX: %d", profile, local);
}
END_TEST

static int status_under(const char *profile, const char *set, const char *option)
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setenv("LD_PRELOAD", library, 1);
        setenv("LISTENAS_PROFILE", profile, 1);
        setenv("LISTENAS_SET", set, 1);
        setenv("LISTENAS_RING", "off", 1);
        execl(self, self, option, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/*
 * What is known of a listener after its first accept stays true when the program sets an option, and a connection that
 * was queued with the option does not keep it because the listener has lost it.
 */
START_TEST(options_set_after_the_first_accept)
{
    ck_assert_int_eq(status_under("native", "", "nodelay"), 2);
    ck_assert_int_eq(status_under("native", "accept.inherit_nodelay=no", "nodelay"), 0);
    ck_assert_int_eq(status_under("bsd", "", "nodelay"), 0);
    ck_assert_int_eq(status_under("native", "", "keepalive"), 2);
    ck_assert_int_eq(status_under("native", "accept.inherit_keepalive=no", "keepalive"), 0);
}
END_TEST

static int be_counted(const char *what)
{
    if (strcmp(what, "nodelay") == 0)
        return option_set_late(TCP_NODELAY, 1);
    if (strcmp(what, "keepalive") == 0)
        return option_set_late(TCP_KEEPCNT, 5);
    if (strcmp(what, "unix") == 0)
        connect_twice(AF_UNIX, SOCK_STREAM);
    else
        connect_twice(AF_INET, strcmp(what, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM);
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1)
        return be_counted(arguments[1]);
    int profiles = count_prepare();
    if (profiles < 0)
        return EXIT_FAILURE;
    Suite *suite = suite_create("calls");
    TCase *calls = tcase_create("calls");
    tcase_add_loop_test(calls, connect_asks_little, 0, profiles);
    tcase_add_test(calls, options_set_after_the_first_accept);
    suite_add_tcase(suite, calls);
    return suite_run(suite);
}
