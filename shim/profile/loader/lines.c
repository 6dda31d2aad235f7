#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../profile.h"
#include "../suggest.h"
#include "dropins.h"
#include "entry.h"

/* A profile is a page or two; a larger file is something else, named by mistake. */
#define FILE_MAX 65536

/* The byte order mark that some editors write first. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

static struct spot spot_of_file(const struct lines *lines)
{
    return (struct spot){.name = lines->place->path};
}

static bool is_profile_file(const struct lines *lines, const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        diagnose_at(lines->diagnostics, spot_of_file(lines), "is a directory; expected a profile (a text file)");
    else if (!S_ISREG(status->st_mode))
        diagnose_at(lines->diagnostics, spot_of_file(lines), "is not a regular file; expected a profile (a text file)");
    else if (status->st_size > FILE_MAX)
        diagnose_at(lines->diagnostics, spot_of_file(lines), "has %lld bytes; a profile has at most %d",
                    (long long)status->st_size, FILE_MAX);
    else if (lines->place->is_dropin && !dropin_is_trusted(status))
        diagnose_at(lines->diagnostics, spot_of_file(lines),
                    "is not read: it belongs to user %u, or everybody can write to it; expected a file of root or of "
                    "user %u, as chown and chmod o-w make it",
                    (unsigned int)status->st_uid, (unsigned int)geteuid());
    else
        return true;
    return false;
}

/*
 * Opens the file and makes sure that it is a regular one. It is checked before as well: merely opening a device can
 * start it, or make a terminal the program's controlling one. O_NONBLOCK: if a FIFO takes its place meanwhile, open
 * must not wait.
 */
static bool open_file(struct lines *lines)
{
    struct stat status;
    const char *path = lines->place->path;
    if (stat(path, &status) == 0 && !is_profile_file(lines, &status))
        return false;
    lines->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (lines->fd >= 0 && fstat(lines->fd, &status) == 0)
        return is_profile_file(lines, &status);
    diagnose_at(lines->diagnostics, spot_of_file(lines), "%s", strerror(errno));
    return false;
}

void lines_rewind(struct lines *lines)
{
    const char *text = lines->place->text;
    lines->next = text ? text : lines->buffer;
    lines->end = text ? text + strlen(text) : lines->buffer;
    lines->line = 0;
    lines->taken = 0;
    lines->in_section = false;
    if (lines->fd >= 0)
        lseek(lines->fd, 0, SEEK_SET);
}

bool lines_open(struct lines *lines, const struct profile_source *place, struct diagnostics *diagnostics)
{
    *lines = (struct lines){.place = place, .diagnostics = diagnostics, .fd = -1};
    lines_rewind(lines);
    if (place->text)
        return true;
    if (open_file(lines))
        return true;
    lines_close(lines);
    return false;
}

void lines_close(struct lines *lines)
{
    if (lines->fd >= 0)
        close(lines->fd);
    lines->fd = -1;
}

/*
 * Reads more of the file; false at its end. A built-in text is complete from the start. The bytes are counted: a
 * file of /proc has no reliable size, and some files have no end.
 */
static bool read_more(struct lines *lines)
{
    ssize_t got = lines->fd < 0 ? 0 : read(lines->fd, lines->buffer, sizeof lines->buffer);
    if (got < 0)
        diagnose_at(lines->diagnostics, spot_of_file(lines), "cannot be read: %s", strerror(errno));
    if (got <= 0)
        return false;
    lines->taken += (size_t)got;
    if (lines->taken > FILE_MAX) {
        diagnose_at(lines->diagnostics, spot_of_file(lines), "has more than %d bytes; a profile has at most %d",
                    FILE_MAX, FILE_MAX);
        return false;
    }
    lines->next = lines->buffer;
    lines->end = lines->buffer + got;
    return true;
}

static bool is_section(const char *name)
{
    const char *last = "";
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const char *section = key_rows[key].section;
        if (section != last && strcmp(section, name) == 0) /* the rows of one section are neighbours */
            return true;
        last = section;
    }
    size_t length = strlen(name), quote = strlen("program \"");
    return strcmp(name, "profile") == 0 ||
           (length > quote + 1 && strncmp(name, "program \"", quote) == 0 && name[length - 1] == '"');
}

static struct spot spot_of(const struct lines *lines)
{
    return (struct spot){.name = lines->place->path, .line = lines->line};
}

/* inih does not report a section without keys. */
static void check_section(const struct lines *lines, const char *written)
{
    char name[200], best[64];
    copy_cut(name, sizeof name, written);
    name[strcspn(name, "]")] = '\0';
    if (is_section(name))
        return;
    if (strncmp(name, "program", strlen("program")) == 0) {
        diagnose_at(lines->diagnostics, spot_of(lines), "[%s]: expected [program \"NAME\"], with the quotes", name);
        return;
    }
    bool heard = diagnostics_are_heard(lines->diagnostics);
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    if (heard)
        suggest_try(&nearest, "profile");
    for (int key = KEY_NONE + 1; heard && key < KEY_COUNT; key++)
        suggest_try(&nearest, key_rows[key].section);
    if (suggest_found(&nearest))
        diagnose_at(lines->diagnostics, spot_of(lines), "[%s]: unknown section; did you mean %s?", name, best);
    else
        diagnose_at(lines->diagnostics, spot_of(lines), "[%s]: unknown section; `listenas profiles keys` lists all",
                    name);
}

/* Whether inih accepts the line; over a whole file inih would report its first mistake only. */
static bool is_sound(const char *line)
{
    if (!line[0] || line[0] == '#' || line[0] == ';')
        return true;
    return line[0] == '[' ? strchr(line, ']') != NULL : strpbrk(line, "=:") != NULL;
}

/* A line that is copied from one or several pieces of the file. */
struct copy {
    char *line;
    size_t length, room;
    bool is_long, has_nul;
};

static void copy_piece(struct copy *copy, const char *piece, size_t length)
{
    copy->has_nul |= memchr(piece, '\0', length) != NULL;
    while (copy->length == 0 && length > 0 && (*piece == ' ' || *piece == '\t'))
        piece++, length--;
    size_t fits = length < copy->room - copy->length ? length : copy->room - copy->length;
    memcpy(copy->line + copy->length, piece, fits);
    copy->length += fits;
    copy->is_long |= fits < length;
}

/* Copies the next line without its newline; false at the end. */
static bool copy_line(struct lines *lines, struct copy *copy)
{
    const char *newline = NULL;
    bool any = false;
    while (!newline && (lines->next < lines->end || read_more(lines))) {
        newline = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
        const char *end = newline ? newline : lines->end;
        copy_piece(copy, lines->next, (size_t)(end - lines->next));
        lines->next = newline ? newline + 1 : end;
        any = true;
    }
    return any;
}

static bool read_line(struct lines *lines, char *line, int size)
{
    struct copy copy = {.line = line, .room = (size_t)size - 1};
    if (!copy_line(lines, &copy))
        return false;
    lines->line++;
    if (copy.has_nul || copy.is_long) {
        diagnose_at(lines->diagnostics, spot_of(lines),
                    copy.has_nul ? "holds a NUL byte: not a text file"
                                 : "the line is too long; a line has at most 198 bytes");
        copy.length = 0;
    }
    line[copy.length] = '\0';
    const char *begin = line;
    if (lines->line == 1 && strncmp(begin, byte_order_mark, strlen(byte_order_mark)) == 0)
        begin += strlen(byte_order_mark);
    begin += strspn(begin, " \t\r\f\v");
    memmove(line, begin, strlen(begin) + 1);
    return true;
}

static void check_line(const struct lines *lines, char *line)
{
    if (!is_sound(line)) {
        diagnose_at(lines->diagnostics, spot_of(lines), "is neither \"[section]\" nor \"key = value\"");
        line[0] = '\0';
    }
    if (line[0] == '[' && lines->diagnostics)
        check_section(lines, line + 1);
}

static bool is_wanted(struct lines *lines, const char *line)
{
    if (!lines->section)
        return true;
    size_t length = strlen(lines->section);
    if (line[0] == '[' && strchr(line, ']'))
        lines->in_section = strncmp(line + 1, lines->section, length) == 0 && line[1 + length] == ']';
    return lines->in_section;
}

char *lines_next(char *line, int size, void *stream)
{
    struct lines *lines = stream;
    do {
        if (!read_line(lines, line, size))
            return NULL;
    } while (!is_wanted(lines, line));
    check_line(lines, line);
    return line;
}
