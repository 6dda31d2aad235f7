/*
 * SO_ACCEPTFILTER with arguments that no program would pass. The first bytes of an input are the profile, words of some
 * of its keys, the socket's facts and the length; what follows is the argument.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "../../shim/profile/builtin.h"
#include "../../shim/rules/accept_filter.h"
#include "fuzz.h"

const char fuzz_name[] = "filter";
const unsigned int fuzz_runs = 20000;

#define ERROR_MOST 4095

struct asked {
    uint8_t profile, words, state, padding;
    int32_t backlog, length;
};

/* `success`: what the call comes to if it is neither the kernel's nor fails. */
static void check_verdict(const struct verdict *it, enum decision success)
{
    fuzz_check(it->decision == DECIDE_CALL || it->decision == success || it->decision == DECIDE_FAIL,
               "the decision fits the call");
    fuzz_check(it->decision != DECIDE_FAIL || (it->error > 0 && it->error <= ERROR_MOST), "a failure has an errno");
    fuzz_check(it->why >= KEY_NONE && it->why < KEY_COUNT, "a reason is a key");
}

static void check_filter(const struct filter_verdict *it)
{
    check_verdict(&it->verdict, DECIDE_INSTALL);
    fuzz_check(it->filter >= FILTER_NONE && it->filter < FILTER_COUNT, "a filter is one of them");
    fuzz_check(it->hold || !it->resets, "who holds no connection resets none");
    fuzz_check(!it->resets || it->most > 0, "at least one connection may be held");
}

/* What is installed is what was named; the kernels end the name at its last byte. */
static void check_named(const struct filter_verdict *it, const struct filter_argument *argument)
{
    if (it->verdict.decision != DECIDE_INSTALL || it->filter == FILTER_NONE)
        return;
    fuzz_check(argument != NULL, "a filter that is installed was named");
    fuzz_check(strncmp(argument->name, filter_name(it->filter), sizeof argument->name - 1) == 0, "it is the named one");
}

/* Sets keys beside what the profile says of them, each to one of its words: the digits of `words`, 0 for the profile's.
 */
static void set_words(struct profile *profile, unsigned int words)
{
    static const struct {
        enum key key;
        const char *word[3];
    } keys[] = {
        {KEY_filter_option, {"yes", "EINVAL", "yes"}},
        {KEY_filter_hold, {"no", "yes", "kernel"}},
        {KEY_filter_install, {"none", "dataready", "httpready"}},
        {KEY_filter_overflow, {"keep", "reset", "kernel"}},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++, words /= 4) {
        bool is_promise = false;
        if (words % 4)
            fuzz_check(!key_set(profile, keys[i].key, keys[i].word[words % 4 - 1], &is_promise), "a word is legal");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profile profile;
    struct filter_argument argument = {.name = ""};
    struct asked asked;
    if (size < sizeof asked)
        return 0;
    memcpy(&asked, data, sizeof asked);
    size_t rest = size - sizeof asked;
    memcpy(&argument, data + sizeof asked, rest < sizeof argument ? rest : sizeof argument);
    profile_reset(&profile);
    builtin_apply_all(&profile, asked.profile % builtin_count);
    set_words(&profile, asked.words);
    profile_derive(&profile);
    const struct filter_facts facts = {.listening = asked.state & 1,
                                       .installed = (enum filter)((asked.state >> 1) % FILTER_COUNT),
                                       .backlog = asked.backlog < 0 ? -1 : asked.backlog};
    const socklen_t length = (socklen_t)asked.length;
    const struct filter_argument *passed = length < sizeof argument ? NULL : &argument;
    struct filter_verdict set = filter_set_verdict(&profile, &facts, length, passed);
    struct filter_verdict listened = filter_listen_verdict(&profile, &facts);
    struct verdict got = filter_get_verdict(&profile, &facts);
    check_filter(&set);
    check_named(&set, passed);
    check_filter(&listened);
    check_verdict(&got, DECIDE_ANSWER);
    return 0;
}

size_t fuzz_sample(size_t index, uint8_t *input)
{
    static const struct {
        uint8_t words, state;
        int32_t backlog, length;
        const char *name;
    } samples[] = {
        {0, 1, 5, 256, "dataready"},    {0, 1, 5, 256, "httpready"},      {0, 1, 128, 256, "dnsready"},
        {0, 1, 5, 256, "accf_x"},       {0, 3, 5, 256, "dataready"},      {0, 3, 5, 0, ""},
        {0, 0, -1, 256, "dataready"},   {0, 1, INT_MAX, 16, "dataready"}, {0x89, 1, 5, 256, "dataready"},
        {0x85, 1, 5, 256, "dataready"},
    };
    const size_t kinds = sizeof samples / sizeof *samples;
    if (index >= kinds * (size_t)builtin_count)
        return 0;
    const struct asked asked = {.profile = (uint8_t)(index / kinds),
                                .words = samples[index % kinds].words,
                                .state = samples[index % kinds].state,
                                .backlog = samples[index % kinds].backlog,
                                .length = samples[index % kinds].length};
    size_t length = strlen(samples[index % kinds].name) + 1;
    memcpy(input, &asked, sizeof asked);
    memcpy(input + sizeof asked, samples[index % kinds].name, length);
    return sizeof asked + length;
}
