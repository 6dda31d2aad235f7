#include "context.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../ring/keep.h"
#include "address.h"

/* A listener that a process was forked with is found at its parent, or at a parent of that one, no farther up. */
#define PARENTS_MOST 8

/* What a descriptor of a process was last bound to. */
struct known_socket {
    uint64_t key;
    struct select_address address;
};

static uint64_t socket_key(uint32_t pid, int fd)
{
    return (uint64_t)pid << 32 | (uint32_t)fd;
}

static int by_pid(const void *one, const void *other)
{
    const struct context_process *a = one, *b = other;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static int by_key(const void *one, const void *other)
{
    const struct known_socket *a = one, *b = other;
    return (a->key > b->key) - (a->key < b->key);
}

static struct context_process *find_process(const struct context *context, uint32_t pid)
{
    const struct context_process wanted = {.pid = pid};
    struct context_process *const *found = tfind(&wanted, &context->processes, by_pid);
    return found ? *found : NULL;
}

static const struct known_socket *find_socket(const struct context *context, uint32_t pid, int fd)
{
    const struct known_socket wanted = {.key = socket_key(pid, fd)};
    struct known_socket *const *found = tfind(&wanted, &context->sockets, by_key);
    return found ? *found : NULL;
}

/* The entry of this size that equals `wanted`, made of it if there is none; NULL without memory. */
static void *enter(void **tree, const void *wanted, size_t size, int (*order)(const void *, const void *))
{
    void **found = tfind(wanted, tree, order);
    if (found)
        return *found;
    void *entry = malloc(size);
    if (!entry)
        return NULL;
    memcpy(entry, wanted, size);
    if (tsearch(entry, tree, order))
        return entry;
    free(entry);
    return NULL;
}

static void copy_text(char *to, size_t size, const char *from, size_t length)
{
    if (length >= size)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

/* --- what records say --- */

static size_t address_length(const struct record *record)
{
    return record->address_length < sizeof record->address ? record->address_length : sizeof record->address;
}

static void learn_start(struct context *context, const struct record *record)
{
    const char *text = (const char *)record->address;
    size_t size = address_length(record), program = strnlen(text, size);
    size_t profile = program < size ? program + 1 : size;
    struct context_process process = {.pid = record->pid,
                                      .parent = (uint32_t)record->asked,
                                      .profile_is_cut = record->flags & RECORD_PATH_CUT,
                                      .settings = record->effective};
    copy_text(process.program, sizeof process.program, text, program);
    copy_text(process.profile, sizeof process.profile, text + profile, strnlen(text + profile, size - profile));
    struct context_process *known = enter(&context->processes, &process, sizeof process, by_pid);
    if (known)
        *known = process;
}

/* A process that goes on as another profile. */
static void learn_use(struct context *context, const struct record *record)
{
    struct context_process process = context_process(context, record->pid);
    process.profile_is_cut = record->flags & RECORD_PATH_CUT;
    process.settings = record->effective;
    copy_text(process.profile, sizeof process.profile, (const char *)record->address,
              strnlen((const char *)record->address, address_length(record)));
    struct context_process *known = enter(&context->processes, &process, sizeof process, by_pid);
    if (known)
        *known = process;
}

static void learn_socket(struct context *context, const struct record *record)
{
    struct known_socket socket = {.key = socket_key(record->pid, record->fd),
                                  .address = select_address_of(record->address, address_length(record))};
    if (socket.address.family == AF_UNSPEC)
        return;
    struct known_socket *known = enter(&context->sockets, &socket, sizeof socket, by_key);
    if (known)
        *known = socket;
}

static bool is_call(const struct ring *ring, const struct record *record, const char *name)
{
    const char *call = ring_call_name(ring, record->call);
    return call && strncmp(call, name, CALL_NAME_SIZE) == 0;
}

void context_learn(struct context *context, const struct ring *ring, const struct record *record)
{
    if (is_call(ring, record, "start"))
        learn_start(context, record);
    else if (is_call(ring, record, "use"))
        learn_use(context, record);
    else if (record->result >= 0 && (is_call(ring, record, "listen") || is_call(ring, record, "bind")))
        learn_socket(context, record);
}

void context_begin(struct context *context, const struct ring *ring)
{
    const struct ring_header *header = ring->header;
    const struct ring_process *process;
    const struct ring_listener *listener;
    struct record record;
    uint64_t number;
    *context = (struct context){.maker.pid = header->pid};
    size_t command = strnlen(header->command, sizeof header->command);
    const char *slash = memrchr(header->command, '/', command);
    const char *program = slash ? slash + 1 : header->command;
    copy_text(context->maker.program, sizeof context->maker.program, program,
              command - (size_t)(program - header->command));
    copy_text(context->maker.profile, sizeof context->maker.profile, header->profile,
              strnlen(header->profile, sizeof header->profile));
    for (uint32_t i = 1; (process = ring_process(ring, i)); i++)
        if (ring_kept(&process->start, &number, &record))
            learn_start(context, &record);
    for (uint32_t i = 1; (listener = ring_listener(ring, i)); i++)
        if (ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &record))
            learn_socket(context, &record);
}

void context_end(struct context *context)
{
    tdestroy(context->processes, free);
    tdestroy(context->sockets, free);
    *context = (struct context){0};
}

/* --- what is known --- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

struct context_process context_process(const struct context *context, uint32_t pid)
{
    struct context_process process = {.pid = pid};
    const struct context_process *known = find_process(context, pid);
    if (known)
        process = *known;
    if (!process.program[0])
        strcpy(process.program, context->maker.program);
    if (!process.profile[0] || (process.profile_is_cut && ends_with(context->maker.profile, process.profile))) {
        strcpy(process.profile, context->maker.profile);
        process.profile_is_cut = strlen(process.profile) == sizeof process.profile - 1;
    }
    return process;
}

static struct select_address listener_of(const struct context *context, uint32_t pid, int fd)
{
    for (int up = 0; up < PARENTS_MOST && pid; up++) {
        const struct known_socket *socket = find_socket(context, pid, fd);
        const struct context_process *process = find_process(context, pid);
        if (socket)
            return socket->address;
        pid = process ? process->parent : 0;
    }
    return (struct select_address){.family = AF_UNSPEC};
}

/* A descriptor that connects, or is bound, is no listener any more, whatever it was before. */
static bool is_of_listener(const char *call)
{
    return strcmp(call, "connect") != 0 && strcmp(call, "bind") != 0 && strcmp(call, "socket") != 0;
}

static bool is_changed(const struct record *record)
{
    return record->key[0] || record->key[1] || record->flags & (RECORD_WATCHED | RECORD_SHORTENED);
}

static void copy_names(const struct ring *ring, const struct record *record, struct subject_room *room)
{
    const char *call = ring_call_name(ring, record->call);
    copy_text(room->call, sizeof room->call, call ? call : "?", call ? strnlen(call, CALL_NAME_SIZE) : 1);
    for (int i = 0; i < 2; i++) {
        const char *key = record->key[i] ? ring_key_name(ring, record->key[i]) : NULL;
        copy_text(room->keys[i], sizeof room->keys[i], key ? key : "", key ? strnlen(key, KEY_NAME_SIZE) : 0);
    }
}

struct subject context_subject(const struct context *context, const struct ring *ring, const struct record *record,
                               const struct repeats *repeats, struct subject_room *room)
{
    room->process = context_process(context, record->pid);
    copy_names(ring, record, room);
    bool call = strcmp(room->call, "start") != 0 && strcmp(room->call, "queue") != 0 &&
                strcmp(room->call, "use") != 0 && strcmp(room->call, "mark") != 0;
    const struct select_address nowhere = {.family = AF_UNSPEC};
    return (struct subject){
        .time_ns = record->time_ns,
        .last_ns = repeats->count ? repeats->last_ns : record->time_ns,
        .call = room->call,
        .is_call = call,
        .changed = is_changed(record) && strcmp(room->call, "queue") != 0,
        .failed = call && !(record->flags & RECORD_SKIPPED) && (record->given_error || record->result < 0),
        .error = record->given_error,
        .fd = record->fd,
        .result = record->result,
        .pid = record->pid,
        .tid = record->tid,
        .program = room->process.program,
        .profile = room->process.profile,
        .keys = {room->keys[0], room->keys[1]},
        .address = call || strcmp(room->call, "queue") == 0 ? select_address_of(record->address, address_length(record))
                                                            : nowhere,
        .listener = is_of_listener(room->call) ? listener_of(context, record->pid, record->fd) : nowhere};
}
