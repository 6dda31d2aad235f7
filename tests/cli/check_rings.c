/* The life of rings: where they are found, what is listed of them, and which are removed. */
#include <dirent.h>

#include "../../shim/ring/append.h"
#include "killed_server.h"

static const char *const names[] = {"start", "listen"};
static const char *const keys[] = {"", "listen.backlog_max"};
static const struct ring_identity identity = {.slots = RING_SLOTS_LEAST,
                                              .profile = "bsd",
                                              .diagnostic = "",
                                              .call_names = names,
                                              .key_names = keys,
                                              .calls = 2,
                                              .keys = 2};

/* A name as a ring has it, in the directory that LISTENAS_RING names. */
static const char *found_path(const char *name)
{
    return in_directory("rings/listenas-server-%s", name);
}

static struct ring found_ring(const char *name)
{
    struct ring ring;
    ck_assert_int_eq(ring_open(&ring, found_path(name), &identity), 0);
    return ring;
}

/* A process's calls are looked for in every ring, and its newest is the one; who made a ring counts as well. */
START_TEST(pid_is_found_in_any_ring)
{
    if (!hide_shared_memory())
        return;
    static const struct {
        const char *name;
        uint32_t header_pid, pid;
        uint64_t time_ns;
    } rings[] = {{"1.ring", 71, 72, 1000}, {"2.ring", 73, 72, 2000}, {"3.ring", 74, 75, 3000}};
    for (size_t i = 0; i < sizeof rings / sizeof *rings; i++) {
        struct ring ring = found_ring(rings[i].name);
        const struct record listened = {.call = 1, .pid = rings[i].pid, .time_ns = rings[i].time_ns, .fd = 9};
        ring.header->pid = rings[i].header_pid;
        ring_append(&ring, &listened);
        ring_close(&ring);
    }
    struct answer of_maker = LOG("--json", "--pid=71"), of_child = LOG("--json", "--pid=72");
    ASSERT_SAYS(of_maker, "\"pid\":71,");
    ASSERT_SAYS(of_child, "\"pid\":73,");
    ASSERT_SAYS(of_child, "\"time_ns\":2000,\"pid\":72,");
    struct answer of_last = LOG("--json", "--pid=75"), of_nobody = LOG("--pid=76");
    ASSERT_SAYS(of_last, "\"time_ns\":3000,\"pid\":75,");
    ck_assert_int_eq(of_nobody.status, 2);
    ck_assert_str_eq(of_nobody.err, "listenas: there is no record of process 76\n");
}
END_TEST

static bool is_there(const char *name)
{
    return access(found_path(name), F_OK) == 0;
}

/* A child that maps what we map, and makes no call; as another user if that is not 0. */
static pid_t keep_mapped(struct ring *ring, uid_t user)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t keeper = fork();
    if (keeper == 0) {
        if (user && (setgid(user) != 0 || setuid(user) != 0))
            _exit(1);
        close(ready[0]);
        close(ready[1]);
        pause();
        _exit(0);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 0);
    close(ready[0]);
    ring_close(ring);
    return keeper;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* It forbids itself, on pain of death, all calls but those it makes; then it makes its first socket. */
static const char confined[] =
    "#include <linux/filter.h>\n#include <linux/seccomp.h>\n#include <stddef.h>\n#include <sys/prctl.h>\n"
    "#include <sys/socket.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n"
    "#define MAY(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, "
    "SECCOMP_RET_ALLOW)\n"
    "int main(void)\n{\n"
    "    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),\n"
    "        MAY(socket), MAY(listen), MAY(exit_group), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};\n"
    "    struct sock_fprog filter = {sizeof code / sizeof *code, code};\n"
    "    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);\n"
    "    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)\n        return 2;\n"
    "    return listen(socket(AF_INET, SOCK_STREAM, 0), 3) == 0 ? 0 : 1;\n}\n";

START_TEST(a_program_that_confines_itself_has_its_ring_before)
{
    if (!compile("confined", confined, ""))
        return;
    ASSERT_QUIET(RUN(in_directory("confined")), 0);
    ASSERT_SAYS(LOG("confined"), "listen(");
}
END_TEST

START_TEST(a_killed_servers_ring_is_listed_and_removed)
{
    if (!hide_shared_memory())
        return;
    char expected[2 * PATH_MAX];
    ck_assert(compile("server", killed_server, ""));
    ck_assert_int_eq(RUN("-p", "bsd", "-r", found_path("1.ring"), in_directory("server")).status, -1);
    snprintf(expected, sizeof expected, "%s  %s (pid ", found_path("1.ring"), in_directory("server"));
    struct answer list = LOG("--list");
    ASSERT_SAYS(list, expected);
    ASSERT_SAYS(list, " as bsd, 6 records, ");
    ASSERT_AGE(list, "K, made ", "s ago, last call ");
    ASSERT_AGE(list, "s ago, last call ", "s ago, listens on 0.0.0.0:");
    ASSERT_SAYS(list, ", dead\n");
    struct answer rows = LOG("--list", "--json");
    snprintf(expected, sizeof expected, "{\"path\":\"%s\",\"state\":\"dead\",\"size\":", found_path("1.ring"));
    ASSERT_SAYS(rows, expected);
    ASSERT_SAYS(rows, ",\"listens\":\"0.0.0.0:");
    snprintf(expected, sizeof expected, ",\"profile\":\"bsd\",\"command\":[\"%s\"]}\n", in_directory("server"));
    ASSERT_SAYS(rows, expected);
    snprintf(expected, sizeof expected, "removed %s\n", found_path("1.ring"));
    struct answer removed = LOG("--remove-dead");
    ASSERT_SAYS(removed, expected);
    ck_assert(!is_there("1.ring"));
}
END_TEST

/* The ring is live, and stays, until the process that has it mapped ends. */
static void expect_kept_until_end(const char *name, pid_t keeper)
{
    struct answer list = LOG("--list");
    ASSERT_SAYS(list, ", live\n");
    LOG("--remove-dead");
    ck_assert(is_there(name));
    end(keeper);
    LOG("--remove-dead");
    ck_assert(!is_there(name));
}

/* A daemon's child need not have made a call, and the directory can have another name than in the server's map. */
START_TEST(a_ring_that_is_mapped_stays)
{
    if (!hide_shared_memory())
        return;
    ck_assert_int_eq(symlink("rings", "other"), 0);
    setenv("LISTENAS_RING", in_directory("other/"), 1);
    struct ring ring = found_ring("1.ring");
    pid_t keeper = keep_mapped(&ring, 0);
    expect_kept_until_end("1.ring", keeper);
}
END_TEST

/* A mapping on overlayfs is of the file below. */
START_TEST(a_ring_that_is_mapped_stays_on_an_overlay)
{
    if (!hide_shared_memory())
        return;
    ck_assert_int_eq(mkdir("/dev/shm/upper", 0755) + mkdir("/dev/shm/work", 0755) + mkdir("/dev/shm/lower", 0755), 0);
    if (mount("overlay", "rings", "overlay", 0,
              "lowerdir=/dev/shm/lower,upperdir=/dev/shm/upper,workdir=/dev/shm/work") != 0) {
        fputs("skipped: no overlay may be mounted here\n", stderr);
        return;
    }
    struct ring ring = found_ring("1.ring");
    pid_t keeper = keep_mapped(&ring, 0);
    expect_kept_until_end("1.ring", keeper);
    umount("rings");
}
END_TEST

START_TEST(a_directory_of_two_names_is_listed_once)
{
    struct ring ring = found_ring("1.ring");
    ring_close(&ring);
    ck_assert_int_eq(symlink("rings", "other"), 0);
    setenv("XDG_RUNTIME_DIR", in_directory("other"), 1);
    struct answer list = LOG("--list");
    const char *first = strstr(list.out, "listenas-server-1.ring");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "listenas-server-1.ring"));
}
END_TEST

/* The kernel knows of a writer that does not let itself be looked at, too. */
START_TEST(a_ring_stays_if_its_process_cannot_be_asked)
{
    if (!is_root() || !hide_shared_memory())
        return;
    struct ring ring = found_ring("1.ring");
    ck_assert_int_eq(chown(found_path("1.ring"), NOBODY, NOBODY), 0);
    pid_t keeper = keep_mapped(&ring, NOBODY);
    child_user = NOBODY;
    expect_kept_until_end("1.ring", keeper);
}
END_TEST

START_TEST(old_drafts_are_removed)
{
    if (!hide_shared_memory())
        return;
    const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    struct ring ring = found_ring("mapped.ring-7-77");
    write_text(found_path("young.ring-7-77"), "", 0600);
    write_text(found_path("old.ring-7-77"), "", 0600);
    write_text(found_path("other.ring-7-77x"), "", 0600);
    ck_assert_int_eq(utimensat(AT_FDCWD, found_path("mapped.ring-7-77"), old, 0), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, found_path("old.ring-7-77"), old, 0), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, found_path("other.ring-7-77x"), old, 0), 0);
    struct answer removed = LOG("--remove-dead");
    ASSERT_SAYS(removed, "listenas-server-old.ring-7-77\n");
    ck_assert(!is_there("old.ring-7-77"));
    ck_assert(is_there("mapped.ring-7-77") && is_there("young.ring-7-77") && is_there("other.ring-7-77x"));
    ring_close(&ring);
}
END_TEST

/* A reader of a dead ring is no writer. */
START_TEST(a_reader_gives_no_life)
{
    struct ring reading;
    if (!hide_shared_memory())
        return;
    struct ring ring = found_ring("1.ring");
    ring_close(&ring);
    ck_assert_ptr_null(ring_open_to_read(&reading, found_path("1.ring")));
    struct answer list = LOG("--list");
    ASSERT_SAYS(list, ", dead\n");
    LOG("--remove-dead");
    ck_assert(!is_there("1.ring"));
    ring_close(&reading);
}
END_TEST

/* What another version has written, and what is damaged, goes as well; what is no ring stays, whatever its name. */
START_TEST(rings_of_other_versions_are_listed_and_removed)
{
    char name[64];
    if (!hide_shared_memory())
        return;
    for (uint32_t version = 1; version <= 9; version++) {
        snprintf(name, sizeof name, "%u.ring", version);
        struct ring ring = found_ring(name);
        ring.header->kind.version = version;
        ring_close(&ring);
    }
    ck_assert_int_eq(truncate(found_path("9.ring"), 100), 0);
    write_text(found_path("text.ring"), "not a ring, for sure", 0600);
    struct answer list = LOG("--list");
    ASSERT_SAYS(list, "listenas-server-1.ring  is a ring of another version of listenas, ");
    ASSERT_SAYS(list, "listenas-server-text.ring  is not a ring of listenas");
    LOG("--remove-dead");
    for (uint32_t version = 1; version <= 9; version++) {
        snprintf(name, sizeof name, "%u.ring", version);
        ck_assert_msg(!is_there(name), "%s", name);
    }
    ck_assert(is_there("text.ring"));
}
END_TEST

START_TEST(another_users_rings_are_listed_and_stay)
{
    if (!is_root() || !hide_shared_memory())
        return;
    struct ring ring = found_ring("1.ring");
    ring_close(&ring);
    ck_assert_int_eq(chown(found_path("1.ring"), NOBODY, NOBODY), 0);
    struct answer list = LOG("--list");
    ASSERT_SAYS(list, ", of user nobody, dead\n");
    LOG("--remove-dead");
    ck_assert_int_eq(LOG("--remove-dead", found_path("1.ring")).status, 125);
    ck_assert(is_there("1.ring"));
    child_user = NOBODY - 1;
    list = LOG("--list");
    ASSERT_SAYS(list, "listenas-server-1.ring  is another user's, ");
    ASSERT_SAYS(list, ", of user nobody, not readable\n");
}
END_TEST

/*
 * Each user can see to it that a page of a ring is not to be had: by a hole in the file, and a file system that is
 * full.
 */
START_TEST(a_ring_without_its_pages_does_not_end_the_list)
{
    static char bytes[4096];
    const char *hollow = "/dev/shm/listenas-hollow-4100001-18b1c0de5eed0001.ring";
    if (!hide_shared_memory())
        return;
    struct ring ring = found_ring("1.ring");
    write_file(hollow, ring.header, 4096, 0600);
    ck_assert_int_eq(truncate(hollow, (off_t)ring.size), 0);
    ring_close(&ring);
    int filler = open("/dev/shm/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (write(filler, bytes, sizeof bytes) > 0)
        continue;
    close(filler);
    struct answer list = LOG("--list");
    ASSERT_QUIET(list, 0);
    ASSERT_SAYS(list, "listenas-hollow-4100001-18b1c0de5eed0001.ring  was cut short while it was read, ");
    ASSERT_SAYS(list, "listenas-server-1.ring");
}
END_TEST

/* --- which are removed --- */

#define MADE_BY(program, pid) "rings/listenas-" program "-" #pid "-18b1c0de5eed0000.ring"

static void make_three(void)
{
    static const char *const files[] = {MADE_BY("inetd", 4000001), MADE_BY("inetd", 4000002),
                                        MADE_BY("my-app", 4000003)};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct ring ring;
        ck_assert_int_eq(ring_open(&ring, files[i], &identity), 0);
        ring_close(&ring);
    }
}

static int count_rings(void)
{
    int count = 0;
    DIR *listing = opendir("rings");
    for (struct dirent *entry; (entry = readdir(listing));)
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

START_TEST(a_name_chooses_what_is_removed)
{
    static const struct {
        const char *name;
        int left;
    } rows[] = {{"inetd", 1},
                {"my-app", 2},
                {"4000002", 2},
                {MADE_BY("inetd", 4000001), 2},
                {"listenas-inetd-4000001-18b1c0de5eed0000.ring", 2}};
    if (!hide_shared_memory())
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_three();
        ASSERT_QUIET(LOG("--remove-dead", rows[i].name), 0);
        ck_assert_msg(count_rings() == rows[i].left, "%s: %d", rows[i].name, count_rings());
    }
}
END_TEST

/* A word that means nothing loses nothing, wherever it stands. */
START_TEST(what_is_not_understood_removes_nothing)
{
    if (!hide_shared_memory())
        return;
    make_three();
    ASSERT_TOLD(LOG("--remove-dead", "inet"), 2, "inet: there is no such ring; listenas log --list shows all");
    ASSERT_TOLD(LOG("--remove-dead", "inetd", "nginx"), 2, "nginx: there is no such ring");
    ASSERT_TOLD(LOG("--remove-dead", "inetd", "/no/such.ring"), 2, "/no/such.ring: No such file or directory");
    ASSERT_TOLD(LOG("--remove-dead", "--alder=7d"), 2, "unknown option --alder");
    ASSERT_TOLD(LOG("--remove-dead", "--older=7"), 2, "--older=7: expected a number and a unit");
    ASSERT_TOLD(LOG("--remove-dead", "--older=-7d"), 2, "expected a number and a unit");
    ASSERT_TOLD(LOG("--remove-dead", "--older=7y"), 2, "expected a number and a unit");
    ASSERT_TOLD(LOG("--older=7d"), 2, "--older: expected --remove-dead beside it");
    ASSERT_TOLD(LOG("--list", "--remove-dead"), 2, "expected one of them");
    write_text("rings/listenas-x.ring", "text", 0600);
    ASSERT_TOLD(LOG("--remove-dead", "rings/listenas-x.ring"), 2, "there is no such ring");
    ck_assert_int_eq(count_rings(), 4);
}
END_TEST

START_TEST(a_live_ring_of_a_name_stays)
{
    struct ring ring;
    if (!hide_shared_memory())
        return;
    make_three();
    ck_assert_int_eq(ring_open(&ring, MADE_BY("my-app", 4000003), &identity), 0);
    ASSERT_TOLD(LOG("--remove-dead", "inetd", "my-app"), 125, "my-app: its program still runs; nothing was removed");
    ck_assert_int_eq(count_rings(), 3);
    ring_close(&ring);
}
END_TEST

START_TEST(age_chooses_what_is_removed)
{
    struct ring ring;
    if (!hide_shared_memory())
        return;
    make_three();
    ck_assert_int_eq(ring_open(&ring, MADE_BY("inetd", 4000001), &identity), 0);
    ring.header->born_ns -= UINT64_C(2) * 86400 * 1000000000;
    ring_close(&ring);
    LOG("--remove-dead", "--older=3d");
    ck_assert_int_eq(count_rings(), 3);
    LOG("--remove-dead", "--older=47h", "my-app");
    ck_assert_int_eq(count_rings(), 3);
    LOG("--remove-dead", "--older=47h");
    ck_assert_int_eq(count_rings(), 2);
    ck_assert_int_ne(access(MADE_BY("inetd", 4000001), F_OK), 0);
}
END_TEST

/* --- rings elsewhere --- */

START_TEST(a_ring_elsewhere_is_found_by_its_process)
{
    char pid[16], spaced[PATH_MAX];
    struct ring ring;
    if (!hide_shared_memory())
        return;
    snprintf(spaced, sizeof spaced, "%s", in_directory("a b.ring"));
    ck_assert_int_eq(ring_open(&ring, spaced, &identity), 0);
    ring.header->pid = 4000001;
    pid_t keeper = keep_mapped(&ring, 0);
    snprintf(pid, sizeof pid, "%d", (int)keeper);
    struct answer log = LOG("--json", "-p", pid);
    ASSERT_SAYS(log, "\"pid\":4000001,");
    end(keeper);
    ck_assert_int_eq(LOG("-p", pid).status, 2);
}
END_TEST

START_TEST(the_ring_that_the_environment_names_is_found)
{
    struct ring ring;
    if (!hide_shared_memory())
        return;
    ck_assert_int_eq(ring_open(&ring, in_directory("own.ring"), &identity), 0);
    ring.header->pid = 4000001;
    ring_close(&ring);
    char setting[PATH_MAX + 8];
    for (int i = 0; i < 2; i++) {
        snprintf(setting, sizeof setting, "%s%s", in_directory("own.ring"), i ? ",8M" : "");
        setenv("LISTENAS_RING", setting, 1);
        struct answer log = LOG("--json"), list = LOG("--list");
        ASSERT_SAYS(log, "\"pid\":4000001,");
        ASSERT_SAYS(list, "/own.ring  ");
    }
}
END_TEST

/* --- run removes what is beyond the limit --- */

/* Makes so many dead rings, the first the oldest; each with a record, so that it is worth something. */
static void make_many(int count)
{
    const struct record listened = {.call = 1, .pid = 7, .time_ns = 1000, .fd = 9};
    for (int i = 0; i < count; i++) {
        struct ring ring;
        char name[128];
        snprintf(name, sizeof name, "rings/listenas-old-%d-18b1c0de5eed%04x.ring", 4100000 + i, (unsigned int)i);
        ck_assert_int_eq(ring_open(&ring, name, &identity), 0);
        ring_append(&ring, &listened);
        ring_close(&ring);
    }
}

static bool is_left(int number)
{
    char name[128];
    snprintf(name, sizeof name, "rings/listenas-old-%d-18b1c0de5eed%04x.ring", 4100000 + number, (unsigned int)number);
    return access(name, F_OK) == 0;
}

START_TEST(run_leaves_the_newest)
{
    make_many(40);
    ASSERT_QUIET(RUN("true"), 0);
    ck_assert_int_eq(count_rings(), 32);
    ck_assert(!is_left(7) && is_left(8));
    ASSERT_QUIET(RUN("--keep=all", "true"), 0);
    ASSERT_QUIET(RUN("-n", "--keep=3", "true"), 0);
    ASSERT_QUIET(RUN("-r", "off", "--keep=3", "true"), 0);
    ck_assert_int_eq(count_rings(), 32);
    setenv("LISTENAS_KEEP", "9", 1);
    ASSERT_QUIET(RUN("true"), 0);
    ck_assert_int_eq(count_rings(), 9);
    ASSERT_QUIET(RUN("--keep=100,80K", "true"), 0); /* each has 28K to 36K */
    ck_assert_int_eq(count_rings(), 2);
    ck_assert(is_left(38) && is_left(39));
    ASSERT_TOLD(RUN("--keep=some", "true"), 125, "--keep: \"some\": expected how many");
    ASSERT_TOLD(RUN("--keep=3,", "true"), 125, "--keep: \"3,\": expected how many");
    ASSERT_TOLD(RUN("--keep=3,4T", "true"), 125, "expected how many");
    setenv("LISTENAS_KEEP", "-1", 1);
    ASSERT_TOLD(RUN("true"), 125, "LISTENAS_KEEP: \"-1\": expected how many");
}
END_TEST

/* What lives, what is another's or no ring, and what has another name is not counted and stays. */
START_TEST(run_removes_only_dead_rings_of_its_user)
{
    struct ring ring;
    make_many(6);
    ck_assert_int_eq(ring_open(&ring, "rings/listenas-old-4100000-18b1c0de5eed0000.ring", &identity), 0);
    ck_assert_int_eq(truncate("rings/listenas-old-4100001-18b1c0de5eed0001.ring", 50), 0);
    write_text("rings/listenas-old-4100002-18b1c0de5eed0002.ring", "not a ring", 0600);
    if (geteuid() == 0)
        ck_assert_int_eq(chown("rings/listenas-old-4100003-18b1c0de5eed0003.ring", NOBODY, NOBODY), 0);
    write_text("rings/notes", "LISTENAS", 0600);
    write_text("rings/listenas-notes.ring", "LISTENAS", 0600);
    ASSERT_QUIET(RUN("--keep=0", "true"), 0);
    ck_assert(is_left(0) && !is_left(1) && is_left(2) && !is_left(4) && !is_left(5));
    ck_assert(is_left(3) == (geteuid() == 0));
    ck_assert_int_eq(access("rings/notes", F_OK) + access("rings/listenas-notes.ring", F_OK), 0);
    ring_close(&ring);
}
END_TEST

START_TEST(run_removes_a_ring_without_a_record)
{
    make_three();
    make_many(1);
    ASSERT_QUIET(RUN("true"), 0);
    ck_assert_int_eq(count_rings(), 1);
    ck_assert(is_left(0));
}
END_TEST

/* Many at a time remove the same, and none complains or removes more. */
START_TEST(many_runs_at_a_time_leave_as_many)
{
    pid_t runs[24];
    make_many(200);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        runs[i] = fork();
        if (runs[i] == 0) {
            execl(command, "listenas", "run", "--keep=10", "true", (char *)NULL);
            _exit(99);
        }
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        int status;
        ck_assert_int_eq(waitpid(runs[i], &status, 0), runs[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(count_rings(), 10);
    ck_assert(!is_left(189) && is_left(190));
}
END_TEST

/* --- a ring under stress --- */

static const char forking[] = "#include <sys/socket.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
                              "int main(void)\n{\n"
                              "    for (int i = 0; i < 1000; i++) {\n"
                              "        if (fork() == 0)\n"
                              "            _exit(listen(9, 5) == 0);\n"
                              "        if (i % 64 == 63)\n"
                              "            while (wait(0) > 0)\n"
                              "                ;\n"
                              "    }\n"
                              "    while (wait(0) > 0)\n"
                              "        ;\n"
                              "    return 0;\n}\n";

/* Sixty-four children at a time that meet before there is a ring make one, and none of their calls is missing. */
START_TEST(a_thousand_children_have_one_ring)
{
    static char line[4096];
    int listens = 0;
    if (!compile("forking", forking, ""))
        return;
    ASSERT_QUIET(RUN("-r", in_directory("own.ring,2M"), in_directory("forking")), 0);
    ck_assert_int_eq(count_rings(), 0);
    snprintf(line, sizeof line, "%s log --json %s", command, in_directory("own.ring"));
    FILE *log = popen(line, "r");
    while (fgets(line, sizeof line, log)) {
        listens += strstr(line, "\"call\":\"listen\"") && strstr(line, "\"errno\":\"EBADF\"");
        ck_assert_msg(!strstr(line, "{\"overwritten\"") && !strstr(line, "{\"unfinished\"") &&
                          !strstr(line, "{\"damaged\""),
                      "%s", line);
    }
    ck_assert_int_eq(pclose(log), 0);
    ck_assert_int_eq(listens, 1000);
}
END_TEST

static const char lasting[] = "#include <stdio.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
                              "int main(void)\n{\n"
                              "    char byte;\n"
                              "    listen(9, 1);\n"
                              "    while (read(0, &byte, 1) == 1) {\n"
                              "        listen(9, byte - '0');\n"
                              "        write(1, &byte, 1);\n"
                              "    }\n"
                              "    return 0;\n}\n";

/* A server whose ring is deleted goes on, and root can still read what it writes. */
START_TEST(a_ring_that_is_deleted_harms_no_server)
{
    int in[2], out[2], status;
    char byte, pid[16];
    if (!compile("lasting", lasting, "") || !hide_shared_memory())
        return;
    ck_assert_int_eq(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
    pid_t server_pid = fork();
    if (server_pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(command, "listenas", "run", "-r", in_directory("own.ring"), in_directory("lasting"), (char *)NULL);
        _exit(99);
    }
    ck_assert_int_eq(write(in[1], "2", 1), 1);
    ck_assert_int_eq(read(out[0], &byte, 1), 1);
    ck_assert_int_eq(unlink(in_directory("own.ring")), 0);
    ck_assert_int_eq(write(in[1], "3", 1), 1);
    ck_assert_int_eq(read(out[0], &byte, 1), 1);
    snprintf(pid, sizeof pid, "%d", (int)server_pid);
    struct answer log = LOG("-p", pid);
    if (geteuid() == 0)
        ASSERT_SAYS(log, "listen(9, 3) = EBADF");
    close(in[1]);
    ck_assert_int_eq(waitpid(server_pid, &status, 0), server_pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {pid_is_found_in_any_ring,
                                  a_killed_servers_ring_is_listed_and_removed,
                                  a_ring_that_is_mapped_stays,
                                  a_ring_that_is_mapped_stays_on_an_overlay,
                                  a_directory_of_two_names_is_listed_once,
                                  a_ring_stays_if_its_process_cannot_be_asked,
                                  old_drafts_are_removed,
                                  a_reader_gives_no_life,
                                  rings_of_other_versions_are_listed_and_removed,
                                  another_users_rings_are_listed_and_stay,
                                  a_ring_without_its_pages_does_not_end_the_list,
                                  a_name_chooses_what_is_removed,
                                  what_is_not_understood_removes_nothing,
                                  a_live_ring_of_a_name_stays,
                                  age_chooses_what_is_removed,
                                  a_ring_elsewhere_is_found_by_its_process,
                                  the_ring_that_the_environment_names_is_found,
                                  run_leaves_the_newest,
                                  run_removes_only_dead_rings_of_its_user,
                                  run_removes_a_ring_without_a_record,
                                  many_runs_at_a_time_leave_as_many,
                                  a_thousand_children_have_one_ring,
                                  a_ring_that_is_deleted_harms_no_server,
                                  a_program_that_confines_itself_has_its_ring_before,
                                  NULL};
    return run_suite("rings", tests);
}
