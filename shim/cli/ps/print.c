#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"
#include "../clock.h"
#include "../json.h"
#include "../live/listener_json.h"
#include "../live/words.h"
#include "ps.h"

static const char *user_name(uid_t user)
{
    static char text[16];
    const struct passwd *entry = getpwuid(user);
    if (entry)
        return entry->pw_name;
    snprintf(text, sizeof text, "%u", user);
    return text;
}

static void format_since(uint64_t then_ns, char *text, size_t size)
{
    uint64_t now = clock_ns(CLOCK_REALTIME);
    snprintf(text, size, "-");
    if (then_ns)
        format_age(now > then_ns ? now - then_ns : 0, text, size);
}

static void print_start(const struct sight *sight)
{
    char since[24], name[64];
    format_since(sight->process->started_ns, since, sizeof since);
    visible_copy(name, sizeof name, sight->process->name, strlen(sight->process->name), VISIBLE_EXACT);
    printf("%7u %-10s %-15s %7s  ", sight->process->pid, user_name(sight->process->user), name, since);
}

/* "answers (root, pid 12, 3m05s)" */
static void format_refuser(const struct sight *sight, char *text, size_t size)
{
    const struct refuser_seen *refuser = &sight->refuser;
    char since[24];
    int length = 0;
    if (!refuser->address) {
        snprintf(text, size, "%s", sight->lacks_refuser ? "none, but wanted" : "-");
        return;
    }
    length = snprintf(text, size, "%s", refuser_state_word(refuser->state));
    if (!refuser->has_user)
        return;
    length += snprintf(text + length, size - (size_t)length, " (%s", user_name(refuser->user));
    format_since(refuser->started_ns, since, sizeof since);
    if (refuser->pid)
        length += snprintf(text + length, size - (size_t)length, ", pid %u, %s", refuser->pid, since);
    snprintf(text + length, size - (size_t)length, ")");
}

void print_having(const struct sight *sights, size_t count)
{
    char refuser[128], profile[LISTENER_NAME + 16];
    puts("    PID USER       PROGRAM           SINCE  PROFILE        REFUSER                        RING");
    for (size_t i = 0; i < count; i++) {
        if (sights[i].reason[0])
            continue;
        format_refuser(&sights[i], refuser, sizeof refuser);
        snprintf(profile, sizeof profile, "%s%s", sights[i].profile, sights[i].has_mistake ? " (mistake)" : "");
        print_start(&sights[i]);
        printf("%-14s %-30s ", profile, refuser);
        print_visible(sights[i].process->ring ? sights[i].process->ring : "-", 0);
        puts(sights[i].process->ring_is_gone ? " (removed)" : "");
    }
}

void print_missing(const struct sight *sights, size_t count)
{
    puts("    PID USER       PROGRAM           SINCE  WHY IT HAS NO LIBRARY, THOUGH ITS ENVIRONMENT ASKS FOR ONE");
    for (size_t i = 0; i < count; i++) {
        if (!sights[i].reason[0])
            continue;
        print_start(&sights[i]);
        print_visible(sights[i].reason, 0);
        putchar('\n');
    }
}

/* --- for a program --- */

static json_t *refuser_json(const struct refuser_seen *refuser)
{
    json_t *object = json_object();
    json_object_set_new(object, "address", json_of_bytes(refuser->address));
    json_object_set_new(object, "state", json_string(refuser_state_word(refuser->state)));
    json_object_set_new(object, "answers", json_boolean(refuser->state == REFUSER_ANSWERS));
    if (refuser->has_user)
        json_object_set_new(object, "user", json_string(user_name(refuser->user)));
    if (refuser->pid)
        json_object_set_new(object, "pid", json_integer(refuser->pid));
    if (refuser->started_ns)
        json_object_set_new(object, "since_ns", json_integer((json_int_t)refuser->started_ns));
    return object;
}

void print_sight_json(const struct sight *sight)
{
    const struct process *process = sight->process;
    json_t *object = json_object();
    json_object_set_new(object, "pid", json_integer(process->pid));
    json_object_set_new(object, "user", json_string(user_name(process->user)));
    json_object_set_new(object, "program", json_of_bytes(process->name));
    if (process->started_ns)
        json_object_set_new(object, "since_ns", json_integer((json_int_t)process->started_ns));
    json_object_set_new(object, "has_library", json_boolean(!sight->reason[0]));
    if (sight->reason[0]) {
        json_object_set_new(object, "reason", json_of_bytes(sight->reason));
    } else {
        json_object_set_new(object, "library", json_of_bytes(process->library));
        json_object_set_new(object, "profile", json_string(sight->profile));
        json_object_set_new(object, "same_network", json_boolean(process->own_network));
    }
    if (sight->has_mistake)
        json_object_set_new(object, "profile_mistake", json_true());
    if (process->ring)
        json_object_set_new(object, "ring", json_of_bytes(process->ring));
    if (sight->refuser.address)
        json_object_set_new(object, "refuser", refuser_json(&sight->refuser));
    if (sight->lacks_refuser)
        json_object_set_new(object, "lacks_refuser", json_true());
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}
