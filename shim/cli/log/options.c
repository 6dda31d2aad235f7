#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli.h"
#include "../clock.h"
#include "../number.h"
#include "../options.h"
#include "choose.h"

/* The most that -n can ask for: each is kept in memory. */
#define LAST_MOST 10000000

/* A wrong word is reported. */
static bool is_added(const struct log *log, bool added)
{
    if (!added)
        say("%s", log->view.selection.fault);
    return added;
}

static bool read_pid(struct log *log, const char *text)
{
    char word[32];
    uint32_t pid;
    if (!number_read_pid(text, &pid)) {
        say("-p: \"%s\" is not the number of a process", text);
        return false;
    }
    snprintf(word, sizeof word, "pid=%u", pid);
    log->process = text;
    return is_added(log, select_add(&log->view.selection, word));
}

static bool read_time(const char *option, const char *text, uint64_t *ns)
{
    if (select_time(text, clock_ns(CLOCK_REALTIME), ns))
        return true;
    say("--%s=%s: expected such as -5s, -10m, 12:36:52.5, \"2026-11-21 12:36\", 2026-11-21T12:36:52Z or @SECONDS",
        option, text);
    return false;
}

static bool read_older(struct log *log, const char *text)
{
    log->is_old = true;
    if (rings_read_span(text, &log->removal.older_s))
        return true;
    say("--older=%s: expected a number and a unit, such as 45s, 30m, 12h, 7d or 2w", text);
    return false;
}

static bool read_last(struct log *log, const char *text)
{
    uint64_t number;
    if (!number_read(text, 1, LAST_MOST, &number)) {
        say("--last=%s: expected a number from 1 to %d", text, LAST_MOST);
        return false;
    }
    log->view.tail.most = (size_t)number;
    return true;
}

static bool read_style(struct log *log, const char *text)
{
    int style = times_style_of(text);
    log->view.printer.times.style = (enum times_style)style;
    if (style >= 0)
        return true;
    say("--time=%s: expected relative, delta, local or utc", text);
    return false;
}

static bool read_color(struct log *log, const char *text)
{
    log->color = text;
    if (strcmp(text, "auto") == 0 || strcmp(text, "always") == 0 || strcmp(text, "never") == 0)
        return true;
    say("--color=%s: expected auto, always or never", text);
    return false;
}

/* An option without a value. */
static void set_flag(struct log *log, int option)
{
    log->follows |= option == 'f';
    log->lists |= option == 'l';
    log->json |= option == 'j';
    log->csv |= option == OPTION_CSV;
    log->removes |= option == OPTION_REMOVE_DEAD;
    log->view.all |= option == 'a';
    log->view.explain |= option == OPTION_EXPLAIN;
    log->view.printer.caller |= option == 'v';
    log->view.selection.failed |= option == OPTION_FAILED;
    log->view.selection.changed |= option == OPTION_CHANGED;
}

/* Returns false after a report. */
static bool read_option(struct log *log, int option, const char *value)
{
    switch (option) {
    case 'p':
        return read_pid(log, value);
    case 'e':
        return is_added(log, select_add_calls(&log->view.selection, value));
    case 'n':
        return read_last(log, value);
    case 'c':
        return read_color(log, value);
    case OPTION_SINCE:
        return read_time("since", value, &log->view.selection.since_ns);
    case OPTION_UNTIL:
        return read_time("until", value, &log->view.selection.until_ns);
    case OPTION_OLDER:
        return read_older(log, value);
    case OPTION_TIME:
        return read_style(log, value);
    default:
        set_flag(log, option);
        return option != '?';
    }
}

/* Reports options that exclude each other, and returns false. */
static bool is_sound(const struct log *log)
{
    const struct selection *selection = &log->view.selection;
    if (log->json && log->csv)
        say("--json and --csv: expected one of them");
    else if (log->csv && log->lists)
        say("--csv and --list: expected one of them; --json has a list");
    else if (log->csv && log->view.explain)
        say("--csv and --explain: a row has no place for it; --json has");
    else if (log->view.all && log->server)
        say("--all and %s: expected one of them; to select a process or a program: pid=PID, program=NAME", log->server);
    else if (selection->since_ns && selection->until_ns && selection->since_ns > selection->until_ns)
        say("--since is later than --until");
    else if (log->lists && log->removes)
        say("--list and --remove-dead: expected one of them");
    else if (log->is_old && !log->removes)
        say("--older: expected --remove-dead beside it");
    else if (log->lists && (log->server || selection->terms_count))
        say("--list: expected no file");
    else
        return true;
    return false;
}

/* Words after the options: at most one names a server; with --remove-dead all name records. */
static bool read_words(struct log *log, int count, char **words)
{
    const char *named = NULL;
    log->removal.names = words;
    log->removal.count = count;
    for (int i = 0; i < count && !log->removes; i++) {
        if (select_is_word(words[i])) {
            if (!is_added(log, select_add(&log->view.selection, words[i])))
                return false;
        } else if (named) {
            say("expected one server, not both %s and %s", named, words[i]);
            return false;
        } else {
            named = words[i];
        }
    }
    if (named)
        log->server = named;
    return is_sound(log);
}

int log_read_options(struct log *log, int count, char **arguments)
{
    int option;
    while ((option = next_option(count, arguments, &verb_log)) != -1) {
        if (option == OPTION_HELP)
            return 0;
        if (!read_option(log, option, optarg))
            return STATUS_USAGE;
    }
    return read_words(log, count - optind, arguments + optind) ? -1 : STATUS_USAGE;
}
