/* `listenas top` in a terminal: what its screen shows, its keys, and how it leaves the terminal. */
#include "live_server.h"

#include "terminal.h"

static struct terminal terminal;

static void start_top(int rows, int columns, const char *name, const char *what)
{
    char *words[] = {command, (char *)(uintptr_t) "top", (char *)(uintptr_t)what, NULL};
    ck_assert(terminal_start(&terminal, rows, columns, name, words));
}

#define ASSERT_SHOWS(text)                                                                                             \
    ck_assert_msg(terminal_await(&terminal, text), "\"%s\" is not on the screen:\n%s", text, screen_text())
#define ASSERT_GONE(text)                                                                                              \
    ck_assert_msg(terminal_await_gone(&terminal, text), "\"%s\" is on the screen:\n%s", text, screen_text())

static const char *screen_text(void)
{
    static char text[32768];
    char *end = text;
    for (int row = 0; row < terminal.rows; row++)
        end += snprintf(end, sizeof text - (size_t)(end - text), "|%s\n", terminal_row(&terminal, row));
    return text;
}

/* Types q, and sees it end as it should. */
static void quit(void)
{
    terminal_type(&terminal, "q");
    int status = terminal_wait(&terminal, false);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned int)status);
    ck_assert(terminal_is_restored(&terminal));
    ck_assert_int_eq(terminal.unknown, 0);
    close(terminal.fd);
}

static const char *address_of(const struct live_server *server)
{
    static char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%d", server->port);
    return address;
}

START_TEST(a_listener_has_a_line)
{
    int client[6];
    struct live_server server = live_server_start("tline", "-p", "linux", in_directory("tline"), "3", (char *)NULL);
    start_top(10, 80, "vt100", pid_text(&server));
    ASSERT_SHOWS("1 server, 1 listener: ");
    ASSERT_SHOWS(address_of(&server));
    ASSERT_SHOWS("tline    ........     0/4");
    client[0] = live_client(server.port);
    ASSERT_SHOWS("tline    ##......     1/4");
    for (int i = 1; i < 6; i++)
        client[i] = live_client(server.port);
    ASSERT_SHOWS("tline    ########     4/4");
    ASSERT_SHOWS(" dropped");
    ck_assert_int_eq(terminal_find(&terminal, address_of(&server)), 3);
    for (int row = 0; row < 10; row++)
        ck_assert_uint_le(strlen(terminal_row(&terminal, row)), 80);
    for (int i = 0; i < 6; i++)
        close(client[i]);
    quit();
    live_server_end(&server);
}
END_TEST

START_TEST(one_is_looked_into)
{
    struct live_server server = live_server_start("tinto", "-p", "bsd", in_directory("tinto"), "3", (char *)NULL);
    live_server_do(&server, 'a');
    start_top(24, 120, "vt100", pid_text(&server));
    ASSERT_SHOWS("tinto           bsd        ");
    terminal_type(&terminal, "\r");
    ASSERT_SHOWS("LAST EVENTS");
    ASSERT_SHOWS(" as bsd, listens, made ");
    ASSERT_SHOWS("calls       1: 0 accepted, 1 EAGAIN");
    ASSERT_SHOWS(" listen(9, 3) = 0; by listen.capacity_tcp");
    ASSERT_SHOWS(" accept(9) = EAGAIN");
    ASSERT_SHOWS("    keys        ");
    live_server_do(&server, 'a');
    ASSERT_SHOWS("2 EAGAIN");
    terminal_type(&terminal, "q");
    ASSERT_SHOWS("1 server, 1 listener: ");
    quit();
    live_server_end(&server);
}
END_TEST

START_TEST(help_explains_the_keys)
{
    start_top(24, 80, "vt100", "nobody-has-this-name");
    ASSERT_SHOWS("Nobody listens: start a server by listenas run.");
    terminal_type(&terminal, "?");
    ASSERT_SHOWS("listenas top: help");
    ASSERT_SHOWS("any key: back");
    for (int row = 0; row < 24; row++) /* one that fills its row may be cut */
        ck_assert_msg(strlen(terminal_row(&terminal, row)) < 80, "%s", terminal_row(&terminal, row));
    terminal_type(&terminal, "x");
    ASSERT_SHOWS("Nobody listens");
    quit();
}
END_TEST

/* The row of each of two servers. */
static bool is_before(const struct live_server *one, const struct live_server *other)
{
    int first = terminal_find(&terminal, address_of(one)), second = terminal_find(&terminal, address_of(other));
    return first >= 0 && second >= 0 && first < second;
}

static void await_order(const struct live_server *one, const struct live_server *other)
{
    long until = terminal_clock_ms() + TERMINAL_PATIENCE_MS;
    while (!is_before(one, other) && terminal_clock_ms() < until)
        terminal_read(&terminal, 50);
    ck_assert_msg(is_before(one, other), "%s", screen_text());
}

START_TEST(listeners_are_sorted_and_filtered)
{
    /* of two programs, but one name: the kernel's is of 15 bytes */
    struct live_server one =
        live_server_start(own("tsort"), "-p", "linux", in_directory("%s", own("tsort")), "3", (char *)NULL);
    struct live_server other =
        live_server_start(own("tsort"), "-p", "bsd", in_directory("%s", own("tsort")), "3", (char *)NULL);
    int client = live_client(other.port);
    start_top(12, 100, "vt100", own("tsort"));
    ASSERT_SHOWS("2 servers, 2 listeners: ");
    await_order(&other, &one); /* by queue */
    terminal_type(&terminal, "r");
    ASSERT_SHOWS("by queue (reversed)");
    await_order(&one, &other);
    terminal_type(&terminal, "ra");
    ASSERT_SHOWS("by address");
    if (one.port < other.port)
        await_order(&one, &other);
    else
        await_order(&other, &one);
    terminal_type(&terminal, "/BS");
    ASSERT_SHOWS("with \"BS_\"");
    ASSERT_GONE(address_of(&one));
    ASSERT_SHOWS(address_of(&other));
    terminal_type(&terminal, "x");
    ASSERT_SHOWS("No listener matches");
    terminal_type(&terminal, "\b\r");
    ASSERT_SHOWS("with \"BS\"");
    ASSERT_SHOWS("q: quit");
    close(client);
    quit();
    live_server_end(&one);
    live_server_end(&other);
}
END_TEST

/* Presses keys until the selected line is that of the server. */
START_TEST(the_selected_listener_stays_selected)
{
    struct live_server one =
        live_server_start(own("tsel"), "-p", "linux", in_directory("%s", own("tsel")), "3", (char *)NULL);
    struct live_server other =
        live_server_start(own("tsel"), "-p", "linux", in_directory("%s", own("tsel")), "3", (char *)NULL);
    const struct live_server *last = one.port > other.port ? &one : &other;
    char title[64];
    start_top(24, 100, "vt100", own("tsel"));
    ASSERT_SHOWS("2 servers, 2 listeners: ");
    terminal_type(&terminal, "aG");
    int client = live_client(last->port);
    terminal_type(&terminal, "u");
    await_order(last, last == &one ? &other : &one);
    terminal_type(&terminal, "\r");
    snprintf(title, sizeof title, "%s  %s (pid %d, fd 9)", address_of(last), own("tsel"), last->pid);
    ASSERT_SHOWS(title);
    close(client);
    terminal_type(&terminal, "q");
    ASSERT_SHOWS("2 servers");
    quit();
    live_server_end(&one);
    live_server_end(&other);
}
END_TEST

static void await_at(const char *text, int row)
{
    long until = terminal_clock_ms() + TERMINAL_PATIENCE_MS;
    while (terminal_find(&terminal, text) != row && terminal_clock_ms() < until)
        terminal_read(&terminal, 50);
    ck_assert_msg(terminal_find(&terminal, text) == row, "\"%s\" is not in row %d:\n%s", text, row, screen_text());
}

START_TEST(a_window_is_resized)
{
    struct live_server server = live_server_start("tsize", "-p", "linux", in_directory("tsize"), "3", (char *)NULL);
    start_top(10, 80, "vt100", pid_text(&server));
    ASSERT_SHOWS("tsize    ........     0/4");
    ck_assert_int_lt(terminal_find(&terminal, "PLATFORM"), 0);
    terminal_resize(&terminal, 20, 120);
    ASSERT_SHOWS("PLATFORM");
    ASSERT_SHOWS("tsize           linux      ............");
    await_at("q: quit", 19);
    terminal_resize(&terminal, 4, 40);
    ASSERT_GONE("PLATFORM");
    await_at("?: help", 3);
    terminal_resize(&terminal, 1, 10);
    terminal_read(&terminal, 200);
    terminal_resize(&terminal, 10, 80);
    ASSERT_SHOWS("tsize    ........     0/4");
    quit();
    live_server_end(&server);
}
END_TEST

START_TEST(colors_can_be_refused)
{
    struct live_server server = live_server_start("tcolor", "-p", "linux", in_directory("tcolor"), "3", (char *)NULL);
    start_top(10, 80, "linux", pid_text(&server));
    ASSERT_SHOWS("0/4");
    int client = live_client(server.port);
    ASSERT_SHOWS("1/4");
    ck_assert(terminal.colored);
    quit();
    setenv("NO_COLOR", "1", 1);
    start_top(10, 80, "linux", pid_text(&server));
    ASSERT_SHOWS("1/4");
    ck_assert(!terminal.colored);
    quit();
    close(client);
    live_server_end(&server);
}
END_TEST

START_TEST(a_dumb_terminal_is_told)
{
    static const char *const names[] = {"dumb", "no-such-terminal", ""};
    static const char *const reasons[] = {"the terminal cannot place its cursor",
                                          "TERM names a terminal that is not known",
                                          "TERM does not say what the terminal can do"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        start_top(10, 160, names[i], NULL);
        ASSERT_SHOWS(reasons[i]);
        ASSERT_SHOWS("listenas stat -w 1 prints the same numbers, line by line");
        int status = terminal_wait(&terminal, false);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 125, "%#x", (unsigned int)status);
        ck_assert(terminal_is_restored(&terminal));
        close(terminal.fd);
    }
    ASSERT_TOLD(call(command, "top", (char *)NULL), 125, "there is no terminal, which top needs");
}
END_TEST

START_TEST(a_signal_that_ends_it_leaves_the_terminal_as_it_was)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        start_top(10, 80, "vt100", "nobody-has-this-name");
        ASSERT_SHOWS("Nobody listens");
        ck_assert(!terminal_is_restored(&terminal));
        ck_assert_int_eq(kill(terminal.pid, signals[i]), 0);
        int status = terminal_wait(&terminal, false);
        ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "%#x", (unsigned int)status);
        ck_assert(terminal_is_restored(&terminal));
        close(terminal.fd);
    }
}
END_TEST

/* In a shell with jobs: a program whose session has nobody else is not stopped by the terminal. */
START_TEST(it_stops_and_continues)
{
    char line[256];
    char *words[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", line, NULL};
    snprintf(line, sizeof line, "set -m; %s top nobody-has-this-name; echo; echo stopped; read line; fg; echo ended=$?",
             command);
    ck_assert(terminal_start(&terminal, 24, 80, "vt100", words));
    ASSERT_SHOWS("Nobody listens");
    terminal_type(&terminal, "\x1a");
    ASSERT_SHOWS("stopped");
    ck_assert(terminal_is_restored(&terminal));
    terminal_type(&terminal, "\n");
    ASSERT_SHOWS("?: help"); /* it draws anew */
    ASSERT_SHOWS("Nobody listens");
    terminal_type(&terminal, "q");
    ASSERT_SHOWS("ended=0");
    terminal_wait(&terminal, false);
    close(terminal.fd);
}
END_TEST

START_TEST(a_record_that_is_cut_short_does_not_end_it)
{
    char ring[128];
    snprintf(ring, sizeof ring, "%s", in_directory("cut.ring"));
    struct live_server server =
        live_server_start("tcut", "-p", "linux", "-r", ring, in_directory("tcut"), "3", (char *)NULL);
    start_top(16, 80, "vt100", ring);
    ASSERT_SHOWS(address_of(&server));
    terminal_type(&terminal, "\r");
    ASSERT_SHOWS("LAST EVENTS");
    ck_assert_int_eq(truncate(ring, 0), 0);
    ASSERT_SHOWS("This listener is gone.");
    terminal_type(&terminal, "q");
    ASSERT_SHOWS("1 record cannot be read");
    quit();
    kill(server.pid, SIGKILL); /* its own mapping of the file is gone, too */
    live_server_end(&server);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_listener_has_a_line,
                                  one_is_looked_into,
                                  help_explains_the_keys,
                                  listeners_are_sorted_and_filtered,
                                  the_selected_listener_stays_selected,
                                  a_window_is_resized,
                                  colors_can_be_refused,
                                  a_dumb_terminal_is_told,
                                  a_signal_that_ends_it_leaves_the_terminal_as_it_was,
                                  it_stops_and_continues,
                                  a_record_that_is_cut_short_does_not_end_it,
                                  NULL};
    return run_suite("top", tests);
}
