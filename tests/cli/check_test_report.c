/* `listenas test`: reports, each by its own schema; shards, their union, and the baseline. */
#include "harness.h"

#include <jansson.h>

#define ODD "odd <&> \"name\" # a]]>\\\x01"

static struct answer report(const char *kind)
{
    char option[64];
    snprintf(option, sizeof option, "%s=report", kind);
    return TEST("-p", "mks,posix", "-r", option, "-e", cases("sound\nunbound\n" ODD "\nnonesuch\n"), "--", "sh", "-c",
                "case $1 in odd*) exec ./planted unbound;; *) exec ./planted \"$1\"; esac", "sh", "{}");
}

static char *read_report(void)
{
    static char text[1 << 20];
    int fd = open("report", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    read_back(fd, text, sizeof text);
    return text;
}

/* Two platforms: of four cases one fails natively, one passes everywhere, two differ on both. */
START_TEST(junit_is_surefires)
{
    compile_planted();
    ASSERT_STATUS(report("junit"), 1);
    struct answer answer =
        call("xmllint", "--noout", "--nonet", "--schema", planted_file("surefire.xsd"), "report", (char *)NULL);
    ck_assert_msg(answer.status == 0, "%s", answer.err);
    const char *text = read_report();
    ASSERT_HAS(text, " tests=\"10\" errors=\"0\" skipped=\"0\" failures=\"5\">");
    ASSERT_HAS(text, "<testcase name=\"odd &lt;&amp;&gt; &quot;name&quot; # a]]&gt;\\\\x01\" classname=\"mks\"");
    ASSERT_HAS(text, "type=\"listen.unbound_inet\">listen: Invalid argument");
    ASSERT_HAS(text, "<failure message=\"exit status 2\" type=\"native\">");
}
END_TEST

START_TEST(tap_is_version_14)
{
    int number = 0, good = 0, bad = 0;
    compile_planted();
    ASSERT_STATUS(report("tap"), 1);
    char *text = read_report();
    ck_assert_msg(strncmp(text, "TAP version 14\n1..10\n", 21) == 0, "%s", text);
    ASSERT_HAS(text, "\nnot ok 9 - posix: unbound\n  ---\n  message: \"listen(");
    ASSERT_HAS(text, "\nnot ok 7 - mks: odd <&> \"name\" \\# a]]>\\\\ \n");
    for (char *line = strtok(text + 21, "\n"); line; line = strtok(NULL, "\n")) {
        good += sscanf(line, "ok %d - ", &number) == 1;
        bad += sscanf(line, "not ok %d - ", &number) == 1;
        ck_assert_msg(line[0] == ' ' || number == good + bad, "%s", line);
    }
    ck_assert_int_eq(good, 5);
    ck_assert_int_eq(bad, 5);
}
END_TEST

static json_t *get(const json_t *object, const char *name, json_type type)
{
    json_t *member = json_object_get(object, name);
    ck_assert_msg(member && json_typeof(member) == type, "%s", name);
    return member;
}

/* What SARIF 2.1.0 requires: 3.13, 3.14, 3.18, 3.27, 3.49. */
START_TEST(sarif_is_2_1_0)
{
    size_t i;
    json_t *result;
    compile_planted();
    ASSERT_STATUS(report("sarif"), 1);
    json_t *log = json_loads(read_report(), 0, NULL);
    ck_assert_str_eq(json_string_value(get(log, "version", JSON_STRING)), "2.1.0");
    json_t *run = json_array_get(get(log, "runs", JSON_ARRAY), 0);
    json_t *driver = get(get(run, "tool", JSON_OBJECT), "driver", JSON_OBJECT);
    ck_assert_str_eq(json_string_value(get(driver, "name", JSON_STRING)), "listenas");
    json_t *rules = get(driver, "rules", JSON_ARRAY), *results = get(run, "results", JSON_ARRAY);
    ck_assert_uint_eq(json_array_size(rules), 1);
    ck_assert_uint_eq(json_array_size(results), 1);
    json_array_foreach(results, i, result) {
        json_t *rule = json_array_get(rules, (size_t)json_integer_value(get(result, "ruleIndex", JSON_INTEGER)));
        ck_assert_str_eq(json_string_value(get(rule, "id", JSON_STRING)),
                         json_string_value(get(result, "ruleId", JSON_STRING)));
        ck_assert_str_eq(json_string_value(get(result, "level", JSON_STRING)), "error");
        get(get(result, "message", JSON_OBJECT), "text", JSON_STRING);
        json_t *location = json_array_get(get(result, "locations", JSON_ARRAY), 0);
        json_t *artifact = get(get(location, "physicalLocation", JSON_OBJECT), "artifactLocation", JSON_OBJECT);
        ck_assert_uint_eq(strcspn(json_string_value(get(artifact, "uri", JSON_STRING)), " \"<>"),
                          json_string_length(get(artifact, "uri", JSON_STRING)));
    }
    ck_assert(
        json_is_true(get(json_array_get(get(run, "invocations", JSON_ARRAY), 0), "executionSuccessful", JSON_TRUE)));
    json_decref(log);
}
END_TEST

START_TEST(github_gets_its_lines)
{
    compile_planted();
    struct answer answer = TEST("-p", "mks", "-r", "github", "--", "./planted", "unbound");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\n::error ");
    ASSERT_HAS(answer.out, "title=listen.unbound_inet::listen(");
    ASSERT_HAS(answer.out, "%0AAs: mks%0AAgain: listenas test --replay ");
}
END_TEST

START_TEST(json_is_documented)
{
    static const char *const members[] = {"format",    "version", "listenas", "id",          "directory",
                                          "root",      "command", "started",  "kernel",      "isolated",
                                          "platforms", "cases",   "results",  "interrupted", "seconds"};
    compile_planted();
    ASSERT_STATUS(report("json"), 1);
    json_t *document = json_loads(read_report(), 0, NULL);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        ck_assert_msg(json_object_get(document, members[i]) != NULL, "%s", members[i]);
    ck_assert_uint_eq(json_object_size(document), sizeof members / sizeof *members);
    json_decref(document);
}
END_TEST

/* --- shards --- */

static struct answer run_shard(int shard, int shards)
{
    char part[16], option[32];
    snprintf(part, sizeof part, "%d/%d", shard, shards);
    snprintf(option, sizeof option, "json=shard%d.json", shard);
    return TEST("-p", "mks,posix,bsd,winsock", "--shard", part, "-r", option, "-e",
                cases("sound\nunbound\ntaken_port\n"), "--", "./planted", "{}");
}

static json_t *results_of(const char *path)
{
    json_t *document = json_load_file(path, 0, NULL), *verdicts = json_object(), *one;
    size_t i;
    json_array_foreach(json_object_get(document, "results"), i, one) {
        char name[128];
        snprintf(name, sizeof name, "%s@%s", json_string_value(json_object_get(one, "case")),
                 json_string_value(json_object_get(one, "platform")));
        json_object_set(verdicts, name, json_object_get(one, "verdict"));
    }
    json_decref(document);
    return verdicts;
}

START_TEST(shards_are_parts_of_the_whole)
{
    compile_planted();
    for (int shard = 1; shard <= 3; shard++)
        run_shard(shard, 3);
    ASSERT_STATUS(TEST("-p", "mks,posix,bsd,winsock", "-r", "json=whole.json", "-e",
                       cases("sound\nunbound\ntaken_port\n"), "--", "./planted", "{}"),
                  1);
    struct answer answer = TEST("--merge", "-r", "json=merged.json", "shard1.json", "shard2.json", "shard3.json");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as ");
    json_t *whole = results_of("whole.json"), *merged = results_of("merged.json");
    ck_assert_uint_eq(json_object_size(whole), 12);
    ck_assert_msg(json_equal(whole, merged), "%s", json_dumps(merged, 0));
    for (int shard = 1; shard <= 3; shard++) {
        char path[32];
        snprintf(path, sizeof path, "shard%d.json", shard);
        ck_assert_uint_lt(json_object_size(results_of(path)), 12);
    }
    ASSERT_TOLD(TEST("--merge", "shard1.json", "shard3.json"), 2, "the report of shard 2/3 is missing");
    ASSERT_TOLD(TEST("--merge", "shard1.json", "shard1.json"), 2, "is in another report, too");
    ASSERT_TOLD(TEST("--merge", "shard1.json", "nonesuch"), 2, "nonesuch");
    write_text(in_directory("bad.json"), "{\"format\": 1}", 0644);
    ASSERT_TOLD(TEST("--merge", "bad.json"), 2, "is no report of `listenas test --report json`");
    write_text(in_directory("bad.json"), "{\"format\":\n x", 0644);
    ASSERT_TOLD(TEST("--merge", "bad.json"), 2, "bad.json:2: is no JSON");
    ASSERT_TOLD(TEST("--merge"), 2, "expected the JSON reports to join");
}
END_TEST

/* --- the baseline --- */

START_TEST(only_what_is_new_counts)
{
    compile_planted();
    ASSERT_STATUS(
        TEST("-p", "mks", "-r", "json=old.json", "-e", cases("unbound\nsound\nnonesuch\n"), "--", "./planted", "{}"),
        1);
    struct answer answer =
        TEST("-p", "mks", "-b", "old.json", "-e", cases("unbound\nsound\nnonesuch\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 0);
    ASSERT_LACKS(answer.out, "\nlisten.unbound_inet\n");
    answer = TEST("-p", "mks", "-b", "old.json", "-e", cases("unbound\nsound\ntaken_port\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ASSERT_LACKS(answer.out, "\nlisten.unbound_inet\n");
    ASSERT_HAS(answer.out, "\nbind.reuse\n");
    answer = TEST("-p", "mks,posix", "-b", "old.json", "-e", cases("unbound\n"), "--", "./planted", "{}");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nlisten.unbound_inet\n    as posix\n");
    answer = TEST("-p", "mks", "-b", "nonesuch", "--", "true");
    ASSERT_STATUS(answer, 2);
}
END_TEST

/* The same case breaks as the same platform, but by another key. */
START_TEST(another_cause_is_new)
{
    compile_planted();
    write_text(in_directory("which"), "unbound", 0644);
    ASSERT_STATUS(TEST("-p", "mks", "-r", "json=old.json", "--", "sh", "-c", "./planted $(cat which)"), 1);
    ASSERT_STATUS(TEST("-p", "mks", "-b", "old.json", "--", "sh", "-c", "./planted $(cat which)"), 0);
    write_text(in_directory("which"), "taken_port", 0644);
    struct answer answer = TEST("-p", "mks", "-b", "old.json", "--", "sh", "-c", "./planted $(cat which)");
    ASSERT_STATUS(answer, 1);
    ASSERT_HAS(answer.out, "\nbind.reuse\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        junit_is_surefires,      tap_is_version_14,    sarif_is_2_1_0,
        github_gets_its_lines,   json_is_documented,   shards_are_parts_of_the_whole,
        only_what_is_new_counts, another_cause_is_new, NULL,
    };
    return run_suite("test_report", tests);
}
