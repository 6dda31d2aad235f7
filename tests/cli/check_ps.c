/* `listenas ps`: which processes have the library, with which refuser, and which should have it. */
#include "live_server.h"

#include <linux/prctl.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#define PS(...) call(command, "ps", __VA_ARGS__, (char *)NULL)

static const char sleeper[] =
    "#include <unistd.h>\n"
    "int main(void) { char byte = 1; return write(1, &byte, 1) != 1 || read(0, &byte, 1) != 0; }\n";

/* A program that waits for the end of its input, `in`, with this environment beside ours; its loader is done by then.
 */
static pid_t start_sleeper(const char *path, const char *preload, const char *profile, int *in)
{
    int input[2], output[2];
    char byte;
    ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(input[0], STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); /* the loader complains */
        if (preload)
            setenv("LD_PRELOAD", preload, 1);
        if (profile)
            setenv("LISTENAS_PROFILE", profile, 1);
        execl(path, path, (char *)NULL);
        _exit(98);
    }
    close(input[0]);
    close(output[1]);
    *in = input[1];
    ck_assert_int_eq(read(output[0], &byte, 1), 1);
    close(output[0]);
    return pid;
}

static void end_sleeper(pid_t pid, int in)
{
    int status;
    close(in);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

/* What `ps` says of one that has no library. */
static struct answer reason_of(const char *path, const char *preload, const char *profile)
{
    int in;
    pid_t pid = start_sleeper(path, preload, profile, &in);
    struct answer answer = PS("--json", strrchr(path, '/') + 1);
    end_sleeper(pid, in);
    ASSERT_QUIET(answer, 0);
    return answer;
}

START_TEST(a_process_with_the_library_is_listed)
{
    char wanted[96];
    struct live_server server =
        live_server_start(own("pshas"), "-p", "bsd", in_directory("%s", own("pshas")), "3", (char *)NULL);
    struct answer answer = PS(own("pshas"));
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, own("pshas"));
    ASSERT_SAYS(answer, " bsd ");
    ASSERT_SAYS(answer, in_directory("rings/listenas-%s-", own("pshas")));
    ASSERT_SAYS(answer, ".ring\n");
    answer = PS("--json", own("pshas"));
    snprintf(wanted, sizeof wanted, "{\"pid\":%d,", server.pid);
    ck_assert_msg(strncmp(answer.out, wanted, strlen(wanted)) == 0, "%s", answer.out);
    ASSERT_SAYS(answer, "\"has_library\":true");
    ASSERT_SAYS(answer, "\"profile\":\"bsd\"");
    live_server_end(&server);
    ASSERT_TOLD(PS(own("pshas")), 2, "no process of this name or number has the library, or should");
}
END_TEST

/* As its siblings do, also where a program reads the answer. */
START_TEST(a_name_that_no_process_has_is_told)
{
    ASSERT_TOLD(PS("nobody-has-this-name"), 2, "\"nobody-has-this-name\": no process of this name or number");
    ASSERT_TOLD(PS("--json", "nobody-has-this-name"), 2, "\"nobody-has-this-name\": no process of this name");
    ASSERT_TOLD(PS("--json", "4194305"), 2, "\"4194305\": no process of this name or number");
    ASSERT_TOLD(PS("a", "b"), 2, "expected one program or process, not 2");
}
END_TEST

/* An interpreter's script names the server, too. */
START_TEST(a_process_is_named_by_each_word_of_its_command)
{
    char socket[64];
    snprintf(socket, sizeof socket, "%s.socket", own("psnamed"));
    struct live_server server = live_server_start(own("psworded"), "-p", "linux", in_directory("%s", own("psworded")),
                                                  "3", in_directory("%s", socket), (char *)NULL);
    ASSERT_SAYS(PS(socket), own("psworded"));
    live_server_end(&server);
}
END_TEST

/* Its process may give itself any name, as of several lines. */
START_TEST(an_odd_name_hides_nothing)
{
    static const char odd[] = "#include <sys/prctl.h>\n#include <unistd.h>\n"
                              "int main(void) { char byte = 1; prctl(PR_SET_NAME, \"o\\nd) d\\033[1m\");"
                              " return write(1, &byte, 1) != 1 || read(0, &byte, 1) != 0; }\n";
    int in;
    ck_assert(compile(own("psodd"), odd, ""));
    pid_t pid = start_sleeper(in_directory("%s", own("psodd")), in_directory("bin/liblistenas.so"), "bsd", &in);
    struct answer answer = PS("--json", own("psodd"));
    end_sleeper(pid, in);
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, "\"since_ns\":");
}
END_TEST

/* Who makes its record itself has it mapped under the name that it had while it was made. */
START_TEST(a_record_has_its_name_without_the_launcher)
{
    char line[512];
    char *words[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", line, NULL};
    live_server_compile(own("psraw"));
    snprintf(line, sizeof line, "LISTENAS_PROFILE=bsd LD_PRELOAD=%s/bin/liblistenas.so exec %s/%s 3", directory,
             directory, own("psraw"));
    struct live_server server = live_server_spawn(words);
    struct answer answer = PS(own("psraw"));
    ASSERT_SAYS(answer, in_directory("rings/listenas-%s-%d-", own("psraw"), server.pid));
    ASSERT_SAYS(answer, ".ring\n");
    ASSERT_SAYS(call(command, "stat", own("psraw"), (char *)NULL), " as bsd, listens, made ");
    live_server_end(&server);
}
END_TEST

/* Without the right to open what another process has mapped, by the record's name alone. */
START_TEST(a_record_is_found_by_its_name)
{
    char line[512];
    char *words[] = {(char *)(uintptr_t) "setpriv",
                     (char *)(uintptr_t) "--reuid=65534",
                     (char *)(uintptr_t) "--regid=65534",
                     (char *)(uintptr_t) "--clear-groups",
                     (char *)(uintptr_t) "sh",
                     (char *)(uintptr_t) "-c",
                     line,
                     NULL};
    if (!is_root())
        return;
    live_server_compile(own("psnobody"));
    snprintf(line, sizeof line, "LISTENAS_PROFILE=bsd LD_PRELOAD=%s/bin/liblistenas.so exec %s/%s 3", directory,
             directory, own("psnobody"));
    struct live_server server = live_server_spawn(words);
    child_user = NOBODY;
    struct answer answer = call(command, "stat", own("psnobody"), (char *)NULL);
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, " as bsd, listens, made ");
    live_server_end(&server);
}
END_TEST

START_TEST(a_removed_record_is_told)
{
    struct live_server server = live_server_start(own("psgone"), "-p", "linux", "-r", in_directory("gone.ring"),
                                                  in_directory("%s", own("psgone")), "3", (char *)NULL);
    ASSERT_SAYS(PS(own("psgone")), "/gone.ring\n");
    ck_assert_int_eq(unlink("gone.ring"), 0);
    ASSERT_SAYS(PS(own("psgone")), "/gone.ring (removed)\n");
    live_server_end(&server);
}
END_TEST

START_TEST(who_should_have_it_is_told_why_not)
{
    char library[PATH_MAX], missing[PATH_MAX];
    snprintf(library, sizeof library, "%s", in_directory("bin/liblistenas.so"));
    snprintf(missing, sizeof missing, "%s", in_directory("no/liblistenas.so"));
    ck_assert(compile(own("psdyn"), sleeper, ""));
    ASSERT_SAYS(reason_of(in_directory("%s", own("psdyn")), missing, NULL), "/no/liblistenas.so does not exist\"");
    ASSERT_SAYS(reason_of(in_directory("%s", own("psdyn")), NULL, "mks"),
                "\"reason\":\"LISTENAS_PROFILE is set, but LD_PRELOAD is not\"");
    ASSERT_SAYS(reason_of(in_directory("%s", own("psdyn")), "libother.so", "mks"),
                "\"reason\":\"LISTENAS_PROFILE is set, but LD_PRELOAD does not name liblistenas.so\"");
    ASSERT_SAYS(reason_of(in_directory("%s", own("psdyn")), library, "mks"), "\"has_library\":true");
    if (compile(own("psstat"), sleeper, "-static"))
        ASSERT_SAYS(reason_of(in_directory("%s", own("psstat")), library, NULL),
                    "\"reason\":\"it is statically linked");
    if (compile(own("psnarrow"), sleeper, NARROW))
        ASSERT_SAYS(reason_of(in_directory("%s", own("psnarrow")), library, NULL),
                    "/liblistenas.so is 64-bit x86-64, the program 32-bit i386\"");
}
END_TEST

/* A program's LD_PRELOAD may name a link to a device that starts when it is opened: a watchdog reboots the host. */
START_TEST(what_is_no_file_is_not_opened)
{
    char library[PATH_MAX], events[4096];
    int in, notes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    snprintf(library, sizeof library, "%s", in_directory("late/liblistenas.so"));
    ck_assert(compile(own("psdevice"), sleeper, ""));
    pid_t pid = start_sleeper(in_directory("%s", own("psdevice")), library, NULL, &in);
    ck_assert_int_eq(mkdir("late", 0755), 0);
    ck_assert_int_eq(mkfifo("device", 0600), 0);
    ck_assert_int_ge(inotify_add_watch(notes, "device", IN_OPEN), 0);
    ck_assert_int_eq(symlink(in_directory("device"), library), 0);
    struct answer answer = PS("--json", own("psdevice"));
    end_sleeper(pid, in);
    ASSERT_QUIET(answer, 0);
    ASSERT_SAYS(answer, "/late/liblistenas.so is no regular file\"");
    ck_assert_int_eq(read(notes, events, sizeof events), -1);
    close(notes);
}
END_TEST

START_TEST(who_does_not_ask_is_not_listed)
{
    ck_assert(compile(own("psplain"), sleeper, ""));
    int in;
    pid_t pid = start_sleeper(in_directory("%s", own("psplain")), NULL, NULL, &in);
    struct answer answer = PS("--json", own("psplain"));
    end_sleeper(pid, in);
    ASSERT_TOLD(answer, 2, "no process of this name or number has the library, or should");
}
END_TEST

START_TEST(privileges_of_a_file_keep_it_out)
{
    if (!is_root())
        return;
    ck_assert(compile(own("pssuid"), sleeper, ""));
    ck_assert_int_eq(chown(own("pssuid"), NOBODY, NOBODY), 0);
    ck_assert_int_eq(chmod(own("pssuid"), 04755), 0);
    ASSERT_SAYS(reason_of(in_directory("%s", own("pssuid")), in_directory("bin/liblistenas.so"), NULL),
                "\"reason\":\"it runs with privileges of its file (setuid, setgid or capabilities)");
}
END_TEST

START_TEST(processes_of_others_are_counted)
{
    if (!is_root())
        return;
    struct live_server server =
        live_server_start(own("psroot"), "-p", "linux", in_directory("%s", own("psroot")), "3", (char *)NULL);
    child_user = NOBODY;
    struct answer answer = PS(own("psroot"));
    ck_assert_int_eq(answer.status, 2);
    ck_assert_msg(strstr(answer.err, "or should; ") && strstr(answer.err, " of other users may not be looked at\n"),
                  "%s", answer.err);
    answer = PS("--json");
    ck_assert_msg(!strstr(answer.out, own("psroot")), "%s", answer.out);
    ck_assert_msg(strstr(answer.out, "{\"hidden\":") && !strstr(answer.out, "{\"hidden\":0}"), "%s", answer.out);
    live_server_end(&server);
}
END_TEST

/* Has the kernel take `size` bytes of zeros for this process's environment: they cost it no memory. */
static bool claim_environment(size_t size)
{
    char text[2048];
    unsigned long long field[53] = {0};
    char *zeros = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC), at = 3;
    read_back(fd, text, sizeof text);
    for (char *word = strtok(strrchr(text, ')') + 2, " "); word && at < 53; word = strtok(NULL, " "))
        field[at++] = strtoull(word, NULL, 10);
    const struct prctl_mm_map map = {.start_code = field[26],
                                     .end_code = field[27],
                                     .start_stack = field[28],
                                     .start_data = field[45],
                                     .end_data = field[46],
                                     .start_brk = field[47],
                                     .brk = (uintptr_t)sbrk(0),
                                     .arg_start = field[48],
                                     .arg_end = field[49],
                                     .env_start = (uintptr_t)zeros,
                                     .env_end = (uintptr_t)zeros + size,
                                     .exe_fd = UINT32_MAX};
    return zeros != MAP_FAILED && prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0) == 0;
}

/* Whoever runs ps is neither kept busy nor made to grow by what another process calls its environment. */
START_TEST(an_environment_without_end_is_not_read)
{
    int ready[2], hold[2], status;
    char byte;
    struct rusage usage;
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(hold, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(hold[1]);
        byte = claim_environment((size_t)256 << 20) ? 'y' : 'n';
        _exit(write(ready[1], &byte, 1) != 1 || read(hold[0], &byte, 1) != 0);
    }
    close(hold[0]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    if (byte == 'y') {
        ASSERT_QUIET(PS("--json"), 0);
        ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &usage), 0);
        ck_assert_msg(usage.ru_maxrss < 100 << 10, "it took %ld KiB", usage.ru_maxrss);
    } else {
        fputs("skipped: this kernel lets no process name its environment\n", stderr);
    }
    close(hold[1]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

/* --- refusers: the test is one, that says what it is told to --- */

/* Listens at a path; a child answers `answers` askers with what an answer looks like, or with nothing. */
static int make_refuser(const char *path)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    strcpy(local.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

static pid_t answer_one(int fd)
{
    pid_t pid = fork();
    if (pid == 0) {
        char nothing[12] = {3}, question;
        int asker = accept(fd, NULL, NULL);
        _exit(recv(asker, &question, 1, 0) != 1 ||
              send(asker, nothing, sizeof nothing, MSG_NOSIGNAL) != sizeof nothing);
    }
    return pid;
}

/* ps gives an answer a second: on a busy machine it may come later, and then ps is asked again. */
#define TRIALS 10

static bool is_said_to_answer(int refuser)
{
    int status;
    pid_t answerer = answer_one(refuser);
    struct answer answer = PS("--json", own("psask"));
    ck_assert_int_eq(waitpid(answerer, &status, 0), answerer);
    ck_assert(WIFEXITED(status)); /* whoever asked may have given up */
    return strstr(answer.out, "\"state\":\"answers\",\"answers\":true") != NULL;
}

START_TEST(a_refuser_answers_or_not)
{
    const char *path = in_directory("refuser");
    int refuser = make_refuser(path), trial = 0;
    setenv("LISTENAS_REFUSER", path, 1);
    struct live_server server =
        live_server_start(own("psask"), "-p", "linux", in_directory("%s", own("psask")), "3", (char *)NULL);
    while (!is_said_to_answer(refuser))
        ck_assert_int_lt(++trial, TRIALS);
    ASSERT_SAYS(PS(own("psask")), " does not answer (");
    close(refuser);
    ASSERT_SAYS(PS(own("psask")), " is gone ");
    live_server_end(&server);
}
END_TEST

/* Each process is told of a refuser of its own. */
START_TEST(silent_refusers_are_asked_for_a_bounded_time)
{
    enum { SERVERS = 5 };
    struct live_server servers[SERVERS];
    int refusers[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
        const char *path = in_directory("silent%d", i);
        refusers[i] = make_refuser(path);
        setenv("LISTENAS_REFUSER", path, 1);
        servers[i] =
            live_server_start(own("pssil"), "-p", "linux", in_directory("%s", own("pssil")), "3", (char *)NULL);
    }
    struct answer answer = PS(own("pssil"));
    ASSERT_QUIET(answer, 0);
    ck_assert_int_eq(count_in(answer.out, " does not answer ("), 3);
    ck_assert_int_eq(count_in(answer.out, " was not asked ("), SERVERS - 3);
    for (int i = 0; i < SERVERS; i++) {
        live_server_end(&servers[i]);
        close(refusers[i]);
    }
}
END_TEST

/* Workers of one server: only one of them waits. */
START_TEST(a_silent_refuser_is_asked_once)
{
    enum { SERVERS = 6 };
    struct live_server servers[SERVERS];
    const char *path = in_directory("shared");
    int refuser = make_refuser(path);
    setenv("LISTENAS_REFUSER", path, 1);
    for (int i = 0; i < SERVERS; i++)
        servers[i] =
            live_server_start(own("pssha"), "-p", "linux", in_directory("%s", own("pssha")), "3", (char *)NULL);
    struct answer answer = PS(own("pssha"));
    ck_assert_int_eq(count_in(answer.out, " does not answer ("), SERVERS);
    for (int i = 0; i < SERVERS; i++)
        live_server_end(&servers[i]);
    close(refuser);
}
END_TEST

START_TEST(the_refuser_of_a_program_is_found)
{
    char wanted[64];
    struct live_server server =
        live_server_start(own("psown"), "-p", "mks", in_directory("%s", own("psown")), "3", (char *)NULL);
    struct answer answer = PS("--json", own("psown"));
    for (int trial = 1; trial < TRIALS && strstr(answer.out, "\"state\":\"does not answer\""); trial++)
        answer = PS("--json", own("psown"));
    if (strstr(answer.out, "\"lacks_refuser\":true")) {
        fputs("skipped: this user may not refuse clients\n", stderr);
    } else {
        const char *refuser = strstr(answer.out, "\"refuser\":"), *pid = refuser ? strstr(refuser, "\"pid\":") : NULL;
        char comm[64], name[32] = "";
        ASSERT_SAYS(answer, "\"state\":\"answers\"");
        snprintf(wanted, sizeof wanted, "\"address\":\"@listenas-refuser-%d-", server.pid);
        ASSERT_SAYS(answer, wanted);
        ck_assert_msg(pid != NULL, "%s", answer.out);
        snprintf(comm, sizeof comm, "/proc/%ld/comm", strtol(pid + strlen("\"pid\":"), NULL, 10));
        FILE *file = fopen(comm, "re");
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(fgets(name, sizeof name, file));
        fclose(file);
        ck_assert_str_eq(name, "listenas-refuse\n");
    }
    live_server_end(&server);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_process_with_the_library_is_listed,
                                  a_name_that_no_process_has_is_told,
                                  a_process_is_named_by_each_word_of_its_command,
                                  an_odd_name_hides_nothing,
                                  a_record_has_its_name_without_the_launcher,
                                  a_record_is_found_by_its_name,
                                  a_removed_record_is_told,
                                  who_should_have_it_is_told_why_not,
                                  who_does_not_ask_is_not_listed,
                                  privileges_of_a_file_keep_it_out,
                                  processes_of_others_are_counted,
                                  an_environment_without_end_is_not_read,
                                  what_is_no_file_is_not_opened,
                                  a_refuser_answers_or_not,
                                  silent_refusers_are_asked_for_a_bounded_time,
                                  a_silent_refuser_is_asked_once,
                                  the_refuser_of_a_program_is_found,
                                  NULL};
    return run_suite("ps", tests);
}
