#include "bind_path.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/real.h"
#include "../kernel/path.h"
#include "../rules/bind.h"

#include "../kernel/async_safe.h"

/* Everybody may connect. Until the mode is set nobody can, because the socket does not listen yet. */
#define EVERYBODY 0777

static int bind_at_target(struct binding *binding, struct unix_path *path)
{
    struct sockaddr_un target = {.sun_family = AF_UNIX};
    if (!facts_follow_dangling(path)) {
        errno = EADDRINUSE;
        return -1;
    }
    memcpy(target.sun_path, path->text, sizeof target.sun_path);
    binding->why = KEY_bind_unix_dangling;
    return real.bind(binding->fd, (const struct sockaddr *)&target, sizeof target);
}

/* After EADDRINUSE of the kernel, which the platform may not report. */
static int bind_to_taken(struct binding *binding, struct unix_path *path)
{
    struct verdict it = path_taken_verdict(&guest.profile, facts_is_dangling(path));
    if (it.decision == DECIDE_FOLLOW)
        return bind_at_target(binding, path);
    binding->error = it.error;
    binding->why = it.why;
    errno = EADDRINUSE;
    return -1;
}

int path_bind(struct binding *binding)
{
    struct unix_path path;
    int result = real.bind(binding->fd, binding->address, binding->length);
    bool taken = result < 0 && errno == EADDRINUSE;
    if (!facts_unix_path(binding->address, binding->length, &path))
        return result;
    if (taken && guest_needs(CALL_bind, PHASE_FAILED) & NEED_PATH)
        result = bind_to_taken(binding, &path);
    if (result == 0 && path_is_everybodys(&guest.profile) && facts_set_path_mode(binding->fd, &path, EVERYBODY))
        binding->why = KEY_bind_unix_mode;
    return result;
}
