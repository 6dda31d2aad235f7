#include "reading.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "lines.h"
#include "nearest.h"
#include "search.h"

/* Deep enough for any family of platforms; a chain beyond it is a mistake. */
#define INHERIT_MAX 8

/*
 * A file is read four times, so that it may speak in any order: an heir's word counts over what it inherits,
 * and what is meant for one program over what is meant for all.
 */
enum pass { PASS_INHERIT, PASS_KEYS, PASS_PROGRAM_INHERIT, PASS_PROGRAM_KEYS };

/* One file on its way into the book. */
struct reading {
    struct book *book;
    struct complaints *complaints; /* for what this file inherits */
    struct complaints *heard;      /* for its own lines: they are read in several passes and complained of in one */
    const char *program;
    const struct place *place;
    const struct opening *opening;
    struct lines lines;
    enum pass pass;
    bool speaks_of_program;      /* it has a section that is meant for `program` */
    int file;                    /* its index in book->files */
    int seen[KEY_COUNT];         /* the line where this file's own section set a key */
    int seen_program[KEY_COUNT]; /* likewise, in the [program] section being read */
    char section[64];            /* that section's name */
    struct profile check;        /* takes what is read only to be checked */
};

static bool read_file(struct book *book, const char *name, const char *program, const struct opening *heirs,
                      struct complaints *complaints);

int book_add_file(struct book *book, const char *path)
{
    int index = book->file_count < BOOK_FILES ? book->file_count++ : BOOK_FILES - 1;
    size_t length = strlen(path), room = sizeof book->files[0] - 1;
    copy_cut(book->files[index], sizeof book->files[0], length > room ? path + length - room : path);
    return index;
}

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

static void inherit(struct reading *reading, const char *name)
{
    read_file(reading->book, name, reading->program, reading->opening, reading->complaints);
}

static void complain_of_profile(struct complaints *complaints, const char *name, const struct opening *heirs,
                                enum found found)
{
    char best[64];
    const char *by = heirs ? heirs->place->path : "";
    const char *colon = heirs ? ": " : "";
    if (found == FOUND_CYCLE) {
        complain(complaints, "%s%sinherits \"%s\", which inherits from it in turn", by, colon, name);
        return;
    }
    struct nearest nearest = nearest_start(name, best, sizeof best);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        nearest_try(&nearest, builtin->name);
    bool near = nearest_found(&nearest);
    complain(complaints, "%s%sunknown profile \"%s\"%s%s%s", by, colon, name, near ? "; did you mean " : "",
             near ? best : "", near ? "?" : "");
}

/* What a section for another program inherits is not read, but must be there. */
static void check_inherited(struct reading *reading, const char *name)
{
    struct place place;
    enum found found = profile_find(name, reading->opening, &place);
    if (found != FOUND)
        complain_of_profile(reading->heard, name, reading->opening, found);
}

/* A key of the file's own sections, or (`program`) of one for a program. */
static void take_key(struct reading *reading, const char *full, const char *written, bool program, bool apply)
{
    char where[PATH_MAX + 16];
    int line = reading->lines.line;
    snprintf(where, sizeof where, "%s:%d", reading->place->path, line);
    enum key key = key_of_name(full);
    if (key == KEY_NONE) {
        complain_of_name(reading->heard, where, full);
        return;
    }
    int *seen = program ? &reading->seen_program[key] : &reading->seen[key];
    if (*seen && reading->pass == PASS_KEYS) {
        complain(reading->heard, "%s: %s: is set twice, first in line %d; expected it once", where, full, *seen);
        return;
    }
    *seen = line;
    struct entry *entry = &reading->book->entries[key];
    if (apply) {
        entry->file = reading->file;
        entry->line = line;
    }
    entry_set(apply ? &reading->book->profile : &reading->check, apply ? entry : NULL, key, written, where,
              reading->heard);
}

static void take_profile_line(struct reading *reading, const char *name, const char *value)
{
    struct book *book = reading->book;
    bool own = !reading->opening->heir;
    if (strcmp(name, "inherits") == 0) {
        if (reading->pass == PASS_INHERIT)
            inherit(reading, value);
    } else if (reading->pass == PASS_INHERIT) {
        return;
    } else if (strcmp(name, "summary") == 0) {
        if (own)
            copy_cut(book->summary, sizeof book->summary, value);
    } else if (strcmp(name, "source") == 0) {
        if (own)
            copy_cut(book->source, sizeof book->source, value);
    } else {
        complain(reading->heard, "%s:%d: %s: unknown in [profile]; expected inherits, summary or source",
                 reading->place->path, reading->lines.line, name);
    }
}

static void take_program_line(struct reading *reading, const char *section, const char *program, const char *name,
                              const char *value)
{
    bool mine = reading->program && strcmp(program, reading->program) == 0;
    reading->speaks_of_program |= mine;
    if (strcmp(section, reading->section) != 0) {
        copy_cut(reading->section, sizeof reading->section, section);
        memset(reading->seen_program, 0, sizeof reading->seen_program);
    }
    if (strcmp(name, "inherits") == 0) {
        if (mine && reading->pass == PASS_PROGRAM_INHERIT)
            inherit(reading, value);
        else if (!mine && reading->pass == PASS_KEYS)
            check_inherited(reading, value);
    } else if (reading->pass == PASS_KEYS) {
        take_key(reading, name, value, true, false);
    } else if (mine && reading->pass == PASS_PROGRAM_KEYS) {
        take_key(reading, name, value, true, true);
    }
}

/* An ini_handler. Mistakes are complained of, not returned: one reading shows them all. */
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
        snprintf(full, sizeof full, "%s.%s", section, name);
        if (section[0])
            take_key(reading, full, value, false, true);
        else
            complain(reading->heard,
                     "%s:%d: %s: stands before any section; expected [profile], [listen], "
                     "[accept], [bind] or [program \"NAME\"] above it",
                     reading->place->path, reading->lines.line, name);
    }
    return 1;
}

static void read_passes(struct reading *reading)
{
    struct complaints unheard = {0};
    for (enum pass pass = PASS_INHERIT; pass <= PASS_PROGRAM_KEYS; pass++) {
        reading->pass = pass;
        memset(reading->seen_program, 0, sizeof reading->seen_program);
        reading->section[0] = '\0';
        reading->heard = pass == PASS_KEYS ? reading->complaints : &unheard;
        reading->lines.complaints = reading->heard;
        reading->lines.section = pass == PASS_INHERIT ? "profile" : NULL;
        int wrong = ini_parse_stream(lines_next, &reading->lines, take_line, reading);
        if (wrong > 0)
            complain(reading->heard, "%s:%d: is neither \"[section]\" nor \"key = value\"", reading->place->path,
                     wrong);
        lines_rewind(&reading->lines);
        if (pass == PASS_KEYS && !reading->speaks_of_program)
            return; /* reading is what a process's start costs most */
    }
}

static bool read_file(struct book *book, const char *name, const char *program, const struct opening *heirs,
                      struct complaints *complaints)
{
    struct place place;
    struct opening opening = {.heir = heirs, .place = &place};
    struct reading reading = {
        .book = book, .complaints = complaints, .program = program, .place = &place, .opening = &opening};
    int depth = 0;
    /* Not only in depth: files that each inherit many times would take hours to read. */
    if (book->file_count >= BOOK_FILES - 1) {
        complain(complaints, "%s: inherits \"%s\" beyond the %d files that a profile can be made of",
                 heirs ? heirs->place->path : "", name, BOOK_FILES - 1);
        return false;
    }
    for (const struct opening *heir = heirs; heir; heir = heir->heir)
        depth++;
    enum found found = profile_find(name, heirs, &place);
    if (found != FOUND || depth >= INHERIT_MAX) {
        complain_of_profile(complaints, name, heirs, found == FOUND ? FOUND_CYCLE : found);
        return false;
    }
    if (!lines_open(&reading.lines, &place, complaints))
        return false;
    reading.file = book_add_file(book, place.path);
    read_passes(&reading);
    lines_close(&reading.lines);
    return true;
}

void read_profile(struct book *book, const char *name, const char *program, struct complaints *complaints)
{
    read_file(book, name, program, NULL, complaints);
}
