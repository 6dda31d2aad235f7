#define LISTENAS_INSIDE
#include "listenas.h"

#include "../guest/guest.h"

const char *listenas_version(void)
{
    return LISTENAS_VERSION;
}

const char *listenas_profile(void)
{
    return guest.profile_name;
}
