#include "script.h"

#include <stdbool.h>
#include <string.h>

static const char carriage_return[] = "has a #! line that ends in a carriage return; give the file Unix line ends";
static const char no_name[] = "starts env without the name of a program";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void copy_piece(char to[SCRIPT_HEAD], const char *start, const char *end)
{
    size_t length = (size_t)(end - start);
    memcpy(to, start, length);
    to[length] = '\0';
}

/* The kernel ends a word at a blank, a NUL or the end. */
static const char *word_end(const char *start, const char *end)
{
    while (start < end && !is_blank(*start) && *start)
        start++;
    return start;
}

static const char *skip_blanks(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    return start;
}

/*
 * The kernel pads a short file with NUL bytes. It accepts an argument that is cut, but no interpreter that may be
 * cut.
 */
const char *script_parse(const char head[SCRIPT_HEAD], size_t size, struct script_line *line)
{
    char text[SCRIPT_HEAD] = "";
    memcpy(text, head, size < sizeof text ? size : sizeof text);
    const char *newline = memchr(text, '\n', sizeof text);
    const char *end = newline ? newline : text + sizeof text - 1;
    const char *name = skip_blanks(text + 2, end);
    const char *behind = word_end(name, end);
    if (behind == name)
        return "has a #! line that names no interpreter";
    if (!newline && behind == end && *behind && !is_blank(*behind))
        return "has a #! line that is longer than the 255 bytes which the kernel reads";
    copy_piece(line->interpreter, name, behind);
    if (behind[-1] == '\r')
        return carriage_return;
    const char *argument = *behind ? skip_blanks(behind, end) : end;
    while (end > argument && (is_blank(end[-1]) || !end[-1]))
        end--;
    copy_piece(line->argument, argument, end);
    return NULL;
}

/* One word of env's split string, without its quotes and backslashes. False after the last. */
static bool next_word(const char **text, char word[SCRIPT_HEAD])
{
    char quote = '\0';
    const char *c = *text + strspn(*text, " \t");
    if (!*c)
        return false;
    for (; *c && (quote || !is_blank(*c)); c++) {
        if (quote ? *c == quote : *c == '"' || *c == '\'')
            quote = (char)(quote ? '\0' : *c);
        else if (*c == '\\' && c[1])
            *word++ = *++c;
        else
            *word++ = *c;
    }
    *word = '\0';
    *text = c;
    return true;
}

static bool is_split(const char *word, const char **rest)
{
    const char *option = strncmp(word, "-S", 2) == 0                 ? word + 2
                         : strncmp(word, "-vS", 3) == 0              ? word + 3
                         : strncmp(word, "--split-string=", 15) == 0 ? word + 15
                                                                     : NULL;
    *rest = option;
    return option != NULL;
}

/* The variable of option -u, which may be a word of its own; NULL for any other option. */
static const char *unset_name(const char *option, const char **rest, char value[SCRIPT_HEAD])
{
    const char *name = strncmp(option, "-u", 2) == 0         ? option + 2
                       : strncmp(option, "--unset=", 8) == 0 ? option + 8
                                                             : NULL;
    return name && !*name && next_word(rest, value) ? value : name;
}

/* An option of env; returns NULL if the program that follows still gets LD_PRELOAD. */
static const char *option_fault(const char *option, const char **rest)
{
    char value[SCRIPT_HEAD] = "";
    const char *unset = unset_name(option, rest, value);
    if (strcmp(option, "-") == 0 || strcmp(option, "-i") == 0 || strcmp(option, "--ignore-environment") == 0)
        return "starts its interpreter by env with an empty environment, so LD_PRELOAD is lost";
    if (unset)
        return strcmp(unset, "LD_PRELOAD") == 0 ? "takes LD_PRELOAD out of the environment by env" : NULL;
    if (strcmp(option, "-v") == 0 || strcmp(option, "--debug") == 0 || strcmp(option, "--") == 0)
        return NULL;
    return "gives env an option in its #! line that cannot be followed";
}

static const char *name_fault(const char *name)
{
    size_t length = strlen(name);
    return length == 0 ? no_name : name[length - 1] == '\r' ? carriage_return : NULL;
}

const char *script_env(const char *argument, char name[SCRIPT_HEAD])
{
    const char *rest, *fault;
    if (!is_split(argument, &rest)) {
        if (argument[0] == '-')
            return "gives env an option in its #! line that cannot be followed; env needs -S to split it";
        strcpy(name, argument);
        return name_fault(name);
    }
    for (bool options = true; next_word(&rest, name);) {
        if (options && name[0] == '-') {
            options = strcmp(name, "--") != 0;
            if ((fault = option_fault(name, &rest)))
                return fault;
            continue;
        }
        options = false;
        if (strncmp(name, "LD_PRELOAD=", 11) == 0)
            return "replaces LD_PRELOAD by env";
        if (!strchr(name, '='))
            return name_fault(name);
    }
    return no_name;
}
