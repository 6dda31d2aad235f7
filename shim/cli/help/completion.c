/* Completions for shells: each reads the same tables, and asks `listenas help --words` for names. */
#include "help.h"

#include <string.h>

#include "../cli.h"
#include "completion.h"

static const struct shell {
    const char *name;
    void (*print)(void);
} shells[] = {{"bash", bash_print}, {"zsh", zsh_print}, {"fish", fish_print}};

#define SHELLS (sizeof shells / sizeof *shells)

int completion_print(const char *shell)
{
    char best[16];
    struct suggestion nearest = suggest_start(shell, best, sizeof best);
    for (size_t i = 0; i < SHELLS; i++) {
        suggest_try(&nearest, shells[i].name);
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].print();
            return 0;
        }
    }
    return say_unknown("shell", &nearest, "listenas help help");
}
