#include "reading.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../alias.h"
#include "dropins.h"
#include "entry.h"
#include "lines.h"
#include "not_found.h"
#include "search.h"

/*
 * A file is read four times, so that its lines may come in any order: what it says itself overrides what it
 * inherits, and a section for one program overrides those for all.
 */
enum pass { PASS_INHERIT, PASS_KEYS, PASS_PROGRAM_INHERIT, PASS_PROGRAM_KEYS };

/* One file that is being read. Too large for a stack that holds one for each file that inherits. */
struct reading {
    struct target *target;
    struct diagnostics *diagnostics; /* for what this file inherits */
    struct diagnostics *heard;       /* for its own lines, which one pass reports; NULL in the others */
    const char *program;
    struct profile_source place, other; /* of this file, and of one that it names and that is not read */
    struct opening opening;
    struct dropins dropins;
    struct lines lines;
    enum pass pass;
    enum key key;           /* the last one that was read */
    bool speaks_of_program; /* it has a section for `program` */
    int file;               /* its index in annotated->files */
    int seen[KEY_COUNT];    /* the line where this file's own section set a key */
    int seen_inherits, seen_summary, seen_source;
    int seen_program[KEY_COUNT]; /* the same in the [program] section that is being read */
    int seen_program_inherits;
    char section[64];     /* the name of that section */
    struct profile check; /* takes what is read only to be checked */
};

static void read_file(struct target *target, const char *name, const char *program, const struct opening *heirs,
                      struct diagnostics *diagnostics);

/* "[program "legacyd"]" -> legacyd; false for any other section. */
static bool program_of_section(const char *section, char *program, size_t size)
{
    size_t length = strlen(section);
    if (strncmp(section, "program \"", 9) != 0 || length < 11 || section[length - 1] != '"' || length - 10 >= size)
        return false;
    memcpy(program, section + 9, length - 10);
    program[length - 10] = '\0';
    return true;
}

static struct spot spot_of(const struct reading *reading)
{
    return (struct spot){.name = reading->place.path, .line = reading->lines.line};
}

/*
 * `line`: where this file or section has said it before, 0 if it has not. Reports and ignores the second time, so
 * that a file with a thousand `inherits` costs nothing.
 */
static bool is_said_twice(const struct reading *reading, const char *name, int *line)
{
    if (*line == 0) {
        *line = reading->lines.line;
        return false;
    }
    if (reading->pass == PASS_KEYS)
        diagnose_at(reading->heard, spot_of(reading), "%s: is set twice, first in line %d; expected it once", name,
                    *line);
    return true;
}

static void inherit(struct reading *reading, const char *name)
{
    reading->opening.line = reading->lines.line;
    read_file(reading->target, name, reading->program, &reading->opening, reading->diagnostics);
}

/* What a section for another program inherits from must exist, but is not read. */
static void check_inherited(struct reading *reading, const char *name)
{
    reading->opening.line = reading->lines.line;
    enum found found = profile_find(name, &reading->opening, reading->target->has_directories, &reading->other);
    if (found != FOUND)
        diagnose_profile(reading->heard, name, &reading->opening, found);
}

/* Profiles list keys in the order of the table, so the key after the last one is tried first. */
static enum key find_key(struct reading *reading, const char *full)
{
    enum key next = reading->key + 1;
    if (next == KEY_COUNT || strcmp(key_rows[next].full, full) != 0)
        next = key_of_name(full);
    return reading->key = next;
}

/* A key in the file's own sections, or (`program`) in one for a program. */
static void take_key(struct reading *reading, const char *full, const char *written, bool program, bool apply)
{
    struct spot spot = spot_of(reading);
    enum key key = find_key(reading, full);
    if (key == KEY_NONE) {
        diagnose_name(reading->heard, spot, full);
        return;
    }
    if (is_said_twice(reading, full, program ? &reading->seen_program[key] : &reading->seen[key]))
        return;
    struct entry *entry = apply ? target_entry(reading->target, key) : NULL;
    if (entry) {
        entry->file = reading->file;
        entry->line = spot.line;
    }
    entry_set(apply ? reading->target->profile : &reading->check, entry, key, written, spot, reading->heard);
}

/* A text about the profile. Only the requested file's texts are kept. */
static void take_text(struct reading *reading, const char *name, int *seen, char *text, size_t size, const char *value)
{
    if (!is_said_twice(reading, name, seen) && text)
        copy_cut(text, size, value);
}

static void take_profile_line(struct reading *reading, const char *name, const char *value)
{
    struct annotated_profile *annotated = reading->opening.heir ? NULL : reading->target->annotated;
    if (reading->place.is_dropin) {
        diagnose_at(reading->heard, spot_of(reading),
                    "%s: a drop-in adds to its profile and has no [profile]; expected sections of keys", name);
    } else if (reading->pass == PASS_INHERIT) {
        if (strcmp(name, "inherits") == 0 && !is_said_twice(reading, name, &reading->seen_inherits))
            inherit(reading, value);
    } else if (strcmp(name, "inherits") == 0) {
        take_text(reading, name, &reading->seen_inherits, annotated ? annotated->parent : NULL,
                  sizeof annotated->parent, value);
        if (annotated)
            annotated->parent_line = reading->seen_inherits;
    } else if (strcmp(name, "summary") == 0) {
        take_text(reading, name, &reading->seen_summary, annotated ? annotated->summary : NULL, ANNOTATED_TEXT, value);
    } else if (strcmp(name, "source") == 0) {
        take_text(reading, name, &reading->seen_source, annotated ? annotated->source : NULL, ANNOTATED_TEXT, value);
    } else {
        diagnose_at(reading->heard, spot_of(reading), "%s: unknown in [profile]; expected inherits, summary or source",
                    name);
    }
}

/* Another [program] section may repeat what the last one said. */
static void forget_program(struct reading *reading)
{
    memset(reading->seen_program, 0, sizeof reading->seen_program);
    reading->seen_program_inherits = 0;
}

static void note_section(const struct reading *reading, struct annotated_profile *annotated, const char *program)
{
    for (int i = 0; i < ANNOTATED_PROGRAMS; i++) {
        if (strcmp(annotated->sections[i].name, program) == 0)
            return;
        if (annotated->sections[i].name[0])
            continue;
        copy_cut(annotated->sections[i].name, sizeof annotated->sections[i].name, program);
        annotated->sections[i].line = reading->lines.line;
        return;
    }
}

static void take_program_line(struct reading *reading, const char *section, const char *program, const char *name,
                              const char *value)
{
    struct annotated_profile *annotated = reading->opening.heir ? NULL : reading->target->annotated;
    bool mine = reading->program && strcmp(program, reading->program) == 0;
    if (annotated && reading->pass == PASS_KEYS) {
        annotated->programs++;
        note_section(reading, annotated, program);
    }
    reading->speaks_of_program |= mine;
    if (strcmp(section, reading->section) != 0) {
        copy_cut(reading->section, sizeof reading->section, section);
        forget_program(reading);
    }
    if (strcmp(name, "inherits") == 0) {
        bool twice = is_said_twice(reading, name, &reading->seen_program_inherits);
        if (mine && !twice && reading->pass == PASS_PROGRAM_INHERIT)
            inherit(reading, value);
        else if (!mine && !twice && reading->pass == PASS_KEYS)
            check_inherited(reading, value);
    } else if (reading->pass == PASS_KEYS) {
        take_key(reading, name, value, true, false);
    } else if (mine && reading->pass == PASS_PROGRAM_KEYS) {
        take_key(reading, name, value, true, true);
    }
}

/* "section.name", cut to fit: no key is that long. */
static void join(char *full, size_t size, const char *section, const char *name)
{
    copy_cut(full, size - 1, section);
    size_t length = strlen(full);
    full[length++] = '.';
    copy_cut(full + length, size - length, name);
}

/* An ini_handler. Reports mistakes but returns success, so that one pass finds them all. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    char program[64], full[128];
    if (strcmp(section, "profile") == 0) {
        if (reading->pass <= PASS_KEYS)
            take_profile_line(reading, name, value);
    } else if (program_of_section(section, program, sizeof program)) {
        if (reading->pass != PASS_INHERIT)
            take_program_line(reading, section, program, name, value);
    } else if (reading->pass == PASS_KEYS) {
        join(full, sizeof full, section, name);
        if (section[0])
            take_key(reading, full, value, false, true);
        else
            diagnose_at(reading->heard, spot_of(reading),
                        "%s: stands before any section; expected [profile], [listen], [accept], [bind] or "
                        "[program \"NAME\"] above it",
                        name);
    }
    return 1;
}

static void read_passes(struct reading *reading)
{
    for (enum pass pass = PASS_INHERIT; pass <= PASS_PROGRAM_KEYS; pass++) {
        reading->pass = pass;
        forget_program(reading);
        reading->seen_inherits = 0;
        reading->section[0] = '\0';
        reading->heard = pass == PASS_KEYS ? reading->diagnostics : NULL;
        reading->lines.diagnostics = reading->heard;
        reading->lines.section = pass == PASS_INHERIT ? "profile" : NULL;
        int wrong = ini_parse_stream(lines_next, &reading->lines, take_line, reading);
        if (wrong > 0)
            diagnose_at(reading->heard, (struct spot){reading->place.path, wrong},
                        "is neither \"[section]\" nor \"key = value\"");
        lines_rewind(&reading->lines);
        if (pass == PASS_KEYS && !reading->speaks_of_program)
            return; /* the most expensive part of a process's start */
    }
}

/* Everything in it was parsed and checked when listenas was built. NOLINTNEXTLINE(misc-no-recursion): to INHERIT_MAX */
static void apply_builtin(struct reading *reading)
{
    const struct builtin_profile *row = &builtin_profiles[reading->place.builtin];
    reading->opening.line = row->line;
    target_add_file(reading->target, reading->place.path);
    if (row->parent >= 0)
        read_file(reading->target, builtin_profiles[row->parent].name, reading->program, &reading->opening,
                  reading->diagnostics);
    builtin_apply(reading->target->profile, reading->place.builtin);
}

static void read_text(struct reading *reading)
{
    if (!lines_open(&reading->lines, &reading->place, reading->diagnostics))
        return;
    reading->file = target_add_file(reading->target, reading->place.path);
    read_passes(reading);
    lines_close(&reading->lines);
}

/* NOLINTNEXTLINE(misc-no-recursion): to INHERIT_MAX */
static void read_found(struct reading *reading)
{
    const int builtin = reading->place.builtin;
    const struct builtin *texts = reading->target->texts;
    if (builtin >= 0 && !texts) {
        apply_builtin(reading);
        return;
    }
    if (builtin >= 0)
        reading->place.text = texts[builtin].text;
    read_text(reading);
}

/* How the profile is called that was found: it may have been asked for by another name. */
static const char *name_of(const struct reading *reading, const char *asked)
{
    const char *alias = alias_find(asked);
    if (reading->place.builtin >= 0)
        return builtin_profiles[reading->place.builtin].name;
    /* Of a file NAME.conf in a directory of the search the end tells. */
    const char *slash = strrchr(reading->place.path, '/');
    bool is_asked = !slash || strncmp(slash + 1, asked, strlen(asked)) == 0;
    return alias && !is_asked ? alias : asked;
}

/* A whole file that is read after its profile's own, into the same place. */
static void read_dropin(struct reading *of, const char *path)
{
    struct reading *reading =
        of->target->files < ANNOTATED_FILES - 1
            ? mmap(NULL, sizeof *reading, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            : MAP_FAILED;
    if (reading == MAP_FAILED) {
        diagnose_at(of->diagnostics, (struct spot){.name = path},
                    "is not read: there is no memory, or the profile is made of more than %d files",
                    ANNOTATED_FILES - 1);
        return;
    }
    reading->target = of->target;
    reading->diagnostics = of->diagnostics;
    reading->program = of->program;
    reading->opening = (struct opening){.heir = &of->opening, .place = &reading->place};
    reading->place = (struct profile_source){.builtin = -1, .is_dropin = true};
    copy_cut(reading->place.path, sizeof reading->place.path, path);
    read_text(reading);
    munmap(reading, sizeof *reading);
}

/* A profile that was asked for by its path is that file alone. */
static void read_dropins(struct reading *reading, const char *name)
{
    struct dropins *dropins = &reading->dropins;
    if (strchr(name, '/') || !reading->target->has_directories || reading->target->given)
        return;
    dropins_begin(dropins);
    while (dropins_next(dropins, name_of(reading, name))) {
        if (dropins->fault)
            diagnose_at(reading->diagnostics, (struct spot){.name = dropins->path}, "is not read: %s", dropins->fault);
        else
            read_dropin(reading, dropins->path);
    }
}

static int depth_of(const struct opening *heirs)
{
    int depth = 0;
    for (; heirs; heirs = heirs->heir)
        depth++;
    return depth;
}

/* The requested profile may be a text that the caller has. */
static enum found find(const struct target *target, const char *name, const struct opening *heirs,
                       struct profile_source *place)
{
    if (heirs || !target->given)
        return profile_find(name, heirs, target->has_directories, place);
    *place = (struct profile_source){.builtin = -1, .text = target->given};
    copy_cut(place->path, sizeof place->path, name);
    return FOUND;
}

/* NOLINTNEXTLINE(misc-no-recursion): to INHERIT_MAX */
static void read_file(struct target *target, const char *name, const char *program, const struct opening *heirs,
                      struct diagnostics *diagnostics)
{
    /* A limit on the depth alone is not enough: files that each inherit several times would take hours to read. */
    if (target->files >= ANNOTATED_FILES - 1) {
        diagnose_at(diagnostics, spot_of_heir(heirs),
                    "inherits \"%s\" beyond the %d files that a profile can be made of", name, ANNOTATED_FILES - 1);
        return;
    }
    struct reading *reading = mmap(NULL, sizeof *reading, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reading == MAP_FAILED) {
        diagnose_at(diagnostics, spot_of_heir(heirs), "%s: no memory to read it", name);
        return;
    }
    reading->target = target;
    reading->diagnostics = diagnostics;
    reading->program = program;
    reading->opening = (struct opening){.heir = heirs, .place = &reading->place};
    enum found found = find(target, name, heirs, &reading->place);
    if (found == FOUND && depth_of(heirs) < INHERIT_MAX) {
        if (!heirs && target->annotated)
            copy_cut(target->annotated->name, sizeof target->annotated->name, name_of(reading, name));
        read_found(reading);
        read_dropins(reading, name);
    } else {
        diagnose_profile(diagnostics, name, heirs, found);
    }
    munmap(reading, sizeof *reading);
}

void read_profile(struct target *target, const char *name, const char *program, struct diagnostics *diagnostics)
{
    target->has_directories = search_has_directories();
    int builtin = target->texts || target->has_directories ? -1 : builtin_find(name);
    if (builtin >= 0)
        builtin_apply_all(target->profile, builtin); /* no file can hide it: this is all that most processes need */
    else
        read_file(target, name, program, NULL, diagnostics);
}
