#include <fcntl.h>

#include "probe.h"

static void close_scene(struct scene *scene)
{
    int sockets[] = {scene->fd, scene->peer, scene->listener};
    for (int i = 0; i < 3; i++)
        if (sockets[i] >= 0)
            close_hard(sockets[i]);
}

static void probe_call(const struct kind *kind, const struct state *state, const struct call *call)
{
    struct scene scene = {.kind = kind, .fd = -1, .peer = -1, .listener = -1};
    state->enter(&scene);
    add_flag(scene.fd, O_NONBLOCK);
    print_answer(kind->name, state->name, call->name, call->make(&scene));
    close_scene(&scene);
}

static void probe_kind(const struct kind *kind)
{
    for (const struct state *state = states; state->name; state++)
        for (const struct call *call = calls; call->name && state->makes_sense(kind); call++)
            probe_call(kind, state, call);
    if (is_stream(kind))
        ask_queue(kind);
}

int main(void)
{
    raise_limit();
    enter_directory("oracle");
    for (const struct kind *kind = kinds; kind->name; kind++)
        if (is_here(kind))
            probe_kind(kind);
    probe_lengths();
    probe_targets();
    probe_paths();
    probe_sharing();
    for (int i = 0; i < 3; i++) {
        if (!domain_is_here(all_domains[i]))
            continue;
        ask_flags(all_domains[i]);
        ask_options(all_domains[i]);
        ask_ends(all_domains[i]);
        ask_lengths(all_domains[i]);
    }
    return 0;
}
