/*
 * For tests: the record of a server, apart from all others.
 */
#ifndef LISTENAS_TESTS_RECORD_H
#define LISTENAS_TESTS_RECORD_H

#include <check.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void record_apart(void)
{
    char directory[] = "/tmp/listenas-check-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    setenv("LISTENAS_RING", directory, 1);
}

/* The record of a server that was started since record_apart. */
static inline char *read_record(void)
{
    static char text[8192];
    char command[PATH_MAX + 64];
    snprintf(command, sizeof command, "%s/listenas log --json %s/*.ring", getenv("LISTENAS_BUILD"),
             getenv("LISTENAS_RING"));
    FILE *log = popen(command, "r");
    text[log ? fread(text, 1, sizeof text - 1, log) : 0] = '\0';
    if (log)
        pclose(log);
    return text;
}

static inline void forget_record(void)
{
    char path[PATH_MAX];
    const char *place = getenv("LISTENAS_RING");
    DIR *directory = place ? opendir(place) : NULL;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        unlink(path);
    }
    if (directory)
        closedir(directory);
    if (place)
        rmdir(place);
}

#endif
