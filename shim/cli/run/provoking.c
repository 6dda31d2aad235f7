#include "provoking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "../../profile/loader/provoke.h"
#include "../cli.h"

void provoking_begin(struct provoking *it, const char *setting)
{
    *it = (struct provoking){.setting = setting && *setting ? strdup(setting) : NULL};
}

/* Returns -1, or STATUS_OWN after a report. */
static int add(struct provoking *it, const char *name, const char *item)
{
    char *both;
    if (asprintf(&both, "%s%s%s%s", it->setting ? it->setting : "", it->setting ? "," : "", name, item) < 0) {
        say("out of memory");
        return STATUS_OWN;
    }
    free(it->setting);
    it->setting = both;
    return -1;
}

int provoking_option(struct provoking *it, int option, const char *argument)
{
    if (option == 'P')
        return add(it, "", argument);
    if (option == PROVOKING_SEED)
        it->seed = argument;
    else
        it->forced = true;
    return -1;
}

/* Small, so that a person can type it. Returns as add does. */
static int add_own_seed(struct provoking *it)
{
    char text[16];
    unsigned int seed = 0;
    if (getrandom(&seed, sizeof seed, 0) < 0)
        seed = 0; /* as good as any other */
    snprintf(text, sizeof text, "%u", seed % 1000000);
    say("--seed=%s provokes the same errors again", text);
    return add(it, "seed=", text);
}

int provoking_check(struct provoking *it, const struct annotated_profile *annotated)
{
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    struct provocations all;
    int status = -1;
    if (!it->setting && (it->seed || it->forced)) {
        say("%s: expected -P CALL:ERRNO as well", it->seed ? "--seed" : "--force");
        return STATUS_OWN;
    }
    if (!it->setting)
        return 0;
    if (it->seed)
        status = add(it, "seed=", it->seed);
    if (status == -1 && it->forced)
        status = add(it, "force", "");
    if (status == -1 && !provoke_load(&all, it->setting, &annotated->profile, annotated->name, &diagnostics))
        status = STATUS_OWN;
    if (status == -1 && provoke_needs_seed(&all) && !all.has_seed)
        status = add_own_seed(it);
    return status == -1 ? 0 : status;
}
