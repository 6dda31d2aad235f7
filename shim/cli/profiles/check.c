/* Reads profiles and tells what is wrong with them. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../profile/builtin.h"
#include "../../profile/loader/load.h"
#include "../../profile/loader/search.h"
#include "../cli.h"
#include "../path.h"
#include "checking.h"
#include "contradictions.h"
#include "profiles.h"

/* One byte more than a profile may have. */
#define TEXT_MOST 65537
#define MESSAGE_SIZE 1024

/* Where servers are that no user's PATH has. */
static const char *const server_directories[] = {"/usr/local/sbin", "/usr/sbin", "/sbin"};

void checking_note(const struct checking *checking, const char *called, const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list arguments;
    if (checking->quiet)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_visible(called, 0);
    fputs(": note: ", stdout);
    print_visible(text, 0);
    putchar('\n');
}

void checking_mistake(struct checking *checking, const char *called, const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say("%s: %s", called, text);
    checking->mistakes++;
}

static bool is_program(const char *directory, size_t length, const char *name)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%.*s/%s", (int)length, directory, name);
    return size < (int)sizeof path && access(path, X_OK) == 0;
}

static bool is_in_path(const char *name)
{
    for (size_t i = 0; i < sizeof server_directories / sizeof *server_directories; i++)
        if (is_program(server_directories[i], strlen(server_directories[i]), name))
            return true;
    for (const char *directory = getenv("PATH"); directory && *directory; directory += *directory == ':') {
        size_t length = strcspn(directory, ":");
        if (is_program(directory, length, name))
            return true;
        directory += length;
    }
    return false;
}

/* Sections for programs that cannot exist under that name, or that are not found on this host. */
static void check_programs(struct checking *checking, const struct annotated_profile *annotated, const char *called)
{
    for (int i = 0; i < ANNOTATED_PROGRAMS && annotated->sections[i].name[0]; i++) {
        const char *name = annotated->sections[i].name;
        if (strchr(name, '/'))
            checking_mistake(checking, called,
                             "[program \"%s\"], line %d or above: a program is known by its name alone; write "
                             "[program \"%s\"]",
                             name, annotated->sections[i].line, base_name(name));
        else if (!is_in_path(name))
            checking_note(checking, called,
                          "[program \"%s\"]: no program of that name is in PATH or a directory of servers", name);
    }
}

/* "mks" for "some/mks.conf"; false if it does not end so. */
static bool stem_of(const char *path, char stem[64])
{
    const char *name = base_name(path);
    size_t length = strlen(name);
    if (length <= 5 || length - 5 >= 64 || strcmp(name + length - 5, ".conf") != 0)
        return false;
    memcpy(stem, name, length - 5);
    stem[length - 5] = '\0';
    return true;
}

static void check_hiding(const struct checking *checking, const struct annotated_profile *annotated, const char *called)
{
    char stem[64];
    if (stem_of(called, stem) && builtin_find(stem) >= 0 && strcmp(annotated->parent, stem) != 0)
        checking_note(checking, called,
                      "where the search finds it, it hides the built-in profile %s; inherits = %s would add to that",
                      stem, stem);
}

static void judge(struct checking *checking, const struct annotated_profile *annotated, const char *called,
                  const struct diagnostics *diagnostics)
{
    int before = checking->mistakes;
    checking->mistakes += diagnostics->count + contradictions_say(annotated, checking->quiet);
    check_programs(checking, annotated, called);
    check_hiding(checking, annotated, called);
    if (checking->mistakes > before || checking->quiet)
        return;
    print_visible(called, 0);
    puts(": good");
}

void check_profile(struct checking *checking, const char *name, const char *called)
{
    static struct annotated_profile annotated;
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    annotated_profile_load(&annotated, name, NULL, NULL, &diagnostics);
    judge(checking, &annotated, called, &diagnostics);
}

static void check_stdin(struct checking *checking)
{
    static struct annotated_profile annotated;
    static char text[TEXT_MOST + 1];
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    size_t length = fread(text, 1, TEXT_MOST, stdin);
    if (ferror(stdin)) {
        checking_mistake(checking, "stdin", "cannot be read: %s", strerror(errno));
    } else if (length == TEXT_MOST) {
        checking_mistake(checking, "stdin", "has more than %d bytes; a profile has at most that", TEXT_MOST - 1);
    } else if (memchr(text, '\0', length)) {
        checking_mistake(checking, "stdin", "holds a NUL byte: not a text file");
    } else {
        text[length] = '\0';
        annotated_profile_load_text(&annotated, "stdin", text, &diagnostics);
        judge(checking, &annotated, "stdin", &diagnostics);
    }
}

/* A bare word is a file if there is one, else the name of a profile. */
static void check_word(struct checking *checking, const char *word)
{
    char path[PATH_MAX];
    struct stat status;
    struct profile_source place;
    bool is_there = stat(word, &status) == 0;
    if (is_there && S_ISDIR(status.st_mode))
        check_directory(checking, word);
    else if (!is_there && !strchr(word, '/') && !strstr(word, ".conf"))
        check_profile(checking, word, word);
    else if (!is_there && !strchr(word, '/') && profile_find(word, NULL, true, &place) == FOUND)
        check_profile(checking, word, word);
    else if (snprintf(path, sizeof path, "%s%s", strchr(word, '/') ? "" : "./", word) < (int)sizeof path)
        check_profile(checking, path, word);
    else
        checking_mistake(checking, word, "%s", strerror(ENAMETOOLONG));
}

int profiles_check(const struct wishes *wishes, int count, char **arguments)
{
    struct checking checking = {.quiet = wishes->quiet};
    if (count == 0) {
        say("check: expected a file, a directory, the name of a profile, or - for standard input");
        return STATUS_USAGE;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "-") == 0)
            check_stdin(&checking);
        else
            check_word(&checking, arguments[i]);
    }
    return checking.mistakes ? STATUS_MISTAKES : 0;
}
