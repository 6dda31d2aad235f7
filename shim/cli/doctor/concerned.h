/*
 * Which keys and profiles a finding concerns.
 */
#ifndef LISTENAS_CLI_DOCTOR_CONCERNED_H
#define LISTENAS_CLI_DOCTOR_CONCERNED_H

#include <stdbool.h>

#include "../../profile/profile.h"

#define CONCERNED_PROFILES 128

struct concerned {
    bool keys[KEY_COUNT];
    char profiles[CONCERNED_PROFILES][64]; /* those that set one of the keys */
    int count;
};

/*
 * Finds the keys that need one of the facts `needs` (enum need) with some value, and the key `full`, and all profiles
 * under which they do. "" stands for no key.
 */
void concerned_find(struct concerned *concerned, unsigned int needs, const char *full);

#endif
