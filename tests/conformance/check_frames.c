/*
 * One small piece of a server in every frame that code runs in: a program, a function of a library that the
 * program is linked with, a constructor of another preloaded library before and after ours, a thread, a
 * child, its child.
 */
#include "../suite.h"
#include "compile.h"

#define UNDER_BSD "profile=bsd bind=0 listen=0 clients=8 accept=ok\n"
#define NATIVE(name) "profile=" name " bind=0 listen=0 clients=6 accept=ok\n"

static char directory[64], library[PATH_MAX];

static void build_all(void)
{
    const char *source = source_directory(__FILE__, "frames");
    char options[3 * PATH_MAX];
    snprintf(options, sizeof options, "-DAS_PROGRAM -o %s/program %s/snippet.c", directory, source);
    compile(options);
    snprintf(options, sizeof options, "-shared -fPIC -o %s/libsnippet.so %s/snippet.c", directory, source);
    compile(options);
    snprintf(options, sizeof options, "-DAS_CONSTRUCTOR -shared -fPIC -o %s/constructor.so %s/snippet.c", directory,
             source);
    compile(options);
    snprintf(options, sizeof options, "-o %s/caller %s/caller.c -L%s -lsnippet -Wl,-rpath,%s", directory, source,
             directory, directory);
    compile(options);
}

/* Runs the program in the directory, and compares all that it printed. */
static void expect(const char *program, const char *frame, const char *preload, const char *profile, const char *output)
{
    struct job job = {.words = {NULL, frame}, .preload = preload, .profile = profile, .ring = directory};
    ck_assert_int_eq(chdir(directory), 0);
    snprintf(job.program, sizeof job.program, "%s/%s", directory, program);
    jobs_run(&job, 1, 1);
    ck_assert_msg(job.status == 0, "%s %s: status %x: %s", program, frame ? frame : "", job.status, job.text);
    ck_assert_str_eq(job.text, output);
}

START_TEST(a_program)
{
    expect("program", NULL, NULL, NULL, NATIVE("none"));
    expect("program", NULL, library, "native", NATIVE("native"));
    expect("program", NULL, library, "bsd", UNDER_BSD);
}
END_TEST

START_TEST(a_function_of_a_library)
{
    expect("caller", NULL, NULL, NULL, NATIVE("none"));
    expect("caller", NULL, library, "bsd", UNDER_BSD);
}
END_TEST

START_TEST(a_thread)
{
    expect("program", "thread", library, "bsd", UNDER_BSD);
}
END_TEST

START_TEST(a_child_and_its_child)
{
    expect("program", "c", library, "bsd", UNDER_BSD);
    expect("program", "cc", library, "bsd", UNDER_BSD);
}
END_TEST

/* The loader runs the constructor of the last library in the list first: its first call starts ours. */
START_TEST(a_constructor_before_ours)
{
    char preload[3 * PATH_MAX];
    snprintf(preload, sizeof preload, "%s:%s/constructor.so", library, directory);
    expect("program", "none", preload, "bsd", UNDER_BSD);
    expect("program", NULL, preload, "bsd", UNDER_BSD UNDER_BSD);
}
END_TEST

START_TEST(a_constructor_behind_ours)
{
    char preload[3 * PATH_MAX];
    snprintf(preload, sizeof preload, "%s/constructor.so:%s", directory, library);
    expect("program", "none", preload, "bsd", UNDER_BSD);
    expect("program", "c", preload, "bsd", UNDER_BSD UNDER_BSD);
}
END_TEST

/* A profile with a mistake does not take the program down: one line, and all goes on as it would. */
START_TEST(a_broken_profile)
{
    struct job job = {.preload = library, .profile = "bds", .ring = directory};
    ck_assert_int_eq(chdir(directory), 0);
    snprintf(job.program, sizeof job.program, "%s/program", directory);
    jobs_run(&job, 1, 1);
    ck_assert_int_eq(job.status, 0);
    const char *line = strchr(job.text, '\n');
    ck_assert_msg(strncmp(job.text, "listenas: unknown profile \"bds\"", 31) == 0, "%s", job.text);
    ck_assert_ptr_nonnull(line);
    ck_assert_str_eq(line + 1, NATIVE("native"));
}
END_TEST

static Suite *frames(void)
{
    Suite *suite = suite_create("frames");
    TCase *whole = tcase_create("frames");
    tcase_add_test(whole, a_program);
    tcase_add_test(whole, a_function_of_a_library);
    tcase_add_test(whole, a_thread);
    tcase_add_test(whole, a_child_and_its_child);
    tcase_add_test(whole, a_constructor_before_ours);
    tcase_add_test(whole, a_constructor_behind_ours);
    tcase_add_test(whole, a_broken_profile);
    suite_add_tcase(suite, whole);
    return suite;
}

int main(void)
{
    forget_user();
    snprintf(library, sizeof library, "%s/liblistenas.so", build_directory());
    snprintf(directory, sizeof directory, "/tmp/frames-XXXXXX");
    if (!mkdtemp(directory))
        return 1;
    build_all();
    int status = suite_run(frames());
    remove_directory(directory);
    return status;
}
