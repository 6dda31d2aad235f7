#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"

static char folder[] = "/tmp/probe-XXXXXX";

static void leave_folder(void)
{
    struct dirent *entry;
    DIR *files = opendir(folder);
    while (files && (entry = readdir(files)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(files), entry->d_name, 0);
    if (files)
        closedir(files);
    rmdir(folder);
}

static void close_scene(struct scene *scene)
{
    const struct linger hard = {.l_onoff = 1};
    int *sockets[] = {&scene->fd, &scene->peer, &scene->listener};
    for (int i = 0; i < 3; i++) {
        if (*sockets[i] < 0)
            continue;
        setsockopt(*sockets[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(*sockets[i]);
    }
}

static void probe_call(const struct kind *kind, const struct state *state, const struct call *call)
{
    struct scene scene = {.kind = kind, .fd = -1, .peer = -1, .listener = -1};
    state->enter(&scene);
    answer_of(0); /* a signal that came by then is the state's */
    make_nonblocking(scene.fd);
    print_answer(kind->name, state->name, call->name, call->make(&scene));
    close_scene(&scene);
}

static void probe_calls(void)
{
    for (const struct kind *kind = kinds; kind->name; kind++)
        for (const struct state *state = states; state->name; state++)
            for (const struct call *call = calls; call->name && state->makes_sense(kind); call++)
                probe_call(kind, state, call);
}

int main(void)
{
    if (!mkdtemp(folder) || chdir(folder) != 0)
        give_up(folder);
    atexit(leave_folder);
    catch_signal();
    probe_calls();
    probe_lengths();
    probe_targets();
    probe_paths();
    probe_sharing();
    probe_queues();
    return 0;
}
