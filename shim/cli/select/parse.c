#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../profile/errno_name.h"
#include "../../profile/profile.h"
#include "../../profile/suggest.h"
#include "address.h"
#include "select.h"

/* No errno is larger. Source: Linux, include/linux/err.h, MAX_ERRNO. */
#define ERRNO_MOST 4095
/* Bytes of a long word in a message. */
#define WORD_SHOWN 80

const struct select_row select_rows[SELECT_FIELDS] = {
#define FIELD(name, kind, help) {#name, SELECT_##kind, help},
#include "fields.def"
};

static const char *const calls[] = {
    "start",
    "queue",
    "use",
    "mark",
#define HOOK(result, name, parameters, arguments, by_system_call) #name,
#include "../../profile/calls.def"
};

/* A word, while it is read. */
struct reading {
    struct selection *selection;
    const char *word;
    const struct select_row *row;
    char sign[3]; /* the operator */
};

__attribute__((format(printf, 2, 3))) static bool fail(struct selection *selection, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(selection->fault, sizeof selection->fault, format, arguments);
    va_end(arguments);
    return false;
}

/* --- names --- */

static bool is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* `lister` says what the legal words are where none is near. */
static bool fail_name(const struct reading *reading, const char *kind, const struct suggestion *nearest,
                      const char *lister)
{
    if (suggest_found(nearest))
        return fail(reading->selection, "%s: unknown %s \"%s\"; did you mean %s?", reading->word, kind, nearest->text,
                    nearest->best);
    return fail(reading->selection, "%s: unknown %s \"%s\"; %s", reading->word, kind, nearest->text, lister);
}

static bool read_call(const struct reading *reading, const char *text)
{
    char best[32];
    struct suggestion nearest = suggest_start(text, best, sizeof best);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i], text) == 0)
            return true;
        suggest_try(&nearest, calls[i]);
    }
    return is_pattern(text) || fail_name(reading, "call", &nearest, "calls are listen, bind, accept, accept4 ...");
}

/* The number of an errno's name, or what the digits say; -1 if it is neither. */
static long errno_of(const char *text)
{
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return errno_of_name(text) > 0 ? errno_of_name(text) : -1;
    long number = strtol(text, &end, 10);
    return *end == '\0' && number <= ERRNO_MOST ? number : -1;
}

static bool read_errno(const struct reading *reading, const char *text, struct select_value *value)
{
    char best[32];
    struct suggestion nearest = suggest_start(text, best, sizeof best);
    value->low = value->high = errno_of(text);
    for (int error = 1; value->low < 0 && error <= ERRNO_MOST; error++)
        suggest_try(&nearest, errno_name(error));
    return value->low >= 0 || fail_name(reading, "errno", &nearest, "expected a name such as EAGAIN, or 0 for success");
}

/* With its section, without it, or a pattern of either. */
static bool read_key(const struct reading *reading, const char *text)
{
    char best[64];
    struct suggestion nearest = suggest_start(text, best, sizeof best);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const char *name = strchr(text, '.') ? key_rows[key].full : key_short_name(key);
        if (strcmp(name, text) == 0)
            return true;
        suggest_try(&nearest, name);
    }
    return is_pattern(text) || fail_name(reading, "key", &nearest, "`listenas profiles keys` lists all");
}

/* --- numbers --- */

static bool read_integer(const char *text, size_t length, int64_t *number)
{
    char digits[20], *end;
    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    *number = strtoll(digits, &end, 10);
    return *end == '\0' && (isdigit((unsigned char)digits[0]) || (digits[0] == '-' && digits[1]));
}

/* "7", "3..9", "3..", "..9" */
static bool read_range(const char *text, struct select_value *value)
{
    const char *dots = strstr(text, "..");
    size_t length = dots ? (size_t)(dots - text) : strlen(text);
    value->low = INT64_MIN;
    value->high = INT64_MAX;
    if (!dots) {
        bool good = read_integer(text, length, &value->low);
        value->high = value->low;
        return good;
    }
    return (length > 0 || dots[2]) && (length == 0 || read_integer(text, length, &value->low)) &&
           (!dots[2] || read_integer(dots + 2, strlen(dots + 2), &value->high));
}

static bool read_number(const struct reading *reading, const char *text, struct select_value *value)
{
    if (!read_range(text, value))
        return fail(reading->selection, "%s: \"%s\" is no number; expected one, or a range such as 8000..8099",
                    reading->word, text);
    if (value->low > value->high)
        return fail(reading->selection, "%s: the range %s ends before it begins", reading->word, text);
    return true;
}

/* "fd<7" is "fd=..6". */
static bool read_bound(const struct reading *reading, const char *text, struct select_value *value)
{
    int64_t number;
    if (!read_integer(text, strlen(text), &number))
        return fail(reading->selection, "%s: expected one number after %s", reading->word, reading->sign);
    bool below = reading->sign[0] == '<', strict = reading->sign[1] == '\0';
    value->low = below ? INT64_MIN : number + strict;
    value->high = below ? number - strict : INT64_MAX;
    return true;
}

/* --- one value, one word --- */

static bool read_value(const struct reading *reading, const char *text, struct select_value *value)
{
    value->text = text;
    switch (reading->row->kind) {
    case SELECT_NUMBER:
        return reading->sign[0] == '<' || reading->sign[0] == '>' ? read_bound(reading, text, value)
                                                                  : read_number(reading, text, value);
    case SELECT_CALL:
        return read_call(reading, text);
    case SELECT_ERRNO:
        return read_errno(reading, text, value);
    case SELECT_KEY:
        return read_key(reading, text);
    case SELECT_ADDRESS:
        return select_read_address(text, value) ||
               fail(reading->selection,
                    "%s: \"%s\" is no address; expected such as 127.0.0.1, 10.0.0.0/8, [::1]:80, /run/socket, @name",
                    reading->word, text);
    default:
        return true;
    }
}

static bool read_values(const struct reading *reading, char *list, struct select_term *term)
{
    struct selection *selection = reading->selection;
    term->first = selection->values_count;
    for (char *next = list; next;) {
        char *text = strsep(&next, ",");
        if (!*text)
            return fail(selection, "%s: a value is missing", reading->word);
        if (term->first + term->count == SELECT_VALUES)
            return fail(selection, "%s: more than %d values", reading->word, SELECT_VALUES);
        struct select_value *value = &selection->values[term->first + term->count++];
        *value = (struct select_value){0};
        if (!read_value(reading, text, value))
            return false;
    }
    return true;
}

static size_t name_length(const char *word)
{
    size_t length = 0;
    while (isalpha((unsigned char)word[length]) || (length > 0 && word[length] == '_'))
        length++;
    return length;
}

/* The length of the operator at `text`, 0 if there is none. */
static size_t sign_length(const char *text)
{
    if (text[0] == '!')
        return text[1] == '=' ? 2 : 0;
    if (text[0] == '<' || text[0] == '>')
        return text[1] == '=' ? 2 : 1;
    return text[0] == '=';
}

bool select_is_word(const char *word)
{
    size_t length = name_length(word);
    return length > 0 && sign_length(word + length) > 0;
}

static const struct select_row *find_row(const char *name)
{
    if (strcmp(name, "errno") == 0)
        return &select_rows[FIELD_err];
    for (size_t i = 0; i < SELECT_FIELDS; i++)
        if (strcmp(select_rows[i].name, name) == 0)
            return &select_rows[i];
    return NULL;
}

static bool fail_field(struct selection *selection, const char *word, const char *name)
{
    char best[32], list[256] = "";
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (size_t i = 0; i < SELECT_FIELDS; i++) {
        suggest_try(&nearest, select_rows[i].name);
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", select_rows[i].name);
    }
    if (suggest_found(&nearest))
        return fail(selection, "%s: unknown field \"%s\"; did you mean %s?", word, name, best);
    return fail(selection, "%s: unknown field \"%s\"; expected one of %s", word, name, list);
}

/* Splits `copy` into the field's name, the operator and the values. */
static bool read_term(struct reading *reading, char *copy, struct select_term *term)
{
    struct selection *selection = reading->selection;
    size_t length = name_length(copy), sign = length ? sign_length(copy + length) : 0;
    if (!sign)
        return fail(selection, "%s: expected a field, an operator (=, !=, <, >) and a value, such as call=accept",
                    reading->word);
    memcpy(reading->sign, copy + length, sign);
    copy[length] = '\0';
    reading->row = find_row(copy);
    if (!reading->row)
        return fail_field(selection, reading->word, copy);
    if (reading->sign[sign - 1] != '=' || reading->sign[0] == '<' || reading->sign[0] == '>')
        if (reading->row->kind != SELECT_NUMBER)
            return fail(selection, "%s: %s is no number; expected %s= or %s!=", reading->word, copy, copy, copy);
    term->field = (enum select_field)(reading->row - select_rows);
    term->is_not = reading->sign[0] == '!';
    return read_values(reading, copy + length + sign, term);
}

bool select_add(struct selection *selection, const char *word)
{
    char shown[WORD_SHOWN + 4];
    struct reading reading = {.selection = selection, .word = shown};
    struct select_term term = {0};
    snprintf(shown, sizeof shown, "%.*s%s", WORD_SHOWN, word, strlen(word) > WORD_SHOWN ? "..." : "");
    if (selection->terms_count == SELECT_TERMS)
        return fail(selection, "%s: more than %d words", shown, SELECT_TERMS);
    char *copy = strdup(word);
    if (!copy)
        return fail(selection, "%s: %s", shown, strerror(errno));
    if (!read_term(&reading, copy, &term)) {
        free(copy);
        return false;
    }
    selection->values_count += term.count;
    selection->words[selection->terms_count] = copy;
    selection->terms[selection->terms_count++] = term;
    return true;
}

bool select_add_calls(struct selection *selection, const char *list)
{
    char word[512];
    if (strncmp(list, "trace=", 6) == 0)
        list += 6;
    bool is_not = list[0] == '!';
    if (snprintf(word, sizeof word, "call%s=%s", is_not ? "!" : "", list + is_not) >= (int)sizeof word)
        return fail(selection, "%.40s...: the list is too long", list);
    return select_add(selection, word);
}

void select_free(struct selection *selection)
{
    for (size_t i = 0; i < selection->terms_count; i++)
        free(selection->words[i]);
    *selection = (struct selection){0};
}
