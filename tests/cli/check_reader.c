/* The installed reader: a program in C99 that knows its header and its library only. */
#include "busy.h"

static const char server[] = "#include <sys/socket.h>\n"
                             "int main(void)\n{\n"
                             "    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);\n"
                             "    listen(fd, 5);\n"
                             "    for (int i = 0; i < 100; i++)\n"
                             "        accept(fd, 0, 0);\n"
                             "    return 0;\n}\n";

static const char reader[] =
    "#include <listenas-ring.h>\n#include <stdio.h>\n#include <string.h>\n"
    "int main(int count, char **words)\n{\n"
    "    const char *fault;\n"
    "    struct listenas_event event;\n"
    "    struct listenas_frame frame;\n"
    "    struct listenas_listener listener;\n"
    "    struct listenas_span span;\n"
    "    int most[2] = {0, 0};\n"
    "    struct listenas_ring *ring = listenas_ring_open(words[count - 1], &fault);\n"
    "    if (!ring)\n"
    "        return printf(\"fault: %s\\n\", fault) < 0;\n"
    "    while (listenas_ring_next(ring, &event) == 1) {\n"
    "        int known = listenas_ring_frame(ring, event.site, 0, &frame);\n"
    "        const char *slash = known ? strrchr(frame.module, '/') : 0;\n"
    "        printf(\"%s %d %d %s %llu %s\\n\", event.call, event.asked, event.capacity, event.why[1],\n"
    "               (unsigned long long)event.repeats, slash ? slash + 1 : \"nowhere\");\n"
    "    }\n"
    "    for (unsigned int i = 0; listenas_ring_listener(ring, i, &listener) >= 0; i++)\n"
    "        if (listenas_ring_listener(ring, i, &listener) && listener.is_listening)\n"
    "            printf(\"%s: %llu accepted, %llu failed\\n\", listener.listen.call,\n"
    "                   (unsigned long long)listener.accepted, (unsigned long long)listener.failed);\n"
    "    for (unsigned int at = 0; at < LISTENAS_SPAN_LEVELS * LISTENAS_SPANS; at++)\n"
    "        if (listenas_ring_span(ring, 0, at / LISTENAS_SPANS, at % LISTENAS_SPANS, &span) == 1 &&\n"
    "            span.to_ns > span.from_ns && span.queued > most[0]) {\n"
    "            most[0] = span.queued;\n"
    "            most[1] = span.capacity;\n"
    "        }\n"
    "    if (most[0])\n"
    "        printf(\"%d of %d\\n\", most[0], most[1]);\n"
    "    if (listenas_ring_span(ring, 0, LISTENAS_SPAN_LEVELS, 0, &span) != -1)\n"
    "        return 1;\n"
    "    printf(\"lost %llu\\n\", (unsigned long long)listenas_ring_lost(ring));\n"
    "    listenas_ring_close(ring);\n"
    "    return 0;\n}\n";

/* Compiles the reader with `extra`, against this tree's header and library. */
static void compile_reader(const char *extra)
{
    char flags[600];
    snprintf(flags, sizeof flags,
             "-std=c99 -pedantic-errors %s -I%s/include -Wl,--whole-archive %s/liblistenas-ring.a "
             "-Wl,--no-whole-archive",
             extra, directory, getenv("LISTENAS_BUILD"));
    ck_assert_int_eq(mkdir(in_directory("include"), 0755), 0);
    struct answer copied =
        call("sh", "-c", "cp \"$(dirname \"$LISTENAS_BUILD\")/shim/ring/reader/listenas-ring.h\" \"$0\"",
             in_directory("include"), (char *)NULL);
    ck_assert_msg(copied.status == 0, "%s", copied.err);
    ck_assert(compile("reader", reader, flags));
}

START_TEST(reads_what_the_library_wrote)
{
    compile_reader("");
    ck_assert(compile("server", server, ""));
    ASSERT_QUIET(RUN("-p", "bsd", "-r", in_directory("a.ring"), in_directory("server")), 0);
    struct answer answer = call(in_directory("reader"), in_directory("a.ring"), (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    const char *text = strchr(answer.out, '\n'); /* after the line of the start, which has the parent's number */
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text + 1, "listen 5 8 listen.capacity_tcp 0 server\n"
                               "accept 0 0  99 server\n"
                               "listen: 0 accepted, 100 failed\n"
                               "lost 0\n");
}
END_TEST

START_TEST(reads_what_looks_at_a_queue_found)
{
    compile_reader("");
    busy_run("bsd", SAMPLES, NULL);
    struct answer answer = call(in_directory("reader"), busy_ring(), (char *)NULL);
    ck_assert_int_eq(answer.status, 0);
    ck_assert_msg(strstr(answer.out, "\n8 of 8\nlost 0\n"), "%s", answer.out);
}
END_TEST

START_TEST(says_what_is_wrong_with_a_file)
{
    compile_reader("");
    write_text(in_directory("x"), "no ring", 0600);
    ck_assert_str_eq(call(in_directory("reader"), in_directory("x"), (char *)NULL).out,
                     "fault: is not a ring of listenas\n");
}
END_TEST

/* A program may have functions of the names that the library uses inside. */
START_TEST(takes_no_name_that_is_not_its_own)
{
    char *end;
    struct answer names =
        call("sh", "-c", "nm --defined-only -g \"$LISTENAS_BUILD/liblistenas-ring.a\" | awk 'NF > 2 {print $3}'",
             (char *)NULL);
    int count = 0;
    for (char *name = strtok_r(names.out, "\n", &end); name; name = strtok_r(NULL, "\n", &end), count++)
        ck_assert_msg(strncmp(name, "listenas_ring_", 14) == 0, "%s", name);
    ck_assert_int_eq(count, 8);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {reads_what_the_library_wrote, reads_what_looks_at_a_queue_found,
                                  says_what_is_wrong_with_a_file, takes_no_name_that_is_not_its_own, NULL};
    return run_suite("reader", tests);
}
