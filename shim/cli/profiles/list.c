#include <stdio.h>

#include "../cli.h"
#include "profiles.h"

static void print_found(const struct book *book, const char *directory)
{
    print_visible(book->name, NAME_WIDTH);
    putchar(' ');
    print_visible(book->summary, 0);
    fputs(directory[0] ? "  (" : "", stdout);
    print_visible(directory, 0);
    puts(directory[0] ? ")" : "");
}

static void print_summary(const char *name, const char *directory, void *context)
{
    struct complaints complaints = {0};
    static struct book book;
    (void)context;
    if (book_load(&book, name, NULL, NULL, &complaints))
        print_found(&book, directory);
    else
        print_mistake(name, &complaints);
}

int profiles_list(const struct wishes *wishes, int count, char **arguments)
{
    (void)wishes;
    (void)arguments;
    if (count > 0) {
        say("list: expected nothing behind it");
        return STATUS_OWN;
    }
    each_profile(print_summary, NULL);
    return 0;
}
