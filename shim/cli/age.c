#include "age.h"

#include <stdio.h>

#include "clock.h"

#define MINUTE 60u
#define HOUR 3600u
#define DAY 86400u

void format_age(uint64_t ns, char *text, size_t size)
{
    unsigned long long seconds = ns / CLOCK_SECOND;
    if (seconds < MINUTE)
        snprintf(text, size, "%llus", seconds);
    else if (seconds < HOUR)
        snprintf(text, size, "%llum%02llus", seconds / MINUTE, seconds % MINUTE);
    else if (seconds < DAY)
        snprintf(text, size, "%lluh%02llum", seconds / HOUR, seconds % HOUR / MINUTE);
    else
        snprintf(text, size, "%llud%02lluh", seconds / DAY, seconds % DAY / HOUR);
}
