/*
 * Calls at unusual moments and through unusual loaders: before the library's constructor, from a plugin that libc's
 * calls are bound to, and beside what else is loaded into programs: auditors, other preloaded libraries, sanitizers,
 * valgrind.
 */
#include "child.h"

#include <glob.h>
#include <gnu/libc-version.h>

/* Begins each program; bsd makes 5 of a backlog of 10. `serve` is one client's way through a server. */
#define COMMON                                                                                                         \
    "#include <arpa/inet.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"  \
    "__attribute__((unused)) static int serve(int backlog)\n{\n"                                                       \
    "    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};\n"                      \
    "    struct sockaddr *p = (struct sockaddr *)&a;\n"                                                                \
    "    socklen_t l = sizeof a;\n"                                                                                    \
    "    char byte = 1;\n"                                                                                             \
    "    int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), d;\n"                           \
    "    if (bind(s, p, l) || getsockname(s, p, &l) || listen(s, backlog) || connect(c, p, l))\n"                      \
    "        return 1;\n"                                                                                              \
    "    d = accept(s, p, &l);\n"                                                                                      \
    "    if (d < 0 || write(d, &byte, 1) != 1 || read(c, &byte, 1) != 1)\n"                                            \
    "        return 2;\n"                                                                                              \
    "    return close(s) + close(c) + close(d);\n}\n"

static const char server[] = COMMON "int main(void) { return serve(10); }\n";

#define BY_RULES "backlog 10 counts as 5 by listen.backlog_max"

/* The next programs run under this profile, with these libraries before and after ours. */
static void preload(const char *profile, const char *before, const char *after)
{
    char list[3 * PATH_MAX];
    snprintf(list, sizeof list, "%s:%s/bin/liblistenas.so:%s", before, directory, after);
    setenv("LD_PRELOAD", list, 1);
    setenv("LISTENAS_PROFILE", profile, 1);
    setenv("LISTENAS_RING", in_directory("own.ring"), 1);
}

static struct answer log_of_ring(void)
{
    unsetenv("LD_PRELOAD");
    unsetenv("LISTENAS_PROFILE");
    struct answer log = call(command, "log", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(log.status == 0, "%s", log.err);
    return log;
}

static int count(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)); text++)
        found++;
    return found;
}

/* --- before the constructor --- */

static const char in_preinit[] =
    COMMON "static int before = -1;\n"
           "static void early(void) { before = serve(10); }\n"
           "__attribute__((section(\".preinit_array\"), used)) static void (*const first)(void) = early;\n"
           "int main(void) { execlp(\"sh\", \"sh\", \"-c\", before == 0 ? \"echo $LISTENAS_RING\" : \"exit 9\","
           " (char *)0); return 1; }\n";

/* glibc before 2.32 has no tables of <ctype.h> yet: there the calls are counted. */
static bool libc_is_ready_in_preinit(void)
{
    int minor = 0;
    return sscanf(gnu_get_libc_version(), "2.%d", &minor) == 1 && minor >= 32;
}

START_TEST(calls_of_a_preinit_array)
{
    if (!compile("early", in_preinit, "-w"))
        return;
    preload("bsd", "", "");
    setenv("LISTENAS_RING", in_directory("rings"), 1);
    struct answer answer = call("./early", (char *)NULL);
    ck_assert_msg(answer.status == 0, "status %d: %s", answer.status, answer.err);
    answer.out[strcspn(answer.out, "\n")] = '\0';
    ck_assert_msg(strstr(answer.out, ".ring"), "the child does not know of the ring: %s", answer.out);
    unsetenv("LD_PRELOAD");
    if (!libc_is_ready_in_preinit())
        return;
    struct answer log = call(command, "log", answer.out, (char *)NULL);
    ck_assert_msg(strstr(log.out, " start early, child of ") && strstr(log.out, BY_RULES), "%s%s", log.out, log.err);
}
END_TEST

static const char in_preinit_and_main[] =
    COMMON "static void early(void) { serve(10); }\n"
           "__attribute__((section(\".preinit_array\"), used)) static void (*const first)(void) = early;\n"
           "int main(void) { return serve(11); }\n";

START_TEST(calls_of_a_preinit_array_are_taken_or_counted)
{
    if (!compile("early", in_preinit_and_main, "-w"))
        return;
    preload("./own.conf", "", "");
    write_text("own.conf", "[profile]\ninherits = bsd\n[program \"early\"]\nlisten.backlog_floor = 6\n", 0644);
    struct answer answer = call("./early", (char *)NULL);
    ck_assert_msg(answer.status == 0, "status %d: %s", answer.status, answer.err);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, ", 11) = 0 at "), "%s", log.out);
    if (libc_is_ready_in_preinit())
        ck_assert_msg(count(log.out, "counts as 6 by listen.backlog_floor") == 2, "%s", log.out);
    else
        ck_assert_msg(strstr(log.out, " calls before left to the kernel: the library was not ready\n"), "%s", log.out);
}
END_TEST

static const char in_constructor[] = COMMON "int early = -1;\n"
                                            "__attribute__((constructor)) static void first(void)"
                                            " { early = serve(10); }\n";
static const char with_library[] = "extern int early;\nint main(void) { return early; }\n";

START_TEST(calls_of_a_needed_librarys_constructor)
{
    char flags[256];
    snprintf(flags, sizeof flags, "-Wl,-rpath,%s -Wl,--no-as-needed %s/libearly.so", directory, directory);
    if (!compile("libearly.so", in_constructor, "-shared -fPIC") || !compile("early", with_library, flags))
        return;
    preload("bsd", "", "");
    ASSERT_QUIET(call("./early", (char *)NULL), 0);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, BY_RULES), "%s", log.out);
}
END_TEST

/* The threads' first calls come at once; each is in the record, or counted there. */
static const char in_threads[] =
    COMMON "#include <pthread.h>\n#define THREADS 8\n"
           "static pthread_barrier_t gate;\n"
           "static void *work(void *none)\n{\n"
           "    pthread_barrier_wait(&gate);\n"
           "    int s = socket(AF_INET, SOCK_STREAM, 0);\n"
           "    return listen(s, 10) == 0 ? none : &gate;\n}\n"
           "int early = 0;\n"
           "__attribute__((constructor)) static void first(void)\n{\n"
           "    pthread_t threads[THREADS];\n"
           "    void *end;\n"
           "    pthread_barrier_init(&gate, 0, THREADS);\n"
           "    for (int i = 0; i < THREADS; i++)\n        pthread_create(&threads[i], 0, work, 0);\n"
           "    for (int i = 0; i < THREADS; i++)\n    {\n        pthread_join(threads[i], &end);\n"
           "        early |= end != 0;\n    }\n"
           "    early |= listen(socket(AF_INET, SOCK_STREAM, 0), 10);\n}\n";

START_TEST(first_calls_of_threads_come_at_once)
{
    char flags[256];
    snprintf(flags, sizeof flags, "-Wl,-rpath,%s -Wl,--no-as-needed %s/libearly.so", directory, directory);
    if (!compile("libearly.so", in_threads, "-shared -fPIC -pthread") || !compile("early", with_library, flags))
        return;
    for (int i = 0; i < 20; i++) {
        unsigned int missed = 0;
        preload("native", "", "");
        ASSERT_QUIET(call("./early", (char *)NULL), 0);
        struct answer log = log_of_ring();
        const char *told = strstr(log.out, "; ");
        if (count(log.out, ", 10) = 0") < 9) {
            ck_assert_msg(told && sscanf(told, "; %u call", &missed) == 1, "%s", log.out);
            /* Of each thread both calls may have been missed. */
            ck_assert_msg(count(log.out, ", 10) = 0") + (int)missed >= 9, "%s", log.out);
        }
        unlink("own.ring");
    }
}
END_TEST

/* What the library asks for while it starts makes a call itself. */
static const char in_start[] = COMMON "char *secure_getenv(const char *name)\n{\n"
                                      "    static int calls;\n"
                                      "    if (!calls++)\n        listen(socket(AF_INET, SOCK_STREAM, 0), 12);\n"
                                      "    return getenv(name);\n}\n";

START_TEST(calls_during_the_start_are_counted)
{
    if (!compile("asking.so", in_start, "-shared -fPIC") || !compile("server", server, ""))
        return;
    preload("bsd", "", in_directory("asking.so"));
    ASSERT_QUIET(call("./server", (char *)NULL), 0);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, "; 2 calls before left to the kernel: the library was not ready\n"), "%s", log.out);
    ck_assert_msg(!strstr(log.out, ", 12)") && strstr(log.out, BY_RULES), "%s", log.out);
    log = call(command, "log", "--json", in_directory("own.ring"), (char *)NULL);
    ck_assert_msg(strstr(log.out, "\"missed\":2}\n"), "%s", log.out);
}
END_TEST

/* --- other loaders --- */

static const char plugin[] = COMMON "int work(void) { return serve(10); }\n";
static const char plugged[] =
    COMMON "#include <dlfcn.h>\n"
           "int main(int count, char **words)\n{\n"
           "    void *plugin = dlopen(words[1], RTLD_NOW | (count > 2 ? RTLD_DEEPBIND : 0));\n"
           "    int (*work)(void) = plugin ? (int (*)(void))dlsym(plugin, \"work\") : 0;\n"
           "    return work && work() == 0 ? serve(9) : 3;\n}\n";

/* What is loaded so looks into itself and what it needs first, and finds libc's calls there: README says so. */
START_TEST(a_deep_bound_plugin_is_not_seen)
{
    if (!compile("plugin.so", plugin, "-shared -fPIC") || !compile("plugged", plugged, "-D_GNU_SOURCE -w -ldl"))
        return;
    preload("bsd", "", "");
    ASSERT_QUIET(call("./plugged", "./plugin.so", (char *)NULL), 0);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, BY_RULES) && strstr(log.out, "backlog 9 counts as 5"), "%s", log.out);
    unlink("own.ring");
    preload("bsd", "", "");
    ASSERT_QUIET(call("./plugged", "./plugin.so", "deep", (char *)NULL), 0);
    log = log_of_ring();
    ck_assert_msg(!strstr(log.out, ", 10) = ") && strstr(log.out, "backlog 9 counts as 5"), "%s", log.out);
}
END_TEST

static const char auditor[] = "#include <link.h>\n#include <stdint.h>\n"
                              "unsigned int la_version(unsigned int version) { return version; }\n"
                              "unsigned int la_objopen(struct link_map *map, Lmid_t id, uintptr_t *cookie)\n"
                              "{ (void)map, (void)id, (void)cookie; return LA_FLG_BINDTO | LA_FLG_BINDFROM; }\n"
                              "uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned int index, uintptr_t *from,\n"
                              "    uintptr_t *to, unsigned int *flags, const char *name)\n"
                              "{ (void)index, (void)from, (void)to, (void)flags, (void)name;"
                              " return symbol->st_value; }\n";

START_TEST(beside_an_auditor)
{
    if (sizeof(long) != 8 || !compile("auditor.so", auditor, "-shared -fPIC -D_GNU_SOURCE -w") ||
        !compile("server", server, ""))
        return;
    preload("bsd", "", "");
    setenv("LD_AUDIT", in_directory("auditor.so"), 1);
    struct answer answer = call("./server", (char *)NULL);
    unsetenv("LD_AUDIT");
    ASSERT_QUIET(answer, 0);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, BY_RULES), "%s", log.out);
}
END_TEST

/* Makes TCP of AF_UNIX: beneath us its sockets are not the kernel's, above us it hides its calls from us. */
START_TEST(beside_socket_wrapper)
{
    static const char *const profiles[] = {"native", "bsd", "freebsd", "mks", "openbsd", "winsock"};
    glob_t found;
    if (glob("/usr/lib*/*/libsocket_wrapper.so", 0, NULL, &found) != 0 || !compile("server", server, "")) {
        fputs("skipped: no libsocket_wrapper.so here\n", stderr);
        return;
    }
    ck_assert_int_eq(mkdir("wrapped", 0700), 0);
    setenv("SOCKET_WRAPPER_DIR", in_directory("wrapped"), 1);
    setenv("SOCKET_WRAPPER_DEFAULT_IFACE", "2", 1);
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        preload(profiles[i], "", found.gl_pathv[0]);
        ASSERT_QUIET(call("./server", (char *)NULL), 0);
        preload(profiles[i], found.gl_pathv[0], "");
        ASSERT_QUIET(call("./server", (char *)NULL), 0);
    }
    globfree(&found);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, " start server, child of ") && strstr(log.out, ", as native\n"), "%s", log.out);
    ck_assert_msg(!strstr(log.out, ", as bsd\n"), "%s", log.out);
}
END_TEST

/* --- sanitizers and valgrind --- */

/* Whether programs with this sanitizer can be built, and run without us. */
static bool sanitized_server(const char *compiler, const char *flags)
{
    char line[3 * PATH_MAX];
    write_text(in_directory("server.c"), server, 0644);
    snprintf(line, sizeof line, "%s %s -o %s/server %s/server.c 2>/dev/null && %s/server", compiler, flags, directory,
             directory, directory);
    if (call("sh", "-c", line, (char *)NULL).status == 0)
        return true;
    fprintf(stderr, "skipped: no %s %s here\n", compiler, flags);
    return false;
}

static void expect_service_by_run(void)
{
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("own.ring"), "./server"), 0);
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, BY_RULES), "%s", log.out);
    unlink("own.ring");
}

START_TEST(with_a_sanitizer_of_gcc)
{
    if (sanitized_server("gcc", "-fsanitize=address")) {
        expect_service_by_run();
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        struct answer answer = RUN("-n", "-p", "bsd", "./server");
        ck_assert_msg(strstr(answer.out, "ASAN_OPTIONS='detect_leaks=0:verify_asan_link_order=0' "), "%s", answer.out);
        expect_service_by_run();
        unsetenv("ASAN_OPTIONS");
    }
    if (sanitized_server("gcc", "-fsanitize=thread"))
        expect_service_by_run();
    if (sanitized_server("gcc", "-fsanitize=undefined"))
        expect_service_by_run();
}
END_TEST

/* Linked into the program, or a library as gcc's is. */
START_TEST(with_a_sanitizer_of_clang)
{
    if (sanitized_server("clang", "-fsanitize=address"))
        expect_service_by_run();
    if (sanitized_server("clang", "-fsanitize=address -shared-libasan "
                                  "-Wl,-rpath,$(clang -print-resource-dir)/lib/linux"))
        expect_service_by_run();
    if (sanitized_server("clang", "-fsanitize=memory"))
        expect_service_by_run();
}
END_TEST

/* The options of a program without such a runtime stay as they are. */
START_TEST(without_a_sanitizer)
{
    struct answer answer = RUN("-n", "-p", "bsd", "true");
    ck_assert_msg(answer.status == 0 && !strstr(answer.out, "ASAN_OPTIONS"), "%s", answer.out);
}
END_TEST

START_TEST(under_valgrind)
{
    static const char *const profiles[] = {"native", "bsd",    "freebsd", "mks",     "openbsd",
                                           "glibc",  "netbsd", "solaris", "winsock", "linux-2.4"};
    if (call("valgrind", "-q", "true", (char *)NULL).status != 0) {
        fputs("skipped: no valgrind here\n", stderr);
        return;
    }
    if (!compile("server", server, "-g"))
        return;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        preload(profiles[i], "", "");
        ASSERT_QUIET(call("valgrind", "-q", "--error-exitcode=9", "./server", (char *)NULL), 0);
    }
    struct answer log = log_of_ring();
    ck_assert_msg(strstr(log.out, BY_RULES), "%s", log.out);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        calls_of_a_preinit_array,
        calls_of_a_preinit_array_are_taken_or_counted,
        calls_of_a_needed_librarys_constructor,
        first_calls_of_threads_come_at_once,
        calls_during_the_start_are_counted,
        a_deep_bound_plugin_is_not_seen,
        beside_an_auditor,
        beside_socket_wrapper,
        with_a_sanitizer_of_gcc,
        with_a_sanitizer_of_clang,
        without_a_sanitizer,
        under_valgrind,
        NULL,
    };
    return run_suite("loading", tests);
}
