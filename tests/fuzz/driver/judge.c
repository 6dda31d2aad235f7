#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../../../shim/profile/errno_name.h"
#include "../../../shim/profile/value.h"

#define ERRORS_MOST 40
#define NAME_ROOM 40

static const struct {
    const char *call;
    int errors[ERRORS_MOST];
} kernel_errors[] = {
#define ERRORS(call, ...) {#call, {__VA_ARGS__}},
#include "errors.def"
};

static const char *const call_names[] = {
    "start",
#define HOOK(result, name, parameters, arguments, by_system_call) #name,
#include "../../../shim/profile/calls.def"
};

/* One line of a trace, taken apart. */
struct line {
    const char *text; /* up to its newline */
    int length;
    char call[NAME_ROOM]; /* empty for a line that is no call */
    int result, error;    /* `error` is 0 for success */
};

/* More than a sequence has calls. */
#define REPEATED_MOST 64

/* One record, as far as it matters here. */
struct told {
    char call[NAME_ROOM], why[NAME_ROOM];
    int result, error, kernel_error;
    bool skipped;
    int repeats; /* calls after this one that are equal to it, and have no record of their own */
};

static bool holds(const struct line *line, const char *word)
{
    return memmem(line->text, (size_t)line->length, word, strlen(word)) != NULL;
}

/* Takes the next line of a text; false at its end. */
static bool next_line(const char **text, struct line *line)
{
    static const char equals[] = " = ", failure[] = " = -1 errno ";
    const char *end = strchr(*text, '\n'), *name;
    *line = (struct line){.text = *text, .length = end ? (int)(end - *text) : (int)strlen(*text)};
    if (line->length == 0)
        return false;
    *text += line->length + (end != NULL);
    const char *paren = memchr(line->text, '(', (size_t)line->length);
    const char *result = memmem(line->text, (size_t)line->length, equals, strlen(equals));
    if (!paren || !result)
        return true;
    for (name = paren; name > line->text && name[-1] != ' ';)
        name--;
    snprintf(line->call, sizeof line->call, "%.*s", (int)(paren - name), name);
    line->result = atoi(result + strlen(equals));
    if (strncmp(result, failure, strlen(failure)) == 0)
        line->error = atoi(result + strlen(failure));
    return true;
}

/* --- what the kernel gives, what the profile names --- */

static bool kernel_gives(const char *call, int error)
{
    for (size_t i = 0; i < sizeof kernel_errors / sizeof *kernel_errors; i++)
        if (strcmp(kernel_errors[i].call, call) == 0)
            for (int at = 0; at < ERRORS_MOST && kernel_errors[i].errors[at]; at++)
                if (kernel_errors[i].errors[at] == error)
                    return true;
    return false;
}

/* What is said of accept is meant for accept4, too. */
static bool acts_at(const struct key_row *row, const char *call)
{
    for (int i = 0; i < KEY_ACTS; i++)
        if (row->at[i].phases && (strcmp(call_names[row->at[i].call], call) == 0 ||
                                  (strcmp(call, "accept4") == 0 && strcmp(call_names[row->at[i].call], "accept") == 0)))
            return true;
    return false;
}

static bool profile_names(const struct annotated_profile *annotated, const char *call, int error)
{
    for (int key = KEY_NONE + 1; annotated && key < KEY_COUNT; key++)
        if (acts_at(&key_rows[key], call) && annotated->entries[key].standing != STANDING_NOT_ENFORCED &&
            errno_of_name(annotated->entries[key].text) == error)
            return true;
    return false;
}

static bool is_hooked(const char *call)
{
    for (size_t i = 1; i < sizeof call_names / sizeof *call_names; i++)
        if (strcmp(call_names[i], call) == 0)
            return true;
    return false;
}

/* --- the trace --- */

/* Some platforms leave a descriptor open that nobody knows, and a profile promises that. */
static bool may_leak(const struct line *line, const struct annotated_profile *annotated)
{
    return annotated && strncmp(line->call, "accept", 6) == 0 && line->error == EFAULT && holds(line, " leaked 1") &&
           strcmp(annotated->entries[KEY_accept_bad_address_loss].text, "leak") == 0;
}

static bool judge_line(const struct line *line, const struct annotated_profile *annotated, char *fault)
{
    const char *what = NULL;
    if (holds(line, " errno changed"))
        what = "a call that succeeds changes errno";
    else if (holds(line, " leaked") && !may_leak(line, annotated))
        what = "descriptors are open, or are not, that should not be, or should";
    else if (holds(line, " overran"))
        what = "a call writes behind its argument's end";
    else if (holds(line, "child ended"))
        what = "a child does not end well";
    else if (line->error && is_hooked(line->call) && !kernel_gives(line->call, line->error) &&
             !profile_names(annotated, line->call, line->error))
        what = "neither the kernel nor the profile gives this errno";
    if (what)
        snprintf(fault, FAULT_ROOM, "%s: %.*s", what, line->length, line->text);
    return !what;
}

static bool judge_trace(const char *trace, const struct annotated_profile *annotated, char *fault)
{
    struct line line;
    while (next_line(&trace, &line))
        if (!judge_line(&line, annotated, fault))
            return false;
    return true;
}

/* --- the records --- */

/* The value of a field of a JSON object in `line`, without its quotes or brackets; empty for a field that is absent. */
static void field(const char *line, int length, const char *name, char value[NAME_ROOM])
{
    char label[NAME_ROOM];
    snprintf(label, sizeof label, ",\"%s\":", name);
    const char *at = memmem(line, (size_t)length, label, strlen(label));
    value[0] = '\0';
    if (!at)
        return;
    at += strlen(label);
    at += strspn(at, "\"[");
    snprintf(value, NAME_ROOM, "%.*s", (int)strcspn(at, "\",]}\n"), at);
}

/* Takes the next record of a call; false at the end. */
static bool next_told(const char **text, struct told *told)
{
    char value[NAME_ROOM];
    while (**text) {
        const char *line = *text;
        int length = (int)strcspn(line, "\n");
        *text += length + (line[length] != '\0');
        field(line, length, "call", told->call);
        if (!told->call[0] || strcmp(told->call, "start") == 0)
            continue;
        field(line, length, "why", told->why);
        field(line, length, "result", value);
        told->result = atoi(value);
        field(line, length, "errno", value);
        told->error = errno_of_name(value);
        field(line, length, "kernel_errno", value);
        told->kernel_error = errno_of_name(value);
        field(line, length, "skipped", value);
        told->skipped = value[0] != '\0';
        field(line, length, "repeats", value);
        told->repeats = atoi(value);
        return true;
    }
    return false;
}

/* A key that is worth an errno gives that one; of another key, such as accept.bad_length_loss, the errno is that of the
 * case it is about. Of connect.disconnect it is EALREADY while a connect is in progress: as for any other connect then.
 */
static bool explains(const struct told *told, const struct annotated_profile *annotated)
{
    enum key key = key_of_name(told->why);
    if (key == KEY_NONE)
        return false;
    int own = errno_of_name(annotated->entries[key].text);
    if (key == KEY_connect_disconnect && told->error == EALREADY)
        return true;
    return own ? own == told->error
               : kernel_gives(told->call, told->error) || profile_names(annotated, told->call, told->error);
}

static bool is_always_told(const char *call)
{
    return strcmp(call, "listen") == 0 || strcmp(call, "bind") == 0 || strncmp(call, "accept", 6) == 0;
}

static bool judge_told(const struct told *told, const struct annotated_profile *annotated, char *fault)
{
    if (told->error && told->error != told->kernel_error && !explains(told, annotated)) {
        snprintf(fault, FAULT_ROOM, "a record of %s has errno %d, not the kernel's %d, and no key that says why (%s)",
                 told->call, told->error, told->kernel_error, told->why);
        return false;
    }
    return true;
}

/* The next record of a call that is always recorded. */
static bool next_always(const char **records, struct told *told)
{
    while (next_told(records, told))
        if (is_always_told(told->call) && !told->skipped)
            return true;
    return false;
}

/* Records that stand for more calls than were met so far. Other processes' calls may come before the next of them. */
struct repeated {
    size_t count;
    struct told records[REPEATED_MOST];
};

static bool is_of(const struct told *told, const struct line *line)
{
    return strcmp(told->call, line->call) == 0 && told->error == line->error && told->result == line->result;
}

static void keep_repeated(struct repeated *repeated, const struct told *told)
{
    if (told->repeats > 0 && repeated->count < REPEATED_MOST)
        repeated->records[repeated->count++] = *told;
}

static bool take_repeated(struct repeated *repeated, const struct line *line)
{
    for (size_t i = 0; i < repeated->count; i++) {
        struct told *told = &repeated->records[i];
        if (!is_of(told, line))
            continue;
        if (--told->repeats == 0)
            *told = repeated->records[--repeated->count];
        return true;
    }
    return false;
}

static bool judge_order(const struct run *run, char *fault)
{
    const char *records = run->records, *trace = run->trace;
    struct repeated repeated = {0};
    struct told told;
    struct line line;
    bool more = next_always(&records, &told);
    while (next_line(&trace, &line)) {
        if (!is_always_told(line.call))
            continue;
        if (more && is_of(&told, &line)) {
            keep_repeated(&repeated, &told);
            more = next_always(&records, &told);
        } else if (!take_repeated(&repeated, &line)) {
            if (more)
                snprintf(fault, FAULT_ROOM, "a record tells %s = %d, errno %d of this call: %.*s", told.call,
                         told.result, told.error, line.length, line.text);
            else
                snprintf(fault, FAULT_ROOM, "no record of this call: %.*s", line.length, line.text);
            return false;
        }
    }
    if (more || repeated.count > 0)
        snprintf(fault, FAULT_ROOM, "a record of %s too many", more ? told.call : repeated.records[0].call);
    return !more && repeated.count == 0;
}

static bool judge_records(const struct run *run, const struct annotated_profile *annotated, char *fault)
{
    const char *records = run->records;
    struct told told;
    while (next_told(&records, &told))
        if (!judge_told(&told, annotated, fault))
            return false;
    return judge_order(run, fault);
}

bool judge(const struct run *run, const struct annotated_profile *annotated, char fault[FAULT_ROOM])
{
    fault[0] = '\0';
    if (!WIFEXITED(run->status) || WEXITSTATUS(run->status) != 0) {
        snprintf(fault, FAULT_ROOM, "the program ended with status %#x: %s", (unsigned int)run->status, run->errors);
        return false;
    }
    return judge_trace(run->trace, annotated, fault) && (!annotated || judge_records(run, annotated, fault));
}
