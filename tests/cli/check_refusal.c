/* Programs that `listenas run` cannot find, cannot execute, or cannot protect: each refused with its own reason. */
#include "child.h"

#include <elf.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>

static const char empty[] = "int main(void) { return 0; }\n";

START_TEST(test_missing)
{
    ASSERT_TOLD(RUN("no-such-program"), 127, "no-such-program is in no directory of PATH (");
    ASSERT_TOLD(RUN("./no-such-program"), 127, "./no-such-program does not exist");
    ASSERT_TOLD(RUN(""), 127, "\"\" does not exist");
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ASSERT_TOLD(RUN("./dangling"), 127, "./dangling is a link to nowhere, which does not exist");
}
END_TEST

START_TEST(test_not_executable)
{
    write_text(in_directory("plain"), "#!/bin/sh\n", 0644);
    ASSERT_TOLD(RUN("./plain"), 126, "./plain is not executable; chmod +x");
    ASSERT_TOLD(RUN("/"), 126, "/ is a directory");
    ASSERT_TOLD(RUN("./plain/x"), 126, "Not a directory");
    ASSERT_TOLD(RUN("/dev/null"), 126, "/dev/null is not a regular file");
}
END_TEST

START_TEST(test_permission)
{
    write_text(in_directory("private"), "#!/bin/sh\n", 0700);
    ck_assert_int_eq(mkdir("closed", 0700), 0);
    write_text(in_directory("closed/x"), "#!/bin/sh\n", 0755);
    copy_file("/bin/true", in_directory("unreadable"));
    ck_assert_int_eq(chmod("unreadable", 0711), 0);
    if (!is_root())
        return;
    child_user = NOBODY;
    ASSERT_TOLD(RUN("./private"), 126, "./private cannot be executed by this user");
    ASSERT_TOLD(RUN("./closed/x"), 126, "./closed/x cannot be executed: Permission denied");
    ASSERT_TOLD(RUN("./unreadable"), 125, "./unreadable cannot be read, so it cannot be checked");
}
END_TEST

/* As execvp: what cannot be executed is skipped, an empty directory is the current one. */
START_TEST(test_path)
{
    char path[PATH_MAX];
    ck_assert_int_eq(mkdir("one", 0755), 0);
    ck_assert_int_eq(mkdir("two", 0755), 0);
    ck_assert_int_eq(mkdir("one/tool", 0755), 0);
    write_text(in_directory("two/tool"), "#!/bin/sh\nexit 6\n", 0755);
    write_text(in_directory("here"), "#!/bin/sh\nexit 7\n", 0755);
    snprintf(path, sizeof path, "%s/one:%s/two/::/bin:/usr/bin", directory, directory);
    setenv("PATH", path, 1);
    ASSERT_QUIET(RUN("tool"), 6);
    ASSERT_QUIET(RUN("here"), 7);
    ck_assert_int_eq(unlink("two/tool"), 0);
    ASSERT_TOLD(RUN("tool"), 126, "one/tool is a directory");
    unsetenv("PATH");
    ASSERT_QUIET(RUN("true"), 0);
}
END_TEST

START_TEST(test_static)
{
    if (compile("static", empty, "-static"))
        ASSERT_TOLD(RUN("./static"), 125, "./static is statically linked, ");
    if (compile("pie", empty, "-static-pie"))
        ASSERT_TOLD(RUN("./pie"), 125, "./pie is statically linked (static-pie)");
    if (compile("library.so", empty, "-shared -fPIC -Wl,-soname,library.so"))
        ASSERT_TOLD(RUN("./library.so"), 125, "is a shared library, not a program");
    if (compile("nameless.so", empty, "-shared -fPIC"))
        ASSERT_TOLD(RUN("./nameless.so"), 125, "is a shared library, not a program");
    if (compile("object", empty, "-c")) {
        ck_assert_int_eq(chmod("object", 0755), 0);
        ASSERT_TOLD(RUN("./object"), 125, "is an object file");
    }
}
END_TEST

/* The loader that this very program names. */
static void own_loader(char path[PATH_MAX])
{
    struct answer answer =
        call("sh", "-c", "readelf -l /proc/self/exe | sed -n 's/.*interpreter: \\(.*\\)]/\\1/p'", (char *)NULL);
    ck_assert_msg(answer.out[0] == '/', "%s", answer.out);
    snprintf(path, PATH_MAX, "%.*s", (int)strcspn(answer.out, "\n"), answer.out);
}

START_TEST(test_loader_itself)
{
    char loader[PATH_MAX];
    own_loader(loader);
    ASSERT_TOLD(RUN(loader, "/bin/true"), 125, "is the dynamic loader itself");
}
END_TEST

/* Go's linker marks what it makes by a section and by a note. */
START_TEST(test_go)
{
    static const char note[] = "__asm__(\".section .note.go.buildid,\\\"a\\\",@note\\n.long 4, 4, 4\\n"
                               ".ascii \\\"Go\\\\0\\\\0\\\"\\n.long 7\\n.text\");\nint main(void) { return 0; }\n";
    if (compile("dynamic", empty, "")) {
        ck_assert_int_eq(
            call("objcopy", "--add-section", ".go.buildinfo=dynamic.c", "dynamic", "go", (char *)NULL).status, 0);
        ASSERT_TOLD(RUN("./go"), 125, "./go is a Go program: it makes its system calls itself");
    }
    if (compile("static", empty, "-static")) {
        ck_assert_int_eq(
            call("objcopy", "--add-section", ".go.buildinfo=static.c", "static", "go2", (char *)NULL).status, 0);
        ASSERT_TOLD(RUN("./go2"), 125, "./go2 is a Go program");
    }
    if (compile("noted", note, ""))
        ASSERT_TOLD(RUN("./noted"), 125, "./noted is a Go program");
}
END_TEST

START_TEST(test_foreign_loader)
{
    if (compile("musl", empty, "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1"))
        ASSERT_TOLD(RUN("./musl"), 125, "./musl is linked to musl (its loader is /lib/ld-musl-x86_64.so.1)");
    if (compile("android", empty, "-Wl,--dynamic-linker=/system/bin/linker64"))
        ASSERT_TOLD(RUN("./android"), 125, "is linked to Android's bionic");
    if (compile("bsd", empty, "-Wl,--dynamic-linker=/libexec/ld-elf.so.1"))
        ASSERT_TOLD(RUN("./bsd"), 125, "is linked to a C library that is neither glibc nor musl");
    if (compile("gone", empty, "-Wl,--dynamic-linker=/lib/ld-linux-gone.so.9"))
        ASSERT_TOLD(RUN("./gone"), 125, "/lib/ld-linux-gone.so.9, which does not exist on this host");
    copy_file("/bin/true", in_directory("libc.musl.so"));
    ck_assert_int_eq(symlink("libc.musl.so", "ld-linux-compat.so"), 0);
    char flags[128];
    snprintf(flags, sizeof flags, "-Wl,--dynamic-linker=%s/ld-linux-compat.so", directory);
    if (compile("compat", empty, flags))
        ASSERT_TOLD(RUN("./compat"), 125, "is linked to musl");
}
END_TEST

/* Reads the file, lets `change` have its ELF header, and writes it as another. */
static void with_header(const char *from, const char *to, void (*change)(Elf64_Ehdr *header))
{
    static unsigned char content[1 << 20];
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(fd, content, sizeof content);
    close(fd);
    ck_assert_int_gt(size, (ssize_t)sizeof(Elf64_Ehdr));
    change((Elf64_Ehdr *)(void *)content);
    write_file(to, content, (size_t)size, 0755);
}

static void to_sparc(Elf64_Ehdr *header)
{
    header->e_machine = EM_SPARCV9;
}

static void to_unknown(Elf64_Ehdr *header)
{
    header->e_machine = 4711;
}

static void to_big_endian(Elf64_Ehdr *header)
{
    header->e_ident[EI_DATA] = ELFDATA2MSB;
    header->e_machine = (Elf64_Half)(EM_S390 << 8);
}

START_TEST(test_foreign_machine)
{
    if (!compile("native", empty, ""))
        return;
    with_header("native", in_directory("sparc"), to_sparc);
    ASSERT_TOLD(RUN("./sparc"), 125, "./sparc is 64-bit SPARC, and there is no 64-bit SPARC liblistenas.so");
    with_header("native", in_directory("unknown"), to_unknown);
    ASSERT_TOLD(RUN("./unknown"), 125, "of machine number 4711");
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    with_header("native", in_directory("big"), to_big_endian);
    ASSERT_TOLD(RUN("./big"), 125, "./big is 64-bit S/390");
#endif
}
END_TEST

/* A whole 32-bit program by its headers: one segment, and a loader of its own. */
START_TEST(test_32_bit_header)
{
    struct {
        Elf32_Ehdr header;
        Elf32_Phdr segments[2];
        char loader[32];
    } program = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_386,
                   .e_version = EV_CURRENT,
                   .e_phoff = sizeof(Elf32_Ehdr),
                   .e_ehsize = sizeof(Elf32_Ehdr),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 2},
        .loader = "/lib/ld-linux.so.2",
    };
    const Elf32_Off at = sizeof(Elf32_Ehdr) + sizeof program.segments;
    program.segments[0] = (Elf32_Phdr){.p_type = PT_INTERP, .p_offset = at, .p_filesz = sizeof "/lib/ld-linux.so.2"};
    program.segments[1] = (Elf32_Phdr){.p_type = PT_LOAD, .p_filesz = sizeof program, .p_memsz = sizeof program};
    write_file(in_directory("narrow"), &program, sizeof program, 0755);
    ASSERT_TOLD(RUN("./narrow"), 125, "./narrow is 32-bit i386, and there is no 32-bit i386 liblistenas.so");
    program.segments[0].p_type = PT_NULL;
    write_file(in_directory("narrow"), &program, sizeof program, 0755);
    ASSERT_TOLD(RUN("./narrow"), 125, "./narrow is statically linked");
}
END_TEST

/* With a library of its own word size beside the command a 32-bit program is served. */
START_TEST(test_32_bit_library)
{
    if (!compile("narrow",
                 "#include <stdio.h>\n#include <stdlib.h>\nint main(void) { return "
                 "!!puts(getenv(\"LD_PRELOAD\")) * 8; }\n",
                 NARROW))
        return;
    ASSERT_TOLD(RUN("./narrow"), 125, "there is no 32-bit");
    ck_assert_int_eq(mkdir("bin/lib32", 0755), 0);
    ck_assert(compile("bin/lib32/liblistenas.so", empty, NARROW " -shared -fPIC -Wl,-soname,liblistenas.so"));
    struct answer answer = RUN("./narrow");
    ASSERT_QUIET(answer, 8);
    ck_assert_str_eq(answer.out, in_directory("bin/lib32/liblistenas.so\n"));
}
END_TEST

/* The machine is the same, but the word size is not. */
START_TEST(test_x32)
{
    if (compile("narrow", empty, "-mx32"))
        ASSERT_TOLD(RUN("./narrow"), 125, "./narrow is 32-bit x86-64, and there is no 32-bit x86-64");
}
END_TEST

START_TEST(test_no_library)
{
    ck_assert_int_eq(unlink("bin/liblistenas.so"), 0);
    if (access(PREFIX "/" LIB "/listenas/liblistenas.so", F_OK) == 0) {
        fputs("skipped: a library is installed on this machine\n", stderr);
        return;
    }
    ASSERT_TOLD(RUN("true"), 125, "liblistenas.so: not in /");
    write_text(in_directory("bin/liblistenas.so"), "\177ELF", 0755);
    ASSERT_TOLD(RUN("true"), 125, "liblistenas.so: not in /");
}
END_TEST

/* A script of this first line, tried. */
static struct answer run_script(const char *line)
{
    write_text(in_directory("script"), line, 0755);
    return RUN("./script");
}

START_TEST(test_scripts)
{
    char line[600];
    ASSERT_QUIET(run_script("#!/bin/sh\nexit 9\n"), 9);
    ASSERT_QUIET(run_script("#! \t/bin/sh -e \nfalse\n"), 1);
    ASSERT_QUIET(run_script("#!/bin/true"), 0);
    ASSERT_TOLD(run_script("#!/no/such\n"), 127, "./script: its interpreter /no/such does not exist");
    ASSERT_TOLD(run_script("#!/\n"), 126, "./script: its interpreter / is a directory");
    ASSERT_TOLD(run_script("#!/bin/sh\r\nexit 0\r\n"), 126, "ends in a carriage return");
    ASSERT_TOLD(run_script("#! \n"), 126, "names no interpreter");
    ASSERT_TOLD(run_script("#!"), 126, "names no interpreter");
    ASSERT_TOLD(run_script("exit 0\n"), 126, "is neither an ELF program nor begins with #!");
    ASSERT_TOLD(run_script(""), 126, "./script is empty");
    ASSERT_TOLD(run_script("#!/no/\033[31m\n"), 127, "/no/\\x1b[31m");
    memset(line, '/', sizeof line);
    line[0] = '#';
    line[1] = '!';
    strcpy(line + 245, "/bin/sh\nexit 0\n");
    ASSERT_QUIET(run_script(line), 0);
    strcpy(line + 245, "/////bin/sh\nexit 0\n");
    ASSERT_TOLD(run_script(line), 126, "longer than the 255 bytes");
}
END_TEST

/* The kernel follows five scripts; whatever it does, the preflight must agree with it. */
START_TEST(test_script_levels)
{
    char line[128];
    write_text(in_directory("s1"), "#!/bin/true\n", 0755);
    for (int i = 2; i <= 7; i++) {
        snprintf(line, sizeof line, "#!%s/s%d\n", directory, i - 1);
        write_text(in_directory("s%d", i), line, 0755);
        bool works = call(in_directory("s%d", i), (char *)NULL).status == 0;
        if (works)
            ASSERT_QUIET(RUN(in_directory("s%d", i)), 0);
        else
            ASSERT_TOLD(RUN(in_directory("s%d", i)), 126, "deeper than the kernel follows");
    }
    snprintf(line, sizeof line, "#!/usr/bin/env %s/script\n", directory);
    ASSERT_TOLD(run_script(line), 126, "is a script whose interpreters lead back to it");
}
END_TEST

START_TEST(test_env_scripts)
{
    ASSERT_QUIET(run_script("#!/usr/bin/env sh\nexit 9\n"), 9);
    ASSERT_QUIET(run_script("#!/usr/bin/env -S -u B -- A=1 sh -e\nexit $A\n"), 1);
    ASSERT_QUIET(run_script("#!/usr/bin/env -S \"sh\" '-e'\nexit 3\n"), 3);
    ASSERT_TOLD(run_script("#!/usr/bin/env -S A=1 -u sh\n"), 127, "its interpreter -u is in no directory");
    ASSERT_TOLD(run_script("#!/usr/bin/env no-such\n"), 127,
                "./script: its interpreter no-such is in no directory of PATH");
    ASSERT_TOLD(run_script("#!/usr/bin/env sh -e\n"), 127, "its interpreter sh -e is in no directory");
    ASSERT_TOLD(run_script("#!/usr/bin/env\n"), 125, "without the name of a program");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S A=1\n"), 125, "without the name of a program");
    ASSERT_TOLD(run_script("#!/usr/bin/env sh\r\n"), 125, "ends in a carriage return");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S -i sh\n"), 125, "empty environment, so LD_PRELOAD is lost");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S -u LD_PRELOAD sh\n"), 125, "takes LD_PRELOAD out");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S -uLD_PRELOAD sh\n"), 125, "takes LD_PRELOAD out");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S LD_PRELOAD= sh\n"), 125, "replaces LD_PRELOAD");
    ASSERT_TOLD(run_script("#!/usr/bin/env -i\n"), 125, "cannot be followed");
    ASSERT_TOLD(run_script("#!/usr/bin/env -S -Z sh\n"), 125, "cannot be followed");
}
END_TEST

START_TEST(test_script_of_static)
{
    char line[128], expected[256];
    if (!compile("static", empty, "-static"))
        return;
    snprintf(line, sizeof line, "#!%s/static\n", directory);
    snprintf(expected, sizeof expected, "./script: its interpreter %s/static is statically linked", directory);
    ASSERT_TOLD(run_script(line), 125, expected);
    snprintf(line, sizeof line, "#!/usr/bin/env %s/static\n", directory);
    ASSERT_TOLD(run_script(line), 125, expected);
    snprintf(line, sizeof line, "#!%s/script\n", directory);
    snprintf(expected, sizeof expected, "#!%s/static\n", directory);
    write_text(in_directory("outer"), line, 0755);
    write_text(in_directory("script"), expected, 0755);
    ASSERT_TOLD(RUN("./outer"), 125, "./outer: its interpreter");
}
END_TEST

START_TEST(test_setuid)
{
    if (!is_root())
        return;
    copy_file("/bin/true", in_directory("tool"));
    ck_assert_int_eq(chmod("tool", 04755), 0);
    ASSERT_QUIET(RUN("./tool"), 0);
    child_user = NOBODY;
    ASSERT_TOLD(RUN("./tool"), 125, "./tool is setuid to another user, so the loader ignores LD_PRELOAD");
    ck_assert_int_eq(chmod("tool", 02755), 0);
    ASSERT_TOLD(RUN("./tool"), 125, "./tool is setgid to another group");
    ck_assert_int_eq(chmod("tool", 02745), 0);
    ASSERT_QUIET(RUN("./tool"), 0);
    ck_assert_int_eq(chmod("tool", 06755), 0);
    child_no_new_privs = true;
    ASSERT_QUIET(RUN("./tool"), 0);
    child_no_new_privs = false;
    child_user = 0;
    ck_assert_int_eq(chown("tool", NOBODY, 0), 0);
    ck_assert_int_eq(chmod("tool", 04755), 0);
    ASSERT_TOLD(RUN("./tool"), 125, "./tool is setuid to another user");
}
END_TEST

START_TEST(test_setuid_interpreter)
{
    char line[128];
    if (!is_root())
        return;
    copy_file("/bin/true", in_directory("tool"));
    ck_assert_int_eq(chmod("tool", 04755), 0);
    snprintf(line, sizeof line, "#!%s/tool\n", directory);
    child_user = NOBODY;
    ASSERT_TOLD(run_script(line), 125, "is setuid to another user");
    write_text(in_directory("script"), "#!/bin/true\n", 04755);
    ASSERT_QUIET(RUN("./script"), 0);
}
END_TEST

START_TEST(test_nosuid)
{
    if (!is_root())
        return;
    ck_assert_int_eq(mkdir("calm", 0755), 0);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "calm", "tmpfs", MS_NOSUID, "size=1m,mode=755") != 0) {
        fputs("skipped: no file system may be mounted here\n", stderr);
        return;
    }
    copy_file("/bin/true", in_directory("calm/tool"));
    ck_assert_int_eq(chmod("calm/tool", 04755), 0);
    child_user = NOBODY;
    ASSERT_QUIET(RUN("./calm/tool"), 0);
    ck_assert_int_eq(umount("calm"), 0);
}
END_TEST

START_TEST(test_capabilities)
{
    struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
                                .data[0] = {.permitted = 1u << CAP_NET_BIND_SERVICE}};
    if (!is_root())
        return;
    copy_file("/bin/true", in_directory("tool"));
    if (setxattr("tool", "security.capability", &data, sizeof data, 0) != 0) {
        fputs("skipped: no file capabilities on this file system\n", stderr);
        return;
    }
    ASSERT_QUIET(RUN("./tool"), 0);
    child_user = NOBODY;
    ASSERT_TOLD(RUN("./tool"), 125, "./tool has file capabilities, so the loader ignores LD_PRELOAD");
    child_no_new_privs = true;
    ASSERT_TOLD(RUN("./tool"), 125, "./tool has file capabilities");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        test_missing,
        test_not_executable,
        test_permission,
        test_path,
        test_static,
        test_loader_itself,
        test_go,
        test_foreign_loader,
        test_foreign_machine,
        test_32_bit_header,
        test_32_bit_library,
        test_x32,
        test_no_library,
        test_scripts,
        test_script_levels,
        test_env_scripts,
        test_script_of_static,
        test_setuid,
        test_setuid_interpreter,
        test_nosuid,
        test_capabilities,
        NULL,
    };
    return run_suite("refusal", tests);
}
