#include "silence.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../plain_file.h"
#include "../test/memory.h"

#define MARK "listenas: ok "
#define SOURCE_MOST (64 << 20)

/* Whether a word of the comment names the key; the comment ends at the line's end or at its own. */
static bool names_key(const char *comment, const char *key)
{
    const size_t length = strlen(key);
    while (*comment) {
        size_t word = strcspn(comment, " ,\t\r\n");
        if (word == length && strncmp(comment, key, length) == 0)
            return true;
        comment += word;
        comment += strspn(comment, " ,\t\r\n");
    }
    return false;
}

static bool line_says(const char *line, const char *key)
{
    const char *mark = strstr(line, MARK);
    return mark && names_key(mark + strlen(MARK), key);
}

/* Looks at the line of the call, the one before it, and later lines of the same statement, up to its semicolon. */
static bool file_says(FILE *file, int wanted, const char *key)
{
    char *line = NULL;
    size_t size = 0;
    bool says = false, ends = false;
    for (int number = 1; !says && !ends && getline(&line, &size, file) > 0; number++) {
        says = number >= wanted - 1 && line_says(line, key);
        ends = number >= wanted && strchr(line, ';');
    }
    free(line);
    return says;
}

/* Debug information names the file, and may name any: a FIFO, a device, a file without end. */
static FILE *open_source(const char *path)
{
    struct stat status;
    int fd = plain_file_open(path);
    FILE *file = fd >= 0 && fstat(fd, &status) == 0 && status.st_size <= SOURCE_MOST ? fdopen(fd, "r") : NULL;
    if (fd >= 0 && !file)
        close(fd);
    return file;
}

void lint_silence(struct lint_findings *findings, const char *root)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct lint_finding *finding = &findings->finding[i];
        const char *name = finding->place.file;
        if (!name[0] || finding->place.line < 1)
            continue;
        char *path = name[0] == '/' ? memory_text(name) : memory_format("%s/%s", root, name);
        FILE *file = open_source(path);
        if (file) {
            finding->is_silenced = file_says(file, finding->place.line, key_rows[finding->key].full);
            fclose(file);
        }
        free(path);
    }
}
