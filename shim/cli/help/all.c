/* The list of verbs and topics. */
#include "help.h"
#include "topic.h"

#include <stdio.h>

#include "../../api/listenas.h"
#include "../terminal.h"
#include "../wrap.h"

void help_print_all(void)
{
    int width = terminal_columns();
    puts("listenas " LISTENAS_VERSION ": lets a server listen as another platform\n");
    for (const struct verb *const *verb = verbs; *verb; verb++) {
        printf("    listenas %-9s ", (*verb)->name);
        print_wrapped((*verb)->summary, 23, width);
    }
    puts("\n`listenas help VERB` explains each. Beside them:\n");
    topic_print_all();
}
