/* `listenas export`: a record, or what runs, in the formats of other tools. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../cli.h"
#include "../options.h"
#include "export.h"
#include "journal.h"

enum { OPTION_PROMETHEUS = OPTION_LONG, OPTION_JOURNALD, OPTION_CHROME, OPTION_SOCKET };

struct wishes {
    int format; /* one of the options; 0: none yet */
    const char *address, *socket;
    struct export_choice choice;
};

static bool take(struct wishes *wishes, int option)
{
    if (option == 'l') {
        wishes->address = optarg;
    } else if (option == OPTION_SOCKET) {
        wishes->socket = optarg;
    } else if (wishes->format && wishes->format != option) {
        say("expected one of --prometheus, --journald and --chrome");
        return false;
    } else {
        wishes->format = option;
    }
    return true;
}

static bool fit(const struct wishes *wishes)
{
    if (!wishes->format)
        say("expected --prometheus, --journald or --chrome");
    else if (wishes->address && wishes->format != OPTION_PROMETHEUS)
        say("--listen goes with --prometheus only");
    else if (wishes->socket && wishes->format != OPTION_JOURNALD)
        say("--socket goes with --journald only");
    else
        return true;
    return false;
}

/* Words after the options: at most one names a server, the others select. */
static bool read_words(struct export_choice *choice, int count, char **words)
{
    for (int i = 0; i < count; i++) {
        if (!select_is_word(words[i]) && choice->what) {
            say("expected one server, not both %s and %s", choice->what, words[i]);
            return false;
        }
        if (!select_is_word(words[i])) {
            choice->what = words[i];
        } else if (!select_add(&choice->selection, words[i])) {
            say("%s", choice->selection.fault);
            return false;
        }
    }
    return true;
}

/* Counters are of listeners, not of calls. */
static bool fits_counters(const struct selection *selection)
{
    for (size_t i = 0; i < selection->terms_count; i++) {
        enum select_field field = selection->terms[i].field;
        if (select_is_of_listener(field))
            continue;
        say("--prometheus: %s selects calls, and counters are of listeners: expected program, profile, pid, fd, "
            "address or port",
            select_rows[field].name);
        return false;
    }
    return true;
}

static int export(const struct wishes *wishes)
{
    const struct export_choice *choice = &wishes->choice;
    if (wishes->format == OPTION_JOURNALD)
        return export_journald(choice, wishes->socket ? wishes->socket : JOURNAL_SOCKET);
    if (wishes->format == OPTION_CHROME)
        return export_chrome(choice);
    return fits_counters(&choice->selection) ? export_prometheus(choice, wishes->address) : STATUS_USAGE;
}

static int run(int count, char **arguments)
{
    static struct wishes wishes;
    int option;
    wishes = (struct wishes){0};
    while ((option = next_option(count, arguments, &verb_export)) != -1)
        if (option == '?' || option == OPTION_HELP || !take(&wishes, option))
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
    bool is_sound = fit(&wishes) && read_words(&wishes.choice, count - optind, arguments + optind);
    int status = is_sound ? export(&wishes) : STATUS_USAGE;
    select_free(&wishes.choice.selection);
    return status;
}

static const struct verb_option options[] = {
    {"prometheus", OPTION_PROMETHEUS, NULL, "counters of listeners, in the text format of Prometheus"},
    {"journald", OPTION_JOURNALD, NULL,
     "entries of the journal for calls that fail or are changed, until the server ends"},
    {"chrome", OPTION_CHROME, NULL, "a trace for Perfetto and chrome://tracing"},
    {"listen", OLD_LETTER('l'), "ADDRESS",
     "with --prometheus: serve the counters at unix:PATH, 127.0.0.1:PORT or [::1]:PORT"},
    {"socket", OPTION_SOCKET, "FILE", "with --journald: the journal's socket, /run/systemd/journal/socket"},
    {0},
};

static const struct verb_text more[] = {
    {"selection",
     "A WORD selects, as for `listenas log`, and all words must hold: call=accept, err!=EMFILE, port=8000..8099. "
     "--journald and --chrome take words about calls and listeners; --prometheus those about listeners: "
     "program, profile, pid, fd, address and port. `listenas help select` explains them."},
    {"prometheus",
     "Without a server, all that run are told of; one that is named is told of after its end, too. "
     "Queues are asked from the kernel, "
     "as "
     "`listenas stat` does. The page is made at most once a second, for at most 32 clients at once, each with 5 "
     "seconds. A path may be opened by this user only (mode 0600). A port of the loopback may be asked by every user "
     "of "
     "the machine; a request whose Host is not this machine is refused: a web page could have made a browser send it. "
     "The URL is printed when it listens."},
    {"journald",
     "Of a server that runs, what comes from now on is sent; of one that has ended, what its record has. "
     "Fields: "
     "MESSAGE, "
     "PRIORITY (4 for a failure and a full queue, 6 for a change), SYSLOG_IDENTIFIER=listenas, ERRNO, CODE_FILE, "
     "CODE_LINE, CODE_FUNC, and LISTENAS_CALL, LISTENAS_KEY, LISTENAS_ERRNO, LISTENAS_KERNEL_ERRNO, LISTENAS_ADDRESS, "
     "LISTENAS_PROGRAM, LISTENAS_PROFILE, LISTENAS_PID, LISTENAS_TID, LISTENAS_FD, LISTENAS_RESULT, LISTENAS_TIMES, "
     "LISTENAS_TIME_USEC. A call that would have to wait (EAGAIN, EINPROGRESS) is not sent. Beyond 500 entries a "
     "second, the rest is "
     "counted."},
    {"chrome", "Calls are instants of their threads, queues are counters where record.queue_samples had them "
               "looked at, and a "
               "full queue is a slice. Times begin with the record."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas export --prometheus", "what runs now, once"},
    {"listenas export --prometheus --listen=unix:/run/user/1000/listenas.sock", "serve it to this user"},
    {"listenas export --journald nginx", "then: journalctl -t listenas LISTENAS_KEY=listen.backlog_max"},
    {"listenas export --journald nginx call=listen,accept4", "only what became of these calls"},
    {"listenas export --chrome nginx >trace.json", "open it at ui.perfetto.dev"},
    {0},
};

const struct verb verb_export = {
    .name = "export",
    .summary = "give counters to Prometheus, failures to journald, a trace to Perfetto",
    .usage = "--prometheus [option]... [NAME | PID | FILE] [WORD]...\n--journald [NAME | PID | FILE] [WORD]...\n"
             "--chrome [NAME | PID | FILE] [WORD]...",
    .about =
        "Puts what was recorded where operators look.\n\n"
        "NAME is a program, PID a process, FILE a record (a path has a slash); without one, --prometheus tells of all "
        "servers that run, the others of the one that was active last.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "listenas-select(7), systemd.journal-fields(7)",
    .run = run,
};
