#include "inherit.h"

#include <sys/socket.h>

#include "../kernel/facts.h"
#include "../kernel/mark.h"
#include "../kernel/socket_options.h"

#include "../kernel/async_safe.h"

/* What is known of the listener. */
struct known {
    bool local;
    int sizes, mark;
};

static enum inheritance find_inheritance(const struct profile *profile, const struct socket_option *option,
                                         const struct known *known)
{
    enum inheritance how = accept_inheritance(profile, known->local, option->group);
    if (!(known->mark & option_group_marks[option->group]))
        return INHERIT_LEAVE; /* if the listener never had it, no connection has it */
    if (how == INHERIT_EARLY)
        how = early_inheritance(known->local, known->mark & option->bit);
    if (how == INHERIT_COPY && option->group == OPTIONS_BUFFERS && !(known->sizes & option->bit))
        how = INHERIT_LEAVE;
    return how;
}

void inherit_options(const struct profile *profile, int domain, int listener, int connection, int mark)
{
    struct known known = {.local = domain == AF_UNIX, .mark = mark};
    if (mark & MARK_VALUES_SET && accept_inheritance(profile, known.local, OPTIONS_BUFFERS) == INHERIT_COPY)
        known.sizes = facts_sizes_set(listener);
    for (size_t i = 0; i < socket_option_count; i++) {
        enum inheritance how = find_inheritance(profile, &socket_options[i], &known);
        if (how == INHERIT_LEAVE || socket_options[i].group == OPTIONS_KEEPALIVE ||
            !option_is_of(&socket_options[i], domain))
            continue;
        if (how == INHERIT_COPY)
            option_copy(&socket_options[i], listener, connection);
        else
            option_clear(&socket_options[i], connection);
    }
    if (mark & MARK_PROTOCOL_SET && accept_inheritance(profile, known.local, OPTIONS_KEEPALIVE) == INHERIT_CLEAR)
        options_clear_keepalive(domain, connection);
}
