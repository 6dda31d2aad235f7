/* Programs that speak TAP: one run, a case for each test point. */
#include "split.h"

const struct split split_tap = {.name = "tap", .reading = READ_TAP};
