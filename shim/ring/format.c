/* Asserts that the structures of layout.h are those that format.def describes. */
#include "layout.h"

#define STRUCT(name, bytes, text) static_assert(sizeof(struct name) == (bytes), "format.def has its size");
#define FIELD(structure, name, offset, bytes, text)                                                                    \
    static_assert(offsetof(struct structure, name) == (offset), "format.def has its place");                           \
    static_assert(sizeof(((struct structure *)0)->name) == (bytes), "format.def has its size");
#define UNUSED(structure, offset, bytes)
#include "format.def"
