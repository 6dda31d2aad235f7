/* `listenas log`: what it tells of calls, of records that are gone, and of files that are none of ours. */
#include "child.h"

#include "../../shim/ring/ring.h"

static const char server[] = "#include <netinet/in.h>\n#include <signal.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
                             "int main(void)\n{\n"
                             "    struct sockaddr_in address = {.sin_family = AF_INET};\n"
                             "    int fd = dup2(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), 9);\n"
                             "    bind(fd, (struct sockaddr *)&address, sizeof address);\n"
                             "    listen(fd, 100);\n"
                             "    listen(fd, 3);\n"
                             "    accept(fd, 0, 0);\n"
                             "    bind(fd, (struct sockaddr *)&address, 3);\n"
                             "    raise(SIGKILL);\n}\n";

static const char *ring_path(void)
{
    return in_folder("a.ring");
}

/* Runs the server as `profile`; it kills itself, so all that is left of it is the record. */
static void record(const char *profile)
{
    ck_assert(compile("server", server, ""));
    struct answer answer = RUN("-p", profile, "-r", ring_path(), in_folder("server"));
    ck_assert_int_eq(answer.status, -1);
    ck_assert_int_eq(WTERMSIG(answer.wait_status), SIGKILL);
}

#define LOG(...) call(command, "log", __VA_ARGS__, (char *)NULL)

#define ASSERT_SAYS(answer, text) ck_assert_msg(strstr((answer).out, text), "\"%s\" is not in:\n%.4000s", text, (answer).out)

START_TEST(calls_and_reasons)
{
    record("bsd");
    struct answer log = LOG(ring_path());
    ck_assert_int_eq(log.status, 0);
    ck_assert_str_eq(log.err, "");
    ASSERT_SAYS(log, "as bsd, since ");
    ASSERT_SAYS(log, " start server, child of ");
    ASSERT_SAYS(log, "bind(9, 0.0.0.0:0) = 0; by bind.port_min\n");
    ASSERT_SAYS(log, "listen(9, 100) = 0 at 0.0.0.0:");
    ASSERT_SAYS(log, "; backlog 100 counts as 5 by listen.backlog_max; queues 8 by listen.capacity_tcp, kernel backlog 7\n");
    ASSERT_SAYS(log, "listen(9, 3) = 0 at 0.0.0.0:");
    ASSERT_SAYS(log, "; queues 5 by listen.capacity_tcp, kernel backlog 4\n");
    ASSERT_SAYS(log, "accept(9) = EAGAIN; SOCK_NONBLOCK by accept.inherit_nonblock\n");
    ASSERT_SAYS(log, "bind(9, 3 bytes of AF_INET) = EINVAL\n");
    ck_assert_ptr_null(strchr(log.out, '\033'));
    log = LOG("--color=always", ring_path());
    ck_assert_ptr_nonnull(strchr(log.out, '\033'));
    log = LOG("-v", ring_path());
    ASSERT_SAYS(log, "; called from program+0x");
}
END_TEST

START_TEST(nothing_is_changed_so_nothing_is_said)
{
    record("native");
    struct answer log = LOG(ring_path());
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100) = 0 at 0.0.0.0:"));
    ck_assert_ptr_null(strchr(log.out, ';'));
}
END_TEST

START_TEST(lines_for_programs)
{
    record("bsd");
    struct answer log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "{\"ring\":1,\"pid\":");
    ASSERT_SAYS(log, "\"profile\":\"bsd\",\"command\":[\"");
    ASSERT_SAYS(log, "\"call\":\"listen\",\"fd\":9,\"result\":0,\"asked\":100,\"legal\":5,\"given\":7,\"capacity\":8,"
                     "\"why\":[\"listen.backlog_max\",\"listen.capacity_tcp\"],\"family\":\"AF_INET\",\"address\":\"0.0.0.0:");
    ASSERT_SAYS(log, "\"result\":-1,\"kernel_errno\":\"EINVAL\",\"errno\":\"EINVAL\"");
    for (const char *line = log.out; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        ck_assert_msg(end && line[0] == '{' && end[-1] == '}', "%s", line);
    }
}
END_TEST

START_TEST(one_process_only)
{
    char pid[24];
    record("bsd");
    struct answer log = LOG("--pid=1", ring_path());
    ck_assert_ptr_null(strstr(log.out, "listen(9"));
    snprintf(pid, sizeof pid, "%lu", strtoul(strstr(log.out, "(pid ") + 5, NULL, 10));
    log = LOG("-p", pid, ring_path());
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100)"));
    ASSERT_TOLD(LOG("--pid=x", ring_path()), 125, "\"x\" is not the number of a process");
}
END_TEST

static const char *const names[] = {"start", "listen"};
static const char *const keys[] = {"", "listen.backlog_max"};
static const struct ring_birth birth = {.slots = RING_SLOTS_LEAST,
                                        .profile = "bsd",
                                        .complaint = "",
                                        .call_names = names,
                                        .key_names = keys,
                                        .calls = 2,
                                        .keys = 2};

static void append(struct ring *ring, int fd)
{
    const struct record listened = {.call = 1, .fd = fd, .pid = 7, .tid = 7};
    ring_append(ring, &listened);
}

static struct ring make_ring(int records)
{
    struct ring ring;
    ck_assert_int_eq(ring_open(&ring, ring_path(), &birth), 0);
    for (int i = 0; i < records; i++)
        append(&ring, i);
    return ring;
}

START_TEST(overwritten_records_are_counted)
{
    make_ring(RING_SLOTS_LEAST + 36);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "# 36 records overwritten by newer ones\n");
    ck_assert_ptr_null(strstr(log.out, "listen(35,"));
    ASSERT_SAYS(log, "listen(36,");
    log = LOG("--json", ring_path());
    ASSERT_SAYS(log, "{\"overwritten\":36}\n");
}
END_TEST

START_TEST(unfinished_and_damaged_records_are_counted)
{
    struct ring ring = make_ring(3);
    atomic_fetch_add(&ring.header->head, 1); /* a writer that died before it wrote */
    append(&ring, 4);
    ring.slots[1].words[3] ^= 1;
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "# 1 record damaged\n");
    ASSERT_SAYS(log, "# 1 record unfinished");
    ASSERT_SAYS(log, "listen(0,");
    ASSERT_SAYS(log, "listen(2,");
    ASSERT_SAYS(log, "listen(4,");
    ring.header->head = UINT64_MAX / 2;
    ck_assert_int_eq(LOG(ring_path()).status, 0);
}
END_TEST

/* The reader's own output tells when it has come so far, so nothing has to be waited for blindly. */
START_TEST(a_follower_sees_what_comes)
{
    struct ring ring = make_ring(1);
    char line[512];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t follower = fork();
    if (follower == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(command, command, "log", "-f", ring_path(), (char *)NULL);
        _exit(98);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, out)); /* the header */
    for (int fd = 0; fd < 3; fd++) {
        char expected[16];
        snprintf(expected, sizeof expected, "listen(%d,", fd);
        ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
        ck_assert_msg(strstr(line, expected), "%s", line);
        append(&ring, fd + 1);
    }
    kill(follower, SIGTERM);
    ck_assert_int_eq(waitpid(follower, NULL, 0), follower);
    fclose(out);
}
END_TEST

START_TEST(files_that_are_no_rings)
{
    struct ring ring = make_ring(3);
    const size_t size = ring.size;
    char *content = malloc(size);
    ck_assert_ptr_nonnull(content);
    memcpy(content, ring.header, size);
    const char *file = in_folder("b.ring");
    write_file(file, content, size - 1, 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is truncated");
    write_file(file, content, 20, 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is");
    content[8] ^= 2;
    write_file(file, content, size, 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is a ring of another version");
    content[8] ^= 2;
    content[24] ^= 1;
    write_file(file, content, size, 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is damaged: its header contradicts itself");
    write_text(file, "To whom it may concern\n", 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is not a ring of listenas");
    write_text(file, "", 0600);
    ASSERT_TOLD(LOG(file), 125, "b.ring: is not a ring of listenas");
    ASSERT_TOLD(LOG(folder), 125, "is not a regular file");
    ASSERT_TOLD(LOG(in_folder("nosuch")), 125, "nosuch: No such file");
    ASSERT_TOLD(LOG(file, file), 125, "expected one file, not 2");
    free(content);
}
END_TEST

START_TEST(wrong_words_get_the_nearest)
{
    ASSERT_TOLD(LOG("--folow"), 125, "unknown option --folow; did you mean --follow?");
    ASSERT_TOLD(LOG("-x"), 125, "unknown option -x");
    ASSERT_TOLD(LOG("--pid"), 125, "--pid: expected a value behind it");
    ASSERT_TOLD(LOG("--json=1"), 125, "--json=1: takes no value");
    ASSERT_TOLD(LOG("--color=blue"), 125, "expected auto, always or never");
    ASSERT_TOLD(call(command, "lgo", (char *)NULL), 125, "unknown verb \"lgo\"; did you mean log?");
    ck_assert_ptr_nonnull(strstr(LOG("--help").out, "usage: listenas log"));
}
END_TEST

/* With the library alone: one line, the calls as they are, and the same told by the record. */
START_TEST(a_broken_profile_is_in_the_record)
{
    char preload[600], profile[600], ring[600];
    ck_assert(compile("server", server, ""));
    write_text(in_folder("x.conf"), "[listen]\nbacklog_mx = 5\n", 0644);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", in_folder("bin/liblistenas.so"));
    snprintf(profile, sizeof profile, "LISTENAS_PROFILE=%s", in_folder("x.conf"));
    snprintf(ring, sizeof ring, "LISTENAS_RING=%s", ring_path());
    struct answer answer = call("env", preload, profile, ring, in_folder("server"), (char *)NULL);
    ck_assert_int_eq(answer.status, -1);
    ck_assert_msg(strstr(answer.err, "x.conf:2: listen.backlog_mx: unknown key; did you mean listen.backlog_max?"), "%s",
                  answer.err);
    ck_assert_msg(strstr(answer.err, "; going on as native\n"), "%s", answer.err);
    struct answer log = LOG(ring_path());
    ASSERT_SAYS(log, "as native, since");
    ASSERT_SAYS(log, "x.conf:2: listen.backlog_mx: unknown key");
    ck_assert_ptr_nonnull(strstr(log.out, "listen(9, 100) = 0 at "));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {calls_and_reasons,
                                         nothing_is_changed_so_nothing_is_said,
                                         lines_for_programs,
                                         one_process_only,
                                         overwritten_records_are_counted,
                                         unfinished_and_damaged_records_are_counted,
                                         a_follower_sees_what_comes,
                                         files_that_are_no_rings,
                                         wrong_words_get_the_nearest,
                                         a_broken_profile_is_in_the_record,
                                         NULL};
    return run_suite("log", tests);
}
