/* `listenas export`: what readers of each format, none of them ours, make of it; and what hostile clients can do. */
#include "busy.h"

#include <ctype.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define ASSERT_HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text)
#define ASSERT_LACKS(text, part) ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in: %s", part, text)
#define EXPORT(...) call(command, "export", __VA_ARGS__, (char *)NULL)

/* --- a parser of the text format of Prometheus --- */

#define SAMPLES_MOST 400

struct sample {
    char name[80], labels[512]; /* as they are written, without braces */
    double value;
};

static struct sample samples[SAMPLES_MOST];
static int sample_count;

static size_t name_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789");
}

/* Checks the labels and returns what follows their closing brace. */
static const char *read_labels(const char *text, struct sample *sample)
{
    const char *first = text;
    for (;;) {
        size_t length = name_length(text);
        ck_assert_msg(length > 0 && !isdigit((unsigned char)*text), "%s", text);
        text += length;
        ck_assert_msg(text[0] == '=' && text[1] == '"', "%s", text);
        for (text += 2; *text != '"'; text++) {
            ck_assert_msg(*text && *text != '\n', "a label has no end");
            if (*text == '\\') {
                text++;
                ck_assert_msg(strchr("\\\"n", *text) && *text, "\\%c", *text);
            }
        }
        if (*++text != ',')
            break;
        text++;
    }
    ck_assert_msg(*text == '}', "%s", text);
    ck_assert_uint_lt((size_t)(text - first), sizeof sample->labels);
    memcpy(sample->labels, first, (size_t)(text - first));
    return text + 1;
}

/* The metric that the last HELP and TYPE were about. */
struct metric {
    char name[80], type[16];
};

static const char *read_sample(const char *line, const struct metric *metric)
{
    struct sample *sample = &samples[sample_count++];
    ck_assert_int_lt(sample_count, SAMPLES_MOST);
    *sample = (struct sample){0};
    size_t length = name_length(line);
    memcpy(sample->name, line, length);
    ck_assert_str_eq(sample->name, metric->name);
    line += length;
    if (*line == '{')
        line = read_labels(line + 1, sample);
    ck_assert_msg(*line == ' ', "%s", line);
    char *end;
    sample->value = strtod(line + 1, &end);
    ck_assert_msg(end != line + 1 && *end == '\n', "%s", line);
    for (int i = 0; i < sample_count - 1; i++)
        ck_assert_msg(strcmp(samples[i].name, sample->name) != 0 || strcmp(samples[i].labels, sample->labels) != 0,
                      "%s{%s} is there twice", sample->name, sample->labels);
    return end + 1;
}

/* What promtool asks for as well: HELP, then TYPE, then the samples; "_total" for counters and for nothing else. */
static const char *read_comment(const char *line, struct metric *metric)
{
    char help[80];
    int is_help = sscanf(line, "# HELP %79[a-z_]", help), at = 0;
    ck_assert_int_eq(is_help, 1);
    const char *type = strchr(line, '\n') + 1;
    ck_assert_int_eq(sscanf(type, "# TYPE %79[a-z_] %15[a-z]%n", metric->name, metric->type, &at), 2);
    ck_assert_str_eq(metric->name, help);
    ck_assert_msg(type[at] == '\n', "%s", type);
    size_t length = strlen(metric->name);
    bool is_total = length > 6 && strcmp(metric->name + length - 6, "_total") == 0;
    ck_assert_msg(is_total == (strcmp(metric->type, "counter") == 0), "%s is a %s", metric->name, metric->type);
    return type + at + 1;
}

static void parse(const char *text)
{
    struct metric metric = {0};
    sample_count = 0;
    while (*text)
        text = *text == '#' ? read_comment(text, &metric) : read_sample(text, &metric);
}

/* The value of a metric whose labels hold this text; -1 if there is none. */
static double value_of(const char *name, const char *label)
{
    for (int i = 0; i < sample_count; i++)
        if (strcmp(samples[i].name, name) == 0 && strstr(samples[i].labels, label))
            return samples[i].value;
    return -1;
}

START_TEST(counters_are_in_the_format_of_prometheus)
{
    busy_run("bsd", SAMPLES, NULL);
    struct answer answer = EXPORT("--prometheus", busy_ring());
    ASSERT_QUIET(answer, 0);
    parse(answer.out);
    ck_assert_double_eq(value_of("listenas_accepted_total", "program=\"server\""), 24);
    ck_assert_double_eq(value_of("listenas_accept_errors_total", "errno=\"EAGAIN\""), 3);
    ck_assert_double_eq(value_of("listenas_queue_capacity", "profile=\"bsd\""), 8);
    ck_assert_double_eq(value_of("listenas_queue_highest", "listener=\"127.0.0.1:"), 8);
    ck_assert_double_eq(value_of("listenas_queue_full_total", "fd=\"9\""), 3);
    ck_assert_double_eq(value_of("listenas_syns_dropped_total", "fd=\"9\""), 12);
    ck_assert_double_eq(value_of("listenas_clients_refused_total", ""), -1);
    ck_assert_double_gt(value_of("listenas_queue_wait_longest_seconds", "fd=\"9\""), 0.01);
    ck_assert_double_lt(value_of("listenas_queue_wait_longest_seconds", "fd=\"9\""), 60);
    ck_assert_double_gt(value_of("listenas_listener_created_timestamp_seconds", ""), 1.7e9);
    ck_assert_double_eq(value_of("listenas_ring_processes", "a.ring"), 0);
}
END_TEST

START_TEST(refused_clients_are_counted_apart_from_dropped_syns)
{
    busy_run("bsd", SAMPLES, NULL);
    busy_refuse();
    struct answer answer = EXPORT("--prometheus", busy_ring());
    ASSERT_QUIET(answer, 0);
    parse(answer.out);
    ck_assert_double_eq(value_of("listenas_clients_refused_total", "fd=\"9\""), 15);
    ck_assert_double_eq(value_of("listenas_clients_reset_total", ""), -1);
    ck_assert_double_eq(value_of("listenas_syns_dropped_total", "fd=\"9\""), 12);
    ck_assert_double_eq(value_of("listenas_queue_wait_seconds", "fd=\"9\""), 0.04);
    ck_assert_double_eq(value_of("listenas_queue_wait_longest_seconds", "fd=\"9\""), 0.09);
}
END_TEST

START_TEST(words_select_what_is_exported)
{
    busy_run("bsd", SAMPLES, NULL);
    struct answer answer = EXPORT("--chrome", busy_ring(), "call=listen");
    ASSERT_QUIET(answer, 0);
    ck_assert_ptr_nonnull(strstr(answer.out, "\"name\":\"listen\""));
    ck_assert_ptr_null(strstr(answer.out, "\"name\":\"accept\""));
    ck_assert_ptr_nonnull(strstr(answer.out, "\"ph\":\"C\"")); /* the listener is one still */
    answer = EXPORT("--chrome", busy_ring(), "fd=8");
    ck_assert_ptr_null(strstr(answer.out, "\"ph\":\"C\""));
    answer = EXPORT("--prometheus", busy_ring(), "program=server", "fd=9");
    parse(answer.out);
    ck_assert_double_eq(value_of("listenas_accepted_total", "program=\"server\""), 24);
    parse(EXPORT("--prometheus", busy_ring(), "port!=1").out);
    ck_assert_double_eq(value_of("listenas_accepted_total", ""), 24);
    parse(EXPORT("--prometheus", busy_ring(), "port=1").out);
    ck_assert_double_eq(value_of("listenas_accepted_total", ""), -1);
    ASSERT_TOLD(EXPORT("--prometheus", busy_ring(), "err=EAGAIN"), 2,
                "--prometheus: err selects calls, and counters are of listeners");
    ASSERT_TOLD(EXPORT("--chrome", busy_ring(), "cal=listen"), 2, "did you mean call?");
    ASSERT_TOLD(EXPORT("--chrome", busy_ring(), "other"), 2, "expected one server, not both ");
}
END_TEST

START_TEST(hostile_names_stay_inside_their_label)
{
    const char *name = in_directory("a\"} 1\nlistenas_forged_total 7\n\\");
    ck_assert(compile("server", busy_source, ""));
    ck_assert_int_eq(symlink(in_directory("server"), name), 0);
    ASSERT_QUIET(RUN("-p", "bsd", "-o", SAMPLES, "-r", busy_ring(), name, "go", "b\"\n\\\xff"), 0);
    struct answer answer = EXPORT("--prometheus", busy_ring());
    ASSERT_QUIET(answer, 0);
    parse(answer.out);
    ck_assert_double_eq(value_of("listenas_forged_total", ""), -1);
    ck_assert_double_gt(value_of("listenas_accepted_total", "listenas_forged"), 0);
}
END_TEST

START_TEST(wrong_words_are_said)
{
    ASSERT_TOLD(EXPORT("a"), 2, "expected --prometheus, --journald or --chrome");
    ASSERT_TOLD(EXPORT("--chrome", "--prometheus"), 2, "expected one of");
    ASSERT_TOLD(EXPORT("--chrome", "-l", "unix:a"), 2, "--listen goes with --prometheus only");
    ASSERT_TOLD(EXPORT("--prometheus", "--socket=a"), 2, "--socket goes with --journald only");
    ASSERT_TOLD(EXPORT("--prometheus", "-l", "0.0.0.0:0"), 2, "only the loopback");
    ASSERT_TOLD(EXPORT("--prometheus", "-l", "[::]:0"), 2, "only the loopback");
    static const char *const wrong[] = {"80",      "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536",
                                        "[::1:80", "::1:80",    "x:1",         ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ASSERT_TOLD(EXPORT("--prometheus", "-l", wrong[i]), 2, "expected unix:PATH, 127.0.0.1:PORT or [::1]:PORT");
    ASSERT_TOLD(EXPORT("--prometheus", "-l", "unix:"), 2, "expected a path of 1 to 107 bytes");
    ASSERT_TOLD(EXPORT("--chrome", "./none.ring"), 2, "No such file or directory");
    write_text(in_directory("text"), "text", 0644);
    ASSERT_TOLD(EXPORT("--chrome", "./text"), 2, "./text: is not a ring of listenas");
    ASSERT_TOLD(EXPORT("--prometheus", "./text"), 2, "./text: is not a ring of listenas");
}
END_TEST

/* --- the server of the counters --- */

struct served {
    pid_t pid;
    int out;
    char url[256];
};

/* Starts it and waits for its URL. */
static struct served serve_at(const char *address)
{
    struct served served = {0};
    int out[2];
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    served.pid = fork();
    if (served.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out[1], STDOUT_FILENO);
        execl(command, command, "export", "--prometheus", "-l", address, busy_ring(), (char *)NULL);
        _exit(98);
    }
    close(out[1]);
    served.out = out[0];
    ssize_t length = read(out[0], served.url, sizeof served.url - 1);
    ck_assert_int_gt(length, 1);
    served.url[length - 1] = '\0';
    return served;
}

static void end_serving(const struct served *served)
{
    int status;
    kill(served->pid, SIGTERM);
    ck_assert_int_eq(waitpid(served->pid, &status, 0), served->pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", status);
    close(served->out);
}

static int connect_to(const struct served *served)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    bool is_path = strncmp(served->url, "unix:", 5) == 0;
    int fd = socket(is_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (is_path)
        strcpy(local.sun_path, served->url + 5);
    else
        in.sin_port = htons((uint16_t)atoi(strrchr(served->url, ':') + 1));
    const void *address = is_path ? (void *)&local : (void *)&in;
    ck_assert_int_eq(connect(fd, address, is_path ? sizeof local : sizeof in), 0);
    return fd;
}

/* Sends a request and reads until the end; `half` ends the sending first. */
static const char *ask(const struct served *served, const char *request, bool half)
{
    static char text[65536];
    size_t got = 0;
    ssize_t length;
    int fd = connect_to(served);
    ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    if (half)
        shutdown(fd, SHUT_WR);
    while ((length = recv(fd, text + got, sizeof text - 1 - got, 0)) > 0)
        got += (size_t)length;
    ck_assert_int_eq(length, 0);
    text[got] = '\0';
    close(fd);
    return text;
}

#define GET "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void page_is_whole(const char *answer)
{
    ck_assert_msg(strncmp(answer, "HTTP/1.1 200 OK\r\n", 17) == 0, "%.200s", answer);
    const char *length = strstr(answer, "Content-Length: "), *body = strstr(answer, "\r\n\r\n");
    ck_assert(length && body);
    ck_assert_uint_eq(strlen(body + 4), (size_t)atol(length + 16));
    ASSERT_HAS(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
    parse(body + 4);
    ck_assert_double_eq(value_of("listenas_accepted_total", ""), 24);
}

START_TEST(counters_are_served_at_a_path_of_this_user_alone)
{
    char address[PATH_MAX];
    struct stat status;
    busy_run("bsd", SAMPLES, NULL);
    snprintf(address, sizeof address, "unix:%s", in_directory("sock"));
    umask(0);
    struct served served = serve_at(address);
    ck_assert_int_eq(lstat("sock", &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0600);
    page_is_whole(ask(&served, GET, false));
    page_is_whole(ask(&served, GET, true));
    /* what somebody listens on is not taken away; what nobody does, is */
    ASSERT_TOLD(EXPORT("--prometheus", "-l", address), 125, "Address already in use");
    kill(served.pid, SIGKILL);
    waitpid(served.pid, NULL, 0);
    close(served.out);
    ck_assert_int_eq(access("sock", F_OK), 0);
    served = serve_at(address);
    page_is_whole(ask(&served, GET, false));
    end_serving(&served);
    ck_assert_int_ne(access("sock", F_OK), 0);
    write_text("sock", "mine", 0644);
    ASSERT_TOLD(EXPORT("--prometheus", "-l", address), 125, "Address already in use");
    ck_assert_int_eq(access("sock", F_OK), 0);
}
END_TEST

START_TEST(requests_that_are_none_are_refused)
{
    busy_run("bsd", SAMPLES, NULL);
    struct served served = serve_at("127.0.0.1:0");
    page_is_whole(ask(&served, GET, false));
    ASSERT_HAS(ask(&served, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", false), "HTTP/1.1 403 ");
    ASSERT_HAS(ask(&served, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", false), "HTTP/1.1 404 ");
    ASSERT_HAS(ask(&served, "POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", false), "HTTP/1.1 405 ");
    const char *head = ask(&served, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", false);
    ASSERT_HAS(head, "HTTP/1.1 200 OK\r\n");
    ASSERT_LACKS(head, "listenas_");
    char large[6000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    ASSERT_HAS(ask(&served, large, false), "HTTP/1.1 431 ");
    page_is_whole(ask(&served, GET, false));
    end_serving(&served);
}
END_TEST

static long memory_of(pid_t pid)
{
    char path[64], line[256];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %ld", &kilobytes);
    fclose(file);
    return kilobytes;
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* They say nothing, half of it, or take no answer; four times as many as there are places. */
static void crowd(const struct served *served, int *fds, int count)
{
    static const char *const words[] = {"", "GET /metrics", GET, "GET /metrics HTTP/1.1\r\nX: "};
    for (int i = 0; i < count; i++) {
        fds[i] = connect_to(served);
        const char *word = words[i % 4];
        (void)!send(fds[i], word, strlen(word), MSG_NOSIGNAL);
    }
}

START_TEST(hostile_clients_neither_stop_nor_grow_it)
{
    enum { CROWD = 128, TURNS = 8 };
    int fds[CROWD], slow = 0;
    busy_run("bsd", SAMPLES, NULL);
    struct served served = serve_at("127.0.0.1:0");
    page_is_whole(ask(&served, GET, false));
    long before = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        crowd(&served, fds, CROWD);
        double start = seconds(CLOCK_MONOTONIC);
        page_is_whole(ask(&served, GET, false));
        slow += seconds(CLOCK_MONOTONIC) - start >= 4; /* sooner than anybody's time is over */
        for (int i = 0; i < CROWD; i++)
            close(fds[i]);
        if (turn == 0)
            before = memory_of(served.pid);
    }
    ck_assert_int_lt(memory_of(served.pid) - before, 1024);
    ck_assert_int_le(slow, TURNS / 4); /* a busy machine may keep us waiting now and then */
    end_serving(&served);
}
END_TEST

/* Who stays silent is sent away when his time is over, and while nobody asks the server sleeps. */
START_TEST(who_stays_silent_is_sent_away)
{
    char byte;
    struct rusage before, after;
    busy_run("bsd", SAMPLES, NULL);
    struct served served = serve_at("127.0.0.1:0");
    int fd = connect_to(&served);
    getrusage(RUSAGE_CHILDREN, &before);
    ck_assert_int_eq(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 60000), 1);
    ck_assert_int_le(recv(fd, &byte, 1, 0), 0);
    close(fd);
    end_serving(&served);
    getrusage(RUSAGE_CHILDREN, &after);
    ck_assert_int_lt(
        (after.ru_utime.tv_sec - before.ru_utime.tv_sec) + (after.ru_stime.tv_sec - before.ru_stime.tv_sec), 2);
}
END_TEST

/* --- journald --- */

struct journal {
    int fd;
    char path[PATH_MAX];
};

static struct journal be_journald(void)
{
    struct journal journal;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = 30};
    const int size = 1 << 20;
    snprintf(journal.path, sizeof journal.path, "%s", in_directory("journal"));
    strcpy(address.sun_path, journal.path);
    journal.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(journal.fd, (struct sockaddr *)&address, sizeof address), 0);
    setsockopt(journal.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(journal.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return journal;
}

/* One entry, as journald takes it apart: "NAME=value" lines, whatever form a field had; newlines in values as '|'. */
static bool receive_entry(const struct journal *journal, char *text, size_t size)
{
    char bytes[65536];
    uint64_t length;
    ssize_t got = recv(journal->fd, bytes, sizeof bytes, 0);
    size_t used = 0;
    if (got <= 0)
        return false;
    for (const char *at = bytes; at < bytes + got;) {
        const char *name = at, *value;
        at += strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        ck_assert_msg(at > name && *name != '_' && !isdigit((unsigned char)*name), "%.60s", name);
        size_t named = (size_t)(at - name);
        if (*at == '\n') {
            memcpy(&length, at + 1, sizeof length); /* little-endian, as are the machines that this runs on */
            value = at + 1 + sizeof length;
        } else {
            ck_assert_int_eq(*at, '=');
            value = at + 1;
            const char *end = memchr(value, '\n', (size_t)(bytes + got - value));
            ck_assert_ptr_nonnull(end);
            length = (uint64_t)(end - value);
        }
        at = value + length;
        ck_assert(at < bytes + got && *at == '\n');
        at++;
        used += (size_t)snprintf(text + used, size - used, "%.*s=", (int)named, name);
        for (uint64_t i = 0; i < length && used + 2 < size; i++)
            text[used++] = value[i] == '\n' ? '|' : value[i];
        text[used++] = '\n';
        text[used] = '\0';
    }
    return true;
}

/* `listenas export --journald` of the ring: a journal that nobody reads holds no more than a few entries. `word`
 * selects; NULL: none. */
static pid_t send_to(const struct journal *journal, const char *word)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(command, command, "export", "--journald", "--socket", journal->path, busy_ring(), word, (char *)NULL);
        _exit(98);
    }
    return pid;
}

/* Waits for the sender to end well, and returns how many entries came until then. */
static int end_sending(struct journal *journal, pid_t sender)
{
    char rest[16384];
    int status, count = 0;
    const struct timeval look = {.tv_usec = 200000};
    setsockopt(journal->fd, SOL_SOCKET, SO_RCVTIMEO, &look, sizeof look);
    while (waitpid(sender, &status, WNOHANG) == 0)
        count += receive_entry(journal, rest, sizeof rest);
    ck_assert_int_eq(status, 0);
    while (receive_entry(journal, rest, sizeof rest))
        count++;
    close(journal->fd);
    return count;
}

/* The first entry that holds a text. */
static const char *entry_with(const struct journal *journal, const char *part)
{
    static char text[16384];
    while (receive_entry(journal, text, sizeof text))
        if (strstr(text, part))
            return text;
    ck_abort_msg("no entry holds \"%s\"", part);
    return NULL;
}

START_TEST(words_select_what_goes_to_the_journal)
{
    char entry[16384];
    busy_run("bsd", SAMPLES, NULL);
    struct journal journal = be_journald();
    pid_t sender = send_to(&journal, "call=queue");
    for (int i = 0; i < 3; i++) {
        ck_assert(receive_entry(&journal, entry, sizeof entry));
        ASSERT_HAS(entry, "LISTENAS_CALL=queue\n");
    }
    ck_assert_int_eq(end_sending(&journal, sender), 0);
}
END_TEST

START_TEST(what_failed_or_was_changed_goes_to_the_journal)
{
    busy_run("bsd", SAMPLES, NULL);
    struct journal journal = be_journald();
    pid_t sender = send_to(&journal, NULL);
    const char *entry = entry_with(&journal, "LISTENAS_CALL=listen\n");
    ASSERT_HAS(entry, "MESSAGE=listen(9, 100) = 0; by listen.backlog_max and listen.capacity_tcp\n");
    ASSERT_HAS(entry, "\nPRIORITY=6\nSYSLOG_IDENTIFIER=listenas\n");
    ASSERT_HAS(entry, "\nLISTENAS_KEY=listen.backlog_max\nLISTENAS_KEY=listen.capacity_tcp\n");
    ASSERT_HAS(entry, "\nLISTENAS_PROFILE=bsd\n");
    ASSERT_HAS(entry, "\nLISTENAS_ADDRESS=127.0.0.1:");
    ASSERT_HAS(entry, "\nCODE_FUNC=main\n");
    ASSERT_LACKS(entry, "ERRNO=");
    entry = entry_with(&journal, "LISTENAS_CALL=queue\n");
    ASSERT_HAS(entry, " full for ");
    ASSERT_HAS(entry, "\nPRIORITY=4\n");
    entry = entry_with(&journal, "LISTENAS_RESULT=-1\n");
    ASSERT_HAS(entry, "LISTENAS_CALL=bind\n");
    ASSERT_HAS(entry, "\nPRIORITY=4\n");
    ASSERT_HAS(entry, "\nERRNO=22\nLISTENAS_ERRNO=EINVAL\n");
    end_sending(&journal, sender);
}
END_TEST

START_TEST(a_name_with_newlines_forges_no_field)
{
    const char *name = in_directory("a\nMESSAGE=forged\nPRIORITY=0");
    ck_assert(compile("server", busy_source, ""));
    ck_assert_int_eq(symlink(in_directory("server"), name), 0);
    ASSERT_QUIET(RUN("-p", "bsd", "-o", SAMPLES, "-r", busy_ring(), name, "go"), 0);
    struct journal journal = be_journald();
    pid_t sender = send_to(&journal, NULL);
    const char *entry = entry_with(&journal, "LISTENAS_CALL=listen\n");
    ASSERT_HAS(entry, "a|MESSAGE=forged|PRIORITY=0\n");
    ASSERT_LACKS(entry, "\nMESSAGE=forged");
    end_sending(&journal, sender);
}
END_TEST

/* What was there before is not sent again; it ends when the server does. */
START_TEST(the_journal_follows_a_server_to_its_end)
{
    static const char source[] = "#include <stdio.h>\n#include <sys/socket.h>\n"
                                 "int main(void)\n{\n"
                                 "    int fd = socket(AF_INET, SOCK_STREAM, 0);\n"
                                 "    listen(fd, 11);\n"
                                 "    puts(\"ready\");\n    fflush(stdout);\n"
                                 "    while (getchar() == '+')\n"
                                 "        listen(fd, 22);\n"
                                 "    return 0;\n}\n";
    int in[2], out[2], status;
    char word[16];
    ck_assert(compile("server", source, ""));
    ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    pid_t server = fork();
    if (server == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(command, command, "run", "-p", "bsd", "-r", busy_ring(), in_directory("server"), (char *)NULL);
        _exit(98);
    }
    ck_assert_int_eq(read(out[0], word, sizeof word), 6);
    struct journal journal = be_journald();
    pid_t follower = send_to(&journal, NULL);
    const char *entry = NULL;
    static char text[16384];
    const struct timeval look = {.tv_usec = 200000};
    setsockopt(journal.fd, SOL_SOCKET, SO_RCVTIMEO, &look, sizeof look);
    for (int i = 0; i < 150 && !entry; i++) { /* until the follower has begun */
        ck_assert_int_eq(write(in[1], "+", 1), 1);
        if (receive_entry(&journal, text, sizeof text))
            entry = text;
    }
    ck_assert_ptr_nonnull(entry);
    ASSERT_HAS(entry, "MESSAGE=listen(");
    ASSERT_HAS(entry, ", 22) = 0");
    close(in[1]);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    ck_assert_int_eq(status, 0);
    while (receive_entry(&journal, text, sizeof text) || waitpid(follower, &status, WNOHANG) == 0)
        ASSERT_LACKS(text, ", 11) = 0");
    ck_assert_int_eq(status, 0);
    close(journal.fd);
    close(out[0]);
}
END_TEST

START_TEST(without_a_journal_it_is_said)
{
    busy_run("bsd", SAMPLES, NULL);
    ASSERT_TOLD(EXPORT("--journald", "--socket", in_directory("none"), busy_ring()), 125, "No such file or directory");
}
END_TEST

/* As its owner can have it: of the file only the header has pages, and the disk has no room for more. */
START_TEST(a_record_without_its_pages_kills_no_verb)
{
    static const char path[] = "/dev/shm/hollow.ring";
    static char bytes[4096];
    struct ring ring;
    if (!hide_shared_memory())
        return;
    ck_assert(compile("server", busy_source, ""));
    ASSERT_QUIET(RUN("-o", "record.facts=yes", "-r", "/dev/shm/hollow.ring,64K", in_directory("server"), "go"), 0);
    ck_assert_ptr_null(ring_open_to_read(&ring, path));
    const off_t begin = ring.header->kind.header_size, size = (off_t)ring.size;
    ring_close(&ring);
    int fd = open(path, O_RDWR | O_CLOEXEC), filler = open("/dev/shm/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, size - begin), 0);
    while (write(filler, bytes, sizeof bytes) > 0)
        continue;
    close(fd);
    close(filler);
    ASSERT_TOLD(EXPORT("--journald", "--socket", in_directory("none"), path), 125, "was cut short while it was read");
    /* they read a copy, in which what has no page is empty */
    ck_assert_int_eq(EXPORT("--chrome", path).status, 0);
    ck_assert_int_eq(call(command, "report", "-o", "-", path, (char *)NULL).status, 0);
    ck_assert_int_eq(call(command, "compare", "--as=mks", path, (char *)NULL).status, 0);
    ck_assert_int_eq(call(command, "lint", "--ring", path, (char *)NULL).status, 0);
    ck_assert_int_eq(call(command, "profiles", "diff", "linux", "mks", "--used-by", path, (char *)NULL).status, 0);
    /* nor is it found by a name, or as the newest */
    setenv("LISTENAS_RING", path, 1);
    ASSERT_TOLD(call(command, "report", "-o", "-", "server", (char *)NULL), 2, "server");
    ASSERT_TOLD(call(command, "report", "-o", "-", (char *)NULL), 125, "there is no record");
    unsetenv("LISTENAS_RING");
}
END_TEST

/* --- a trace --- */

/* The number of events of this phase and name; `any` gets one of them. */
static int events_of(json_t *trace, const char *phase, const char *name, json_t **any)
{
    size_t index;
    json_t *event;
    int count = 0;
    json_array_foreach(json_object_get(trace, "traceEvents"), index, event) {
        const char *has = json_string_value(json_object_get(event, "name"));
        if (strcmp(json_string_value(json_object_get(event, "ph")), phase) != 0 || !strstr(has, name))
            continue;
        *any = event;
        count++;
    }
    return count;
}

static json_int_t number_in(json_t *event, const char *name)
{
    json_t *number = json_object_get(event, name);
    ck_assert_msg(json_is_integer(number), "%s", name);
    return json_integer_value(number);
}

static json_t *trace_of(const char *ring)
{
    json_error_t error;
    struct answer answer = EXPORT("--chrome", ring);
    ASSERT_QUIET(answer, 0);
    json_t *trace = json_loads(answer.out, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    return trace;
}

START_TEST(a_trace_has_calls_counters_and_slices)
{
    json_t *event = NULL;
    busy_run("bsd", SAMPLES, NULL);
    json_t *trace = trace_of(busy_ring());
    ck_assert_int_ge(events_of(trace, "i", "accept", &event), 24);
    ck_assert_int_eq(events_of(trace, "i", "listen", &event), 1);
    ck_assert_str_eq(json_string_value(json_object_get(event, "cat")), "changed");
    ck_assert_str_eq(json_string_value(json_object_get(event, "s")), "t");
    json_t *arguments = json_object_get(event, "args");
    ck_assert_str_eq(json_string_value(json_object_get(arguments, "call")), "listen(9, 100)");
    ck_assert_int_eq((int)json_array_size(json_object_get(arguments, "why")), 2);
    json_int_t pid = number_in(event, "pid");
    ck_assert_int_eq(events_of(trace, "i", "start", &event), 1);
    arguments = json_object_get(event, "args");
    ck_assert_str_eq(json_string_value(json_object_get(arguments, "program")), "server");
    ck_assert_str_eq(json_string_value(json_object_get(arguments, "profile")), "bsd");
    ck_assert_ptr_null(json_object_get(arguments, "address"));
    ck_assert_ptr_null(json_object_get(arguments, "call"));
    ck_assert_int_eq(events_of(trace, "M", "process_name", &event), 1);
    ck_assert_int_eq(number_in(event, "pid"), pid);
    ck_assert_int_ge(events_of(trace, "C", "queue of 127.0.0.1:", &event), 1);
    ck_assert_int_ge(number_in(json_object_get(event, "args"), "waiting"), 0);
    ck_assert_int_eq(events_of(trace, "X", "full", &event), 3);
    ck_assert_int_eq(number_in(json_object_get(event, "args"), "dropped"), 4);
    ck_assert_double_ge(json_number_value(json_object_get(event, "dur")), 0);
    ck_assert_double_gt(json_number_value(json_object_get(event, "ts")), 0);
    json_decref(trace);
}
END_TEST

START_TEST(hostile_names_make_a_trace_too)
{
    json_t *event = NULL;
    const char *name = in_directory("a\"\n\xff\\");
    ck_assert(compile("server", busy_source, ""));
    ck_assert_int_eq(symlink(in_directory("server"), name), 0);
    ASSERT_QUIET(RUN("-p", "bsd", "-o", SAMPLES, "-r", busy_ring(), name, "go", "b\"\n\xff"), 0);
    json_t *trace = trace_of(busy_ring());
    ck_assert_int_eq(events_of(trace, "M", "process_name", &event), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(event, "args"), "name")), "a\"\\x0a\\xff\\");
    json_decref(trace);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {counters_are_in_the_format_of_prometheus,
                                  refused_clients_are_counted_apart_from_dropped_syns,
                                  words_select_what_is_exported,
                                  words_select_what_goes_to_the_journal,
                                  hostile_names_stay_inside_their_label,
                                  wrong_words_are_said,
                                  counters_are_served_at_a_path_of_this_user_alone,
                                  requests_that_are_none_are_refused,
                                  hostile_clients_neither_stop_nor_grow_it,
                                  who_stays_silent_is_sent_away,
                                  what_failed_or_was_changed_goes_to_the_journal,
                                  a_name_with_newlines_forges_no_field,
                                  the_journal_follows_a_server_to_its_end,
                                  without_a_journal_it_is_said,
                                  a_record_without_its_pages_kills_no_verb,
                                  a_trace_has_calls_counters_and_slices,
                                  hostile_names_make_a_trace_too,
                                  NULL};
    return run_suite("export", tests);
}
