#include "provoke_report.h"

#include <stdio.h>

#include "../../profile/errno_name.h"
#include "../cli.h"
#include "document.h"
#include "status.h"

struct sum {
    size_t runs, passed;
};

static void print_run(const struct provoke_session *session, const struct provoke_task *task, const json_t *run)
{
    size_t i;
    json_t *word;
    printf("%s:", text_of(run, "provoked"));
    json_array_foreach(list_of(run, "words"), i, word)
        printf("%s %s", i ? "," : "", json_string_value(word));
    printf("\n    as ");
    print_visible(session->plan->platforms.platform[task->platform]->label, 0);
    printf(", in ");
    print_visible(session->units->unit[task->unit].name, 0);
    printf(": %s\n", text_of(run, "ended"));
}

static void print_task(const struct provoke_session *session, size_t index, struct sum *sum)
{
    const struct provoke_task *task = &session->tasks[index];
    const json_t *result = session->results[index];
    size_t i;
    json_t *run;
    json_array_foreach(list_of(result, "runs"), i, run) {
        sum->runs++;
        if (json_array_size(list_of(run, "words")) == 0)
            sum->passed++;
        else
            print_run(session, task, run);
    }
    if (result && !truth_of(result, "ends"))
        printf("%s:%s: there are more than %d such calls; the later ones were not tried\n", task->call,
               errno_name(task->error), PROVOKE_RUNS_MOST);
}

/* Units that do not pass without an error say nothing with one. Returns how many there are. */
static size_t print_failing(const struct provoke_session *session)
{
    size_t failing = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++) {
            const struct provoke_task task = {.unit = unit, .platform = platform};
            if (truth_of(*provoke_usual(session, &task), "passes"))
                continue;
            failing++;
            printf("not tried: it fails without an error: ");
            print_visible(session->units->unit[unit].name, 0);
            printf(", as ");
            print_visible(session->plan->platforms.platform[platform]->label, 0);
            putchar('\n');
        }
    return failing;
}

int provoke_report(const struct provoke_session *session)
{
    struct sum sum = {0};
    size_t failing = print_failing(session), dead = 0;
    for (size_t i = 0; i < session->count; i++) {
        dead += !session->results[i];
        print_task(session, i, &sum);
    }
    printf("%zu error%s provoked, one in each run: %zu runs pass, %zu do not\n", sum.runs, sum.runs == 1 ? "" : "s",
           sum.passed, sum.runs - sum.passed);
    if (!session->plan->is_isolated)
        puts("no network of its own, so servers that are stuck were not looked for");
    if (sum.runs > sum.passed)
        return STATUS_DIFFERS;
    return dead ? STATUS_OWN : failing ? STATUS_NATIVE : STATUS_AS_NATIVE;
}
