#include "path.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../facts/path.h"
#include "guest.h"
#include "hooks.h"

#include "careful.h"

/* Everybody may connect. Until the mode is set nobody can anyway: the socket does not listen yet. */
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

int path_bind(struct binding *binding)
{
    const struct profile *profile = &guest.profile;
    struct unix_path path;
    int result = real.bind(binding->fd, binding->address, binding->length);
    if (!facts_unix_path(binding->address, binding->length, &path))
        return result;
    if (result < 0 && errno == EADDRINUSE && profile->bind_unix_dangling.word == WORD_FOLLOW)
        result = bind_at_target(binding, &path);
    if (result == 0 && profile->bind_unix_mode.word == WORD_ALL && facts_set_path_mode(binding->fd, &path, EVERYBODY))
        binding->why = KEY_bind_unix_mode;
    return result;
}
