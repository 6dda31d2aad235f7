#include "advice.h"

enum page {
    PAGE_NONE,
#define PAGE(name, bug, breaks, portable, links) PAGE_##name,
#define OF(key, page, otherwise)
#include "advice.def"
    PAGE_COUNT
};

static const struct advice_page pages[PAGE_COUNT] = {
#define PAGE(name, bug, breaks, portable, links) [PAGE_##name] = {bug, breaks, portable, links},
#define OF(key, page, otherwise)
#include "advice.def"
};

static const struct {
    unsigned char page; /* enum page */
    const char *otherwise;
} of_key[KEY_COUNT] = {
#define PAGE(name, bug, breaks, portable, links)
#define OF(key, page, otherwise) [KEY_##key] = {PAGE_##page, otherwise},
#include "advice.def"
};

const struct advice_page *advice_page(enum key key)
{
    return key < KEY_COUNT && of_key[key].page ? &pages[of_key[key].page] : NULL;
}

const char *advice_otherwise(enum key key)
{
    return key < KEY_COUNT && of_key[key].otherwise ? of_key[key].otherwise : "";
}
