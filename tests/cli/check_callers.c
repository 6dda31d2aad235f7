/* Where calls come from, as `listenas log` tells it: function, file and line, and the stack at a site's first call. */
#include <time.h>

#include "child.h"

static const char program[] = "#include <dlfcn.h>\n#include <sys/socket.h>\n#include <pthread.h>\n#include <unistd.h>\n"
                              "int (*through)(int, int);\n"
                              "__attribute__((noinline)) static int inner(int fd, int backlog)\n{\n"
                              "    int result = listen(fd, backlog); /* line 8 */\n"
                              "    __asm__ volatile(\"\");\n"
                              "    return result;\n}\n"
                              "__attribute__((noinline)) static int outer(int fd, int backlog)\n{\n"
                              "    int result = inner(fd, backlog); /* line 14 */\n"
                              "    __asm__ volatile(\"\");\n"
                              "    return result;\n}\n"
                              "static void *thread(void *fd)\n{\n"
                              "    accept(*(int *)fd, 0, 0); /* line 20 */\n"
                              "    return 0;\n}\n"
                              "int main(int count, char **words)\n{\n"
                              "    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);\n"
                              "    outer(fd, 3); /* line 26 */\n"
                              "    outer(fd, 4);\n"
                              "    pthread_t other;\n"
                              "    pthread_create(&other, 0, thread, &fd);\n"
                              "    pthread_join(other, 0);\n"
                              "    void *plugin = count > 1 ? dlopen(words[1], RTLD_NOW) : 0;\n"
                              "    if (plugin)\n"
                              "        return ((int (*)(int))dlsym(plugin, \"plug\"))(fd);\n"
                              "    return 0;\n}\n";

static const char plugin[] = "#include <sys/socket.h>\n"
                             "int plug(int fd)\n{\n"
                             "    int result = listen(fd, 5); /* line 4 */\n"
                             "    __asm__ volatile(\"\");\n"
                             "    return result;\n}\n";

#define LOG_RING(...) call(command, "log", __VA_ARGS__, in_directory("a.ring"), (char *)NULL)
static void run_program(const char *flags)
{
    ck_assert(compile("program", program, flags));
    unlink(in_directory("a.ring"));
    ASSERT_QUIET(RUN("-r", in_directory("a.ring"), in_directory("program")), 0);
}

START_TEST(the_innermost_frame_is_told_with_and_without_frame_pointers)
{
    static const char *const flags[] = {"-g -O2 -pthread", "-g -O0 -pthread", "-g -O2 -no-pie -pthread"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        run_program(flags[i]);
        struct answer log = LOG_RING("-v");
        ASSERT_SAYS(log, "; called from inner (program.c:8)\n");
        ASSERT_SAYS(log, " = EAGAIN; called from thread (program.c:20)\n");
        ck_assert_ptr_null(strstr(LOG_RING("-c", "never").out, "called from"));
    }
}
END_TEST

/* The calls of one site share its stack, so it is told once. */
START_TEST(the_stack_is_told_at_a_sites_first_call)
{
    run_program("-g -O2 -fno-omit-frame-pointer -pthread");
    struct answer log = LOG_RING("-v");
    ASSERT_SAYS(log, "; called from inner (program.c:8)\n    by outer (program.c:14)\n    by main (program.c:26)\n");
    const char *second = strstr(log.out, ", 4) = 0");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_null(strstr(second, "by outer"));
}
END_TEST

START_TEST(programs_get_every_frame)
{
    run_program("-g -O2 -fno-omit-frame-pointer -pthread -Wl,--build-id=0x0123456789abcdef");
    struct answer log = LOG_RING("--json");
    char expected[600];
    snprintf(expected, sizeof expected,
             "\"module\":\"%s\",\"build_id\":\"0123456789abcdef\",\"function\":\"inner\",\"file\":\"%s\",\"line\":8,"
             "\"frames\":[{\"offset\":\"0x",
             in_directory("program"), in_directory("program.c"));
    ASSERT_SAYS(log, expected);
    ASSERT_SAYS(log, "\"function\":\"main\",\"file\":");
    ASSERT_SAYS(log, "\"line\":26}");
}
END_TEST

/* Before glibc 2.35 the loader cannot be asked at a call, and nobody knows what was loaded after the start. */
START_TEST(a_plugin_is_a_module_of_its_own)
{
    ck_assert(compile("plugin.so", plugin, "-g -shared -fPIC"));
    ck_assert(compile("program", program, "-g -O2 -pthread"));
    ASSERT_QUIET(RUN("-r", in_directory("a.ring"), in_directory("program"), in_directory("plugin.so")), 0);
    ASSERT_SAYS(LOG_RING("-v"), __GLIBC_PREREQ(2, 35) ? "; called from plug (plugin.so.c:4)\n" : "; called from 0x");
}
END_TEST

/* Another file of that name says nothing of the one that ran. */
START_TEST(a_program_that_was_built_anew_is_not_asked)
{
    char expected[600];
    run_program("-g -pthread -Wl,--build-id=0x0102030405060708");
    ck_assert(compile("program", program, "-g -pthread -Wl,--build-id=0x0202030405060708"));
    snprintf(expected, sizeof expected, "; called from %s+0x", in_directory("program"));
    ASSERT_SAYS(LOG_RING("-v"), expected);
    run_program("-g -pthread -Wl,--build-id=none");
    ASSERT_SAYS(LOG_RING("-v"), "called from inner (program.c:8)");
    struct timespec later[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    later[1] = (struct timespec){.tv_sec = time(NULL) + 10};
    ck_assert_int_eq(utimensat(AT_FDCWD, in_directory("program"), later, 0), 0);
    ASSERT_SAYS(LOG_RING("-v"), expected);
    ck_assert_int_eq(unlink(in_directory("program")), 0);
    ASSERT_SAYS(LOG_RING("-v"), expected);
}
END_TEST

START_TEST(separate_debug_information_is_found)
{
    run_program("-g -O2 -pthread");
    struct answer split = call("sh", "-c",
                               "cd \"$0\" && objcopy --only-keep-debug program program.debug && strip program && "
                               "objcopy --add-gnu-debuglink=program.debug program",
                               directory, (char *)NULL);
    ck_assert_msg(split.status == 0, "%s", split.err);
    ASSERT_SAYS(LOG_RING("-v"), "; called from inner (program.c:8)\n");
    ck_assert_int_eq(unlink(in_directory("program.debug")), 0);
    ASSERT_SAYS(LOG_RING("-v"), "/program+0x");
}
END_TEST

/* However the program is named when it is executed: by a relative path, or as the interpreter of a script. */
START_TEST(the_programs_own_path_is_known)
{
    static const char *const scripts[] = {"cd \"$0\" && ./program", "\"$0/script\"", "cd \"$0\" && ./script",
                                          "exec -a /odd \"$0/program\"", "\"$0/program\" \"$0/program\""};
    char line[600], preload[600], ring[600];
    ck_assert(compile("program", program, "-g -O2 -pthread"));
    snprintf(line, sizeof line, "#!%s\n", in_directory("program"));
    write_text(in_directory("script"), line, 0755);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", in_directory("bin/liblistenas.so"));
    snprintf(ring, sizeof ring, "LISTENAS_RING=%s", in_directory("a.ring"));
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        unlink(in_directory("a.ring"));
        call("env", preload, ring, "bash", "-c", scripts[i], directory, (char *)NULL);
        ASSERT_SAYS(LOG_RING("-v"), "; called from inner (program.c:8)\n");
    }
}
END_TEST

/* A ring may be anybody's, and name any file. */
START_TEST(files_of_others_are_not_read)
{
    run_program("-g -pthread");
    if (!is_root())
        return;
    ck_assert_int_eq(chown(in_directory("program"), 65534, 65534), 0);
    ASSERT_SAYS(LOG_RING("-v"), "/program+0x");
    ck_assert_int_eq(unlink(in_directory("program")), 0);
    ck_assert_int_eq(mkfifo(in_directory("program"), 0600), 0);
    ASSERT_SAYS(LOG_RING("-v"), "/program+0x");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_innermost_frame_is_told_with_and_without_frame_pointers,
                                  the_stack_is_told_at_a_sites_first_call,
                                  programs_get_every_frame,
                                  a_plugin_is_a_module_of_its_own,
                                  a_program_that_was_built_anew_is_not_asked,
                                  separate_debug_information_is_found,
                                  the_programs_own_path_is_known,
                                  files_of_others_are_not_read,
                                  NULL};
    return run_suite("callers", tests);
}
