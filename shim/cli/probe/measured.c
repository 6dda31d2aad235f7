#include "measured.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meaning.h"

static const char *const unseen[KEY_COUNT] = {
#define UNSEEN(key, why) [KEY_##key] = why,
#include "unseen.def"
};

void measured_set(struct measured *measured, enum key key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(measured->of[key].text, sizeof measured->of[key].text, format, arguments);
    va_end(arguments);
    if (measured->of[key].text[0])
        measured->of[key].remark[0] = '\0';
}

void measured_remark(struct measured *measured, enum key key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(measured->of[key].remark, sizeof measured->of[key].remark, format, arguments);
    va_end(arguments);
}

static bool is_other(const struct told *told)
{
    return strncmp(told->text, "other", 5) == 0;
}

/* The first family that gave an answer that a key can hold; FAMILIES if none did. */
static enum family speaker_of(const struct told of[FAMILIES])
{
    enum family family = FAMILY_INET;
    while (family < FAMILIES && (!of[family].line || is_other(&of[family])))
        family++;
    return family;
}

/* Remarks on the first family that answered otherwise than the one whose answer counts. */
static void remark_difference(struct measured *measured, enum key key, const struct told of[FAMILIES])
{
    const char *text = measured->of[key].text;
    for (enum family family = FAMILY_INET; family < FAMILIES; family++)
        if (of[family].line && strcmp(of[family].text, text) != 0) {
            measured_remark(measured, key, "%s answered %s", probed_family_name(family), of[family].text);
            return;
        }
}

/* Says why no experiment answered: its own reason, a missing family, or that no program can see the promise. */
static void remark_silence(struct measured *measured, enum key key, const struct report *report)
{
    for (enum family family = FAMILY_INET; family < FAMILIES; family++) {
        const struct told *answer = &report->answers[key][family], *reason = &report->reasons[key][family];
        if (answer->line)
            measured_remark(measured, key, "it answered \"%s\"", answer->text);
        else if (reason->line)
            measured_remark(measured, key, "%s", reason->text);
        if (answer->line || reason->line)
            return;
    }
    measured_remark(measured, key, "%s", unseen[key] ? unseen[key] : "the probe did not come to it");
}

static void measure_key(struct measured *measured, enum key key, const struct report *report)
{
    const struct told *of = report->answers[key];
    enum family speaker = speaker_of(of);
    if (speaker == FAMILIES) {
        remark_silence(measured, key, report);
        return;
    }
    measured_set(measured, key, "%s", of[speaker].text);
    remark_difference(measured, key, of);
}

/* Where a word of the key means "as another key", and both were measured alike, the profile says that word. */
static void refer(struct measured *measured, enum key key)
{
    static struct profile scratch;
    bool promise_only;
    const struct meaning *meaning = meaning_of_key(key);
    const char *text = measured->of[key].text;
    if (!meaning || !text[0])
        return;
    if (strcmp(text, measured->of[meaning->other].text) == 0) {
        measured_set(measured, key, "%s", meaning->word);
        measured_remark(measured, key, "as %s", key_rows[meaning->other].full);
    } else if (key_set(&scratch, key, text, &promise_only)) {
        measured_remark(measured, key, "it answered \"%s\", which no profile can say of this key alone", text);
        measured->of[key].text[0] = '\0';
    }
}

void measure(struct measured *measured, const struct report *report)
{
    memset(measured, 0, sizeof *measured);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        measure_key(measured, key, report);
    measure_queues(measured, report);
    measure_sharing(measured, report);
    measure_ports(measured, report);
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        refer(measured, key);
}
