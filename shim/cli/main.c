#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "doctor/doctor.h"
#include "help/help.h"
#include "verb.h"

/* Output that is lost must be reported: the disk may be full, or stdout closed. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    say("cannot write to stdout");
    return STATUS_OWN;
}

int main(int count, char **arguments)
{
    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0) {
        help_print_all();
        return finish(count < 2 ? STATUS_OWN : 0);
    }
    if (strcmp(arguments[1], "--version") == 0 || strcmp(arguments[1], "-V") == 0) {
        doctor_print_version();
        return finish(0);
    }
    const struct verb *verb = verb_find(arguments[1]);
    return verb ? finish(verb->run(count - 1, arguments + 1)) : verb_say_unknown(arguments[1]);
}
