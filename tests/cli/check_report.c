/* `listenas report`: the page, read by a reader of XML that is not ours, and what hostile names do to it. */
#include "busy.h"

#include "../../shim/ring/append.h"
#include "../../shim/ring/cursor.h"

static char page[1 << 20];

/* Reads the page that was written, and has xmllint say whether it is well-formed. */
static const char *read_page(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_msg(fd >= 0, "%s", path);
    ssize_t length = read(fd, page, sizeof page - 1);
    close(fd);
    ck_assert(length > 0 && (size_t)length < sizeof page - 1);
    page[length] = '\0';
    struct answer lint = call("xmllint", "--noout", "--nonet", path, (char *)NULL);
    ck_assert_msg(lint.status == 0, "%s", lint.err);
    return page;
}

static const char *report(void)
{
    ASSERT_QUIET(call(command, "report", in_directory("a.html"), busy_ring(), (char *)NULL), 0);
    return read_page(in_directory("a.html"));
}

/* What XPath says of the page. */
static const char *ask(const char *expression)
{
    static struct answer answer;
    answer = call("xmllint", "--nonet", "--xpath", expression, in_directory("a.html"), (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s: %s", expression, answer.err);
    answer.out[strcspn(answer.out, "\n")] = '\0';
    return answer.out;
}

#define ASSERT_HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text)
#define ASSERT_LACKS(text, part) ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in: %s", part, text)
#define ELEMENTS(name) "count(//*[local-name()='" name "'])"

START_TEST(the_page_tells_of_the_listener)
{
    busy_run("bsd", SAMPLES, NULL);
    const char *text = report();
    ASSERT_HAS(text,
               "asked for a backlog of 100, which counts as 5 by <code>listen.backlog_max</code>; the queue holds "
               "<b>8</b> by <code>listen.capacity_tcp</code>");
    ASSERT_HAS(text, "at most 8 of 8 waited, it was full 3 times, and 12 SYNs were dropped.");
    ck_assert_str_eq(ask("string(//*[@class='tiles']/*[*[local-name()='dt']='connections accepted']/*[2])"), "24");
    ck_assert_str_eq(ask("string(//*[local-name()='tr'][*[1]='accept failed: EAGAIN']/*[2])"), "3");
    ck_assert_str_eq(ask("string(//*[local-name()='tr'][*[1]='times the queue was full']/*[2])"), "3");
    ck_assert_str_eq(ask("count(//*[local-name()='rect'][starts-with(@class, 'band')])"), "3");
    ck_assert_int_ge(atoi(ask("count(//*[local-name()='rect'][@class='bar full'])")), 1);
    ck_assert_str_eq(ask(ELEMENTS("svg")), "2");
    ASSERT_LACKS(text, "What this record lacks");
}
END_TEST

START_TEST(a_change_has_its_reason)
{
    busy_run("bsd", SAMPLES, NULL);
    report();
    ck_assert_str_eq(ask("count(//*[@class='key'][.//*[local-name()='code']='listen.backlog_max'])"), "1");
#define OF_KEY "//*[@class='key'][*[local-name()='h3']/*[1]='listen.backlog_max']"
    ck_assert_str_eq(ask("string(" OF_KEY "//*[contains(@class, 'firm')])"), "has a source");
    ASSERT_HAS(ask("normalize-space(" OF_KEY ")"), "the largest legal backlog.");
    ASSERT_HAS(ask("normalize-space(" OF_KEY ")"), "bsd promises 5: ");
    ASSERT_HAS(ask("normalize-space(" OF_KEY ")"), "(built-in bsd:");
    ASSERT_HAS(ask("normalize-space(" OF_KEY ")"), "listen(9, 100) = 0, where the backlog counts as 5");
    ASSERT_HAS(ask("normalize-space(//*[@aria-labelledby='calls'])"), "bind(9, 3 bytes of AF_INET)");
}
END_TEST

START_TEST(who_was_refused_is_told_apart_from_what_was_dropped)
{
    busy_run("bsd", SAMPLES, NULL);
    busy_refuse();
    const char *text = report();
    ASSERT_HAS(text, "it was full 3 times, and 15 clients were refused.");
#define COUNT_OF(name) "string(//*[local-name()='tr'][*[1]='" name "']/*[2])"
    ck_assert_str_eq(ask(COUNT_OF("clients refused")), "15");
    ck_assert_str_eq(ask(COUNT_OF("SYNs dropped by the kernel")), "12");
    ck_assert_str_eq(ask(COUNT_OF("milliseconds that a connection waited, at most")), "90");
    ck_assert_str_eq(ask("string(//*[@class='tiles']/*[*[local-name()='dt']='clients refused']/*[2])"), "15");
}
END_TEST

START_TEST(a_setting_is_told_beside_the_profile)
{
    busy_run("bsd", "listen.backlog_max=2", NULL);
    report();
    ck_assert_str_eq(ask("string(" OF_KEY "//*[contains(@class, 'firm')])"), "set beside the profile");
    ASSERT_HAS(ask("normalize-space(" OF_KEY ")"), "2 by run -o or LISTENAS_SET, beside the profile bsd");
    ASSERT_HAS(ask("normalize-space(//*[@aria-labelledby='processes'])"), "bsd with listen.backlog_max=2");
}
END_TEST

/* Each drawing has a name and a description, and its numbers as a table; nothing is fetched and nothing is run. */
START_TEST(it_can_be_read_without_seeing_it_and_without_a_network)
{
    busy_run("bsd", SAMPLES, NULL);
    const char *text = report();
    ck_assert_str_eq(
        ask("count(//*[local-name()='svg'][@role='img'][*[local-name()='title']][*[local-name()='desc']])"), "2");
    ck_assert_str_eq(ask("count(//*[local-name()='figure'][.//*[local-name()='table']])"), "2");
    ck_assert_str_eq(ask("count(//*[@id and (@id = preceding::*/@id or @id = ancestor::*/@id)])"), "0");
    ck_assert_str_eq(ask("count(//@*[starts-with(name(), 'aria-labelledby')][not(contains(., ' '))][not(. = //@id)])"),
                     "0");
    ck_assert_str_eq(ask("count(//@src|//@href|//@*[starts-with(name(), 'on')])"), "0");
    ck_assert_str_eq(ask(ELEMENTS("script")), "0");
    ASSERT_HAS(text, "default-src 'none'");
    ASSERT_HAS(text, "prefers-color-scheme:dark");
    ASSERT_HAS(text, "@media print");
    ASSERT_LACKS(text, "url(");
    ASSERT_LACKS(text, "@import");
}
END_TEST

/* With two that are UTF-8 but no characters of XML. */
static const char evil[] = "<script>alert(1)</script>\"'&--><svg onload=x>]]>\xef\xbf\xbe\xef\xbf\xbf";

/* A program and a path that are called so. */
START_TEST(hostile_names_do_not_become_markup)
{
    char path[64];
    snprintf(path, sizeof path, "%s", "<b id=\"x\">&amp;'\"\x01\xff");
    ck_assert(compile("server", busy_source, ""));
    ck_assert_int_eq(symlink(in_directory("server"), in_directory("<i onclick='y'>&\"")), 0);
    ASSERT_QUIET(RUN("-p", "mks", "-o", SAMPLES, "-r", busy_ring(), in_directory("<i onclick='y'>&\""), "go", path), 0);
    report();
    ck_assert_str_eq(ask("count(//*[@onclick])"), "0");
    ck_assert_str_eq(ask("count(//*[@id='x'])"), "0");
    ck_assert_str_eq(ask(ELEMENTS("i[@onclick]")), "0");
    ASSERT_HAS(ask("string(//*[local-name()='h1'])"), "<i onclick='y'>&\" go <b id=\"x\">&amp;'\"\\x01\\xff");
    ASSERT_HAS(ask("string(//*[local-name()='h2'][starts-with(@id, 'listener')])"), "<b id=\"x\">&amp;'\"\\x01\\xff");
}
END_TEST

/* Whoever made the file may have put anything into it. */
static struct ring_header *map_header(size_t *size)
{
    int fd = open(busy_ring(), O_RDWR | O_CLOEXEC);
    struct stat status;
    ck_assert_int_eq(fstat(fd, &status), 0);
    *size = (size_t)status.st_size;
    void *map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert(map != MAP_FAILED);
    close(fd);
    return map;
}

START_TEST(a_hostile_file_does_not_become_markup)
{
    size_t size;
    busy_run("bsd", SAMPLES, NULL);
    struct ring_header *header = map_header(&size);
    memcpy(header->profile, evil, sizeof evil);
    memset(header->diagnostic, '<', sizeof header->diagnostic); /* and no end */
    memset(header->command, '"', sizeof header->command);
    header->command_size = UINT32_MAX;
    for (uint32_t i = 0; i < header->keys; i++)
        memcpy(header->key_names[i], "<script>]]>&\xef\xbf\xbf\"", sizeof "<script>]]>&\xef\xbf\xbf\"");
    memcpy(header->call_names[1], "<u>&", 5);
    munmap(header, size);
    report();
    ck_assert_str_eq(ask(ELEMENTS("script")), "0");
    ck_assert_str_eq(ask(ELEMENTS("u")), "0");
    ASSERT_HAS(ask("string(//*[local-name()='title'])"),
               "<script>alert(1)</script>\"'&--><svg onload=x>]]>\\xef\\xbf\\xbe\\xef\\xbf\\xbf");
    ASSERT_HAS(ask("normalize-space(//*[@class='key'])"), "<script>]]>&");
}
END_TEST

/* Histories and counters of any bytes make a page, too, and one that ends. */
START_TEST(a_file_of_random_numbers_makes_a_page)
{
    size_t size;
    busy_run("bsd", SAMPLES, NULL);
    for (unsigned int turn = 1; turn <= 8; turn++) {
        struct ring_header *header = map_header(&size);
        const struct ring_table *table = &header->kind.tables[turn % 2 ? TABLE_HISTORIES : TABLE_LISTENERS];
        unsigned char *byte = (unsigned char *)header + table->offset;
        srand(turn);
        for (size_t i = 0; i < (size_t)table->entry_size * table->entries; i += 1 + (size_t)rand() % 97)
            byte[i] = (unsigned char)rand();
        munmap(header, size);
        report();
    }
}
END_TEST

/* A server that was busy for long has a page of bounded size, as has a file that somebody made to have none. */
START_TEST(a_queue_that_was_full_thousands_of_times_fits_on_the_page)
{
    const struct ring_identity identity = {.slots = RING_SLOTS_USUAL};
    struct ring ring;
    struct cursor cursor;
    struct told told;
    struct record full = {0};
    busy_run("bsd", SAMPLES, NULL);
    ck_assert_int_eq(ring_open(&ring, busy_ring(), &identity), 0);
    ck_assert_int_eq(cursor_open(&cursor, &ring, CURSOR_ONCE), 0);
    while (cursor_next(&cursor, &told) != CURSOR_END)
        if (strcmp(ring_call_name(&ring, told.record.call), "queue") == 0)
            full = told.record;
    cursor_close(&cursor);
    ck_assert_uint_gt(full.time_ns, 0);
    for (int i = 0; i < 3000; i++) {
        full.time_ns += 10000000;
        full.result = i % 9;
        ring_append(&ring, &full);
    }
    ring_close(&ring);
    ck_assert_uint_lt(strlen(report()), 300000);
    int bands = atoi(ask("count(//*[local-name()='rect'][@class='band'])"));
    ck_assert_msg(bands >= 1 && bands <= 500, "%d", bands);
    ck_assert_ptr_nonnull(strstr(page, "<title>full 300")); /* so many times: they are too close for an eye */
    ck_assert_ptr_nonnull(strstr(page, "The last 100 of 3003."));
}
END_TEST

START_TEST(what_lacks_is_said)
{
    busy_run("bsd", "record.queue_samples=kernel", NULL);
    const char *text = report();
    ASSERT_HAS(ask("normalize-space(//*[contains(@class, 'lacks')])"), "record.queue_samples");
    ck_assert_str_eq(ask(ELEMENTS("svg")), "1"); /* connections are known by their calls */
    ASSERT_LACKS(text, "SYNs dropped");
}
END_TEST

/* The smallest ring, for more calls than it has room for: no child of the server writes to another one. */
START_TEST(lost_calls_are_counted_with_their_times)
{
    ck_assert(compile("server", busy_source, ""));
    setenv("XDG_RUNTIME_DIR", in_directory("rings"), 1);
    setenv("LISTENAS_RING", "8K", 1);
    ASSERT_QUIET(
        RUN("-p", "bsd", "-o", SAMPLES, "sh", "-c", "for i in 1 2 3; do \"$0\" go; done", in_directory("server")), 0);
    ASSERT_QUIET(call(command, "report", in_directory("a.html"), (char *)NULL), 0);
    const char *text = read_page(in_directory("a.html"));
    const char *lost = strstr(text, " overwritten by newer ones, between ");
    ck_assert_msg(lost != NULL, "%s", text);
    while (lost[-1] != '>')
        lost--;
    ck_assert_int_gt(atoi(lost), 50);
    ASSERT_HAS(text, "too small to keep the queue of every listener over time");
    ck_assert_str_eq(ask("string(//*[@class='tiles']/*[*[local-name()='dt']='connections accepted']/*[2])"), "72");
}
END_TEST

START_TEST(nothing_is_written_over)
{
    busy_run("bsd", SAMPLES, NULL);
    ASSERT_TOLD(call(command, "report", busy_ring(), (char *)NULL), 2, "expected the page to write");
    ASSERT_TOLD(call(command, "report", "-o", busy_ring(), (char *)NULL), 2, "is a record, and is not overwritten");
    ASSERT_TOLD(call(command, "report", (char *)NULL), 2, "expected the page to write");
    ASSERT_TOLD(call(command, "report", "a.html", busy_ring(), "b", (char *)NULL), 2, "expected one server, not 2");
    ASSERT_TOLD(call(command, "report", "none/a.html", busy_ring(), (char *)NULL), 125, "No such file or directory");
    ASSERT_TOLD(call(command, "report", "a.html", "./none.ring", (char *)NULL), 2, "No such file or directory");
    ASSERT_TOLD(call(command, "report", "a.html", "nosuchserver", (char *)NULL), 2, "unknown server \"nosuchserver\"");
    ck_assert_int_ne(access("a.html", F_OK), 0);
    ck_assert_int_eq(mkdir("b.html", 0755), 0);
    ASSERT_TOLD(call(command, "report", "b.html", busy_ring(), (char *)NULL), 125, "Is a directory");
    struct answer left = call("sh", "-c", "ls -d *.html.* 2>/dev/null", (char *)NULL);
    ck_assert_str_eq(left.out, "");
}
END_TEST

/* A page that replaced /dev/null, or the link /dev/stdout, would harm the whole machine. */
START_TEST(what_is_no_file_is_written_to_and_stays)
{
    struct stat status;
    char line[PATH_MAX + 256];
    busy_run("bsd", SAMPLES, NULL);
    ck_assert_int_eq(mkfifo("pipe.html", 0600), 0);
    snprintf(line, sizeof line, "bin/listenas report pipe.html %s & exec cat pipe.html", busy_ring());
    ASSERT_SAYS(call("timeout", "60", "sh", "-c", line, (char *)NULL), "<html");
    ck_assert_int_eq(lstat("pipe.html", &status), 0);
    ck_assert(S_ISFIFO(status.st_mode));
    write_text("file", "old", 0644);
    ck_assert_int_eq(symlink("file", "link.html"), 0);
    ASSERT_QUIET(call(command, "report", "link.html", busy_ring(), (char *)NULL), 0);
    ck_assert_int_eq(lstat("link.html", &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    read_page("file");
}
END_TEST

/* The name of the draft can be foretold: whoever may write to the directory may have put a link there. */
START_TEST(a_planted_link_leads_nowhere)
{
    char line[PATH_MAX + 256], text[16];
    busy_run("bsd", SAMPLES, NULL);
    write_text("victim", "precious", 0644);
    snprintf(line, sizeof line, "ln -s victim a.html.$$; exec bin/listenas report a.html %s", busy_ring());
    ASSERT_QUIET(call("sh", "-c", line, (char *)NULL), 0);
    read_page("a.html");
    read_back(open("victim", O_RDONLY | O_CLOEXEC), text, sizeof text);
    ck_assert_str_eq(text, "precious");
}
END_TEST

START_TEST(a_server_is_named_as_people_name_it)
{
    char pid[24];
    ck_assert(compile("server", busy_source, ""));
    ASSERT_QUIET(RUN("-p", "bsd", "-o", SAMPLES, in_directory("server"), "go"), 0);
    struct answer log = call(command, "log", (char *)NULL);
    snprintf(pid, sizeof pid, "%lu", strtoul(strstr(log.out, "(pid ") + 5, NULL, 10));
    const char *const names[] = {"server", pid, NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlink("a.html");
        ASSERT_QUIET(call(command, "report", "a.html", names[i], (char *)NULL), 0);
        ASSERT_HAS(read_page("a.html"), "full 3 times");
    }
    struct answer out = call(command, "report", "-o", "-", "server", (char *)NULL);
    ck_assert_int_eq(out.status, 0);
    ASSERT_HAS(out.out, "<!DOCTYPE html>");
}
END_TEST

START_TEST(a_damaged_file_is_said_to_be)
{
    busy_run("bsd", SAMPLES, NULL);
    ck_assert_int_eq(truncate(busy_ring(), 100000), 0);
    ASSERT_TOLD(call(command, "report", "a.html", busy_ring(), (char *)NULL), 2, "is truncated");
    ck_assert_int_eq(truncate(busy_ring(), 10), 0);
    ASSERT_TOLD(call(command, "report", "a.html", busy_ring(), (char *)NULL), 2, "a.ring: ");
    ck_assert_int_ne(access("a.html", F_OK), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_page_tells_of_the_listener,
                                  a_change_has_its_reason,
                                  who_was_refused_is_told_apart_from_what_was_dropped,
                                  a_setting_is_told_beside_the_profile,
                                  it_can_be_read_without_seeing_it_and_without_a_network,
                                  hostile_names_do_not_become_markup,
                                  a_hostile_file_does_not_become_markup,
                                  a_file_of_random_numbers_makes_a_page,
                                  a_queue_that_was_full_thousands_of_times_fits_on_the_page,
                                  what_lacks_is_said,
                                  lost_calls_are_counted_with_their_times,
                                  nothing_is_written_over,
                                  what_is_no_file_is_written_to_and_stays,
                                  a_planted_link_leads_nowhere,
                                  a_server_is_named_as_people_name_it,
                                  a_damaged_file_is_said_to_be,
                                  NULL};
    return run_suite("report", tests);
}
