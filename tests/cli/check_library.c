/*
 * What the dynamic linker sees of the library: it must add nothing to a program but the hooks, and ask nothing of its
 * host but libc.
 */
#include "../../shim/calls/syscall.h"
#include "child.h"

static const char *const hooks[] = {
#define HOOK(result, name, parameters, arguments, by_system_call) #name,
#define SECOND_NAME(name, other) #other,
#include "../../shim/profile/calls.def"
#ifdef SYSCALL_IS_EXPORTED
    "syscall",
#endif
};
#define HOOKS (sizeof hooks / sizeof *hooks)

/* The hooks have a pointer each; inih and a few single pointers make the rest. */
#define RELATIVE_MOST ((int)HOOKS + 12)
#define LOOKUPS_MOST 84
#define WRITTEN_MOST 8192

static bool is_hook(const char *name)
{
    for (size_t i = 0; i < HOOKS; i++)
        if (strcmp(hooks[i], name) == 0)
            return true;
    return false;
}

/* The words that a shell command makes of the library $0, one on each line; returns how many. */
static size_t words(const char *script, char *list[], size_t most)
{
    static struct answer answer;
    size_t count = 0;
    answer = call("sh", "-c", script, in_directory("bin/liblistenas.so"), (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
    for (char *word = strtok(answer.out, "\n"); word; word = strtok(NULL, "\n")) {
        ck_assert_uint_lt(count, most);
        list[count++] = word;
    }
    ck_assert_uint_gt(count, 0);
    return count;
}

START_TEST(exports_are_the_hooks_and_the_interface)
{
    char *names[256];
    size_t count = words("nm -D --defined-only \"$0\" | awk '{print $3}'", names, 256), seen = 0;
    for (size_t i = 0; i < count; i++) {
        seen += is_hook(names[i]);
        ck_assert_msg(is_hook(names[i]) || strncmp(names[i], "listenas_", 9) == 0, "%s is exported", names[i]);
    }
    ck_assert_uint_eq(seen, HOOKS);
}
END_TEST

START_TEST(needs_libc_alone)
{
    char *names[16];
    size_t count = words("readelf -d \"$0\" | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'", names, 16);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(strncmp(names[i], "libc.", 5) == 0 || strncmp(names[i], "libdl.", 6) == 0 ||
                          strncmp(names[i], "ld-linux", 8) == 0 || strncmp(names[i], "ld64", 4) == 0,
                      "%s is needed", names[i]);
}
END_TEST

/*
 * The newest glibc that the library may need. It is 2.17, or the first that knew the architecture. gcc gives a 32-bit
 * program a 64-bit time_t by itself in newer releases of Debian, which glibc has from 2.34 on.
 */
#if defined __riscv && __riscv_xlen == 64
#define GLIBC_MINOR_MOST 27
#elif defined __i386__ || defined __x86_64__ || defined __aarch64__ || defined __s390x__ || defined __powerpc64__ ||   \
    (defined __arm__ && !defined __USE_TIME_BITS64)
#define GLIBC_MINOR_MOST 17
#else
#define GLIBC_MINOR_MOST 36
#endif

START_TEST(needs_no_new_glibc)
{
    char *versions[512];
    size_t count = words("objdump -T \"$0\" | grep '\\*UND\\*' | grep -o 'GLIBC_[^ )]*[ )]*[^ ]*'", versions, 512);
    for (size_t i = 0; i < count; i++) {
        unsigned int major, minor;
        ck_assert_msg(sscanf(versions[i], "GLIBC_%u.%u", &major, &minor) == 2, "%s", versions[i]);
        ck_assert_msg(major == 2 && minor <= GLIBC_MINOR_MOST, "%s is needed", versions[i]);
    }
}
END_TEST

/* What the library asks the kernel for itself must not come out as the platform would have it. */
/* musl's loader, which takes this library for a program of musl's, knows few of glibc's second names; inih's own file
 * is opened by none of its functions that the library calls. */
START_TEST(needs_no_second_names_of_large_files)
{
    char *names[8];
    if (sizeof(long) < 8)
        return;
    size_t count =
        words("nm -D --undefined-only \"$0\" | awk '{sub(/@.*/, \"\", $2); print $2}' | grep '64$'", names, 8);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(names[i], "fopen64");
}
END_TEST

START_TEST(calls_none_of_its_own_hooks)
{
    char *names[512];
    size_t count = words("readelf -rW \"$0\" | awk '$3 ~ /JUMP|GLOB/ {sub(/@.*/, \"\", $5); print $5}'", names, 512);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(!is_hook(names[i]) || strcmp(names[i], "close") == 0, "%s is called", names[i]);
}
END_TEST

/*
 * libc's syscall is looked up by name, for the program; the library's own calls need no symbol of anybody. A reference
 * of its own would be in the relocations, which are those of the undefined symbols and of the exported.
 */
START_TEST(makes_its_system_calls_itself)
{
    char *names[512];
    size_t count = words("nm -D --undefined-only \"$0\" | awk '{sub(/@.*/, \"\", $2); print $2}'", names, 512);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_ne(names[i], "syscall");
    count = words("readelf -rW \"$0\" | awk 'NF > 4 {sub(/@.*/, \"\", $5); print $5}'", names, 512);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_ne(names[i], "syscall");
}
END_TEST

/* A profile's text would be parsed by each process that starts; help and advice are the command's. */
START_TEST(holds_no_text_of_profiles)
{
    char *counts[3];
    ck_assert_uint_eq(words("grep -ac '^inherits = \\|^\\[listen\\]' \"$0\" || true;"
                            "grep -ac 'largest legal backlog' \"$0\" || true;"
                            "grep -ac listen.backlog_max \"$0\"",
                            counts, 3),
                      3);
    ck_assert_str_eq(counts[0], "0");
    ck_assert_str_eq(counts[1], "0");
    ck_assert_str_ne(counts[2], "0");
}
END_TEST

/*
 * Each process pays for them when it starts: a relocation for each pointer in a table, a lookup for each function, a
 * page for every 4096 bytes that are written. The hooks' own table of calls is what has pointers.
 */
START_TEST(costs_little_at_start)
{
    char *numbers[3];
    ck_assert_uint_eq(words("readelf -rW \"$0\" | grep -c _RELATIVE;"
                            "readelf -rW \"$0\" | grep -c 'JUMP_SLO\\|GLOB_DAT';"
                            "readelf -lW \"$0\" | awk '/LOAD/ && /RW/ {print $6}'",
                            numbers, 3),
                      3);
    ck_assert_int_le(atoi(numbers[0]), RELATIVE_MOST);
    ck_assert_int_le(atoi(numbers[1]), LOOKUPS_MOST);
    ck_assert_int_le(strtol(numbers[2], NULL, 16), WRITTEN_MOST);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        exports_are_the_hooks_and_the_interface,
        needs_libc_alone,
        needs_no_new_glibc,
        needs_no_second_names_of_large_files,
        calls_none_of_its_own_hooks,
        makes_its_system_calls_itself,
        holds_no_text_of_profiles,
        costs_little_at_start,
        NULL,
    };
    return run_suite("library", tests);
}
