/* The ring's file: its layout, making it, joining it, and what is refused. */
#include "../suite.h"
#include "ring_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#define HEADER_SIZE ring_header_size(2)

static off_t file_size(uint32_t slots)
{
    struct ring_kind kind;
    ring_kind_make(&kind, HEADER_SIZE, slots, 0);
    return (off_t)ring_kind_size(&kind);
}

START_TEST(layout_is_that_of_version_4)
{
    ck_assert_uint_eq(sizeof(struct ring_kind), 144);
    ck_assert_uint_eq(offsetof(struct ring_kind, incompatible), 16);
    ck_assert_uint_eq(offsetof(struct ring_kind, slots), 32);
    ck_assert_uint_eq(offsetof(struct ring_kind, tables), 40);
    ck_assert_uint_eq(offsetof(struct ring_kind, sum), 140);
    ck_assert_uint_eq(offsetof(struct ring_header, pid), 144);
    ck_assert_uint_eq(offsetof(struct ring_header, calls), 148);
    ck_assert_uint_eq(offsetof(struct ring_header, born_ns), 160);
    ck_assert_uint_eq(offsetof(struct ring_header, profile), 168);
    ck_assert_uint_eq(offsetof(struct ring_header, diagnostic), 232);
    ck_assert_uint_eq(offsetof(struct ring_header, command), 488);
    ck_assert_uint_eq(offsetof(struct ring_header, command_size), 1000);
    ck_assert_uint_eq(offsetof(struct ring_header, lanes), 1024);
    ck_assert_uint_eq(offsetof(struct ring_header, call_names), 1600);
    ck_assert_uint_eq(offsetof(struct ring_header, key_names), 2112);
    ck_assert_uint_eq(ring_header_size(0), 4096);
    ck_assert_uint_eq(ring_header_size(49), 4096);
    ck_assert_uint_eq(ring_header_size(50), 8192);
    ck_assert_uint_eq(ring_header_size(KEY_NAMES_MOST), 1 << 20);
    ck_assert_uint_eq(sizeof(struct ring_slot), 128);
    ck_assert_uint_eq(offsetof(struct ring_slot, words), 8);
    ck_assert_uint_eq(sizeof(struct record), 104);
    ck_assert_uint_eq(offsetof(struct record, pid), 8);
    ck_assert_uint_eq(offsetof(struct record, fd), 16);
    ck_assert_uint_eq(offsetof(struct record, given), 36);
    ck_assert_uint_eq(offsetof(struct record, call), 40);
    ck_assert_uint_eq(offsetof(struct record, flags), 50);
    ck_assert_uint_eq(offsetof(struct record, address), 56);
    ck_assert_uint_eq(offsetof(struct record, reset), 96);
    ck_assert_uint_eq(offsetof(struct record, site), 102);
    ck_assert_uint_eq(offsetof(struct ring_slot, repeats), 112);
    ck_assert_uint_eq(offsetof(struct ring_slot, lost), 120);
    ck_assert_uint_eq(offsetof(struct ring_header, listeners_gone), 1544);
    ck_assert_uint_eq(sizeof(struct ring_process), 192);
    ck_assert_uint_eq(offsetof(struct ring_process, start), 64);
    ck_assert_uint_eq(sizeof(struct ring_listener), 576);
    ck_assert_uint_eq(offsetof(struct ring_listener, state), 64);
    ck_assert_uint_eq(offsetof(struct ring_listener, samples), 128);
    ck_assert_uint_eq(offsetof(struct ring_listener, made_by), 192);
    ck_assert_uint_eq(sizeof(struct ring_module), 256);
    ck_assert_uint_eq(offsetof(struct ring_module, build_id), 32);
    ck_assert_uint_eq(offsetof(struct ring_module, path), 64);
    ck_assert_uint_eq(sizeof(struct ring_site), 96);
    ck_assert_uint_eq(offsetof(struct ring_site, caller), 24);
    ck_assert_uint_eq(offsetof(struct ring_site, frames), 32);
}
END_TEST

START_TEST(made_with_mode_0600_whatever_the_umask)
{
    static const mode_t masks[] = {0, 022, 077, 0277, 0777};
    struct stat status;
    umask(masks[_i]);
    struct ring ring = ring_made(64);
    umask(022);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode, S_IFREG | 0600);
    ring_close(&ring);
}
END_TEST

START_TEST(made_whole_with_its_space_reserved)
{
    struct stat status;
    struct ring ring = ring_made(256);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_size, file_size(256));
    ck_assert_int_ge(status.st_blocks * 512, status.st_size);
    ck_assert_int_eq(files_in_directory(), 1);
    ck_assert_uint_eq(ring.mask, 255);
    ck_assert_uint_eq(ring_head(&ring), 0);
    ring_close(&ring);
    ck_assert_ptr_null(ring.header);
}
END_TEST

START_TEST(header_tells_who_made_it)
{
    struct ring ring = ring_made(64);
    const struct ring_header *header = ring.header;
    ck_assert_mem_eq(header->kind.magic, "LISTENAS", 8);
    ck_assert_uint_eq(header->kind.version, 4);
    ck_assert_uint_eq(header->kind.slots, 64);
    ck_assert_uint_eq(header->pid, (uint32_t)getpid());
    ck_assert_uint_le(header->born_ns / 1000000000u - (uint64_t)time(NULL) + 10, 20);
    ck_assert_str_eq(header->profile, "bsd");
    ck_assert_str_eq(header->diagnostic, "");
    ck_assert_uint_gt(header->command_size, 0);
    ck_assert_ptr_nonnull(strstr(header->command, "check_ring"));
    ck_assert_uint_eq(header->calls, 2);
    ck_assert_str_eq(header->call_names[1], "listen");
    ck_assert_str_eq(header->key_names[1], "listen.backlog_max");
    ring_close(&ring);
}
END_TEST

START_TEST(names_are_cut_to_their_place)
{
    static const char *names[CALL_NAMES + 1];
    char profile[400];
    memset(profile, 'p', sizeof profile);
    profile[sizeof profile - 1] = '\0';
    for (size_t i = 0; i <= CALL_NAMES; i++)
        names[i] = "a_call_with_a_long_name";
    const struct ring_identity identity = {
        .slots = 64, .profile = profile, .diagnostic = profile, .call_names = names, .calls = CALL_NAMES + 1};
    struct ring ring;
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    ck_assert_uint_eq(strlen(ring.header->profile), sizeof ring.header->profile - 1);
    ck_assert_uint_eq(strlen(ring.header->diagnostic), sizeof ring.header->diagnostic - 1);
    ck_assert_uint_eq(ring.header->calls, CALL_NAMES);
    ck_assert_str_eq(ring.header->call_names[CALL_NAMES - 1], "a_call_with_a_l");
    ck_assert_uint_eq(ring.header->keys, 0);
    ring_close(&ring);
}
END_TEST

/* The header grows with the names, and each is read back; a count that was damaged leads to none beyond its room. */
START_TEST(names_have_the_room_that_they_need)
{
    enum { MANY = 1000 };
    static char names[MANY][16];
    static const char *keys[MANY];
    struct ring_identity identity = identity_of(64);
    struct ring ring;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "key.%zu", i);
        keys[i] = names[i];
    }
    identity.key_names = keys;
    identity.keys = MANY;
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    append_pattern(&ring, 1, 7);
    ring_close(&ring);
    ck_assert_ptr_null(ring_open_to_read(&ring, path));
    for (uint32_t i = 0; i < MANY; i++)
        ck_assert_str_eq(ring_key_name(&ring, i), names[i]);
    ck_assert_ptr_null(ring_key_name(&ring, MANY));
    ck_assert_ptr_null(ring_call_name(&ring, 2));
    struct record record;
    ck_assert_int_eq(ring_read(&ring, 0, &record), RING_RECORD);
    ring_close(&ring);
    ck_assert_int_eq(ring_open(&ring, path, &identity), 0);
    ring.header->keys = ring.header->calls = UINT32_MAX;
    ck_assert_ptr_nonnull(ring_key_name(&ring, ring.keys - 1));
    ck_assert_ptr_null(ring_key_name(&ring, ring.keys));
    ck_assert_ptr_null(ring_call_name(&ring, CALL_NAMES));
    ring_close(&ring);
}
END_TEST

START_TEST(more_names_than_a_header_can_have)
{
    struct ring_identity identity = identity_of(64);
    struct ring ring;
    identity.keys = KEY_NAMES_MOST + 1;
    ck_assert_int_eq(ring_open(&ring, path, &identity), EINVAL);
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

START_TEST(joined_by_the_next_and_no_descriptor_kept)
{
    int before = open_descriptors();
    struct ring first = ring_made(64), second = ring_made(4096);
    struct record record;
    ck_assert_uint_eq(second.mask, 63); /* the file's own size counts */
    ck_assert_int_eq(open_descriptors(), before);
    append_pattern(&first, 1, 7);
    ck_assert_int_eq(ring_read(&second, 0, &record), RING_RECORD);
    ck_assert(is_whole(&record));
    ring_close(&first);
    append_pattern(&second, 2, 8);
    ck_assert_uint_eq(ring_head(&second), 2);
    ring_close(&second);
}
END_TEST

START_TEST(joined_copy_with_holes_gets_its_space)
{
    struct ring ring = ring_made(1024);
    struct stat status;
    ring_close(&ring);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(ftruncate(fd, HEADER_SIZE), 0);
    ck_assert_int_eq(ftruncate(fd, file_size(1024)), 0);
    ring = ring_made(1024);
    ck_assert_int_eq(fstat(fd, &status), 0);
    ck_assert_int_ge(status.st_blocks * 512, status.st_size);
    ring_close(&ring);
    close(fd);
}
END_TEST

/* A process that was killed while it made the ring, and a thread of that number comes again. */
START_TEST(left_over_draft_is_in_nobodys_way)
{
    char draft[192];
    snprintf(draft, sizeof draft, "%s-%d", path, (int)gettid());
    close(open(draft, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    struct ring ring = ring_made(64);
    ring_close(&ring);
}
END_TEST

static volatile int interruptions;

static void open_in_handler(int signal)
{
    int saved = errno;
    struct ring ring;
    const struct ring_identity identity = identity_of(64);
    (void)signal;
    if (ring_open(&ring, path, &identity) != 0)
        abort();
    append_pattern(&ring, 9, 0);
    ring_close(&ring);
    interruptions = interruptions + 1;
    errno = saved;
}

START_TEST(made_by_a_handler_that_interrupts_its_making)
{
    const struct itimerval never = {0};
    interruptions = 0;
    signal(SIGALRM, open_in_handler);
    for (int turn = 0; turn < 300; turn++) {
        const struct itimerval soon = {.it_value.tv_usec = 1 + turn};
        unlink(path);
        setitimer(ITIMER_REAL, &soon, NULL);
        struct ring ring = ring_made(64);
        append_pattern(&ring, 1, 1);
        setitimer(ITIMER_REAL, &never, NULL);
        ring_close(&ring);
        ck_assert_int_eq(files_in_directory(), 1);
    }
    ck_assert_int_gt(interruptions, 0);
}
END_TEST

/* Whatever is in the place of the ring file: refused with this errno, and left as it is. */
static void expect_refusal(const char *where, int expected)
{
    struct ring ring;
    const struct ring_identity identity = identity_of(64);
    ck_assert_int_eq(ring_open(&ring, where, &identity), expected);
    ck_assert_ptr_null(ring.header);
}

START_TEST(refused_if_it_is_no_plain_file)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_refusal(path, EEXIST);
    unlink(path);
    ck_assert_int_eq(symlink("/dev/null", path), 0);
    expect_refusal(path, ELOOP);
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_refusal(path, EISDIR);
    rmdir(path);
    ck_assert_int_eq(files_in_directory(), 0);
}
END_TEST

/* A daemon without a terminal does not get one from its ring's path, to write to or to read. */
START_TEST(no_device_is_opened)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status;
    if (terminal < 0) {
        puts("skipped: no_device_is_opened: there are no terminals here");
        return;
    }
    ck_assert_int_eq(grantpt(terminal) + unlockpt(terminal), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ring ring;
        const struct ring_identity identity = identity_of(64);
        const char *device = ptsname(terminal);
        bool refused =
            setsid() > 0 && ring_open(&ring, device, &identity) == EEXIST && ring_open_to_read(&ring, device);
        _exit(refused && open("/dev/tty", O_RDWR | O_CLOEXEC) < 0 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close(terminal);
}
END_TEST

START_TEST(refused_if_its_path_leads_nowhere)
{
    char where[RING_PATH_MAX + 64];
    snprintf(where, sizeof where, "%s/missing/a.ring", directory);
    expect_refusal(where, ENOENT);
    snprintf(where, sizeof where, "%s", directory);
    size_t length = strlen(where);
    while (length < RING_PATH_MAX)
        length += (size_t)sprintf(where + length, "/.");
    expect_refusal(strcat(where, "/a.ring"), ENAMETOOLONG);
    ck_assert_int_eq(files_in_directory(), 0);
}
END_TEST

START_TEST(refused_if_others_could_write_to_it)
{
    struct ring ring = ring_made(64);
    ring_close(&ring);
    chmod(path, 0620);
    expect_refusal(path, EEXIST);
    chmod(path, 0602);
    expect_refusal(path, EEXIST);
    chmod(path, 0644); /* an operator may let others read it */
    ring = ring_made(64);
    ring_close(&ring);
}
END_TEST

START_TEST(refused_if_another_owns_it)
{
    if (geteuid() != 0) {
        puts("skipped: refused_if_another_owns_it: only root can give a file away");
        return;
    }
    struct ring ring = ring_made(64);
    ring_close(&ring);
    ck_assert_int_eq(chown(path, 65534, 65534), 0);
    expect_refusal(path, EEXIST);
    ck_assert_ptr_null(ring_open_to_read(&ring, path)); /* a reader may look at it */
    ring_close(&ring);
}
END_TEST

START_TEST(full_file_system_leaves_no_file)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", directory, "tmpfs", 0, "size=64k") != 0) {
        printf("skipped: full_file_system_leaves_no_file: %s\n", strerror(errno));
        return;
    }
    const struct ring_identity identity = identity_of(4096);
    struct ring ring;
    ck_assert_int_eq(ring_open(&ring, path, &identity), ENOSPC);
    ck_assert_ptr_null(ring.header);
    ck_assert_int_eq(files_in_directory(), 0);
    ring = ring_made(64); /* a small one still fits */
    ring_close(&ring);
    unlink(path);
    umount(directory);
}
END_TEST

/* A process that may write no file that large must not be killed by SIGXFSZ. */
START_TEST(a_file_size_limit_leaves_no_file)
{
    const struct ring_identity identity = identity_of(4096);
    struct ring ring;
    struct rlimit limit, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){.rlim_cur = 65536, .rlim_max = limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    int error = ring_open(&ring, path, &identity);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(error, EFBIG);
    ck_assert_ptr_null(ring.header);
    ck_assert_int_eq(files_in_directory(), 0);
}
END_TEST

#define RACERS 24

/* Waits for the starting shot, then opens the ring and leaves one record. */
static void race(int shot, uint64_t racer)
{
    struct ring ring;
    const struct ring_identity identity = identity_of(64);
    char byte;
    if (read(shot, &byte, 1) != 0 || ring_open(&ring, path, &identity) != 0)
        _exit(1);
    append_pattern(&ring, racer, 0);
    _exit(0);
}

START_TEST(opened_by_many_at_once_is_one_file)
{
    int shot[2], status, failed = 0;
    unsigned int seen = 0;
    struct record record;
    ck_assert_int_eq(pipe(shot), 0);
    for (uint64_t racer = 0; racer < RACERS; racer++) {
        if (fork() == 0) {
            close(shot[1]);
            race(shot[0], racer);
        }
    }
    close(shot[1]);
    while (wait(&status) > 0)
        failed += status != 0;
    close(shot[0]);
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(files_in_directory(), 1);
    struct ring ring = ring_made(64);
    ck_assert_uint_eq(ring_head(&ring), RACERS);
    for (uint64_t number = 0; number < RACERS; number++) {
        ck_assert_int_eq(ring_read(&ring, number, &record), RING_RECORD);
        ck_assert(is_whole(&record));
        seen |= 1u << writer_of(&record);
    }
    ck_assert_uint_eq(seen, (1u << RACERS) - 1);
    ring_close(&ring);
}
END_TEST

START_TEST(outlives_a_writer_that_is_killed)
{
    struct record record;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct ring ring = ring_made(64);
        append_pattern(&ring, 5, 6);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    struct ring ring;
    ck_assert_ptr_null(ring_open_to_read(&ring, path));
    ck_assert_int_eq(ring_read(&ring, 0, &record), RING_RECORD);
    ck_assert(is_whole(&record));
    ck_assert_uint_eq(ring.header->pid, (uint32_t)pid);
    ring_close(&ring);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring file");
    TCase *file = tcase_create("file");
    tcase_add_checked_fixture(file, make_directory, remove_directory);
    tcase_set_timeout(file, 60);
    tcase_add_test(file, layout_is_that_of_version_4);
    tcase_add_loop_test(file, made_with_mode_0600_whatever_the_umask, 0, 5);
    tcase_add_test(file, made_whole_with_its_space_reserved);
    tcase_add_test(file, header_tells_who_made_it);
    tcase_add_test(file, names_are_cut_to_their_place);
    tcase_add_test(file, names_have_the_room_that_they_need);
    tcase_add_test(file, more_names_than_a_header_can_have);
    tcase_add_test(file, joined_by_the_next_and_no_descriptor_kept);
    tcase_add_test(file, joined_copy_with_holes_gets_its_space);
    tcase_add_test(file, left_over_draft_is_in_nobodys_way);
    tcase_add_test(file, made_by_a_handler_that_interrupts_its_making);
    tcase_add_test(file, refused_if_it_is_no_plain_file);
    tcase_add_test(file, no_device_is_opened);
    tcase_add_test(file, refused_if_its_path_leads_nowhere);
    tcase_add_test(file, refused_if_others_could_write_to_it);
    tcase_add_test(file, refused_if_another_owns_it);
    tcase_add_test(file, full_file_system_leaves_no_file);
    tcase_add_test(file, a_file_size_limit_leaves_no_file);
    tcase_add_loop_test(file, opened_by_many_at_once_is_one_file, 0, 10);
    tcase_add_test(file, outlives_a_writer_that_is_killed);
    suite_add_tcase(suite, file);
    return suite_run(suite);
}
