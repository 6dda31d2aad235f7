#include "text_explain.h"

#include <string.h>

#include "../../profile/loader/visible.h"
#include "paint.h"

/* A text from a file, safe for a terminal. */
static void print_text(struct text_line *line, const char *text)
{
    char visible[1024];
    visible_copy(visible, sizeof visible, text, strlen(text), VISIBLE_TEXT);
    text_line_add(line, "%s", visible);
}

/* "    listen.backlog_max = 5 (Linux: keep): the largest legal backlog; kept: listen(2) @ built-in bsd:7" */
static void print_rule(struct printer *printer, const struct explained_rule *rule)
{
    struct text_line *line = &printer->line;
    /* The note of a value that is unverified or not enforced begins with that word. */
    bool says_so = strncmp(rule->source, rule->firmness, strlen(rule->firmness)) == 0;
    text_line_add(line, "    %s%s = ", paint(printer, YELLOW), rule->key);
    print_text(line, rule->value);
    text_line_add(line, "%s%s%s%s", paint(printer, PLAIN), rule->native[0] ? " (Linux: " : "", rule->native,
                  rule->native[0] ? ")" : "");
    text_line_add(line, "%s%s; ", rule->help[0] ? ": " : "", rule->help);
    text_line_add(line, "%s%s", says_so ? "" : rule->firmness, says_so || !rule->source[0] ? "" : ": ");
    print_text(line, rule->source);
    text_line_add(line, "%s", rule->place[0] ? " @ " : "");
    print_text(line, rule->place);
    text_line_print(line, printer->width, 2 * RECORD_INDENT);
}

/* A rule is told once: that it acts again is in the line of the call. */
void print_explanation(struct printer *printer, const struct explanation *explanation)
{
    text_line_add(&printer->line, "    Linux: %s", explanation->native);
    text_line_print(&printer->line, printer->width, 2 * RECORD_INDENT);
    for (size_t i = 0; i < explanation->count; i++)
        if (explanation->rules[i].is_first)
            print_rule(printer, &explanation->rules[i]);
    if (!explanation->fault[0] || !explanation->is_first)
        return;
    text_line_add(&printer->line, "%s    profile ", paint(printer, RED));
    print_text(&printer->line, explanation->profile);
    text_line_add(&printer->line, " cannot be read: ");
    print_text(&printer->line, explanation->fault);
    text_line_add(&printer->line, "%s", paint(printer, PLAIN));
    text_line_print(&printer->line, printer->width, 2 * RECORD_INDENT);
}
