#include "provoke_wish.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/errno_name.h"
#include "../cli.h"
#include "status.h"

const char *const provoke_calls[PROVOKE_CALLS] = {"socket", "bind", "listen", "accept", "connect"};

bool provoke_asks(const char *wish, const char *call, int error)
{
    char one[64];
    snprintf(one, sizeof one, "%s:%s", call, errno_name(error));
    for (; *wish; wish += strspn(wish, ",")) {
        size_t length = strcspn(wish, ",");
        if ((length == 3 && memcmp(wish, "all", 3) == 0) ||
            (length == strlen(call) && memcmp(wish, call, length) == 0) ||
            (length == strlen(one) && memcmp(wish, one, length) == 0))
            return true;
        wish += length;
    }
    return false;
}

static int say_wrong(const char *word)
{
    char best[16];
    struct suggestion nearest = suggest_start(word, best, sizeof best);
    suggest_try(&nearest, "all");
    for (size_t i = 0; i < PROVOKE_CALLS; i++)
        suggest_try(&nearest, provoke_calls[i]);
    if (suggest_found(&nearest))
        say("--provoke: \"%s\": did you mean %s?", word, best);
    else
        say("--provoke: \"%s\": expected all, or a list of CALL and CALL:ERRNO; CALL is one of socket, bind, listen, "
            "accept, connect",
            word);
    return STATUS_USAGE;
}

static int read_word(const char *word)
{
    char call[64];
    const char *colon = strchr(word, ':');
    snprintf(call, sizeof call, "%.*s", (int)(colon ? colon - word : (ptrdiff_t)strlen(word)), word);
    bool is_known = !colon && strcmp(word, "all") == 0;
    for (size_t i = 0; i < PROVOKE_CALLS; i++)
        is_known |= strcmp(call, provoke_calls[i]) == 0;
    if (!is_known)
        return say_wrong(word);
    if (!colon || errno_of_name(colon + 1))
        return 0;
    say("--provoke: \"%s\": \"%s\" is no name of an error", word, colon + 1);
    return STATUS_USAGE;
}

int provoke_check(const struct plan *plan)
{
    const char *other = plan->reports.count ? "--report"
                        : plan->baseline    ? "--baseline"
                        : plan->shards      ? "--shard"
                                            : NULL;
    if (!plan->provoke || !other)
        return 0;
    say("--provoke: cannot be together with %s", other);
    return STATUS_USAGE;
}

int provoke_read(const struct plan *plan)
{
    char word[64];
    if (!*plan->provoke)
        return say_wrong("");
    for (const char *wish = plan->provoke; *wish; wish += strspn(wish, ",")) {
        size_t length = strcspn(wish, ",");
        snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), wish);
        int status = read_word(word);
        if (status)
            return status;
        wish += length;
    }
    return 0;
}
