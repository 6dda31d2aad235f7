/* `listenas lint`: planted mistakes are found at their lines, silenced, known, reported; bad input is refused. */
#include "harness.h"

#include <jansson.h>

#define LINT(...) call(command, "lint", __VA_ARGS__, (char *)NULL)
#define PLANTED_MOST 16

static const char *const servers[] = {"inet", "local", "dual"};

/* Compiles a server in the test's directory, from a copy of its source, so that this is the root. */
static void compile_server(const char *name, const char *source)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line, "cp %s %s.c && chmod u+w %s.c && ${CC:-cc} -g -D_GNU_SOURCE -o %s %s.c", source, name,
             name, name, name);
    struct answer answer = call("sh", "-c", line, (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
}

static const char *source_of(const char *name)
{
    char path[32];
    snprintf(path, sizeof path, "../lint/%.8s.c", name);
    return planted_file(path);
}

static json_t *read_json(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    ck_assert_msg(document != NULL, "%s:%d: %s", path, error.line, error.text);
    return document;
}

static const char *text_at(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    ck_assert_msg(text != NULL, "%s", member);
    return text;
}

static const json_t *finding_of(const json_t *document, const char *key, const char *file, int line)
{
    size_t i;
    json_t *finding;
    json_array_foreach(json_object_get(document, "findings"), i, finding) {
        if (strcmp(text_at(finding, "key"), key) == 0 && strcmp(text_at(finding, "file"), file) == 0 &&
            json_integer_value(json_object_get(finding, "line")) == line)
            return finding;
    }
    return NULL;
}

/* Each line of the source that has "mistake: KEY" has a finding of that key. Returns how many there are. */
static int expect_mistakes(const char *file, const json_t *document)
{
    char line[512], key[64];
    int number = 0, mistakes = 0;
    FILE *source = fopen(file, "re");
    ck_assert_ptr_nonnull(source);
    while (fgets(line, sizeof line, source)) {
        const char *mark = strstr(line, "mistake: ");
        number++;
        if (!mark || sscanf(mark, "mistake: %63[a-z0-9_.]", key) != 1)
            continue;
        ck_assert_msg(finding_of(document, key, file, number) != NULL, "%s:%d: %s is not found", file, number, key);
        mistakes++;
    }
    fclose(source);
    return mistakes;
}

START_TEST(mistakes_are_found_at_their_lines)
{
    static const int mistakes[] = {3, 5, 5};
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        char program[64], source[64];
        compile_server(servers[i], source_of(servers[i]));
        snprintf(program, sizeof program, "./%s", servers[i]);
        snprintf(source, sizeof source, "%s.c", servers[i]);
        ASSERT_STATUS(LINT("--root=.", "-r", "json=report", "--", program), 1);
        json_t *document = read_json("report");
        ck_assert_int_eq(expect_mistakes(source, document), mistakes[i]);
        json_decref(document);
    }
}
END_TEST

/* Platforms and errors of one finding are those of the profiles. */
START_TEST(a_finding_tells_who_does_what)
{
    compile_server("inet", source_of("inet"));
    struct answer answer = LINT("--root=.", "-p", "freebsd,winsock,linux", "-r", "json=report", "--", "./inet");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "inet.c:15 ");
    ASSERT_HAS(answer.out, "bind, 128 bytes for AF_INET");
    ASSERT_HAS(answer.out, "EINVAL on 1 of 3: freebsd");
    ASSERT_HAS(answer.out, "[bind.long_address]\n");
    ASSERT_HAS(answer.out, "O_NONBLOCK is inherited on 2 of 3: freebsd winsock  [accept.inherit_nonblock]");
    ASSERT_HAS(answer.out, "portable: pass the length of the family's own structure");
    ASSERT_HAS(answer.out, "not seen, and so not judged:\n  a full queue (");
    ck_assert(strstr(answer.out, "accept.inherit_nonblock") < strstr(answer.out, "bind.long_address"));
    ck_assert(strstr(answer.out, "bind.long_address") < strstr(answer.out, "listen.capacity_tcp"));
    json_t *document = read_json("report");
    const json_t *finding = finding_of(document, "bind.long_address", "inet.c", 15);
    ck_assert_ptr_nonnull(finding);
    ck_assert_str_eq(text_at(finding, "consequence"), "failure");
    const json_t *turns = json_object_get(finding, "turns");
    ck_assert_uint_eq(json_array_size(turns), 1);
    ck_assert_str_eq(text_at(json_array_get(turns, 0), "error"), "EINVAL");
    ck_assert_str_eq(text_at(finding, "function"), "make_listener");
    json_decref(document);
}
END_TEST

/* A second listen that is ignored matters only with another backlog; SO_REUSEADDR means nothing to AF_UNIX. */
START_TEST(what_changes_nothing_is_not_told)
{
    compile_server("again", source_of("again"));
    struct answer same = LINT("--root=.", "--all", "-p", "bsd,solaris,mks", "--", "./again", "5", "5");
    ASSERT_LACKS(same.out, "the new backlog is ignored");
    ASSERT_HAS(same.out, "EINVAL on 1 of 3: mks?");
    ASSERT_LACKS(same.out, "accept.inherit_options_unix");
    struct answer other = LINT("--root=.", "--all", "-p", "bsd,solaris,mks", "--", "./again", "5", "6");
    ASSERT_HAS(other.out, "the new backlog is ignored on 1 of 3: solaris");
}
END_TEST

/* What is called often must not hide what is called once. */
START_TEST(a_busy_place_hides_no_other)
{
    size_t i, found = 0;
    json_t *finding;
    compile_server("places", source_of("places"));
    LINT("--root=.", "-p", "freebsd-13", "-r", "json=report", "--", "./places");
    json_t *document = read_json("report");
    json_array_foreach(json_object_get(document, "findings"), i, finding)
        found += strcmp(text_at(finding, "key"), "shutdown.unconnected_tcp") == 0;
    ck_assert_uint_eq(found, 205);
    json_decref(document);
}
END_TEST

START_TEST(the_program_runs_as_ever)
{
    write_text("program", "#!/bin/sh\nread line; echo \"said $line\"; echo complaint >&2; exit 7\n", 0755);
    write_text("input", "hello\n", 0644);
    struct answer answer = call("sh", "-c", "exec \"$1\" lint -- ./program <input", "sh", command, (char *)NULL);
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "said hello\n");
    ASSERT_HAS(answer.err, "complaint\n");
    ASSERT_HAS(answer.err, "listenas: the program ended with exit status 7\n");
    ASSERT_HAS(answer.out, "nothing that was seen differs");
    ASSERT_HAS(answer.out, "bind was not called");
    ASSERT_HAS(answer.out, "no setsockopt that a platform speaks of");
}
END_TEST

/* A comment on the line, on the one before, or nowhere near; and one for another key. */
START_TEST(a_comment_silences)
{
    compile_server("inet", source_of("inet"));
    struct answer answer = call("sed", "-i",
                                "s|/. mistake: bind.long_address ./|// listenas: ok bind.port_min, bind.long_address|;"
                                "s|/. mistake: accept.inherit_nonblock ./|// listenas: ok accept.inherit_cloexec|;"
                                "s|^    if (listen|    /* listenas: ok listen.capacity_tcp */\\n&|",
                                "inet.c", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    answer = call("sh", "-c", "${CC:-cc} -g -D_GNU_SOURCE -o inet inet.c", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    answer = LINT("--root=.", "-r", "sarif=report", "--", "./inet");
    ASSERT_STATUS(answer, 1);
    ASSERT_LACKS(answer.out, "[bind.long_address]");
    ASSERT_LACKS(answer.out, "[listen.capacity_tcp]");
    ASSERT_LACKS(answer.out, "[bind.port_min]");
    ASSERT_HAS(answer.out, "[accept.inherit_nonblock]");
    ASSERT_HAS(answer.out, "\n3 silenced in the source\n");
    json_t *log = read_json("report");
    const json_t *results = json_object_get(json_array_get(json_object_get(log, "runs"), 0), "results");
    size_t i, suppressed = 0;
    json_t *result;
    json_array_foreach(results, i, result)
        suppressed += json_object_get(result, "suppressions") != NULL;
    ck_assert_uint_eq(json_array_size(results), 4);
    ck_assert_uint_eq(suppressed, 3);
    json_decref(log);
}
END_TEST

START_TEST(a_source_that_is_no_file_is_not_waited_for)
{
    compile_server("inet", source_of("inet"));
    ck_assert_int_eq(unlink("inet.c"), 0);
    ck_assert_int_eq(mkfifo("inet.c", 0600), 0);
    struct answer answer = call("timeout", "60", command, "lint", "--root=.", "--", "./inet", (char *)NULL);
    ASSERT_STATUS(answer, 1);
    ASSERT_LACKS(answer.out, "silenced");
}
END_TEST

START_TEST(what_was_known_does_not_count)
{
    compile_server("inet", source_of("inet"));
    ASSERT_STATUS(LINT("--root=.", "-r", "json=old", "--", "./inet"), 1);
    struct answer answer =
        call("sh", "-c", "sed -i '1a\\\n/* a line more */' inet.c && ${CC:-cc} -g -D_GNU_SOURCE -o inet inet.c",
             (char *)NULL);
    ASSERT_STATUS(answer, 0);
    answer = LINT("--root=.", "--against=old", "--", "./inet");
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "known from the baseline\n");
    answer = call("sed", "-i", "s/sizeof(struct sockaddr_in);/200;/; s/1024/-1/", "inet.c", (char *)NULL);
    answer = call("sh", "-c", "${CC:-cc} -g -D_GNU_SOURCE -o inet inet.c", (char *)NULL);
    answer = LINT("--root=.", "--against=old", "--", "./inet");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "[listen.backlog_negative]");
    ASSERT_LACKS(answer.out, "[bind.long_address]");
}
END_TEST

START_TEST(only_what_is_firm_counts_on_demand)
{
    compile_server("local", source_of("local"));
    struct answer answer = LINT("--root=.", "-p", "winsock", "--all", "--", "./local");
    ASSERT_HAS(answer.out, "winsock? (unverified)  [shutdown.listener_unix]");
    answer = LINT("--root=.", "-p", "winsock", "--all", "--min=firm", "--", "./local");
    ASSERT_LACKS(answer.out, "shutdown.listener_unix]");
    answer = LINT("--root=.", "-p", "winsock", "--all", "--min=unverified", "--", "./local");
    ASSERT_HAS(answer.out, "[shutdown.listener_unix]");
}
END_TEST

START_TEST(github_gets_its_lines)
{
    compile_server("inet", source_of("inet"));
    struct answer answer = LINT("--root=.", "-p", "freebsd", "-r", "github", "--", "./inet");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out,
               "\n::error file=inet.c,line=15,title=bind.long_address::bind, 128 bytes for AF_INET: EINVAL");
    ASSERT_HAS(answer.out, "\n::notice file=inet.c,line=17,title=listen.capacity_tcp::listen(fd, 1024): queue of");
}
END_TEST

START_TEST(a_ring_is_judged_later)
{
    compile_server("inet", source_of("inet"));
    ASSERT_STATUS(
        call(command, "run", "-o", "record.facts=yes", "-r", in_directory("later.ring"), "--", "./inet", (char *)NULL),
        0);
    struct answer answer = LINT("--root=.", "--ring=later.ring");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "[bind.long_address]");
    ASSERT_STATUS(call(command, "run", "-r", in_directory("without.ring"), "--", "./inet", (char *)NULL), 0);
    ASSERT_TOLD(LINT("--ring=without.ring"), 2, "record.facts=yes");
}
END_TEST

/* What another platform answered would seem to be what Linux does, and nothing to differ. */
START_TEST(a_ring_of_another_platform_is_refused)
{
    static const char *const wishes[][2] = {{"bsd", "record.facts=yes"},
                                            {"native", "record.facts=yes,listen.backlog_max=5"}};
    static const char *const parts[] = {"other.ring was recorded as bsd, so",
                                        "as native with record.facts=yes,listen.back"};
    compile_server("inet", source_of("inet"));
    for (int i = 0; i < 2; i++) {
        unlink("other.ring");
        call(command, "run", "-p", wishes[i][0], "-o", wishes[i][1], "-r", in_directory("other.ring"), "--", "./inet",
             (char *)NULL);
        ASSERT_TOLD(LINT("--ring=other.ring"), 2, parts[i]);
        ASSERT_TOLD(call(command, "compare", "other.ring", "--as=bsd", (char *)NULL), 2, parts[i]);
    }
}
END_TEST

START_TEST(a_ring_is_compared_with_one_platform)
{
    const char *ring = in_directory("compared.ring");
    compile_server("inet", source_of("inet"));
    ASSERT_STATUS(call(command, "run", "-o", "record.facts=yes", "-r", ring, "--", "./inet", (char *)NULL), 0);
    struct answer answer = call(command, "compare", "--root=.", ring, "--as=freebsd", (char *)NULL);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "inet.c:15 in make_listener: bind, 128 bytes for AF_INET, 1 time\n"
                           "    Linux: ok; freebsd: EINVAL  [bind.long_address]\n");
    ASSERT_HAS(answer.out, "Linux: queue of 1025; freebsd: queue of 193, reset beyond it  [listen.capacity_tcp]");
    answer = call(command, "compare", ring, "--as=linux", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "would have gone the same");
    setenv("LISTENAS_RING", ring, 1); /* so that its server has a NAME here */
    answer = call(command, "compare", "inet", "--as=linux", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    answer = call(command, "profiles", "diff", "linux", "freebsd", "--used-by=inet", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    unsetenv("LISTENAS_RING");
    ASSERT_TOLD(call(command, "compare", ring, (char *)NULL), 2, "--as=PROFILE");
    ASSERT_TOLD(call(command, "compare", "--as=mks,bsd", ring, (char *)NULL), 2, "--as=PROFILE");
    ASSERT_TOLD(call(command, "compare", "--as=mks", "nonesuch", (char *)NULL), 2, "nonesuch");
    answer = call(command, "profiles", "diff", "linux", "freebsd", "--used-by", ring, (char *)NULL);
    ASSERT_STATUS(answer, 0);
    ASSERT_HAS(answer.out, "bind.long_address");
    ASSERT_LACKS(answer.out, "shutdown.listener_tcp"); /* it calls no shutdown */
    ASSERT_LACKS(answer.out, "accept.bad_descriptor"); /* no accept failed so */
    answer = call(command, "profiles", "diff", "linux", "freebsd", (char *)NULL);
    ASSERT_HAS(answer.out, "shutdown.listener_tcp");
    ASSERT_TOLD(call(command, "profiles", "diff", "linux", "freebsd", "--used-by=nonesuch", (char *)NULL), 2,
                "nonesuch");
}
END_TEST

/* Where nothing is known of the source, the module and the offset are told, and that there are no lines. */
START_TEST(a_stripped_program_is_told_by_its_offsets)
{
    compile_server("inet", source_of("inet"));
    struct answer answer = call("sh", "-c", "${CC:-cc} -s -D_GNU_SOURCE -o inet inet.c", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    answer = LINT("--root=.", "--", "./inet");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "inet+0x");
    ASSERT_HAS(answer.out, "inet has no lines: build it with -g");
}
END_TEST

#ifdef __x86_64__

/* The map that a program leaves is removed. */
static void expect_made(const char *name, const char *place)
{
    char path[64];
    struct answer answer = LINT("--root=.", "-p", "freebsd", "--", "./made", name);
    const char *told = strstr(answer.out, "map /tmp/perf-");
    ck_assert(told && sscanf(told, "map %63s", path) == 1);
    ck_assert_int_eq(unlink(path), 0);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, place);
}

/* The innermost function in the root is one that the program made; perf's map has its name. */
START_TEST(made_code_is_told_by_its_map)
{
    char name[PATH_MAX + 64];
    compile_server("made", source_of("made"));
    struct answer answer =
        call("sh", "-c", "${CC:-cc} -fno-omit-frame-pointer -D_GNU_SOURCE -o made made.c", (char *)NULL);
    ASSERT_STATUS(answer, 0);
    snprintf(name, sizeof name, "py::serve:%s/app.py", directory);
    expect_made(name, "app.py, serve ");
    snprintf(name, sizeof name, "JS:*serve file://%s/app.js:12:5", directory);
    expect_made(name, "app.js:12 ");
    snprintf(name, sizeof name, "LazyCompile:~serve %s/app.js:7", directory);
    expect_made(name, "app.js:7 ");
    expect_made("py::serve:/elsewhere/app.py", "made+0x");
}
END_TEST

#endif

/* A server that runs for ever is ended by Ctrl-C, and judged. */
START_TEST(an_interrupt_ends_the_server_and_not_the_lint)
{
    write_text("program",
               "#!/bin/sh\n\"$1\" -c 'import os,socket,signal\n"
               "s=socket.socket(); s.bind((\"127.0.0.77\",0)); s.listen(1)\n"
               "os.kill(os.getppid(), signal.SIGTERM) if False else os.kill(int(os.environ[\"LINT\"]), signal.SIGINT)\n"
               "signal.pause()'\n",
               0755);
    struct answer answer = call("sh", "-c", "LINT=$$; export LINT; exec \"$0\" lint -p freebsd -- ./program python3",
                                command, (char *)NULL);
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "[bind.loopback_net]");
    ASSERT_HAS(answer.out, "runs another language");
}
END_TEST

/* Looking is sampled, and what was looked at is whole, whatever the number of threads and processes. */
START_TEST(many_calls_are_few_cases)
{
    write_text("program.py",
               "import os,socket\n"
               "s=socket.socket(); s.bind((\"127.0.0.1\",0)); s.listen(8)\n"
               "for child in range(3): os.fork()\n"
               "for turn in range(600):\n"
               "    c=socket.socket(); c.connect(s.getsockname()); s.accept()[0].close(); c.close()\n",
               0644);
    struct answer answer = LINT("-p", "freebsd", "-r", "json=report", "--", "python3", "program.py");
    ASSERT_LACKS(answer.out, "hardly a place left");
    json_t *document = read_json("report");
    ck_assert_uint_lt(json_array_size(json_object_get(document, "findings")), 20);
    json_decref(document);
}
END_TEST

START_TEST(bad_input_is_told)
{
    write_text("text", "no ring\n", 0644);
    write_text("broken", "{\"format\": \n", 0644);
    write_text("other", "{\"format\": \"listenas-test\", \"version\": 1}\n", 0644);
    write_text("later", "{\"format\": \"listenas-lint\", \"version\": 2}\n", 0644);
    ASSERT_TOLD(call(command, "lint", (char *)NULL), 2, "expected a command to run, or --ring");
    ASSERT_TOLD(LINT("--ring=./text", "--", "true"), 2, "expected one of them");
    ASSERT_TOLD(LINT("--ring=./text"), 2, "text: is not a ring of listenas");
    ASSERT_TOLD(LINT("--ring=./nonesuch"), 2, "nonesuch: No such file or directory");
    ASSERT_TOLD(LINT("-p", "frebsd", "--", "true"), 2, "freebsd");
    ASSERT_TOLD(LINT("--min=frm", "--", "true"), 2, "expected firm or unverified");
    ASSERT_TOLD(LINT("-r", "junit=x", "--", "true"), 2, "expected github, json=FILE or sarif=FILE");
    ASSERT_TOLD(LINT("-r", "json", "--", "true"), 2, "expected a file");
    ASSERT_TOLD(LINT("--root=nonesuch", "--", "true"), 2, "nonesuch");
    ASSERT_TOLD(LINT("--", "./nonesuch"), 127, "nonesuch");
    ASSERT_STATUS(LINT("-r", "json=/nonesuch/x", "--", "true"), 125);
    compile_server("inet", source_of("inet"));
    static const char *const baselines[] = {"broken", "other", "later", "nonesuch"};
    for (size_t i = 0; i < sizeof baselines / sizeof *baselines; i++) {
        char option[32];
        snprintf(option, sizeof option, "--against=%s", baselines[i]);
        struct answer answer = LINT(option, "--", "./inet");
        ASSERT_STATUS(answer, 2);
        ASSERT_HAS(answer.err, baselines[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        mistakes_are_found_at_their_lines,
        a_finding_tells_who_does_what,
        what_changes_nothing_is_not_told,
        a_busy_place_hides_no_other,
        the_program_runs_as_ever,
        a_comment_silences,
        a_source_that_is_no_file_is_not_waited_for,
        what_was_known_does_not_count,
        only_what_is_firm_counts_on_demand,
        github_gets_its_lines,
        a_ring_is_judged_later,
        a_ring_of_another_platform_is_refused,
        a_ring_is_compared_with_one_platform,
        a_stripped_program_is_told_by_its_offsets,
#ifdef __x86_64__
        made_code_is_told_by_its_map,
#endif
        an_interrupt_ends_the_server_and_not_the_lint,
        many_calls_are_few_cases,
        bad_input_is_told,
        NULL,
    };
    return run_suite("lint", tests);
}
