/* Profiles that nobody would write: the loader must complain or take them, and what it takes must be usable. */
#include <sys/mman.h>
#include <unistd.h>

#include "../../shim/profile/loader/load.h"
#include "../../shim/profile/loader/search.h"
#include "../../shim/rules/listen.h"
#include "fuzz.h"

#define RUNS 4000

static void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void check_texts(const struct annotated_profile *annotated)
{
    check(memchr(annotated->name, 0, sizeof annotated->name) != NULL, "the name ends");
    check(memchr(annotated->summary, 0, sizeof annotated->summary) != NULL, "the summary ends");
    check(memchr(annotated->source, 0, sizeof annotated->source) != NULL, "the source ends");
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct entry *entry = &annotated->entries[key];
        check(memchr(entry->text, 0, sizeof entry->text) != NULL, "a text ends");
        check(memchr(entry->note, 0, sizeof entry->note) != NULL, "a note ends");
        check(entry->file >= 0 && entry->file < ANNOTATED_FILES, "an entry's file is one of them");
    }
}

/* Whatever the profile says, rules can be asked, and a backlog that is given to the kernel is one. */
static void check_rules(const struct profile *profile)
{
    static const int backlogs[] = {-2147483647 - 1, -1, 0, 1, 5, 128, 65536, 2147483647};
    for (unsigned int i = 0; i < 8 * 8; i++) {
        const struct facts facts = {.domain = i & 8 ? AF_INET : AF_UNIX,
                                    .type = i & 16 ? SOCK_STREAM : SOCK_DGRAM,
                                    .bound = i & 32,
                                    .kernel_max = 4096};
        struct listen_verdict it = listen_verdict(profile, &facts, backlogs[i % 8]);
        check(it.capacity >= 0, "a capacity is not negative");
        check(it.verdict.decision != DECIDE_FAIL || it.verdict.error > 0, "a failure has an errno");
        check(it.capacity == 0 || (it.backlog >= 0 && it.backlog <= facts.kernel_max), "a backlog is legal");
    }
}

static void tell(const char *diagnostic)
{
    check(diagnostic[0] != '\0' && strlen(diagnostic) < 1024, "a diagnostic is a sentence");
}

static void load(const char *path, const char *overrides)
{
    static struct annotated_profile annotated;
    struct diagnostics diagnostics = {.tell = tell};
    bool good = annotated_profile_load(&annotated, path, "legacyd", overrides, &diagnostics);
    check(good == (diagnostics.count == 0), "a failure has a diagnostic");
    check(memchr(diagnostics.first, 0, sizeof diagnostics.first) != NULL, "the first diagnostic ends");
    check_texts(&annotated);
    check_rules(&annotated.profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char overrides[512];
    char path[32];
    size_t tail = size < sizeof overrides ? size : sizeof overrides - 1;
    int fd = memfd_create("profile", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    memcpy(overrides, data + size - tail, tail);
    overrides[tail] = '\0';
    load(path, NULL);
    load("linux", overrides);
    close(fd);
    return 0;
}

static const char *const odd[] = {
    "[profile]\ninherits = mks\n[program \"legacyd\"]\nlisten.backlog_floor = 64\ninherits = bsd\n",
    "listen.backlog_max=64,listen.capacity_tcp=3/2 b + 1 min 1 max 128,accept.accept4=ENOSYS",
    "listen.capacity_tcp=2147483647/1 b + 2147483647,listen.backlog_floor=2147483647,listen.backlog_negative=hint",
    "[profile]\ninherits = bsd\ninherits = mks\ninherits = glibc\n[listen]\nbacklog_max = 5 # unverified\n",
};

size_t fuzz_sample(size_t index, uint8_t *input)
{
    size_t built = 0;
    while (builtins[built].name)
        built++;
    if (index >= built + sizeof odd / sizeof *odd)
        return 0;
    const char *text = index < built ? builtins[index].text : odd[index - built];
    size_t size = strlen(text);
    memcpy(input, text, size);
    return size;
}

#ifndef LIBFUZZER
int main(int count, char **arguments)
{
    return fuzz_main(count, arguments, RUNS);
}
#endif
