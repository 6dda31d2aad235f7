/* Profiles that nobody would write: the loader must complain or take them, and what it takes must be usable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../shim/profile/builtin.h"
#include "fuzz.h"
#include "loaded.h"

const char fuzz_name[] = "profile";
const unsigned int fuzz_runs = 1500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    int fd = memfd_create("profile", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    check_load(path, NULL);
    close(fd);
    return 0;
}

static const char *const odd[] = {
    "[profile]\ninherits = mks\n[program \"legacyd\"]\nlisten.backlog_floor = 64\ninherits = bsd\n",
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
