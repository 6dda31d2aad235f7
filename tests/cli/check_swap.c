/* A hostile neighbour who owns a directory puts something else in the place of a name between two steps of ours. */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../shim/ring/ring.h"

/* Binds to the path in its first argument, as many times as the second says, under the umask in the third; each time
 * it prints what became of the file's mode. A name that is taken is tried again: the neighbour may hold it. */
static const char binder[] =
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <sys/stat.h>\n"
    "#include <sys/un.h>\n#include <unistd.h>\n"
    "int main(int count, char **words)\n{\n"
    "    struct sockaddr_un address = {.sun_family = AF_UNIX};\n"
    "    struct stat status;\n"
    "    const char *jail = getenv(\"JAIL\");\n"
    "    if (count != 4 || (jail && (chroot(jail) != 0 || chdir(\"/\") != 0)))\n        return 2;\n"
    "    strcpy(address.sun_path, words[1]);\n"
    "    umask((mode_t)strtoul(words[3], 0, 8));\n"
    "    for (int left = atoi(words[2]); left > 0;) {\n"
    "        int fd = socket(AF_UNIX, SOCK_STREAM, 0);\n"
    "        unlink(words[1]);\n"
    "        if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0) {\n"
    "            left--;\n"
    "            if (lstat(words[1], &status) == 0 && S_ISSOCK(status.st_mode))\n"
    "                printf(\"%o\\n\", (unsigned)status.st_mode & 07777);\n"
    "        }\n"
    "        close(fd);\n"
    "    }\n"
    "    return 0;\n}\n";

/* Binds to the path in its argument; the exit status is the errno. */
static const char once[] = "#include <errno.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <sys/un.h>\n"
                           "int main(int count, char **words)\n{\n"
                           "    struct sockaddr_un address = {.sun_family = AF_UNIX};\n"
                           "    strcpy(address.sun_path, words[count - 1]);\n"
                           "    int fd = socket(AF_UNIX, SOCK_STREAM, 0);\n"
                           "    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;\n}\n";

/* A bind that swaps before it returns: so the swap falls between the kernel's bind and what the library does next. */
static const char swapper[] =
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <sys/syscall.h>\n"
    "#include <sys/un.h>\n#include <unistd.h>\n"
    "int bind(int fd, const struct sockaddr *address, socklen_t length)\n{\n"
    "    int result = (int)syscall(SYS_bind, fd, address, length);\n"
    "    const char *path = ((const struct sockaddr_un *)address)->sun_path;\n"
    "    const char *how = getenv(\"SWAP\"), *victim = getenv(\"VICTIM\");\n"
    "    int swapped = -1;\n"
    "    if (result == 0 && strcmp(how, \"link\") == 0 && unlink(path) == 0)\n"
    "        swapped = symlink(victim, path);\n"
    "    if (result == 0 && strcmp(how, \"hard link\") == 0 && unlink(path) == 0)\n"
    "        swapped = link(victim, path);\n"
    "    if (result == 0 && strcmp(how, \"directory\") == 0 && rename(\"open\", \"moved\") == 0)\n"
    "        swapped = symlink(victim, \"open\");\n"
    "    if (swapped != 0)\n        _exit(97);\n"
    "    return result;\n}\n";

static mode_t mode_of(const char *path)
{
    struct stat status;
    ck_assert_msg(lstat(path, &status) == 0, "%s", path);
    return status.st_mode & 07777;
}

/* The program of the test, with the library and a profile that gives everybody the right to connect. */
static bool make_binder(void)
{
    if (!compile("binder", binder, ""))
        return false;
    write_text("all.conf", "[bind]\nunix_mode = all\n", 0644);
    setenv("LISTENAS_PROFILE", in_directory("all.conf"), 1);
    setenv("LISTENAS_RING", "off", 1);
    setenv("LD_PRELOAD", in_directory("bin/liblistenas.so"), 1);
    ck_assert_int_eq(mkdir("open", 0777), 0);
    ck_assert_int_eq(chmod("open", 0777), 0);
    ck_assert_int_eq(chmod(directory, 0777), 0);
    return true;
}

/* Root, who may ask the kernel for the file of a socket, and who may not. */
static const uid_t users[] = {0, NOBODY};

START_TEST(everybody_may_connect_whatever_the_umask)
{
    static const char *const masks[] = {"0", "022", "027", "077", "0777"};
    if (!is_root() || !make_binder())
        return;
    for (size_t i = 0; i < 2 * sizeof masks / sizeof *masks; i++) {
        child_user = users[i % 2];
        struct answer answer = call("./binder", "open/socket", "1", masks[i / 2], (char *)NULL);
        ASSERT_QUIET(answer, 0);
        ck_assert_str_eq(answer.out, "777\n");
        ck_assert_int_eq(unlink("open/socket"), 0);
    }
}
END_TEST

/* A socket at `path`, with mode 0700, of nobody who still runs. */
static void leave_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(chmod(path, 0700), 0);
    close(fd);
}

static void make_victims(uid_t owner)
{
    ck_assert_int_eq(mkdir("private", 0700), 0);
    write_text("private/file", "secret", 0600);
    leave_socket("private/socket");
    ck_assert_int_eq(chown("private/file", owner, owner), 0);
    ck_assert_int_eq(chown("private/socket", owner, owner), 0);
    ck_assert_int_eq(chown("private", owner, owner), 0);
}

static void expect_victims_unchanged(const char *how)
{
    ck_assert_msg(mode_of("private/file") == 0600, "%s: %o", how, mode_of("private/file"));
    ck_assert_msg(mode_of("private/socket") == 0700, "%s: %o", how, mode_of("private/socket"));
    ck_assert_msg(mode_of("private") == 0700, "%s: %o", how, mode_of("private"));
}

static void expect_no_swap_to_work(uid_t user)
{
    static const struct {
        const char *how, *bound, *victim;
    } swaps[] = {{"link", "open/fresh", "private/file"},
                 {"link", "open/fresh", "private/socket"},
                 {"hard link", "open/fresh", "private/socket"},
                 {"directory", "open/socket", "private"}};
    make_victims(user);
    child_user = user;
    for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
        setenv("SWAP", swaps[i].how, 1);
        setenv("VICTIM", in_directory("%s", swaps[i].victim), 1);
        ck_assert_int_eq(call("./binder", swaps[i].bound, "1", "077", (char *)NULL).status, 0);
        expect_victims_unchanged(swaps[i].how);
        unlink("open/fresh");
    }
    ck_assert_int_eq(rename("open", "swapped") + rename("moved", "open"), 0);
    ck_assert_int_eq(unlink("open/socket"), 0);
}

/* Whatever takes the socket's place keeps the mode that it had. */
START_TEST(what_takes_the_sockets_place_keeps_its_mode)
{
    if (!is_root() || !make_binder() || !compile("swapper.so", swapper, "-shared -fPIC"))
        return;
    setenv("LD_PRELOAD", in_directory("bin/liblistenas.so:%s/swapper.so", directory), 1);
    for (int i = 0; i < 2; i++) {
        expect_no_swap_to_work(users[i]);
        ck_assert_int_eq(rename("private", i ? "private-1" : "private-0"), 0);
    }
}
END_TEST

/* In a chroot that belongs to somebody else, /proc is what that one made of it. */
START_TEST(a_proc_that_is_none_leads_nowhere)
{
    if (!is_root() || !make_binder())
        return;
    ck_assert_int_eq(mkdir("jail", 0755) + mkdir("jail/proc", 0755) + mkdir("jail/proc/thread-self", 0755) +
                         mkdir("jail/proc/thread-self/fd", 0755) + mkdir("jail/proc/self", 0755),
                     0);
    ck_assert_int_eq(symlink("../thread-self/fd", "jail/proc/self/fd"), 0);
    write_text("jail/victim", "secret", 0600);
    for (int fd = 0; fd < 64; fd++)
        ck_assert_int_eq(symlink("/victim", in_directory("jail/proc/thread-self/fd/%d", fd)), 0);
    setenv("JAIL", in_directory("jail"), 1);
    ck_assert_int_eq(call("./binder", "/socket", "1", "022", (char *)NULL).status, 0);
    ck_assert_uint_eq(mode_of("jail/victim"), 0600);
}
END_TEST

/* Whenever there is a socket, puts a link to the victim in its place, until it is killed. */
static void swap_for_ever(const char *path, const char *link, const char *victim)
{
    struct stat status;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) && symlink(victim, link) == 0)
            rename(link, path);
}

START_TEST(no_race_reaches_a_victims_mode)
{
    const char *path = in_directory("open/socket"), *link = in_directory("open/link"), *victim = in_directory("victim");
    if (!make_binder())
        return;
    write_text(victim, "secret", 0600);
    pid_t neighbour = fork();
    if (neighbour == 0)
        swap_for_ever(path, link, victim);
    struct answer answer = call("./binder", path, "2000", "022", (char *)NULL);
    kill(neighbour, SIGKILL);
    ck_assert_int_eq(waitpid(neighbour, NULL, 0), neighbour);
    ASSERT_QUIET(answer, 0);
    ck_assert_uint_eq(mode_of(victim), 0600);
    ck_assert_msg(strstr(answer.out, "777\n"), "the race was never won: %.200s", answer.out);
}
END_TEST

/* The server's own user and root may make a link for it; what others make leads nowhere. */
START_TEST(only_a_link_of_ones_own_is_followed)
{
    static const uid_t owners[] = {0, NOBODY, NOBODY - 1};
    if (!is_root() || !make_binder() || !compile("once", once, ""))
        return;
    write_text("all.conf", "[bind]\nunix_dangling = follow\n", 0644);
    for (size_t i = 0; i < 2 * sizeof owners / sizeof *owners; i++) {
        const uid_t owner = owners[i / 2], user = users[i % 2];
        ck_assert_int_eq(symlink("target", "open/link"), 0);
        ck_assert_int_eq(lchown("open/link", owner, owner), 0);
        child_user = user;
        struct answer answer = call("./once", "open/link", (char *)NULL);
        bool follows = owner == 0 || owner == user;
        ck_assert_msg(answer.status == (follows ? 0 : EADDRINUSE), "link of %u, user %u: %d", owner, user,
                      answer.status);
        ck_assert_int_eq(unlink("open/target"), follows ? 0 : -1);
        ck_assert_int_eq(unlink("open/link"), 0);
    }
}
END_TEST

/* A removal that swaps the directory before it happens. */
static const char remover[] =
    "#include <fcntl.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n"
    "static void swap(void)\n{\n"
    "    if (rename(\"open\", \"moved\") != 0 || symlink(getenv(\"VICTIM\"), \"open\") != 0)\n        _exit(97);\n}\n"
    "int unlink(const char *path)\n{\n"
    "    swap();\n    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);\n}\n"
    "int unlinkat(int directory, const char *path, int flags)\n{\n"
    "    swap();\n    return (int)syscall(SYS_unlinkat, directory, path, flags);\n}\n";

static void leave_ring(const char *path)
{
    static const char *const names[] = {"start"};
    struct ring ring;
    const struct ring_identity identity = {.slots = RING_SLOTS_LEAST,
                                           .profile = "native",
                                           .diagnostic = "",
                                           .call_names = names,
                                           .key_names = names,
                                           .calls = 1,
                                           .keys = 1};
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    ring_close(&ring);
}

START_TEST(a_dead_ring_is_removed_where_it_was_found)
{
    if (!hide_shared_memory() || !compile("remover.so", remover, "-shared -fPIC"))
        return;
    ck_assert_int_eq(mkdir("open", 0755) + mkdir("private", 0700), 0);
    leave_ring("open/listenas-server-1.ring");
    leave_ring("private/listenas-server-1.ring");
    setenv("LISTENAS_RING", in_directory("open"), 1);
    setenv("VICTIM", "private", 1);
    setenv("LD_PRELOAD", in_directory("remover.so"), 1);
    struct answer answer = call(command, "log", "--remove-dead", (char *)NULL);
    ck_assert_msg(answer.status == 0 && strstr(answer.out, "removed "), "%d: %s%s", answer.status, answer.out,
                  answer.err);
    ck_assert_int_eq(access("private/listenas-server-1.ring", F_OK), 0);
    ck_assert_int_ne(access("moved/listenas-server-1.ring", F_OK), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {everybody_may_connect_whatever_the_umask,
                                  what_takes_the_sockets_place_keeps_its_mode,
                                  a_proc_that_is_none_leads_nowhere,
                                  no_race_reaches_a_victims_mode,
                                  only_a_link_of_ones_own_is_followed,
                                  a_dead_ring_is_removed_where_it_was_found,
                                  NULL};
    return run_suite("swap", tests);
}
