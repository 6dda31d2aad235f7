#include "provoke.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../errno_name.h"
#include "../suggest.h"
#include "entry.h"

#define ITEM_MOST 80

static const struct spot here = {.name = "LISTENAS_PROVOKE (run -P)"};

static const char call_names[CALL_COUNT][16] = {
#define HOOK(result, name, parameters, arguments, by_system_call) [CALL_##name] = #name,
#include "../calls.def"
};

enum key provoke_key(enum call call)
{
    char full[KEY_FULL_ROOM];
    snprintf(full, sizeof full, "errors.%s", call_names[call]);
    return key_of_name(full);
}

/* CALL_start for a name that is none of those whose errors can be provoked. */
static enum call call_of_name(const char *name)
{
    for (enum call call = CALL_start + 1; call < CALL_COUNT; call++)
        if (strcmp(call_names[call], name) == 0 && provoke_key(call) != KEY_NONE)
            return call;
    return CALL_start;
}

static void diagnose_call(struct diagnostics *diagnostics, const char *item, const char *name)
{
    char best[16], all[80] = "";
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (enum call call = CALL_start + 1; call < CALL_COUNT; call++) {
        if (provoke_key(call) == KEY_NONE)
            continue;
        suggest_try(&nearest, call_names[call]);
        strcat(strcat(all, all[0] ? ", " : ""), call_names[call]);
    }
    if (strcmp(name, "accept4") == 0)
        diagnose_at(diagnostics, here, "%s: accept stands for accept4 as well; write accept", item);
    else if (suggest_found(&nearest))
        diagnose_at(diagnostics, here, "%s: unknown call \"%s\"; did you mean %s?", item, name, best);
    else
        diagnose_at(diagnostics, here, "%s: no error can be provoked at \"%s\"; expected one of: %s", item, name, all);
}

static void diagnose_error(struct diagnostics *diagnostics, const char *item, const char *name)
{
    char best[24];
    bool near = value_nearest("ERRNO", name, best, sizeof best);
    diagnose_at(diagnostics, here, "%s: \"%s\" is no name of an error%s%s%s", item, name, near ? "; did you mean " : "",
                near ? best : "", near ? "?" : "");
}

/* Reads a number, `least` or more, at the beginning of *text and moves *text past it. False if there is none. */
static bool take_number(const char **text, uint32_t least, uint32_t *number)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(*text, &end, 10);
    if (**text < '0' || **text > '9' || errno || value < least || value >= PROVOCATION_ENDLESS)
        return false;
    *number = (uint32_t)value;
    *text = end;
    return true;
}

/* FIRST[..LAST][+[STEP]]; returns what is wrong, or NULL. */
static const char *parse_when(const char *text, struct provocation *it)
{
    static const char expected[] = "expected @N, @N+, @N+STEP, @N..M or @N..M+STEP, where calls are counted from 1";
    if (!take_number(&text, 1, &it->first))
        return expected;
    it->last = it->first;
    if (strncmp(text, "..", 2) == 0) {
        text += 2;
        if (!take_number(&text, 1, &it->last))
            return expected;
        if (it->last < it->first)
            return "the range ends before it begins";
    } else if (*text == '+') {
        it->last = PROVOCATION_ENDLESS;
    }
    if (*text == '+' && *++text && !take_number(&text, 1, &it->step))
        return expected;
    return *text ? expected : NULL;
}

static const char *parse_share(const char *text, struct provocation *it)
{
    return take_number(&text, 1, &it->one_in) && !*text ? NULL : "expected %N: one call in N fails, N from 1";
}

/* What follows the name of the error: "", "@WHEN" or "%N". */
static const char *parse_which(const char *text, struct provocation *it)
{
    it->first = it->step = 1;
    it->last = PROVOCATION_ENDLESS;
    return *text == '@' ? parse_when(text + 1, it) : *text == '%' ? parse_share(text + 1, it) : NULL;
}

/* "CALL:ERRNO@WHEN"; false after a report. */
static bool parse_item(const char *item, struct provocation *it, struct diagnostics *diagnostics)
{
    char name[ITEM_MOST];
    const char *colon = strchr(item, ':');
    if (!colon) {
        diagnose_at(diagnostics, here, "\"%s\": expected CALL:ERRNO, then @WHEN or %%N", item);
        return false;
    }
    snprintf(name, sizeof name, "%.*s", (int)(colon - item), item);
    enum call call = call_of_name(name);
    if (call == CALL_start) {
        diagnose_call(diagnostics, item, name);
        return false;
    }
    size_t length = strcspn(colon + 1, "@%");
    snprintf(name, sizeof name, "%.*s", (int)length, colon + 1);
    *it = (struct provocation){.call = (uint8_t)call, .error = (uint16_t)errno_of_name(name)};
    if (it->error == 0) {
        diagnose_error(diagnostics, item, name);
        return false;
    }
    const char *fault = parse_which(colon + 1 + length, it);
    if (fault)
        diagnose_at(diagnostics, here, "%s: %s", item, fault);
    return !fault;
}

static void take_seed(struct provocations *all, const char *item, struct diagnostics *diagnostics)
{
    const char *text = item + strlen("seed=");
    char *end;
    errno = 0;
    all->seed = strtoull(text, &end, 10);
    all->has_seed = true;
    if (*text < '0' || *text > '9' || *end || errno)
        diagnose_at(diagnostics, here, "%s: expected a number from 0 to 18446744073709551615", item);
}

static void take_item(struct provocations *all, const char *item, struct diagnostics *diagnostics)
{
    struct provocation it;
    if (strcmp(item, "force") == 0)
        all->forced = true;
    else if (strncmp(item, "seed=", strlen("seed=")) == 0)
        take_seed(all, item, diagnostics);
    else if (all->count == PROVOCATIONS_MOST)
        diagnose_at(diagnostics, here, "%s: is one more than the %d errors that can be provoked", item,
                    PROVOCATIONS_MOST);
    else if (parse_item(item, &it, diagnostics))
        all->of[all->count++] = it;
}

static void check_listed(const struct provocation *it, const struct profile *profile, const char *name,
                         struct diagnostics *diagnostics)
{
    const struct errors *listed =
        (const void *)((const char *)profile + key_fields[provoke_key((enum call)it->call)].offset);
    char names[512];
    if (errors_has(listed, it->error))
        return;
    errors_format(listed, names, sizeof names);
    diagnose_at(diagnostics, here, "%s does not list %s for %s, but %s; --force provokes it all the same", name,
                errno_name(it->error), call_names[it->call], names);
}

bool provoke_load(struct provocations *all, const char *text, const struct profile *profile, const char *name,
                  struct diagnostics *diagnostics)
{
    char item[ITEM_MOST];
    int before = diagnostics->count;
    *all = (struct provocations){0};
    while (*text) {
        size_t length = strcspn(text, ",");
        snprintf(item, sizeof item, "%.*s", (int)(length < sizeof item ? length : sizeof item - 1), text);
        trim(item);
        if (length >= sizeof item)
            diagnose_at(diagnostics, here, "%s...: is longer than %d characters", item, ITEM_MOST - 1);
        else if (item[0])
            take_item(all, item, diagnostics);
        text += length + (text[length] == ',');
    }
    for (int i = 0; !all->forced && i < all->count; i++)
        check_listed(&all->of[i], profile, name, diagnostics);
    return diagnostics->count == before;
}

bool provoke_needs_seed(const struct provocations *all)
{
    for (int i = 0; i < all->count; i++)
        if (all->of[i].one_in > 0)
            return true;
    return false;
}
