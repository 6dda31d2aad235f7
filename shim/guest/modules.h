/*
 * The file that the code at an address was loaded from. Asks the dynamic loader if it can be asked from anywhere
 * (_dl_find_object, glibc 2.35 and later), else a list that the constructor made.
 */
#ifndef LISTENAS_GUEST_MODULES_H
#define LISTENAS_GUEST_MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "../ring/sites.h"

/* Finds out how to ask. Only for the constructor: dlsym may allocate. */
void modules_start(void);

struct loaded_module {
    uintptr_t start; /* where its first segment lies in memory; with its ELF header */
    uintptr_t bias;  /* an address minus this is what the file's own headers and symbols say */
    const char *path;
};

/*
 * Finds the module with `size` bytes of code before `address`, in an executable segment that can be read. False for
 * addresses of no module, and for modules loaded after the start if only the list is there. May be called from a
 * signal handler.
 */
bool module_of_code(uintptr_t address, size_t size, struct loaded_module *module);

/*
 * Turns a return address into a place of the ring, and adds its module to the ring. If the module is unknown, its
 * number is 0 and the offset is the address. May be called from a signal handler.
 */
uint64_t module_place(const struct ring *ring, uintptr_t address, uint64_t now_ns);

#endif
