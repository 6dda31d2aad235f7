#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nearest.h"
#include "profile.h"

/* A profile is a page or two; a file beyond this is something else, given by mistake. */
#define FILE_MAX 65536

static bool is_profile_file(const struct lines *lines)
{
    struct stat status;
    const char *path = lines->place->path;
    if (fstat(lines->fd, &status) != 0)
        complain(lines->complaints, "%s: %s", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        complain(lines->complaints, "%s: is a folder; expected a profile (a text file)", path);
    else if (!S_ISREG(status.st_mode))
        complain(lines->complaints, "%s: is not a regular file; expected a profile (a text file)", path);
    else if (status.st_size > FILE_MAX)
        complain(lines->complaints, "%s: has %lld bytes; a profile has at most %d", path, (long long)status.st_size,
                 FILE_MAX);
    else
        return true;
    return false;
}

bool lines_open(struct lines *lines, const struct place *place, struct complaints *complaints)
{
    *lines = (struct lines){.place = place, .complaints = complaints, .next = place->text, .fd = -1};
    if (place->text)
        return true;
    /* O_NONBLOCK: a FIFO must be refused, not waited for. */
    lines->fd = open(place->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (lines->fd < 0) {
        complain(complaints, "%s: %s", place->path, strerror(errno));
        return false;
    }
    if (is_profile_file(lines))
        return true;
    lines_close(lines);
    return false;
}

void lines_rewind(struct lines *lines)
{
    lines->next = lines->place->text;
    lines->line = lines->filled = lines->used = 0;
    lines->in_section = false;
    if (lines->fd >= 0)
        lseek(lines->fd, 0, SEEK_SET);
}

void lines_close(struct lines *lines)
{
    if (lines->fd >= 0)
        close(lines->fd);
    lines->fd = -1;
}

/* The next byte, or -1 at the end. */
static int next_byte(struct lines *lines)
{
    if (lines->next)
        return *lines->next ? (unsigned char)*lines->next++ : -1;
    if (lines->used == lines->filled) {
        ssize_t got = read(lines->fd, lines->buffer, sizeof lines->buffer);
        if (got <= 0)
            return -1;
        lines->filled = (int)got;
        lines->used = 0;
    }
    return (unsigned char)lines->buffer[lines->used++];
}

static bool is_section(const char *name)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (strcmp(key_rows[key].section, name) == 0)
            return true;
    return strcmp(name, "profile") == 0 || strncmp(name, "program \"", strlen("program \"")) == 0;
}

/* inih says nothing of a section without keys. */
static void check_section(const struct lines *lines, const char *written)
{
    char name[200], best[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(written, "]"), written);
    if (is_section(name))
        return;
    struct nearest nearest = nearest_start(name, best, sizeof best);
    nearest_try(&nearest, "profile");
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        nearest_try(&nearest, key_rows[key].section);
    bool near = nearest_found(&nearest);
    complain(lines->complaints, "%s:%d: [%s]: unknown section%s%s%s", lines->place->path, lines->line, name,
             near ? "; did you mean " : "", near ? best : "", near ? "?" : "");
}

/* Whether inih takes the line; it remembers the first that it does not, and tells of no other. */
static bool is_sound(const char *line)
{
    line += strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* a byte order mark, which it passes over */
    line += strspn(line, " \t\r\f\v");
    if (!line[0] || line[0] == '#' || line[0] == ';')
        return true;
    return line[0] == '[' ? strchr(line, ']') != NULL : strpbrk(line, "=:") != NULL;
}

static bool read_line(struct lines *lines, char *line, int size)
{
    int length = 0, byte;
    bool long_line = false, nul = false, any = false;
    while ((byte = next_byte(lines)) >= 0 && byte != '\n') {
        any = true;
        nul |= byte == '\0';
        if (length == 0 && (byte == ' ' || byte == '\t'))
            continue;
        if (length < size - 1)
            line[length++] = (char)byte;
        else
            long_line = true;
    }
    if (byte < 0 && !any)
        return false;
    lines->line++;
    if (nul || long_line) {
        complain(lines->complaints,
                 nul ? "%s:%d: holds a NUL byte: not a text file"
                     : "%s:%d: the line is too long; a line has at most 198 bytes",
                 lines->place->path, lines->line);
        length = 0;
    }
    line[length] = '\0';
    if (!is_sound(line)) {
        complain(lines->complaints, "%s:%d: is neither \"[section]\" nor \"key = value\"", lines->place->path,
                 lines->line);
        line[0] = '\0';
    }
    if (line[0] == '[')
        check_section(lines, line + 1);
    return true;
}

static bool is_wanted(struct lines *lines, const char *line)
{
    if (!lines->section)
        return true;
    size_t length = strlen(lines->section);
    if (line[0] == '[')
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
    return line;
}
