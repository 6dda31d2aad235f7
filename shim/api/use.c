#define LISTENAS_INSIDE
#include "../guest/choose.h"
#include "../guest/ring_names.h"
#include "listenas.h"
#include "note.h"

const char *listenas_message(void)
{
    return guest_choose_fault();
}

int listenas_use(const char *platform)
{
    int saved = errno, error = guest_choose(platform ? platform : "");
    if (!error)
        note_append(CALL_USE, platform, __builtin_return_address(0));
    errno = saved;
    return error;
}

int listenas_provoke(const char *errors)
{
    int saved = errno, error = guest_provoke(errors ? errors : "");
    errno = saved;
    return error;
}
