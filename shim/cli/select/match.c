#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../path.h"
#include "address.h"
#include "select.h"

static bool is_like(const char *pattern, const char *text)
{
    return text[0] && fnmatch(pattern, text, 0) == 0;
}

static bool is_in(const struct select_value *value, int64_t number)
{
    return number >= value->low && number <= value->high;
}

/* "file" or "file:LINE", "module" or "module+0xOFFSET": with the file's path, and with its name alone. */
static bool is_file(const char *pattern, const char *path, const char *rest)
{
    char text[1200];
    const char *const names[] = {path, base_name(path)};
    for (size_t i = 0; path[0] && i < 2; i++) {
        snprintf(text, sizeof text, "%s%s", names[i], rest);
        if (is_like(pattern, names[i]) || (rest[0] && is_like(pattern, text)))
            return true;
    }
    return false;
}

static bool is_place(const char *pattern, const struct select_place *place)
{
    char line[24] = "", offset[24] = "";
    if (place->line)
        snprintf(line, sizeof line, ":%d", place->line);
    if (place->offset)
        snprintf(offset, sizeof offset, "+%#llx", (unsigned long long)place->offset);
    return is_like(pattern, place->function) || is_file(pattern, place->file, line) ||
           is_file(pattern, place->module, offset);
}

static bool is_from(const char *pattern, const struct subject *subject, size_t depth)
{
    for (size_t i = 0; i < depth && i < subject->places_count; i++)
        if (is_place(pattern, &subject->places[i]))
            return true;
    return false;
}

/* "listen.backlog_max" is also "backlog_max". */
static bool is_key(const char *pattern, const char *key)
{
    const char *dot = strchr(key, '.');
    return is_like(pattern, key) || (dot && !strchr(pattern, '.') && is_like(pattern, dot + 1));
}

static bool has_port(const struct select_value *value, const struct select_address *address)
{
    return (address->family == AF_INET || address->family == AF_INET6) && is_in(value, address->port);
}

static bool holds(enum select_field field, const struct select_value *value, const struct subject *subject)
{
    switch (field) {
    case FIELD_call:
        return is_like(value->text, subject->call);
    case FIELD_err:
        return subject->is_call && is_in(value, subject->error);
    case FIELD_fd:
        return is_in(value, subject->fd);
    case FIELD_result:
        return subject->is_call && is_in(value, subject->result);
    case FIELD_pid:
        return is_in(value, subject->pid);
    case FIELD_tid:
        return is_in(value, subject->tid);
    case FIELD_program:
        return is_like(value->text, subject->program);
    case FIELD_profile:
        return is_like(value->text, subject->profile) || is_like(value->text, base_name(subject->profile));
    case FIELD_address:
        return select_address_matches(value, &subject->address) || select_address_matches(value, &subject->listener);
    case FIELD_port:
        return has_port(value, &subject->address) || has_port(value, &subject->listener);
    case FIELD_site:
        return is_from(value->text, subject, 1);
    case FIELD_caller:
        return is_from(value->text, subject, SELECT_PLACES);
    case FIELD_key:
        return is_key(value->text, subject->keys[0]) || is_key(value->text, subject->keys[1]);
    default:
        return false;
    }
}

static bool term_holds(const struct selection *selection, const struct select_term *term, const struct subject *subject)
{
    for (size_t i = 0; i < term->count; i++)
        if (holds(term->field, &selection->values[term->first + i], subject))
            return !term->is_not;
    return term->is_not;
}

bool select_matches(const struct selection *selection, const struct subject *subject)
{
    if ((selection->failed && !subject->failed) || (selection->changed && !subject->changed))
        return false;
    if (selection->since_ns && subject->last_ns < selection->since_ns)
        return false;
    if (selection->until_ns && subject->time_ns > selection->until_ns)
        return false;
    for (size_t i = 0; i < selection->terms_count; i++)
        if (!term_holds(selection, &selection->terms[i], subject))
            return false;
    return true;
}

bool select_is_of_listener(enum select_field field)
{
    return field == FIELD_fd || field == FIELD_pid || field == FIELD_program || field == FIELD_profile ||
           field == FIELD_address || field == FIELD_port;
}

bool select_matches_listener(const struct selection *selection, const struct subject *subject)
{
    for (size_t i = 0; i < selection->terms_count; i++)
        if (select_is_of_listener(selection->terms[i].field) && !term_holds(selection, &selection->terms[i], subject))
            return false;
    return true;
}

bool select_asks_places(const struct selection *selection)
{
    for (size_t i = 0; i < selection->terms_count; i++)
        if (selection->terms[i].field == FIELD_site || selection->terms[i].field == FIELD_caller)
            return true;
    return false;
}
