/*
 * 32-bit programs, with the library that `make lib32` has made: under the same rules, on the same ring.
 */
#include "child.h"

static const char server[] = "#include <sys/socket.h>\n"
                             "int main(void)\n{\n"
                             "    return listen(socket(AF_INET, SOCK_STREAM, 0), sizeof(long)) != 0;\n}\n";

/* The option's value, and the time-out that it is, as the program's own time_t has it. */
static const char options[] =
    "#include <errno.h>\n#include <stdio.h>\n#include <sys/socket.h>\n#include <sys/time.h>\n"
    "int main(void)\n{\n"
    "    int tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0), on = 1;\n"
    "    struct timeval limit = {.tv_sec = 7};\n"
    "    socklen_t size = sizeof on, limit_size = sizeof limit;\n"
    "    int result = setsockopt(local, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);\n"
    "    printf(\"%d, %d\\n\", result, result ? errno : 0);\n"
    "    setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);\n"
    "    setsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);\n"
    "    limit.tv_sec = 0;\n"
    "    getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &on, &size);\n"
    "    getsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &limit, &limit_size);\n"
    "    printf(\"%d, %d s\\n\", on, (int)limit.tv_sec);\n"
    "    return 0;\n}\n";

#define ON_AS_BITS "socket.reuse_port_unix=EXDEV,socket.option_on=bit"

static const char *const widths[] = {NARROW, NARROW " -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"};
#define WIDTHS (sizeof widths / sizeof *widths)

/* Puts the library for 32-bit programs beside the command; false, with a word on stderr, where there is none. */
static bool has_narrow_library(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lib32/liblistenas.so", getenv("LISTENAS_BUILD"));
    if (access(path, R_OK) != 0) {
        fputs("skipped: no library for 32-bit programs here (make lib32)\n", stderr);
        return false;
    }
    ck_assert_int_eq(mkdir("bin/lib32", 0755), 0);
    copy_file(path, in_directory("bin/lib32/liblistenas.so"));
    return true;
}

START_TEST(one_ring_has_the_records_of_both)
{
    const char *ring = in_directory("both.ring");
    if (!has_narrow_library())
        return;
    ck_assert(compile("wide", server, ""));
    ck_assert(compile("narrow", server, NARROW));
    ASSERT_QUIET(RUN("-p", "bsd", "-r", ring, "./wide"), 0);
    ASSERT_QUIET(RUN("-p", "bsd", "-r", ring, "./narrow"), 0);
    ASSERT_QUIET(RUN("-p", "bsd", "-r", ring, "./wide"), 0);
    struct answer log = call(command, "log", ring, (char *)NULL);
    ASSERT_QUIET(log, 0);
    const char *first = strstr(log.out, ", 8) = 0"), *second = first ? strstr(first, ", 4) = 0") : NULL;
    ck_assert_msg(second && strstr(second, ", 8) = 0"), "%s", log.out);
    ck_assert_ptr_nonnull(strstr(second, "; queues "));
    ck_assert_ptr_null(strstr(log.out, "damaged"));
}
END_TEST

/* With a 64-bit time_t setsockopt and getsockopt have other names in glibc. */
START_TEST(options_are_the_same_at_every_width)
{
    if (!has_narrow_library())
        return;
    ck_assert(compile("wide", options, ""));
    struct answer native = RUN("./wide");
    setenv("LISTENAS_SET", ON_AS_BITS, 1);
    struct answer wide = RUN("./wide");
    ASSERT_QUIET(native, 0);
    ASSERT_QUIET(wide, 0);
    ck_assert_str_eq(native.out, "-1, 95\n1, 7 s\n");
    ck_assert_str_eq(wide.out, "-1, 18\n8, 7 s\n");
    for (size_t i = 0; i < WIDTHS; i++) {
        ck_assert(compile("narrow", options, widths[i]));
        struct answer narrow = RUN("./narrow");
        ASSERT_QUIET(narrow, 0);
        ck_assert_str_eq(narrow.out, wide.out);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {one_ring_has_the_records_of_both, options_are_the_same_at_every_width, NULL};
    return run_suite("32-bit programs", tests);
}
