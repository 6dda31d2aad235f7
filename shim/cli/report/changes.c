/* What each key changed: how often, an example, and what the tables and the profile say of it. */
#include <stdlib.h>
#include <string.h>

#include "../log/callform.h"
#include "../log/names.h"
#include "../view/why.h"
#include "html.h"
#include "page.h"

struct change {
    uint16_t key;
    char profile[NAME_TEXT];
    int32_t settings; /* their number in the ring */
    uint64_t calls;
    const struct record *example; /* the first */
};

struct changes {
    struct change *changes;
    size_t count, room;
};

/* The change by this key under this profile and with these settings. */
static struct change *find(struct changes *changes, uint16_t key, const char *profile, int32_t settings)
{
    for (size_t i = 0; i < changes->count; i++)
        if (changes->changes[i].key == key && changes->changes[i].settings == settings &&
            strncmp(changes->changes[i].profile, profile, NAME_TEXT - 1) == 0)
            return &changes->changes[i];
    if (changes->count == changes->room)
        return NULL;
    struct change *change = &changes->changes[changes->count++];
    *change = (struct change){.key = key, .settings = settings};
    snprintf(change->profile, sizeof change->profile, "%s", profile);
    return change;
}

static void add(struct changes *changes, const struct view *view, const struct told *event, uint16_t key)
{
    struct change *change =
        find(changes, key, view_profile_of(view, &event->record), view_settings_of(view, &event->record));
    if (!change)
        return;
    if (!change->example)
        change->example = &event->record;
    change->calls += 1 + event->repeats.count;
}

static void find_changes(struct changes *changes, const struct view *view)
{
    for (size_t i = 0; i < view->events.count; i++)
        for (int k = 0; k < 2; k++)
            if (view->events.events[i].record.key[k])
                add(changes, view, &view->events.events[i], view->events.events[i].record.key[k]);
}

static int by_calls(const void *one, const void *other)
{
    const struct change *a = one, *b = other;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    return a->key - b->key;
}

static void write_firmness(FILE *file, const struct why *why)
{
    if (why->source == WHY_SETTING)
        html(file, "<span class=\"firm\">set beside the profile</span>");
    else if (why->source != WHY_PROFILE)
        html(file, "<span class=\"firm unsure\">not known here</span>");
    else if (why->standing == STANDING_KEPT)
        html(file, "<span class=\"firm kept\">has a source</span>");
    else if (why->standing == STANDING_UNVERIFIED)
        html(file, "<span class=\"firm unsure\">unverified</span>");
    else
        html(file, "<span class=\"firm unsure\">not enforced</span>");
}

static void write_value(FILE *file, const struct why *why, const struct change *change)
{
    switch (why->source) {
    case WHY_PROFILE:
        html(file, "<p><b>%s</b> promises <code>%s</code>%s%s <span class=\"soft\">(%s)</span></p>\n", change->profile,
             why->value, why->note[0] ? ": " : "", why->note, why->place);
        break;
    case WHY_SETTING:
        html(file,
             "<p><code>%s</code> by <code>run -o</code> or <code>LISTENAS_SET</code>, beside the profile "
             "<b>%s</b></p>\n",
             why->value, change->profile);
        break;
    case WHY_UNSET:
        html(file, "<p>The profile <b>%s</b> says nothing of it any more: it has changed since.</p>\n",
             change->profile);
        break;
    case WHY_UNLOADED:
        html(file,
             "<p>The profile <b>%s</b> cannot be read here, or what <code>LISTENAS_SET</code> set is not "
             "recorded.</p>\n",
             change->profile);
        break;
    default:
        html(file, "<p>This build of listenas has no such key.</p>\n");
    }
}

static void write_example(FILE *file, const struct ring *ring, const struct record *record)
{
    char call[400], result[48];
    format_call(call_name(ring, record->call), record, call, sizeof call);
    format_result(record, result, sizeof result);
    html(file, "<p><code>%s = %s</code>", call, result);
    if (record->flags & RECORD_NOT_CALLED)
        html(file, ", and the kernel was not asked");
    else if (record->kernel_error && record->kernel_error != record->given_error)
        html(file, ", where the kernel said %s", error_name(record->kernel_error));
    if (record->result >= 0 && record->effective != record->asked &&
        strcmp(call_name(ring, record->call), "listen") == 0)
        html(file, ", where the backlog counts as %d", record->effective);
    html(file, "</p>\n");
}

static void write_change(struct page *page, const struct change *change)
{
    FILE *file = page->file;
    const char *name = key_name(&page->view->ring, change->key);
    struct settings settings;
    struct why why;
    ring_settings(&page->view->ring, change->settings, &settings);
    why_find(&why, &(struct why_under){change->profile, &settings}, name);
    html(file, "<div class=\"key\">\n<h3><code>%s</code> ", name);
    write_firmness(file, &why);
    html(file, "</h3>\n");
    if (why.help[0])
        html(file, "<p class=\"soft help\">%s.</p>\n", why.help);
    write_value(file, &why, change);
    if (why.native[0])
        html(file, "<p>Linux by itself: <code>%s</code></p>\n", why.native);
    html(file, "<p>It changed ");
    html_count(file, change->calls, "call");
    html(file, ", first:</p>\n");
    write_example(file, &page->view->ring, change->example);
    if (why.advice[0])
        html(file, "<p class=\"soft\">A portable program: %s.</p>\n", why.advice);
    html(file, "</div>\n");
}

/* A key can act under several profiles, since children may have others. */
bool changes_write(struct page *page)
{
    struct changes changes = {.room = page->view->ring.header->keys < 1024 ? 2048 : 4096};
    changes.changes = calloc(changes.room, sizeof *changes.changes);
    if (!changes.changes)
        return false;
    find_changes(&changes, page->view);
    qsort(changes.changes, changes.count, sizeof *changes.changes, by_calls);
    html(page->file, "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">What the profile changed</h2>\n");
    if (changes.count == 0)
        html(page->file, "<p>No call that the record holds was changed.</p>\n");
    for (size_t i = 0; i < changes.count; i++)
        write_change(page, &changes.changes[i]);
    html(page->file, "</section>\n");
    free(changes.changes);
    return true;
}
