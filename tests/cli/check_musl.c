/*
 * Programs that are linked to musl: `listenas run` gives them the library that is built for musl, and neither C
 * library's loader is upset by the other's library, which children inherit in LD_PRELOAD.
 */
#include "child.h"

#include <errno.h>
#include <glob.h>

/* Says what listen on a socket that was not bound came to, in a thread of its own, and becomes its first argument. */
static const char server[] = "#include <errno.h>\n#include <pthread.h>\n#include <stdio.h>\n#include <sys/socket.h>\n"
                             "#include <unistd.h>\n"
                             "static void *act(void *name) {\n"
                             "  int result = listen(socket(AF_INET, SOCK_STREAM, 0), 5);\n"
                             "  printf(\"%s %d\\n\", (char *)name, result == 0 ? 0 : errno);\n"
                             "  return NULL;\n}\n"
                             "int main(int count, char **words) {\n  pthread_t thread;\n"
                             "  if (pthread_create(&thread, NULL, act, words[0]) != 0) return 1;\n"
                             "  pthread_join(thread, NULL);\n  fflush(stdout);\n"
                             "  if (count > 1) execv(words[1], words + 1);\n"
                             "  return count > 1;\n}\n";

/* The C library of another host's programs; the kernel never gets to look for the loader. */
#define FOREIGN "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1"

static void make_parents(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
}

/* The library that is built for musl, at this path of the test's directory. */
static void put_library(const char *path)
{
    char built[PATH_MAX];
    snprintf(built, sizeof built, "%s/musl/liblistenas.so", getenv("LISTENAS_BUILD"));
    make_parents(path);
    copy_file(built, path);
}

/* Compiles ./of-musl and ./of-glibc, which has dlsym; false, with a word, where there is no musl. */
static bool compile_both(void)
{
    if (!compile("of-glibc", server, "-pthread -Wl,--no-as-needed -ldl"))
        return false;
    if (call("sh", "-c", "musl-gcc -o of-musl of-glibc.c", (char *)NULL).status == 0)
        return true;
    fputs("skipped: musl-gcc is not installed here\n", stderr);
    return false;
}

/* Where the library for this host's musl is installed, below the prefix. */
static void installed_directory(char directory_name[64])
{
    glob_t found;
    char architecture[32];
    ck_assert_int_eq(glob("/lib/ld-musl-*.so.1", 0, NULL, &found), 0);
    ck_assert_int_eq(sscanf(found.gl_pathv[0], "/lib/ld-musl-%31[^.]", architecture), 1);
    snprintf(directory_name, 64, "lib/%s-linux-musl", architecture);
    globfree(&found);
}

START_TEST(needs_no_library_by_name)
{
    if (!compile_both())
        return;
    put_library("bin/musl/liblistenas.so");
    struct answer answer = call("readelf", "-dW", "bin/musl/liblistenas.so", (char *)NULL);
    ASSERT_QUIET(answer, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "SONAME"));
    ck_assert_ptr_null(strstr(answer.out, "NEEDED"));
}
END_TEST

START_TEST(run_takes_the_library_beside_the_command)
{
    char entry[PATH_MAX];
    if (!compile_both())
        return;
    put_library("bin/musl/liblistenas.so");
    ASSERT_QUIET(RUN("./of-musl"), 0);
    ck_assert_str_eq(RUN("./of-musl").out, "./of-musl 0\n");
    ck_assert_str_eq(RUN("-p", "mks", "./of-musl").out, "./of-musl 22\n");
    snprintf(entry, sizeof entry, "LD_PRELOAD='%s'", in_directory("bin/musl/liblistenas.so"));
    ck_assert_ptr_nonnull(strstr(RUN("-n", "./of-musl").out, entry));
    ck_assert_ptr_null(strstr(RUN("-n", "./of-glibc").out, "musl/liblistenas"));
}
END_TEST

START_TEST(run_takes_the_installed_library)
{
    char musl[64], path[128];
    if (!compile_both())
        return;
    installed_directory(musl);
    snprintf(path, sizeof path, "%s/listenas/liblistenas.so", musl);
    put_library(path);
    ck_assert_str_eq(RUN("-p", "mks", "./of-musl").out, "./of-musl 22\n");
    ck_assert_ptr_nonnull(strstr(RUN("-n", "./of-musl").out, path));
}
END_TEST

/* A path, which both loaders take as it is written, serves a server and its children, whichever C library each has. */
START_TEST(one_path_serves_both)
{
    char musl[64], path[128];
    if (!compile_both())
        return;
    installed_directory(musl);
    snprintf(path, sizeof path, "%s/listenas/liblistenas.so", musl);
    put_library(path);
    make_parents(LIB "/listenas/");
    ck_assert_int_eq(rename("bin/liblistenas.so", LIB "/listenas/liblistenas.so"), 0);
    const char *const paths[] = {path, LIB "/listenas/liblistenas.so"};
    setenv("LISTENAS_PROFILE", "mks", 1);
    for (int i = 0; i < 2; i++) {
        setenv("LD_PRELOAD", in_directory("%s", paths[i]), 1);
        struct answer answer = call("./of-glibc", "./of-musl", "./of-glibc", (char *)NULL);
        ASSERT_QUIET(answer, 0);
        ck_assert_str_eq(answer.out, "./of-glibc 22\n./of-musl 22\n./of-glibc 22\n");
    }
}
END_TEST

/* Each loader meets the library that was built for the other C library: it works, and nobody is told anything. */
START_TEST(children_of_the_other_libc_are_served)
{
    static const char *const programs[] = {"./of-musl", "./of-glibc"};
    if (!compile_both())
        return;
    put_library("bin/musl/liblistenas.so");
    for (int first = 0; first < 2; first++) {
        char expected[64], ring[PATH_MAX];
        snprintf(ring, sizeof ring, "%s", in_directory("rings/%d.ring", first));
        struct answer answer = RUN("-p", "mks", "-r", ring, programs[first], programs[!first], programs[first]);
        ASSERT_QUIET(answer, 0);
        snprintf(expected, sizeof expected, "%s 22\n%s 22\n%s 22\n", programs[first], programs[!first],
                 programs[first]);
        ck_assert_str_eq(answer.out, expected);
        struct answer log = call(command, "log", ring, (char *)NULL);
        ck_assert_int_eq(log.status, 0);
        ck_assert_msg(strstr(log.out, "of-musl") && strstr(log.out, "of-glibc"), "%s%s", log.out, log.err);
    }
}
END_TEST

/* Before glibc 2.34 a program has no dlsym that is not linked to libdl: it is served by system calls, and told so. */
START_TEST(a_program_of_glibc_without_dlsym_is_served)
{
    if (!compile_both() || !compile("plain", server, ""))
        return;
    put_library("bin/musl/liblistenas.so");
    setenv("LD_PRELOAD", in_directory("bin/musl/liblistenas.so"), 1);
    setenv("LISTENAS_PROFILE", "mks", 1);
    struct answer answer = call("./plain", (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    ck_assert_str_eq(answer.out, "./plain 22\n");
    ck_assert_msg(!answer.err[0] || strstr(answer.err, "dlsym in libdl.so.2"), "%s", answer.err);
}
END_TEST

/* What a process that starts reads by itself: a file of the user's, a setting, a mistake in one. */
START_TEST(settings_are_read_as_under_glibc)
{
    static const char *const programs[] = {"./of-musl", "./of-glibc"};
    if (!compile_both())
        return;
    put_library("bin/musl/liblistenas.so");
    write_text("own.conf", "[profile]\ninherits = bsd\n\n[listen]\nunbound_inet = EXDEV\n", 0644);
    setenv("LISTENAS_RING", "off", 1);
    for (int i = 0; i < 2; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "%s %d\n", programs[i], EXDEV);
        ck_assert_str_eq(RUN("-p", "./own.conf", programs[i]).out, expected);
        ck_assert_str_eq(RUN("-o", "listen.unbound_inet=EXDEV", programs[i]).out, expected);
        setenv("LD_PRELOAD", in_directory(i == 0 ? "bin/musl/liblistenas.so" : "bin/liblistenas.so"), 1);
        setenv("LISTENAS_PROFILE", "mkss", 1);
        struct answer mistaken = call(programs[i], (char *)NULL);
        ck_assert_msg(strstr(mistaken.err, "going on as native"), "%s", mistaken.err);
        ck_assert_int_eq(mistaken.status, 0);
        unsetenv("LD_PRELOAD");
        unsetenv("LISTENAS_PROFILE");
    }
}
END_TEST

/* The command beside which there is none for musl, or which was installed without. */
START_TEST(a_program_of_musl_without_a_library_is_told)
{
    if (!compile("foreign", server, "-pthread " FOREIGN))
        return;
    ASSERT_TOLD(RUN("./foreign"), 125,
                "./foreign is linked to musl (its loader is /lib/ld-musl-x86_64.so.1), and there");
    make_parents(LIB "/listenas/");
    ck_assert_int_eq(rename("bin/liblistenas.so", LIB "/listenas/liblistenas.so"), 0);
    ASSERT_TOLD(RUN("./foreign"), 125, "make musl builds one");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        needs_no_library_by_name,
        run_takes_the_library_beside_the_command,
        run_takes_the_installed_library,
        one_path_serves_both,
        children_of_the_other_libc_are_served,
        a_program_of_glibc_without_dlsym_is_served,
        settings_are_read_as_under_glibc,
        a_program_of_musl_without_a_library_is_told,
        NULL,
    };
    return run_suite("musl", tests);
}
