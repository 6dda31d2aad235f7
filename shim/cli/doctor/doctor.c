/* What this host has of what listenas needs, whom it concerns, and what to do. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "../../api/listenas.h"
#include "../../kernel/need.h"
#include "../cli.h"
#include "../json.h"
#include "../line.h"
#include "../options.h"
#include "concerned.h"
#include "finding.h"
#include "own_library.h"

#define NAME_COLUMN 7
#define TEXT_COLUMN 22

/* Exit status if something is lacking. */
#define STATUS_LACKS 1

/* Keys that a line names; the rest are counted. */
#define KEYS_NAMED 4

static const struct row {
    const char *name;
    unsigned int needs;
    const char *key, *means;
    void (*find)(struct finding *finding);
} rows[] = {
#define FINDING(name, needs, key, means) {#name, needs, key, means, find_##name},
#include "findings.def"
};

#define ROWS (sizeof rows / sizeof *rows)

static const char *const state_words[] = {[FINDING_GOOD] = "good", [FINDING_NOTE] = "note", [FINDING_LACKS] = "lacks"};

void finding_set(struct finding *finding, enum finding_state state, const char *todo, const char *format, ...)
{
    va_list arguments;
    finding->state = state;
    snprintf(finding->todo, sizeof finding->todo, "%s", todo);
    va_start(arguments, format);
    vsnprintf(finding->found, sizeof finding->found, format, arguments);
    va_end(arguments);
}

/* --- text --- */

static void put_line(struct line *line, const char *front, const char *text)
{
    line_next(line, TEXT_COLUMN);
    line_put(line, front, TEXT_COLUMN);
    line_put(line, text, TEXT_COLUMN + 2);
}

/* "keys: one", and then ", other" for each that follows. */
static void put_item(struct line *line, const char *title, const char *item, bool is_first)
{
    char text[96];
    line_put(line, is_first ? title : ",", TEXT_COLUMN + 2);
    snprintf(text, sizeof text, " %s", item);
    line_put_whole(line, text, TEXT_COLUMN + 2);
}

static void put_keys(struct line *line, const struct concerned *concerned)
{
    int count = 0;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!concerned->keys[key])
            continue;
        if (count < KEYS_NAMED)
            put_item(line, "keys:", key_rows[key].full, count == 0);
        count++;
    }
    if (count > KEYS_NAMED)
        line_put(line, ", and others", TEXT_COLUMN + 2);
}

/* Which promises are at stake; nothing for what concerns programs. */
static void put_concerned(struct line *line, const struct row *row)
{
    static struct concerned concerned;
    concerned_find(&concerned, row->needs, row->key);
    if (!row->needs && !row->key[0])
        return;
    line_next(line, TEXT_COLUMN);
    put_keys(line, &concerned);
    for (int i = 0; i < concerned.count; i++)
        put_item(line, "; profiles:", concerned.profiles[i], i == 0);
}

static void print_finding(const struct row *row, const struct finding *finding)
{
    struct line line = {.width = line_width()};
    line_put(&line, state_words[finding->state], 0);
    line_tab(&line, NAME_COLUMN);
    line_put(&line, row->name, 0);
    line_tab(&line, TEXT_COLUMN);
    line_put(&line, finding->found, TEXT_COLUMN + 2);
    put_line(&line, "for: ", row->means);
    if (finding->state != FINDING_GOOD)
        put_concerned(&line, row);
    if (finding->todo[0])
        put_line(&line, "do: ", finding->todo);
    line_end(&line);
}

/* --- JSON --- */

static json_t *json_of(const struct row *row, const struct finding *finding)
{
    static struct concerned concerned;
    json_t *it = json_object(), *keys = json_array(), *profiles = json_array();
    concerned_find(&concerned, row->needs, row->key);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (concerned.keys[key])
            json_array_append_new(keys, json_string(key_rows[key].full));
    for (int i = 0; i < concerned.count; i++)
        json_array_append_new(profiles, json_of_text(concerned.profiles[i]));
    json_object_set_new(it, "name", json_string(row->name));
    json_object_set_new(it, "state", json_string(state_words[finding->state]));
    json_object_set_new(it, "found", json_of_text(finding->found));
    json_object_set_new(it, "for", json_string(row->means));
    json_object_set_new(it, "do", finding->todo[0] ? json_string(finding->todo) : json_null());
    json_object_set_new(it, "keys", keys);
    json_object_set_new(it, "profiles", profiles);
    return it;
}

static json_t *json_begin(void)
{
    struct utsname host;
    json_t *it = json_object();
    json_object_set_new(it, "version", json_string(LISTENAS_VERSION));
    if (uname(&host) == 0)
        json_object_set_new(it, "kernel", json_of_text(host.release));
    json_object_set_new(it, "findings", json_array());
    return it;
}

static void print_version_line(void)
{
    struct utsname host;
    bool known = uname(&host) == 0;
    printf("listenas " LISTENAS_VERSION "%s%s%s%s\n", known ? " on Linux " : "", known ? host.release : "",
           known ? ", " : "", known ? host.machine : "");
}

static int look(bool json)
{
    int status = 0;
    json_t *all = json ? json_begin() : NULL;
    if (!json)
        print_version_line();
    for (size_t i = 0; i < ROWS; i++) {
        struct finding finding = {0};
        rows[i].find(&finding);
        if (finding.state == FINDING_LACKS)
            status = STATUS_LACKS;
        if (json)
            json_array_append_new(json_object_get(all, "findings"), json_of(&rows[i], &finding));
        else
            print_finding(&rows[i], &finding);
    }
    return json && json_print(all) != 0 ? STATUS_OWN : status;
}

void doctor_print_version(void)
{
    char path[PATH_MAX], build[OWN_LIBRARY_BUILD];
    puts("listenas " LISTENAS_VERSION);
    if (own_library(path, build))
        printf("library %s%s%s\n", path, build[0] ? ", build " : "", build);
    int count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        struct finding finding = {0};
        rows[i].find(&finding);
        if (finding.state == FINDING_LACKS)
            printf("%s %s", count++ ? "," : "this host lacks:", rows[i].name);
    }
    puts(count ? "; `listenas doctor` says what that means" : "this host has all that the profiles need");
}

static int run(int count, char **arguments)
{
    bool json = false;
    int option;
    while ((option = next_option(count, arguments, &verb_doctor)) != -1) {
        if (option == OPTION_HELP)
            return 0;
        if (option != 'j')
            return STATUS_USAGE;
        json = true;
    }
    if (optind == count)
        return look(json);
    say("doctor: takes no arguments, not \"%s\"", arguments[optind]);
    return STATUS_USAGE;
}

static const struct verb_option options[] = {
    {"json", OLD_LETTER('j'), NULL, "print JSON"},
    {0},
};

static const struct verb_text more[] = {
    {"exit status", "0 if this host has all that the profiles need, 1 if something is lacking (a note is not), 2 for "
                    "a wrong command line, 125 if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas doctor", "what is lacking, and what would help"},
    {"listenas doctor --json | jq '.findings[] | select(.state == \"lacks\").do'", "only what would help"},
    {0},
};

const struct verb verb_doctor = {
    .name = "doctor",
    .summary = "tell what this host has of what the platforms need, and what to do",
    .usage = "[--json]",
    .about =
        "Looks at the library, at what this user may do and at what the kernel can, by trying it. For what is lacking "
        "it names the keys and profiles that are concerned, and what would help. Changes nothing.",
    .options = options,
    .more = more,
    .examples = examples,
    .run = run,
};
