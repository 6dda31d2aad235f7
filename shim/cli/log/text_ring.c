#include "text_ring.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../age.h"
#include "../clock.h"
#include "paint.h"
#include "text_parts.h"

/* The words of a command line, separated by NUL bytes there and by blanks here. */
static void format_command(const struct ring_header *header, char *text, size_t size)
{
    char words[sizeof header->command];
    size_t length = header->command_size < sizeof words ? header->command_size : sizeof words;
    memcpy(words, header->command, length);
    while (length > 0 && words[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    visible_copy(text, size, words, length, VISIBLE_EXACT);
}

void text_header(struct printer *printer, const struct ring_header *header)
{
    struct text_line *line = &printer->line;
    char command[1024], born[64], profile[128], diagnostic[512];
    format_command(header, command, sizeof command);
    times_format_date(&printer->times, header->born_ns, born, sizeof born);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    visible_copy(diagnostic, sizeof diagnostic, header->diagnostic,
                 strnlen(header->diagnostic, sizeof header->diagnostic), VISIBLE_TEXT);
    text_line_add(line, "%s# %s (pid %u) as %s%s, since %s%s", paint(printer, DIM), command, header->pid, profile,
                  header->isolated ? ", isolated" : "", born, paint(printer, PLAIN));
    end_comment(printer);
    if (diagnostic[0]) {
        text_line_add(line, "%s# the profile had a mistake, so the calls stay as they are: %s%s", paint(printer, RED),
                      diagnostic, paint(printer, PLAIN));
        end_comment(printer);
    }
    if (!printer->times.last_ns) /* the day that is told already */
        times_next(&printer->times, header->born_ns, born, sizeof born);
}

static void print_path(const char *path)
{
    char text[4 * PATH_MAX];
    visible_copy(text, sizeof text, path, strlen(path), VISIBLE_EXACT);
    printf("%s  ", text);
}

static void print_ring(const struct listed *listed)
{
    const struct ring_header *header = listed->header;
    char command[128], profile[80], age[32], idle[32];
    visible_copy(command, sizeof command, header->command, strnlen(header->command, sizeof header->command),
                 VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    format_age(listed->age_s * CLOCK_SECOND, age, sizeof age);
    format_age(listed->idle_s * CLOCK_SECOND, idle, sizeof idle);
    printf("%s (pid %u) as %s, %llu records, %" PRIu64 "K, made %s ago, last call %s ago", command, header->pid,
           profile, (unsigned long long)listed->calls, listed->size / 1024, age, idle);
    if (listed->addresses[0])
        printf(", listens on %s", listed->addresses);
}

void text_listed(const struct listed *listed)
{
    char age[32];
    format_age(listed->age_s * CLOCK_SECOND, age, sizeof age);
    print_path(listed->path);
    if (listed->header)
        print_ring(listed);
    else
        printf("%s, %" PRIu64 "K, changed %s ago", listed->fault, listed->size / 1024, age);
    if (listed->owner)
        printf(", of user %s", listed->owner);
    printf(", %s\n", listed->state);
}
