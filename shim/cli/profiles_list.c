#include <stdio.h>

#include "cli.h"
#include "profiles.h"

static void print_summary(const char *name, const char *folder, void *context)
{
    struct complaints complaints = {0};
    static struct book book;
    (void)context;
    if (book_load(&book, name, NULL, NULL, &complaints))
        printf("%-12s %s%s%s%s\n", book.name, book.summary, folder[0] ? "  (" : "", folder, folder[0] ? ")" : "");
    else
        printf("%-12s has a mistake: %s\n", name, complaints.first);
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
