/* What `listenas run` hands to a program that it starts: words, environment, profile, ring, exit status. */
#include "child.h"

#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../shim/ring/cursor.h"

/* Exits with the errno of listen on a socket that was not bound: 0 natively, EINVAL under mks. */
static const char unbound[] = "#include <errno.h>\n#include <sys/socket.h>\n"
                              "int main(void) { int fd = socket(AF_INET, SOCK_STREAM, 0);"
                              " return listen(fd, 5) == 0 ? 0 : errno; }\n";

/* The only ring file in a directory; an empty string if there is none. */
static const char *find_ring(const char *place)
{
    static char path[PATH_MAX];
    DIR *stream = opendir(place);
    struct dirent *entry;
    path[0] = '\0';
    ck_assert_ptr_nonnull(stream);
    while ((entry = readdir(stream)))
        if (entry->d_name[0] != '.')
            snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
    closedir(stream);
    return path;
}

START_TEST(test_help)
{
    struct answer answer = RUN("--help");
    ASSERT_QUIET(answer, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "usage: listenas run"));
}
END_TEST

START_TEST(test_options)
{
    ASSERT_TOLD(RUN("--porfile=mks", "true"), 125, "did you mean --profile?");
    ASSERT_TOLD(RUN("-x", "true"), 125, "unknown option -x");
    ASSERT_TOLD(RUN("-p"), 125, "expects a value");
    ASSERT_TOLD(RUN("-p", "mks"), 125, "expected a program");
    ASSERT_TOLD(RUN("-p", "mks", "--"), 125, "expected a program");
    ASSERT_QUIET(RUN("--", "sh", "-c", "exit 5"), 5);
    ASSERT_QUIET(RUN("sh", "-c", "test $1 = --porfile", "sh", "--porfile"), 0);
}
END_TEST

START_TEST(test_profile)
{
    if (!compile("unbound", unbound, ""))
        return;
    ASSERT_QUIET(RUN("./unbound"), 0);
    ASSERT_QUIET(RUN("-p", "mks", "./unbound"), EINVAL);
    setenv("LISTENAS_PROFILE", "mks", 1);
    ASSERT_QUIET(RUN("./unbound"), EINVAL);
    ASSERT_QUIET(RUN("-p", "native", "./unbound"), 0);
    setenv("LISTENAS_PROFILE", "", 1);
    ASSERT_QUIET(RUN("./unbound"), 0);
    ASSERT_TOLD(RUN("-p", "msk", "true"), 125, "unknown profile \"msk\"; did you mean mks?");
}
END_TEST

START_TEST(test_profile_file)
{
    write_text(in_directory("own.conf"),
               "[listen]\nunbound_inet = EACCES\n[program \"second\"]\nlisten.unbound_inet = EPERM\n", 0644);
    if (!compile("first", unbound, "") || !compile("second", unbound, ""))
        return;
    ASSERT_QUIET(RUN("-p", "./own.conf", "./first"), EACCES);
    ASSERT_QUIET(RUN("-p", "./own.conf", "./second"), EPERM);
    struct answer answer =
        RUN("-p", "./own.conf", "sh", "-c", "cd / && echo $LISTENAS_PROFILE && $0", in_directory("first"));
    ck_assert_int_eq(answer.status, EACCES);
    ck_assert_msg(answer.out[0] == '/' && strstr(answer.out, "own.conf"), "%s", answer.out);
}
END_TEST

START_TEST(test_broken_profile)
{
    write_text(in_directory("broken.conf"), "[listen]\nbacklog_mx = 5\nbacklog_max = many\n", 0644);
    struct answer answer = RUN("-p", "./broken.conf", "sh", "-c", "echo started");
    ck_assert_int_eq(answer.status, 125);
    ck_assert_str_eq(answer.out, "");
    ck_assert_ptr_nonnull(strstr(answer.err, "broken.conf:2: listen.backlog_mx: unknown key; did you mean"));
    ck_assert_ptr_nonnull(strstr(answer.err, "\nlistenas: "));
    ck_assert_ptr_nonnull(strstr(answer.err, "broken.conf:3: listen.backlog_max"));
}
END_TEST

START_TEST(test_overrides)
{
    if (!compile("unbound", unbound, ""))
        return;
    ASSERT_TOLD(RUN("-o", "5", "true"), 125, "expected key=value");
    ASSERT_TOLD(RUN("-o", "listen.unbound_ient=EPERM", "true"), 125, "did you mean listen.unbound_inet?");
    ASSERT_TOLD(RUN("-o", "listen.unbound_inet=ENOSUCH", "true"), 125, "\"ENOSUCH\" is not legal here");
    ASSERT_QUIET(RUN("-o", "listen.unbound_inet=EPERM", "./unbound"), EPERM);
    ASSERT_QUIET(RUN("-o", "listen.unbound_inet=EPERM", "-o", "listen.unbound_inet=EACCES", "./unbound"), EACCES);
    setenv("LISTENAS_SET", "listen.unbound_inet=EIO,listen.backlog_max=7,", 1);
    ASSERT_QUIET(RUN("./unbound"), EIO);
    ASSERT_QUIET(RUN("-o", "listen.unbound_inet=EPERM", "./unbound"), EPERM);
    ck_assert_str_eq(RUN("-o", "listen.backlog_min=2", "printenv", "LISTENAS_SET").out,
                     "listen.unbound_inet=EIO,listen.backlog_max=7,listen.backlog_min=2\n");
}
END_TEST

static void assert_lines(const char *text, int lines)
{
    int count = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        count++;
    ck_assert_msg(count == lines, "%s", text);
}

/* A socket that somebody answers at, as a refuser does. */
static int listen_at(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq(chmod(path, 0666), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

/* What each profile misses is said in a line of its own, with all that would help. */
START_TEST(test_refuser_without_privilege)
{
    static const char *const ways[] = {"CAP_NET_RAW", "setcap cap_net_", "LISTENAS_REFUSER", "run --isolate"};
    if (!is_root())
        return;
    child_user = NOBODY;
    struct answer answer = RUN("-o", "listen.overflow_tcp=refuse", "sh", "-c", "echo ${LISTENAS_REFUSER-none}");
    ck_assert_int_eq(answer.status, 0);
    ck_assert_str_eq(answer.out, "none\n");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        ck_assert_msg(strstr(answer.err, ways[i]) != NULL, "%s", answer.err);
    ck_assert_ptr_nonnull(strstr(answer.err, "listen.overflow_tcp"));
    assert_lines(answer.err, 1);
    answer = RUN("-p", "mks", "true");
    ck_assert_ptr_nonnull(strstr(answer.err, "listen.overflow_tcp"));
    ck_assert_ptr_nonnull(strstr(answer.err, "listen.relisten_excess): that takes root or CAP_NET_ADMIN"));
    assert_lines(answer.err, 2);
    ASSERT_QUIET(RUN("-p", "bsd", "true"), 0);
    int refuser = listen_at(in_directory("refuser"));
    setenv("LISTENAS_REFUSER", in_directory("refuser"), 1);
    ASSERT_QUIET(RUN("-p", "mks", "true"), 0);
    close(refuser);
    ASSERT_TOLD(RUN("-p", "mks", "true"), 0, "nobody answers there");
    ASSERT_QUIET(RUN("-p", "bsd", "true"), 0);
    ASSERT_TOLD(call(command, "refuser", "@x", (char *)NULL), 125, "CAP_NET_RAW");
}
END_TEST

/* What is no socket is somebody's, also at the other end of a link. */
START_TEST(test_refuser_where_a_file_is)
{
    if (!is_root())
        return;
    write_text(in_directory("file"), "precious", 0600);
    ck_assert_int_eq(symlink("file", "link"), 0);
    struct answer answer = call(command, "refuser", in_directory("file"), (char *)NULL);
    if (strstr(answer.err, "CAP_NET_RAW")) {
        fputs("skipped: no refuser can run here\n", stderr);
        return;
    }
    ASSERT_TOLD(answer, 125, "file: this is not a socket");
    ASSERT_TOLD(call(command, "refuser", in_directory("link"), (char *)NULL), 125, "link: this is not a socket");
    ck_assert_str_eq(call("cat", "link", (char *)NULL).out, "precious");
}
END_TEST

/* Binds and listens. */
static const char listening[] =
    "#include <arpa/inet.h>\n#include <errno.h>\n#include <sys/socket.h>\n"
    "int main(void) { struct sockaddr_in a = {.sin_family = AF_INET}; int fd = socket(AF_INET, SOCK_STREAM, "
    "0);"
    " return bind(fd, (void *)&a, sizeof a) == 0 && listen(fd, 5) == 0 ? 0 : errno; }\n";

START_TEST(test_refuser_that_is_gone)
{
    if (!compile("listening", listening, ""))
        return;
    setenv("LISTENAS_REFUSER", "@listenas-nobody", 1);
    ASSERT_TOLD(RUN("-p", "mks", "./listening"), 0, "\"@listenas-nobody\": nobody answers there");
    const char *ring = find_ring("rings");
    struct answer answer = call(command, "log", ring, (char *)NULL);
    ck_assert_msg(strstr(answer.out, "does not refuse as it should, but drops the SYN: its refuser is gone") != NULL,
                  "%s", answer.out);
    answer = call(command, "log", "--json", ring, (char *)NULL);
    ck_assert_msg(strstr(answer.out, "\"refuser\":false,\"refuser_errno\":\"ECONNREFUSED\"") != NULL, "%s", answer.out);
}
END_TEST

START_TEST(test_becomes_the_program)
{
    char expected[PATH_MAX];
    struct answer answer = RUN("sh", "-c", "echo $$; exit 3");
    ASSERT_QUIET(answer, 3);
    snprintf(expected, sizeof expected, "%d\n", answer.pid);
    ck_assert_str_eq(answer.out, expected);
    answer = RUN("sh", "-c", "kill -9 $$");
    ck_assert(WIFSIGNALED(answer.wait_status) && WTERMSIG(answer.wait_status) == SIGKILL);
    ck_assert_str_eq(RUN("cat", "/proc/self/cmdline").out, "cat"); /* up to the first NUL: argv[0] as written */
}
END_TEST

START_TEST(test_environment)
{
    char expected[PATH_MAX], back[PATH_MAX];
    struct answer answer =
        RUN("-p", "bsd", "sh", "-c", "echo $LISTENAS_PROFILE ${LISTENAS_SET-none} $LISTENAS_RING $LD_PRELOAD");
    ASSERT_QUIET(answer, 0);
    snprintf(expected, sizeof expected, "bsd none %s/rings/listenas-sh-%d-", directory, answer.pid);
    snprintf(back, sizeof back, ".ring %s/bin/liblistenas.so\n", directory);
    size_t length = strlen(expected), born = strspn(answer.out + length, "0123456789abcdef");
    ck_assert_msg(strncmp(answer.out, expected, length) == 0 && born >= 16, "%s", answer.out);
    ck_assert_str_eq(answer.out + length + born, back);
}
END_TEST

START_TEST(test_preload_is_kept)
{
    char own[PATH_MAX], expected[2 * PATH_MAX];
    snprintf(own, sizeof own, "%s/bin/liblistenas.so", directory);
    snprintf(expected, sizeof expected, "libm.so.6:%s\n", own);
    setenv("LD_PRELOAD", "libm.so.6", 1);
    ck_assert_str_eq(RUN("printenv", "LD_PRELOAD").out, expected);
    snprintf(expected, sizeof expected, "libm.so.6:libdl.so.2:%s\n", own);
    setenv("LD_PRELOAD", " libm.so.6  libdl.so.2:", 1);
    ck_assert_str_eq(RUN("printenv", "LD_PRELOAD").out, expected);
    snprintf(expected, sizeof expected, "%s:libm.so.6", own);
    setenv("LD_PRELOAD", expected, 1);
    snprintf(expected, sizeof expected, "libm.so.6:%s\n", own);
    ck_assert_str_eq(RUN("printenv", "LD_PRELOAD").out, expected);
}
END_TEST

START_TEST(test_ring_header)
{
    struct ring ring;
    struct cursor cursor;
    struct told told;
    if (!compile("unbound", unbound, ""))
        return;
    struct answer answer = RUN("-p", "mks", "./unbound", "one", "two words");
    ASSERT_QUIET(answer, EINVAL);
    const char *fault = ring_open_to_read(&ring, find_ring(in_directory("rings")));
    ck_assert_msg(!fault, "%s", fault);
    ck_assert_uint_eq(ring.header->pid, (uint32_t)answer.pid);
    ck_assert_str_eq(ring.header->profile, "mks");
    ck_assert_str_eq(ring.header->diagnostic, "");
    ck_assert_uint_eq(ring.header->command_size, sizeof "./unbound\0one\0two words");
    ck_assert_mem_eq(ring.header->command, "./unbound\0one\0two words", ring.header->command_size);
    ck_assert_uint_eq(ring_calls(&ring), 2);
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    ck_assert_int_eq(cursor_next(&cursor, &told), CURSOR_RECORD);
    ck_assert_int_eq(cursor_next(&cursor, &told), CURSOR_RECORD);
    ck_assert_str_eq(ring_call_name(&ring, told.record.call), "listen");
    ck_assert_str_eq(ring_key_name(&ring, told.record.key[0]), "listen.unbound_inet");
    cursor_close(&cursor);
    ring_close(&ring);
}
END_TEST

/* A command line longer than its place in the header is cut there. */
START_TEST(test_long_command)
{
    struct ring ring;
    char word[2000];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    if (!compile("unbound", unbound, ""))
        return;
    ASSERT_QUIET(RUN("./unbound", word, "more"), 0);
    ck_assert_ptr_null(ring_open_to_read(&ring, find_ring(in_directory("rings"))));
    ck_assert_uint_eq(ring.header->command_size, sizeof ring.header->command);
    ring_close(&ring);
}
END_TEST

START_TEST(test_ring_settings)
{
    setenv("LISTENAS_RING", "sideways", 1);
    ASSERT_TOLD(RUN("true"), 125, "LISTENAS_RING: \"sideways\": expected off, a size");
    ASSERT_TOLD(RUN("-r", "elsewhere", "true"), 125, "-r: \"elsewhere\"");
    struct answer answer = RUN("-r", "off", "printenv", "LISTENAS_RING");
    ASSERT_QUIET(answer, 0);
    ck_assert_str_eq(answer.out, "off\n");
    ck_assert_str_eq(RUN("-r", in_directory("rings/own.ring"), "printenv", "LISTENAS_RING").out,
                     in_directory("rings/own.ring\n"));
}
END_TEST

/* The size follows the path, for the children as well. */
START_TEST(test_ring_of_a_path_and_a_size)
{
    struct ring ring;
    if (!compile("unbound", unbound, ""))
        return;
    ASSERT_QUIET(RUN("-r", in_directory("rings/own.ring,64K"), "sh", "-c", "exec ./unbound"), 0);
    ck_assert_ptr_null(ring_open_to_read(&ring, in_directory("rings/own.ring")));
    ck_assert_uint_eq(ring.mask, 127);
    ring_close(&ring);
    ck_assert_int_eq(unlink(in_directory("rings/own.ring")), 0);
    ASSERT_QUIET(RUN("-r", in_directory("rings,1M"), "./unbound"), 0);
    ck_assert_ptr_null(ring_open_to_read(&ring, find_ring(in_directory("rings"))));
    ck_assert_uint_eq(ring.mask, 4095);
    ring_close(&ring);
}
END_TEST

/* What an option says is what its user means. */
START_TEST(test_ring_that_an_option_gets_wrong)
{
    ASSERT_TOLD(RUN("-r", "1K", "true"), 125, "-r: \"1K\": a record has 44K to 129M");
    ASSERT_TOLD(RUN("-r", in_directory("rings/own.ring,900M"), "true"), 125, "a record has 44K to 129M");
    ASSERT_TOLD(RUN("-r", in_directory("missing/x.ring"), "true"), 125, "missing/x.ring: there is no such directory");
    ASSERT_TOLD(RUN("-r", in_directory("missing"), "true"), 125, "missing\": there is no such directory");
    ck_assert_int_ne(access("missing", F_OK), 0);
    setenv("LISTENAS_RING", "1K", 1); /* of all programs that get it */
    ASSERT_QUIET(RUN("true"), 0);
}
END_TEST

/* A program that makes no call has nothing to record, and one that cannot be started neither. */
START_TEST(test_no_ring_of_nothing)
{
    ASSERT_QUIET(RUN("true"), 0);
    ASSERT_QUIET(RUN("sh", "-c", "true; true"), 0);
    ck_assert_int_eq(RUN("./missing").status, 127);
    ck_assert_str_eq(find_ring(in_directory("rings")), "");
}
END_TEST

#define ASSERT_NO_RECORD(answer, why)                                                                                  \
    do {                                                                                                               \
        ck_assert_str_eq((answer).out, "off\n");                                                                       \
        (answer).out[0] = '\0';                                                                                        \
        ASSERT_TOLD(answer, 0, why);                                                                                   \
        ck_assert_ptr_nonnull(strstr((answer).err, "runs without"));                                                   \
    } while (0)

START_TEST(test_unwritable_ring)
{
    setenv("LISTENAS_RING", in_directory("missing/x.ring"), 1);
    struct answer answer = RUN("printenv", "LISTENAS_RING");
    ASSERT_NO_RECORD(answer, "No such file or directory");
    setenv("LISTENAS_RING", in_directory("missing"), 1);
    answer = RUN("printenv", "LISTENAS_RING");
    ASSERT_NO_RECORD(answer, "there is no such directory");
    ck_assert_int_ne(access("missing", F_OK), 0);
    write_text(in_directory("rings/foreign"), "not a ring", 0600);
    answer = RUN("-r", in_directory("rings/foreign"), "printenv", "LISTENAS_RING");
    ASSERT_NO_RECORD(answer, "no record of this user's");
    ck_assert_int_eq(mkdir("closed", 0755), 0);
    if (!is_root())
        return;
    child_user = NOBODY;
    answer = RUN("-r", in_directory("closed"), "printenv", "LISTENAS_RING");
    ASSERT_NO_RECORD(answer, "Permission denied");
}
END_TEST

START_TEST(test_full_ring_directory)
{
    ck_assert_int_eq(mkdir("full", 0755), 0);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "full", "tmpfs", 0, "size=64k") != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    struct answer answer = RUN("-r", in_directory("full"), "printenv", "LISTENAS_RING");
    ASSERT_NO_RECORD(answer, "No space left on device");
    ck_assert_str_eq(find_ring(in_directory("full")), "");
    ck_assert_int_eq(umount("full"), 0);
}
END_TEST

/* A loader that is no ELF file is found out by nobody but execve. */
START_TEST(test_ring_is_removed)
{
    char flags[128];
    snprintf(flags, sizeof flags, "-Wl,--dynamic-linker=%s/ld-linux-none.so", directory);
    write_text(in_directory("ld-linux-none.so"),
               "This is no ELF file, but it is long enough to be taken for the header of one by a careless "
               "reader.\n",
               0755);
    if (!compile("odd", "int main(void) { return 0; }\n", flags))
        return;
    ASSERT_TOLD(RUN("./odd"), 126, "./odd cannot be executed");
    ck_assert_str_eq(find_ring(in_directory("rings")), "");
}
END_TEST

START_TEST(test_kernel_limit)
{
    ASSERT_TOLD(RUN("-o", "listen.backlog_floor=2000000000", "true"), 0, "queues up to 2000000001 connections");
    ASSERT_TOLD(RUN("-o", "listen.backlog_max=1900000000,listen.capacity_tcp=b", "true"), 0,
                "sysctl net.core.somaxconn=1900000000");
    ASSERT_TOLD(RUN("-o", "listen.backlog_negative=1800000000", "true"), 0, "net.core.somaxconn=1800000000");
    ASSERT_TOLD(RUN("-o", "listen.capacity_unix=unlimited", "true"), 0, "without limit");
    ASSERT_QUIET(RUN("-o", "listen.backlog_max=5,listen.capacity_tcp=3/2 b + 1", "true"), 0);
    ASSERT_QUIET(RUN("-p", "linux", "true"), 0);
}
END_TEST

START_TEST(test_dry_run)
{
    struct answer answer = RUN("-n", "-p", "mks", "sh", "-c", "echo it\\'s $LISTENAS_PROFILE $1; exit 4", "sh", "a  b");
    ASSERT_QUIET(answer, 0);
    ck_assert_str_eq(find_ring(in_directory("rings")), "");
    struct answer pasted = call("sh", "-c", answer.out, (char *)NULL);
    ASSERT_QUIET(pasted, 4);
    ck_assert_str_eq(pasted.out, "it's mks a b\n");
    answer = RUN("-n", "-p", "bsd", "-r", "64K", "printenv", "LISTENAS_RING");
    ck_assert_ptr_nonnull(strstr(answer.out, "LISTENAS_RING='64K'"));
    /* What the launcher alone can start is started by it; where it may not, it says so. */
    ck_assert_ptr_nonnull(strstr(RUN("-n", "-p", "mks", "true").out, "bin/listenas' run -- '"));
    ck_assert_ptr_null(strstr(RUN("-n", "-p", "bsd", "true").out, "bin/listenas"));
    setenv("LISTENAS_REFUSER", "/run/listenas.refuser", 1);
    ck_assert_ptr_null(strstr(RUN("-n", "-p", "mks", "true").out, "bin/listenas"));
    ASSERT_TOLD(RUN("-n", "./missing"), 127, "does not exist");
}
END_TEST

START_TEST(test_odd_paths)
{
    ck_assert_int_eq(mkdir("a b:c", 0755), 0);
    if (compile("unbound", unbound, "")) {
        ck_assert_int_eq(rename("unbound", "a b:c/un bound:5"), 0);
        ASSERT_QUIET(RUN("-p", "mks", "./a b:c/un bound:5"), EINVAL);
        ck_assert_ptr_nonnull(strstr(find_ring(in_directory("rings")), "listenas-un bound:5-"));
    }
    copy_command(in_directory("a b:c/listenas"), in_directory("a b:c/liblistenas.so"));
    strcpy(command, in_directory("a b:c/listenas"));
    ASSERT_TOLD(RUN("true"), 125, "a b:c/liblistenas.so cannot be named in LD_PRELOAD");
}
END_TEST

static void make_directories(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
}

START_TEST(test_installed)
{
    if (!compile("unbound", unbound, ""))
        return;
    make_directories(LIB "/listenas/");
    ck_assert_int_eq(rename("bin/liblistenas.so", LIB "/listenas/liblistenas.so"), 0);
    ASSERT_QUIET(RUN("-p", "mks", "./unbound"), EINVAL);
    ck_assert_str_eq(RUN("printenv", "LD_PRELOAD").out, in_directory("$LIB/listenas/liblistenas.so\n"));
}
END_TEST

/* The loader would look for it elsewhere than it is. */
START_TEST(test_installed_elsewhere)
{
    make_directories("lib32/listenas/");
    ck_assert_int_eq(rename("bin/liblistenas.so", "lib32/listenas/liblistenas.so"), 0);
    ck_assert_str_eq(RUN("printenv", "LD_PRELOAD").out, in_directory("lib32/listenas/liblistenas.so\n"));
}
END_TEST

START_TEST(test_without_proc)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "/proc", "tmpfs", 0, NULL) != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    if (access(PREFIX "/" LIB "/listenas/liblistenas.so", F_OK) == 0)
        fputs("skipped: the library is installed here\n", stderr);
    else
        ASSERT_TOLD(RUN("true"), 125, "unknown without /proc");
}
END_TEST

START_TEST(test_profile_of_a_long_path)
{
    char path[PATH_MAX + 16];
    memset(path, 'x', sizeof path);
    memcpy(path, "./", 2);
    path[PATH_MAX - 2] = '\0';
    ASSERT_TOLD(RUN("-p", path, "true"), 125, "its absolute path is unknown: File name too long");
}
END_TEST

START_TEST(test_second_refuser)
{
    char expected[96];
    if (!is_root())
        return;
    int first = listen_at(in_directory("refuser"));
    snprintf(expected, sizeof expected, "refuser: check_run (pid %d) of user 0 serves there already; end it, or take",
             getpid());
    ASSERT_TOLD(call(command, "refuser", in_directory("refuser"), (char *)NULL), 125, expected);
    close(first);
}
END_TEST

/* What cannot be kept ends it before the program starts. */
/* What SO_ATTACH_FILTER gives to this user, 0 or an errno: some hosts keep ordinary users from it. */
static int filter_error_of(uid_t user)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)};
    const struct sock_fprog program = {.len = 1, .filter = code};
    int status = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (setresuid(user, user, user) != 0)
            _exit(255);
        _exit(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : errno);
    }
    close(fd);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) != 255);
    return WEXITSTATUS(status);
}

/* A SYN that is to have no answer takes a filter on the client's socket; for whom that is not allowed it is not kept.
 */
START_TEST(a_filter_that_is_not_allowed_is_told)
{
    child_user = is_root() ? NOBODY : getuid();
    int error = filter_error_of(child_user);
    struct answer answer =
        RUN("--strict", "--section=record", "-p", "native", "-o", "connect.not_listening=drop", "true");
    if (!error) {
        ASSERT_QUIET(answer, 0);
        return;
    }
    ck_assert_int_eq(answer.status, 125);
    ck_assert_ptr_nonnull(strstr(answer.err, "(connect.not_listening): this process may attach no filter"));
    ck_assert_ptr_nonnull(strstr(answer.err, strerror(error)));
    ck_assert_ptr_nonnull(strstr(answer.err, "1 promise of native cannot be kept here"));
    ASSERT_QUIET(RUN("--strict", "--section=record", "-p", "native", "-o", "connect.not_listening=refuse", "true"), 0);
}
END_TEST

START_TEST(test_strict)
{
    static const char started[] = "echo started";
    struct answer answer = RUN("--strict", "-p", "mks", "sh", "-c", started);
    ck_assert_int_eq(answer.status, 125);
    ck_assert_str_eq(answer.out, "");
    ck_assert_ptr_nonnull(strstr(answer.err, "--strict: mks: Linux cannot keep bind.huge_address, bind.low_port"));
    ck_assert_ptr_nonnull(strstr(answer.err, "only run --isolate applies host.unprivileged_port, host.syncookies"));
    ck_assert_ptr_nonnull(strstr(answer.err, "--strict: nothing was started: 5 promises of mks"));
    ck_assert_str_eq(find_ring("rings"), "");
    ASSERT_QUIET(
        RUN("--strict", "--section=record", "-p", "bsd", "-o", "connect.not_listening=refuse", "sh", "-c", started), 0);
    ASSERT_QUIET(RUN("--strict", "-p", "native", "true"), 0);
    answer = RUN("--strict", "--section=accept", "-o", "listen.backlog_floor=2000000000", "sh", "-c", started);
    ck_assert_int_eq(answer.status, 125);
    ck_assert_ptr_nonnull(strstr(answer.err, "1 promise of native cannot be kept here"));
    answer = RUN("--strict", "--dry-run", "-p", "mks", "true");
    ck_assert_int_eq(answer.status, 125);
    ck_assert_str_eq(answer.out, "");
    if (!is_root())
        return;
    child_user = NOBODY;
    answer = RUN("--strict", "--section=accept", "-o", "listen.overflow_tcp=refuse", "sh", "-c", started);
    ck_assert_int_eq(answer.status, 125);
    ck_assert_str_eq(answer.out, "");
    ck_assert_ptr_nonnull(strstr(answer.err, "CAP_NET_RAW"));
}
END_TEST

/* A limit that no backlog of the program reaches is none of its business. */
START_TEST(test_warnings_count_for_the_case)
{
    ASSERT_QUIET(RUN("-p", "glibc", "true"), 0);
    ASSERT_QUIET(RUN("-o", "listen.backlog_max=kernel,listen.capacity_tcp=b", "true"), 0);
    ASSERT_TOLD(RUN("-o", "listen.capacity_tcp=unlimited", "true"), 0, "without limit");
}
END_TEST

START_TEST(test_imports)
{
    static const char calls_accept4[] = "#include <sys/socket.h>\nint main(int count, char **words) {"
                                        " return count > 9 ? accept4(0, (void *)words, 0, 0) : 0; }\n";
    if (!compile("new", calls_accept4, "") || !compile("old", "int main(void) { return 0; }\n", ""))
        return;
    ASSERT_QUIET(RUN("-p", "mks", "./new"), 0);
    ASSERT_QUIET(RUN("-o", "accept.accept4=ENOSYS", "./old"), 0);
    ASSERT_TOLD(RUN("-o", "accept.accept4=ENOSYS", "./new"), 0,
                "./new calls accept4, which fails with ENOSYS under native (accept.accept4, LISTENAS_SET (run -o)); -o "
                "accept.accept4=emulate lets it work");
    if (compile("stripped", calls_accept4, "-s -Wl,-z,norelro"))
        ASSERT_TOLD(RUN("-o", "accept.accept4=ENOSYS", "./stripped"), 0, "calls accept4");
    if (compile("narrow", calls_accept4, NARROW)) {
        struct answer answer = RUN("-o", "accept.accept4=ENOSYS", "./narrow");
        ck_assert_msg(answer.status == 125 || strstr(answer.err, "calls accept4"), "%s", answer.err);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        test_second_refuser,
        test_strict,
        a_filter_that_is_not_allowed_is_told,
        test_warnings_count_for_the_case,
        test_imports,
        test_help,
        test_options,
        test_profile,
        test_profile_file,
        test_broken_profile,
        test_overrides,
        test_refuser_without_privilege,
        test_refuser_where_a_file_is,
        test_refuser_that_is_gone,
        test_becomes_the_program,
        test_environment,
        test_preload_is_kept,
        test_ring_header,
        test_long_command,
        test_ring_settings,
        test_ring_of_a_path_and_a_size,
        test_ring_that_an_option_gets_wrong,
        test_no_ring_of_nothing,
        test_unwritable_ring,
        test_full_ring_directory,
        test_ring_is_removed,
        test_kernel_limit,
        test_dry_run,
        test_odd_paths,
        test_installed,
        test_installed_elsewhere,
        test_profile_of_a_long_path,
        test_without_proc,
        NULL,
    };
    return run_suite("run", tests);
}
