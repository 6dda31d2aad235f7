#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conform.h"

/* One backlog that is being tried. */
struct trial {
    int listener, backlog;
    int error; /* of listen */
};

static void start_trial(struct trial *trial, struct crowd *crowd, int domain, int backlog)
{
    *trial = (struct trial){.listener = make_bound(domain, SOCK_STREAM), .backlog = backlog};
    *crowd = crowd_of(trial->listener);
    trial->error = listen(trial->listener, backlog) == 0 ? 0 : errno;
    if (!trial->error)
        crowd_push(crowd);
}

static void end_trial(struct trial *trial, struct crowd *crowd)
{
    crowd_dismiss(crowd);
    close(trial->listener);
}

static void print_trial(const struct trial *trial, const struct crowd *crowd, int domain)
{
    struct rlimit limit = {0};
    printf("%s %d = ", domain_name(domain), trial->backlog);
    getrlimit(RLIMIT_NOFILE, &limit);
    if (trial->error)
        puts(error_name(trial->error));
    else if (crowd->outcome == EMFILE)
        printf("skipped: %lu descriptors are too few\n", (unsigned long)limit.rlim_cur);
    else
        printf("%d\n", crowd->count);
}

/* Not even alone has this one enough descriptors. */
static int too_many(struct trial *trial, struct crowd *crowd, int domain)
{
    print_trial(trial, crowd, domain);
    end_trial(trial, crowd);
    return 1;
}

/*
 * Tries as many backlogs together as the descriptors allow, so that the surplus clients of all are waited for
 * once; returns how many were done.
 */
static int try_together(struct trial *trials, struct crowd *crowds, int domain, const int *backlogs, int count)
{
    int done = 0;
    while (done < count) {
        start_trial(&trials[done], &crowds[done], domain, backlogs[done]);
        if (crowds[done].outcome != EMFILE) {
            done++;
            continue;
        }
        if (done == 0)
            return too_many(&trials[0], &crowds[0], domain);
        end_trial(&trials[done], &crowds[done]);
        break;
    }
    crowds_settle(crowds, done);
    for (int i = 0; i < done; i++) {
        print_trial(&trials[i], &crowds[i], domain);
        end_trial(&trials[i], &crowds[i]);
    }
    return done;
}

void observe_capacity(int domain, const int *backlogs, int count)
{
    struct trial *trials = calloc((size_t)count, sizeof *trials);
    struct crowd *crowds = calloc((size_t)count, sizeof *crowds);
    if (!domain_is_here(domain)) {
        printf("%s is not here\n", domain_name(domain));
        exit(0);
    }
    if (!trials || !crowds)
        give_up("memory");
    for (int done = 0; done < count;)
        done += try_together(trials, crowds, domain, backlogs + done, count - done);
    free(trials);
    free(crowds);
}
