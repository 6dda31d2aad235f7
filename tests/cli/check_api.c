/* listenas.h from outside: programs that are compiled against it, with and without the library. */
#include "child.h"

/* The source of a program that includes the header, and checks what it expects. */
#define PROGRAM(body)                                                                                                  \
    "#define _GNU_SOURCE\n#include <errno.h>\n#include <fcntl.h>\n#include <netinet/in.h>\n#include "                  \
    "<pthread.h>\n#include <stdio.h>\n"                                                                                \
    "#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <sys/un.h>\n#include <sys/wait.h>\n"  \
    "#include <unistd.h>\n#include \"listenas.h\"\n"                                                                   \
    "#define CHECK(x) do { if (!(x)) { printf(\"%s: %s, %s\\n\", #x, strerror(errno), listenas_message());"            \
    " exit(1); } } while (0)\n" body

static const char *flags_for(const char *more)
{
    static char flags[384];
    snprintf(flags, sizeof flags, "%s -I%s/../shim/api -pthread", more, getenv("LISTENAS_BUILD"));
    return flags;
}

/* Compiles the program; runs it by `listenas run` with these options, which end with NULL. */
#define ASSERT_RUNS(source, ...)                                                                                       \
    do {                                                                                                               \
        ck_assert(compile("program", source, flags_for("")));                                                          \
        struct answer ran = RUN(__VA_ARGS__, "--", in_directory("program"));                                           \
        ck_assert_msg(ran.status == 0, "status %d: %s%s", ran.status, ran.out, ran.err);                               \
    } while (0)

/* --- the header --- */

static const char each_function[] =
    "#include \"listenas.h\"\n"
    "static int visit(const struct listenas_call *call, void *context)\n"
    "{ (void)context; return call->count != 0; }\n"
    "int main(void)\n{\n"
    "    return listenas_is_here() || listenas_version() || listenas_use(\"bsd\") != ENOSYS || listenas_provoke(NULL) "
    "!= ENOSYS ||\n"
    "           listenas_mark(\"a\") != ENOSYS || listenas_wait_full(0, 0) != -1 || errno != ENOSYS ||\n"
    "           (errno = 0) || listenas_walk(visit, NULL) != -1 || errno != ENOSYS ||\n"
    "           listenas_profile()[0] != 'n' || listenas_message()[0] != 'l';\n}\n";

START_TEST(header_is_plain_c)
{
    static const char *const kinds[] = {"-std=c99", "-std=c11", "-std=gnu17 -O2"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char flags[128];
        snprintf(flags, sizeof flags, "%s -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror", kinds[i]);
        ck_assert(compile("each", each_function, flags_for(flags)));
        ASSERT_QUIET(call(in_directory("each"), (char *)NULL), 0);
    }
}
END_TEST

START_TEST(header_is_plain_cxx)
{
    if (!compile("plain", "#include <cerrno>\nint main() {}\n", "-x c++"))
        return;
    ck_assert(compile("each", each_function, flags_for("-x c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror")));
    ASSERT_QUIET(call(in_directory("each"), (char *)NULL), 0);
}
END_TEST

START_TEST(is_installed)
{
    char line[512];
    snprintf(line, sizeof line, "env -u MAKEFLAGS -u MAKELEVEL make -s -C %s/.. install DESTDIR=%s/root",
             getenv("LISTENAS_BUILD"), directory);
    ASSERT_QUIET(call("sh", "-c", line, (char *)NULL), 0);
    const char *root = in_directory("root/usr/local");
    snprintf(line, sizeof line, "-std=c99 -I%s/include", root);
    ck_assert(compile("each", each_function, line));
    struct answer package = call("cat", in_directory("root/usr/local/share/pkgconfig/listenas.pc"), (char *)NULL);
    ck_assert_ptr_nonnull(strstr(package.out, "prefix=/usr/local\n"));
    ck_assert_ptr_nonnull(strstr(package.out, "\nVersion: 0.1\n"));
    ck_assert_int_eq(
        call("test", "-f", in_directory("root/usr/local/share/listenas/pytest_listenas.py"), (char *)NULL).status, 0);
}
END_TEST

START_TEST(pkg_config_knows_it)
{
    char line[512];
    if (call("pkg-config", "--version", (char *)NULL).status != 0) {
        fputs("skipped: there is no pkg-config\n", stderr);
        return;
    }
    snprintf(line, sizeof line,
             "sed 's|@PREFIX@|/opt/x|; s|@VERSION@|0.1|' %s/../shim/share/listenas.pc > listenas.pc &&"
             "PKG_CONFIG_PATH=$PWD pkg-config --cflags --libs listenas",
             getenv("LISTENAS_BUILD"));
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(strncmp(answer.out, "-I/opt/x/include -ldl", 21) == 0, "%s%s", answer.out, answer.err);
}
END_TEST

/* --- use --- */

#define LISTENING                                                                                                      \
    "static int listening(int backlog)\n{\n"                                                                           \
    "    int fd = socket(AF_INET, SOCK_STREAM, 0);\n"                                                                  \
    "    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};\n"                \
    "    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, backlog) == 0);\n"             \
    "    return fd;\n}\n"                                                                                              \
    "static int capacity_seen(const struct listenas_call *call, void *context)\n{\n"                                   \
    "    if (strcmp(call->name, \"listen\") == 0)\n        *(int *)context = call->capacity;\n    return 0;\n}\n"      \
    "static int last_capacity(void)\n{\n"                                                                              \
    "    int capacity = -1;\n    CHECK(listenas_walk(capacity_seen, &capacity) >= 0);\n    return capacity;\n}\n"

START_TEST(a_process_changes_its_platform)
{
    ASSERT_RUNS(PROGRAM(LISTENING "int main(void)\n{\n"
                                  "    CHECK(listenas_is_here() && strcmp(listenas_profile(), \"linux\") == 0);\n"
                                  "    CHECK(listenas_use(\"bsd\") == 0 && !*listenas_message());\n"
                                  "    CHECK(strcmp(listenas_profile(), \"bsd\") == 0);\n"
                                  "    listening(5);\n    CHECK(last_capacity() == 8);\n"
                                  "    CHECK(listenas_use(\"mks\") == 0);\n"
                                  "    listening(5);\n    CHECK(last_capacity() == 5);\n"
                                  "    CHECK(listenas_use(\"native\") == 0);\n"
                                  "    listening(5);\n    CHECK(last_capacity() == 0);\n"
                                  "    CHECK(listenas_use(\"./mine.conf\") == EINVAL);\n"
                                  "    FILE *file = fopen(\"mine.conf\", \"w\");\n"
                                  "    fputs(\"[profile]\\ninherits = bsd\\n[program \\\"program\\\"]\\n"
                                  "listen.capacity_tcp = b max 3\\n\", file);\n    fclose(file);\n"
                                  "    CHECK(listenas_use(\"./mine.conf\") == 0);\n"
                                  "    listening(5);\n    CHECK(last_capacity() == 3);\n}\n"),
                "-p", "linux");
}
END_TEST

START_TEST(overrides_stay)
{
    ASSERT_RUNS(PROGRAM(LISTENING "int main(void)\n{\n"
                                  "    CHECK(listenas_use(\"mks\") == 0);\n"
                                  "    listening(5);\n    CHECK(last_capacity() == 2);\n}\n"),
                "-p", "linux", "-o", "listen.capacity_tcp=b max 2");
}
END_TEST

START_TEST(a_mistake_changes_nothing)
{
    ASSERT_RUNS(
        PROGRAM("int main(void)\n{\n"
                "    errno = 7;\n"
                "    CHECK(listenas_use(\"frebsd\") == EINVAL && errno == 7);\n"
                "    CHECK(strstr(listenas_message(), \"frebsd\") && strstr(listenas_message(), \"freebsd?\"));\n"
                "    CHECK(strcmp(listenas_profile(), \"bsd\") == 0);\n"
                "    CHECK(listenas_use(NULL) == EINVAL && listenas_use(\"\") == EINVAL);\n"
                "    CHECK(listenas_use(\"mks\") == 0 && !*listenas_message());\n}\n"),
        "-p", "bsd");
}
END_TEST

START_TEST(other_threads_forbid_it)
{
    ASSERT_RUNS(PROGRAM("static int gate[2];\n"
                        "static void *wait_there(void *x) { char c; CHECK(read(gate[0], &c, 1) == 1); return x; }\n"
                        "int main(void)\n{\n"
                        "    pthread_t thread;\n    int status;\n    CHECK(pipe(gate) == 0);\n"
                        "    pthread_create(&thread, NULL, wait_there, NULL);\n"
                        "    CHECK(listenas_use(\"bsd\") == EBUSY && strstr(listenas_message(), \"other threads\"));\n"
                        "    CHECK(strcmp(listenas_profile(), \"linux\") == 0);\n"
                        "    if (fork() == 0)\n"
                        "        _exit(listenas_use(\"bsd\") != 0 || strcmp(listenas_profile(), \"bsd\") != 0);\n"
                        "    CHECK(wait(&status) > 0 && status == 0);\n"
                        "    CHECK(strcmp(listenas_profile(), \"linux\") == 0);\n"
                        "    CHECK(write(gate[1], \"\", 1) == 1);\n    pthread_join(thread, NULL);\n"
                        "    CHECK(listenas_use(\"bsd\") == 0);\n}\n"),
                "-p", "linux");
}
END_TEST

/* As in a container, whose sandbox lets nobody unshare. */
START_TEST(other_threads_forbid_it_in_a_sandbox)
{
    ASSERT_RUNS(PROGRAM("#include <linux/filter.h>\n#include <linux/seccomp.h>\n#include <stddef.h>\n"
                        "#include <sys/prctl.h>\n#include <sys/syscall.h>\n"
                        "static void *wait_there(void *x) { pause(); return x; }\n"
                        "int main(void)\n{\n"
                        "    struct sock_filter code[] = {\n"
                        "        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),\n"
                        "        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),\n"
                        "        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),\n"
                        "        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};\n"
                        "    struct sock_fprog filter = {4, code};\n    pthread_t thread;\n"
                        "    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);\n"
                        "    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);\n"
                        "    CHECK(listenas_use(\"bsd\") == 0);\n"
                        "    pthread_create(&thread, NULL, wait_there, NULL);\n"
                        "    CHECK(listenas_use(\"mks\") == EBUSY);\n}\n"),
                "-p", "linux");
}
END_TEST

/* One that has been joined may be there a moment longer, for pthread_join returns before the kernel has forgotten it.
 */
START_TEST(a_thread_that_is_about_to_end_is_waited_for)
{
    ASSERT_RUNS(PROGRAM("static int gate[2];\n"
                        "static void *end(void *x) { char c; CHECK(read(gate[0], &c, 1) == 1); return x; }\n"
                        "int main(void)\n{\n"
                        "    pthread_t thread;\n    CHECK(pipe(gate) == 0);\n"
                        "    for (int i = 0; i < 20; i++) {\n"
                        "        pthread_create(&thread, NULL, end, NULL);\n"
                        "        CHECK(write(gate[1], \"\", 1) == 1);\n"
                        "        CHECK(listenas_use(i % 2 ? \"linux\" : \"bsd\") == 0);\n"
                        "        pthread_join(thread, NULL);\n"
                        "        CHECK(listenas_use(\"mks\") == 0);\n    }\n}\n"),
                "-p", "linux");
}
END_TEST

/* --- provoke --- */

START_TEST(errors_are_provoked_from_here_on)
{
    ASSERT_RUNS(PROGRAM(LISTENING "static int accept_error(int fd) { return accept(fd, NULL, NULL) < 0 ? errno : 0; }\n"
                                  "int main(void)\n{\n"
                                  "    int fd = listening(5);\n    fcntl(fd, F_SETFL, O_NONBLOCK);\n"
                                  "    CHECK(accept_error(fd) == EAGAIN);\n    errno = 7;\n"
                                  "    CHECK(listenas_provoke(\"accept:EMFILE@2\") == 0 && errno == 7);\n"
                                  "    CHECK(accept_error(fd) == EAGAIN && accept_error(fd) == EMFILE);\n"
                                  "    CHECK(accept_error(fd) == EAGAIN);\n"
                                  "    CHECK(listenas_provoke(\"accept:EMFILE\") == 0 && listenas_use(\"bsd\") == 0);\n"
                                  "    CHECK(accept_error(fd) == EMFILE);\n"
                                  "    CHECK(listenas_provoke(\"accept:EMFIEL\") == EINVAL);\n"
                                  "    CHECK(strstr(listenas_message(), \"EMFILE\") && accept_error(fd) == EMFILE);\n"
                                  "    CHECK(listenas_provoke(NULL) == 0 && accept_error(fd) == EAGAIN);\n}\n"),
                "-p", "linux");
}
END_TEST

/* --- mark --- */

START_TEST(the_log_shows_marks_and_platforms)
{
    ASSERT_RUNS(PROGRAM("int main(void)\n{\n"
                        "    CHECK(listenas_mark(\"case 12 \\033begins\") == 0);\n"
                        "    CHECK(listenas_mark(\"0123456789012345678901234567890123456789012345678\") == 0);\n"
                        "    CHECK(listenas_use(\"bsd\") == 0);\n}\n"),
                "-r", in_directory("a.ring"));
    struct answer log = LOG(in_directory("a.ring"));
    ASSERT_SAYS(log, " mark: case 12 \\x1bbegins\n");
    ASSERT_SAYS(log, " mark: 0123456789012345678901234567890123456789");
    ASSERT_SAYS(log, "...\n");
    ASSERT_SAYS(log, " use: bsd\n");
    log = LOG("--json", in_directory("a.ring"));
    ASSERT_SAYS(log, "\"call\":\"mark\",\"text\":\"case 12 \\u001bbegins\"}\n");
    ASSERT_SAYS(log, "\"cut\":true}\n");
    ASSERT_SAYS(log, "\"call\":\"use\",\"profile\":\"bsd\"}\n");
}
END_TEST

START_TEST(without_a_record_there_is_nothing_to_mark_or_walk)
{
    ASSERT_RUNS(PROGRAM("int main(void)\n{\n"
                        "    CHECK(listenas_mark(\"a\") == ENODATA);\n"
                        "    CHECK(listenas_walk(NULL, NULL) == -1 && errno == ENODATA);\n}\n"),
                "-r", "off");
}
END_TEST

/* --- wait_full --- */

START_TEST(waits_until_a_queue_is_full)
{
    ASSERT_RUNS(
        PROGRAM(LISTENING
                "static void connect_one(int fd)\n{\n"
                "    struct sockaddr_storage name;\n    socklen_t size = sizeof name;\n"
                "    CHECK(getsockname(fd, (struct sockaddr *)&name, &size) == 0);\n"
                "    CHECK(connect(socket(name.ss_family, SOCK_STREAM, 0), (struct sockaddr *)&name, size) == 0);\n}\n"
                "static void fill(int fd)\n{\n"
                "    connect_one(fd);\n    errno = 7;\n"
                "    CHECK(listenas_wait_full(fd, 0) == 0 && listenas_wait_full(fd, 20) == 0 && errno == 7);\n"
                "    pid_t child = fork();\n    if (child == 0) {\n"
                "        usleep(50000);\n        connect_one(fd);\n        _exit(0);\n    }\n"
                "    CHECK(listenas_wait_full(fd, -1) == 1 && errno == 7);\n"
                "    CHECK(listenas_wait_full(fd, 0) == 1 && waitpid(child, NULL, 0) == child);\n"
                "    CHECK(accept(fd, NULL, NULL) >= 0 && listenas_wait_full(fd, 0) == 0);\n}\n"
                "int main(void)\n{\n"
                "    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = \"socket\"};\n"
                "    int local = socket(AF_UNIX, SOCK_STREAM, 0), pipes[2];\n"
                "    CHECK(bind(local, (struct sockaddr *)&path, sizeof path) == 0 && listen(local, 1) == 0);\n"
                "    fill(listening(1));\n    fill(local);\n"
                "    CHECK(listenas_wait_full(999, 100) == -1 && errno == EBADF);\n"
                "    CHECK(pipe(pipes) == 0 && listenas_wait_full(pipes[0], 100) == -1 && errno == ENOTSOCK);\n"
                "    CHECK(listenas_wait_full(socket(AF_INET, SOCK_STREAM, 0), 100) == -1 && errno == EINVAL);\n}\n"),
        "-p", "linux");
}
END_TEST

/* --- walk --- */

START_TEST(walks_through_its_own_calls_alone)
{
    ASSERT_RUNS(
        PROGRAM("struct seen { int marks, lost, listens; char first[41]; };\n"
                "static int see(const struct listenas_call *call, void *context)\n{\n"
                "    struct seen *seen = context;\n"
                "    if (strcmp(call->name, \"mark\") == 0 && seen->marks++ == 0)\n"
                "        strcpy(seen->first, call->text);\n"
                "    if (strcmp(call->name, \"listen\") == 0 && call->fd == -1 && call->result == -1 &&\n"
                "        call->error == EBADF && call->kernel_error == EBADF && call->asked == 5)\n"
                "        seen->listens++;\n"
                "    seen->lost += strcmp(call->name, \"lost\") == 0;\n    return 0;\n}\n"
                "static int stop(const struct listenas_call *call, void *context) { (void)call; (void)context; "
                "return 1; }\n"
                "int main(void)\n{\n"
                "    struct seen seen = {0}, other = {0};\n"
                "    CHECK(listenas_walk(see, &seen) == 0);\n"
                "    CHECK(listen(-1, 5) == -1 && listenas_mark(\"one\") == 0 && listenas_mark(\"two\") == 0);\n"
                "    if (fork() == 0) {\n"
                "        CHECK(listenas_walk(see, &other) == 0);\n"
                "        CHECK(listenas_mark(\"child\") == 0 && listenas_walk(see, &other) == 2);\n"
                "        CHECK(other.marks == 1 && strcmp(other.first, \"child\") == 0);\n        _exit(0);\n    }\n"
                "    int status;\n    CHECK(wait(&status) > 0 && status == 0);\n"
                "    CHECK(listenas_walk(see, &seen) == 4 && seen.marks == 2 && seen.listens == 1 && !seen.lost);\n"
                "    CHECK(strcmp(seen.first, \"one\") == 0 && listenas_walk(stop, NULL) == 1);\n"
                "    for (int i = 0; i < 10000; i++) {\n"
                "        char text[16];\n        snprintf(text, sizeof text, \"%d\", i);\n"
                "        CHECK(listenas_mark(text) == 0);\n    }\n"
                "    CHECK(listenas_walk(see, &other) > 64 && other.lost == 1);\n}\n"),
        "-p", "linux");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        header_is_plain_c,
        header_is_plain_cxx,
        is_installed,
        pkg_config_knows_it,
        a_process_changes_its_platform,
        overrides_stay,
        a_mistake_changes_nothing,
        other_threads_forbid_it,
        other_threads_forbid_it_in_a_sandbox,
        a_thread_that_is_about_to_end_is_waited_for,
        errors_are_provoked_from_here_on,
        the_log_shows_marks_and_platforms,
        without_a_record_there_is_nothing_to_mark_or_walk,
        waits_until_a_queue_is_full,
        walks_through_its_own_calls_alone,
        NULL,
    };
    return run_suite("api", tests);
}
