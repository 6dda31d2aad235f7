#include <stdio.h>
#include <stdlib.h>

#include "../fuzz.h"

void fuzz_check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}
