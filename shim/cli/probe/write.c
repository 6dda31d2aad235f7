#include "write.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"

/* A value is aligned with those above it, unless it is long. */
#define VALUE_WIDTH 28
#define NAME_SIZE 80
/* The longest line that a profile may have, without its newline. */
#define LINE_MAX_BYTES 198

/* Prints a line, without what a terminal or the loader would take for something else, as long as a line may be. */
static void write_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void write_line(const char *format, ...)
{
    char text[2048], visible[LINE_MAX_BYTES + 1];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    puts(visible);
}

/* "FreeBSD 13.0-RELEASE", as every line names the machine. */
static const char *machine_of(const struct report *report)
{
    static char name[NAME_SIZE];
    snprintf(name, sizeof name, "%.20s %.30s", report->system.line ? report->system.text : "unknown machine",
             report->release.text);
    return name;
}

static const char *date_of(const struct report *report)
{
    static char date[12];
    snprintf(date, sizeof date, "%.10s", report->date.line ? report->date.text : "no date");
    return date;
}

static void write_head(const struct report *report, const struct comparison *comparison)
{
    write_line("[profile]");
    write_line("summary = %s, measured", machine_of(report));
    write_line("source = listenas probe on %s %.20s, %s", machine_of(report), report->machine.text, date_of(report));
    write_line("inherits = %s", builtin_profiles[comparison->nearest].name);
}

static void write_key(const struct report *report, const struct measured *measured, const struct comparison *comparison,
                      enum key key)
{
    const char *reason = hindrance(comparison, measured, key), *remark = measured->of[key].remark;
    char value[128];
    snprintf(value, sizeof value, "%s = %s", key_short_name(key), measured->of[key].text);
    write_line("%-*s # %s%s%smeasured on %s, %s%s%s", VALUE_WIDTH, value, reason ? "not enforced: " : "",
               reason ? reason : "", reason ? "; " : "", machine_of(report), date_of(report), remark[0] ? "; " : "",
               remark);
}

static bool is_measured(const struct measured *measured, enum section section)
{
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (key_fields[key].section == section && measured->of[key].text[0])
            return true;
    return false;
}

static void write_section(const struct report *report, const struct measured *measured,
                          const struct comparison *comparison, enum section section)
{
    const char *title = NULL;
    if (!is_measured(measured, section))
        return;
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key_fields[key].section != section || !measured->of[key].text[0])
            continue;
        if (!title)
            printf("\n[%s]\n", title = key_rows[key].section);
        write_key(report, measured, comparison, key);
    }
}

/* Families that the machine does not have, and keys that no experiment answered. */
static void write_inherited(const struct report *report, const struct measured *measured,
                            const struct comparison *comparison)
{
    printf("\n# Inherited from %s, because nothing was measured:\n", builtin_profiles[comparison->nearest].name);
    for (enum family family = FAMILY_INET; family < FAMILIES; family++)
        if (report->without[family].line)
            write_line("#   all of %s alone: %s", probed_family_name(family), report->without[family].text);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (!measured->of[key].text[0])
            write_line("#   %s: %s", key_rows[key].full, measured->of[key].remark);
}

static void write_difference(const struct annotated_profile *said, const struct measured *measured, enum key key)
{
    const struct entry *entry = &said->entries[key];
    const bool silent = strcmp(entry->text, "kernel") == 0;
    write_line("#   %s: %s %s%s%s; measured %s", key_rows[key].full, said->name,
               silent ? "leaves it to Linux" : "says ", silent ? "" : entry->text,
               entry->standing == STANDING_UNVERIFIED ? ", unverified" : "", measured->of[key].text);
}

static void write_differences(const struct measured *measured, const struct comparison *comparison)
{
    int count = 0;
    if (comparison->own < 0)
        return;
    const struct annotated_profile *own = &comparison->of[comparison->own];
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (!differs(own, measured, key))
            continue;
        if (count++ == 0)
            printf("\n# Where the built-in profile of this platform says otherwise:\n");
        write_difference(own, measured, key);
    }
    if (count)
        say("the built-in profile %s says otherwise of %d key%s: the end of the profile lists them", own->name, count,
            count == 1 ? "" : "s");
}

void write_profile(const struct report *report, const struct measured *measured, const struct comparison *comparison)
{
    write_head(report, comparison);
    for (enum section section = 0; section < SECTION_COUNT; section++)
        write_section(report, measured, comparison, section);
    write_inherited(report, measured, comparison);
    write_differences(measured, comparison);
}
