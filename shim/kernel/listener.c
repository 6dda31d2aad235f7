#include "listener.h"

#include <stdatomic.h>
#include <sys/socket.h>

#include "control.h"
#include "mark.h"

#include "async_safe.h"

/* Whether this process, or the one that it was forked from, has shortened a listener. */
static _Atomic bool has_shortened;

void listener_note_shortened(int fd)
{
    int flags = control(fd, F_GETFL, 0);
    atomic_store_explicit(&has_shortened, true, memory_order_relaxed);
    if (flags >= 0 && !(flags & O_APPEND))
        control(fd, F_SETFL, flags | O_APPEND);
}

bool listener_may_be_shortened(int flags)
{
    return flags & O_APPEND || atomic_load_explicit(&has_shortened, memory_order_relaxed);
}

static bool is_noted(const struct f_owner_ex *owner)
{
    return owner->type == F_OWNER_PGRP && owner->pid == 0;
}

void facts_of_listener(int fd, struct listener_facts *facts)
{
    facts->owner = (struct f_owner_ex){0};
    bool told = control_owner(fd, F_GETOWN_EX, &facts->owner) == 0;
    facts->mark = told && is_noted(&facts->owner) ? MARK_OPTIONS_KNOWN : facts_mark(fd);
}

/* The options of Linux's TCP connections are their listener's, so only those matter that a platform clears. */
static int bits_that_matter(int domain)
{
    return domain == AF_UNIX ? MARK_OF_ACCEPT : MARK_OF_ACCEPT & ~MARK_SWITCHES_SET;
}

void plain_begin(int fd, int domain)
{
    struct f_owner_ex owner = {0}, note = {.type = F_OWNER_PGRP};
    int mark = facts_mark(fd);
    if (!(mark & MARK_OPTIONS_KNOWN) || mark & bits_that_matter(domain))
        return;
    if (control_owner(fd, F_GETOWN_EX, &owner) != 0 || owner.pid != 0)
        return;
    control_owner(fd, F_SETOWN_EX, &note);
    if (facts_mark(fd) & bits_that_matter(domain))
        plain_end(fd);
}

void plain_end(int fd)
{
    struct f_owner_ex owner = {0}, none = {.type = F_OWNER_TID};
    if (control_owner(fd, F_GETOWN_EX, &owner) == 0 && is_noted(&owner))
        control_owner(fd, F_SETOWN_EX, &none);
}
