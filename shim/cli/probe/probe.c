/* `listenas probe`: a program that finds out what another machine does, and a profile of what it found. */
#include <stdio.h>
#include <stdlib.h>

#include "../cli.h"
#include "../options.h"
#include "source.h"
#include "write.h"

enum { OPTION_EMIT = OPTION_LONG, OPTION_READ };

static int emit(void)
{
    for (const char *const *line = probe_source; *line; line++)
        fputs(*line, stdout);
    return 0;
}

static void say_what_is_missing(const struct report *report, const char *path)
{
    if (!report->end.line)
        say("%s:%d: ends here without the probe's last line, \"end=\": it was ended, or the file cut; what it answered "
            "counts",
            path, report->lines);
    else if (atoi(report->end.text) != report->end.line)
        say("%s:%d: says that it is line %s: lines are missing, or were added", path, report->end.line,
            report->end.text);
    for (enum family family = FAMILY_INET; family < FAMILIES; family++)
        if (report->without[family].line)
            say("%s:%d: %s was not tried: %s", path, report->without[family].line, probed_family_name(family),
                report->without[family].text);
}

static int read_report(const char *path)
{
    static struct report report;
    static struct measured measured;
    struct comparison comparison;
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    if (!report_read(&report, path, &diagnostics))
        return STATUS_USAGE;
    say_what_is_missing(&report, path);
    measure(&measured, &report);
    if (!comparison_load(&comparison, &report, &measured)) {
        say("%s: no memory to read it", path);
        return STATUS_OWN;
    }
    write_profile(&report, &measured, &comparison);
    comparison_free(&comparison);
    return 0;
}

static int run(int count, char **arguments)
{
    const char *path = NULL;
    bool emits = false;
    for (int option; (option = next_option(count, arguments, &verb_probe)) != -1;) {
        if (option == OPTION_HELP)
            return 0;
        if (option == OPTION_EMIT)
            emits = true;
        else if (option == OPTION_READ)
            path = optarg;
        else
            return STATUS_USAGE;
    }
    if (optind == count && emits && !path)
        return emit();
    if (optind == count && path && !emits)
        return read_report(path);
    say("probe: expected --emit, or --read FILE");
    return STATUS_USAGE;
}

static const struct verb_option options[] = {
    {"emit", OPTION_EMIT, NULL, "print the probe, a program in C"},
    {"read", OPTION_READ, "FILE", "make a profile of what the probe printed; - reads stdin"},
    {0},
};

static const struct verb_text more[] = {
    {"the probe",
     "One file of C89 that needs POSIX sockets and nothing else: no privilege, no network beyond the loopback "
     "interface. "
     "It takes seconds. Each experiment runs in a process of its own, which an alarm ends, so an experiment that hangs "
     "or "
     "dies costs only its own answer. The probe prints an answer on each line, and why where it has none.\n\n"
     "A machine without IPv6, without a loopback interface or without a directory for AF_UNIX sockets answers for the "
     "rest. What was printed before the probe was ended counts."},
    {"the profile",
     "Each key that an experiment answered has a line that names the machine and the date. The other keys are "
     "inherited "
     "from the built-in profile that differs in the fewest answers; comments at the end name them, with the reason. "
     "What "
     "Linux cannot keep is marked as not enforced. Where the built-in profile of the same platform says otherwise, "
     "comments list both: please report them."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas probe --emit > probe.c", "the program for the other machine"},
    {"cc -o probe probe.c && ./probe > host.txt", "there; Solaris needs -lsocket -lnsl"},
    {"listenas probe --read host.txt > host.conf", "here again"},
    {"listenas run -p ./host.conf -- ./server", "a server that listens as that machine"},
    {0},
};

const struct verb verb_probe = {
    .name = "probe",
    .summary = "measure another machine, and make a profile of it",
    .usage = "--emit\n--read FILE",
    .about = "Prints a program that tries out, on any Unix, what calls answer; and makes a profile of what it found.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "listenas-profile(5)",
    .run = run,
};
