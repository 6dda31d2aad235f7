#include <stdio.h>
#include <string.h>

#include "../api/listenas.h"
#include "cli.h"

static const struct verb {
    const char *name, *summary;
    int (*run)(int count, char **arguments);
} verbs[] = {
#define VERB(name, summary) {#name, summary, verb_##name},
#include "verbs.def"
};

#define VERBS (sizeof verbs / sizeof *verbs)

static void help(void)
{
    puts("listenas " LISTENAS_VERSION ": lets a server listen as another platform\n");
    for (size_t i = 0; i < VERBS; i++)
        printf("    listenas %-9s %s\n", verbs[i].name, verbs[i].summary);
    puts("\n`listenas VERB --help` explains each.");
}

static int unknown(const char *word)
{
    char best[16];
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    for (size_t i = 0; i < VERBS; i++)
        suggest_try(&nearest, verbs[i].name);
    return say_unknown("verb", &nearest, "listenas --help");
}

/* Output that is lost must be reported: the disk may be full, or stdout closed. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    say("cannot write to stdout");
    return STATUS_OWN;
}

int main(int count, char **arguments)
{
    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0) {
        help();
        return finish(count < 2 ? STATUS_OWN : 0);
    }
    if (strcmp(arguments[1], "--version") == 0) {
        puts("listenas " LISTENAS_VERSION);
        return finish(0);
    }
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(arguments[1], verbs[i].name) == 0)
            return finish(verbs[i].run(count - 1, arguments + 1));
    return unknown(arguments[1]);
}
