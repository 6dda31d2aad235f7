#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "../profile/book.h"
#include "../profile/nearest.h"
#include "../profile/search.h"
#include "cli.h"
#include "keys.h"
#include "options.h"

static void help(void)
{
    puts("usage: listenas profiles [list]\n"
         "       listenas profiles show [-o key=value]... [--program=NAME] PROFILE\n"
         "       listenas profiles check FILE...\n"
         "       listenas profiles keys [--man]\n\n"
         "list   the platforms that can be named, a line each\n"
         "show   every key of one: its value, how firm it is, its source and where that is written\n"
         "check  reads files and tells every mistake: line, key, what was expected\n"
         "keys   what each key decides, its legal values, and what a portable program does about it");
}

static void print_summary(const char *name, const char *where)
{
    struct complaints complaints = {0};
    static struct book book;
    if (book_load(&book, name, NULL, NULL, &complaints))
        printf("%-12s %s%s%s%s\n", book.name, book.summary, where[0] ? "  (" : "", where, where[0] ? ")" : "");
    else
        printf("%-12s has a mistake: %s\n", name, complaints.first);
}

/* A file in a folder of the search stands before a built-in profile of the same name. */
static void list_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        char name[256];
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length <= 5 || strcmp(entry->d_name + length - 5, ".conf") != 0)
            continue;
        memcpy(name, entry->d_name, length - 5);
        name[length - 5] = '\0';
        print_summary(name, folder);
    }
    if (listing)
        closedir(listing);
}

static int list(void)
{
    char folder[PATH_MAX];
    struct place place;
    for (int i = 0; search_folder(i, folder); i++)
        list_folder(folder);
    for (const struct builtin *builtin = builtins; builtin->name; builtin++)
        if (profile_find(builtin->name, NULL, &place) == FOUND && place.text)
            print_summary(builtin->name, "");
    return 0;
}

static const char *standing_words(const struct entry *entry)
{
    /* The two others begin their note with their own words. */
    return entry->standing == STANDING_INITIAL ? "no profile speaks of it" : entry->note;
}

static void print_entry(const struct book *book, enum key key)
{
    const struct entry *entry = &book->entries[key];
    char where[192] = "";
    if (entry->standing != STANDING_INITIAL && entry->line)
        snprintf(where, sizeof where, "%s:%d", book->files[entry->file], entry->line);
    else if (entry->standing != STANDING_INITIAL)
        snprintf(where, sizeof where, "%s", book->files[entry->file]);
    printf("%-30s = %-14s # %s%s%s%s\n", key_rows[key].full, entry->text, standing_words(entry),
           where[0] && entry->note[0] ? "  " : "", where[0] ? "@ " : "", where);
}

static int show(const char *name, const char *program, const char *overrides)
{
    struct complaints complaints = {.tell = say_complaint};
    static struct book book;
    if (!book_load(&book, name, program, overrides, &complaints))
        return STATUS_OWN;
    printf("# %s: %s\n", book.name, book.summary);
    if (book.source[0])
        printf("# source: %s\n", book.source);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        if (key == KEY_NONE + 1 || strcmp(key_rows[key].section, key_rows[key - 1].section) != 0)
            putchar('\n');
        print_entry(&book, (enum key)key);
    }
    return 0;
}

static int check(int count, char **files)
{
    int status = 0;
    static struct book book;
    for (int i = 0; i < count; i++) {
        struct complaints complaints = {.tell = say_complaint};
        char path[PATH_MAX];
        /* A bare word is a file here, not the name of a profile. */
        int length = snprintf(path, sizeof path, "%s%s", strchr(files[i], '/') ? "" : "./", files[i]);
        if (length < (int)sizeof path && book_load(&book, path, NULL, NULL, &complaints))
            printf("%s: good\n", files[i]);
        else
            status = STATUS_OWN;
    }
    if (count == 0)
        say("check: expected a file");
    return count ? status : STATUS_OWN;
}

struct wishes {
    const char *program;
    char overrides[1024];
    bool man, help;
};

static bool read_options(struct wishes *wishes, int count, char **arguments)
{
    static const struct option options[] = {
        {"set", required_argument, NULL, 'o'},
        {"program", required_argument, NULL, 'p'},
        {"man", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = next_option(count, arguments, ":o:h", options)) != -1) {
        size_t used = strlen(wishes->overrides);
        if (option == 'o')
            snprintf(wishes->overrides + used, sizeof wishes->overrides - used, "%s%s", used ? "," : "", optarg);
        else if (option == 'p')
            wishes->program = optarg;
        else if (option == 'm')
            wishes->man = true;
        else if (option == 'h')
            wishes->help = true;
        else
            return false;
    }
    return true;
}

static int unknown(const char *word)
{
    static const char *const words[] = {"list", "show", "check", "keys"};
    char best[16];
    struct nearest nearest = nearest_start(word, best, sizeof best);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        nearest_try(&nearest, words[i]);
    if (nearest_found(&nearest))
        say("profiles: unknown word \"%s\"; did you mean %s?", word, best);
    else
        say("profiles: unknown word \"%s\"; expected list, show, check or keys", word);
    return STATUS_OWN;
}

int verb_profiles(int count, char **arguments)
{
    struct wishes wishes = {0};
    if (!read_options(&wishes, count, arguments))
        return STATUS_OWN;
    int left = count - optind;
    const char *word = left > 0 ? arguments[optind] : "list";
    if (wishes.help) {
        help();
        return 0;
    }
    if (strcmp(word, "list") == 0)
        return list();
    if (strcmp(word, "check") == 0)
        return check(left - 1, arguments + optind + 1);
    if (strcmp(word, "keys") == 0) {
        print_keys(wishes.man);
        return 0;
    }
    if (strcmp(word, "show") != 0)
        return unknown(word);
    if (left == 2)
        return show(arguments[optind + 1], wishes.program, wishes.overrides);
    say("show: expected the name of one profile");
    return STATUS_OWN;
}
