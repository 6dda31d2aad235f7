/* `listenas report`: a ring as one page of HTML. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/layout.h"
#include "../cli.h"
#include "../log/choose.h"
#include "../options.h"
#include "../test/file.h"
#include "page.h"

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), size = strlen(end);
    return length > size && strcmp(name + length - size, end) == 0;
}

/* Whether a file begins as a ring does. */
static bool is_ring(const char *path)
{
    char magic[sizeof RING_MAGIC - 1] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool is_ring =
        fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, RING_MAGIC, sizeof magic) == 0;
    if (fd >= 0)
        close(fd);
    return is_ring;
}

static bool is_page_name(const char *name)
{
    return strcmp(name, "-") == 0 || ends_in(name, ".html") || ends_in(name, ".htm") || ends_in(name, ".xhtml");
}

/* Returns an exit status. */
static int write_page(FILE *file, const struct view *view, const char *path)
{
    struct page page = {.file = file, .view = view, .path = path};
    if (page_write(&page) && fflush(file) == 0 && !ferror(file))
        return 0;
    if (!ferror(stdout)) /* else main tells */
        say("cannot write the page: %s", strerror(errno));
    return STATUS_OWN;
}

/* Made in memory first: nobody ever sees half of a page. */
static int write_file(const char *target, const struct view *view, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    int status = file ? write_page(file, view, path) : STATUS_OWN, error = file ? 0 : errno;
    if (file && fclose(file) != 0)
        error = errno;
    if (status == 0 && !error)
        error = file_write(target, text, size);
    if (error)
        say("%s: %s", target, strerror(error));
    free(text);
    return error ? STATUS_OWN : status;
}

static int report(const char *target, const char *what)
{
    char path[PATH_MAX];
    struct view view;
    if (strcmp(target, "-") != 0 && is_ring(target)) {
        say("%s is a record, and is not overwritten; name the page first: listenas report PAGE.html %s", target,
            target);
        return STATUS_USAGE;
    }
    int status = choose_server(what, path, sizeof path);
    if (status)
        return status;
    const char *fault = view_read(&view, path);
    if (fault) {
        say("%s: %s", path, fault);
        return STATUS_USAGE;
    }
    status = strcmp(target, "-") == 0 ? write_page(stdout, &view, path) : write_file(target, &view, path);
    view_free(&view);
    return status;
}

static int run(int count, char **arguments)
{
    const char *target = NULL;
    int option;
    while ((option = next_option(count, arguments, &verb_report)) != -1) {
        if (option == 'o')
            target = optarg;
        else
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
    }
    if (!target && optind < count && !is_page_name(arguments[optind])) {
        say("expected the page to write, such as report.html, not \"%s\"; --output takes any name", arguments[optind]);
        return STATUS_USAGE;
    }
    if (!target && optind < count)
        target = arguments[optind++];
    if (!target || count - optind > 1) {
        say(target ? "expected one server, not %d" : "expected the page to write, such as report.html", count - optind);
        return STATUS_USAGE;
    }
    return report(target, optind < count ? arguments[optind] : NULL);
}

static const struct verb_option options[] = {
    {"output", OLD_LETTER('o'), "FILE", "write the page there; - is the standard output"},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas report today.html", "of the server that was active last"},
    {"listenas report nginx.html nginx", "of the last server of that name"},
    {"listenas report --output=- /run/user/1000/a.ring | ssh host 'cat >a.html'", "of a file, to another machine"},
    {0},
};

const struct verb verb_report = {
    .name = "report",
    .summary = "write a page about a server: its queues over time, failures, and what was changed",
    .usage = "PAGE.html [NAME | PID | FILE]\n--output=FILE [NAME | PID | FILE]",
    .about = "Writes one page of HTML, which needs no network and no scripts. For each listener it shows the queue "
             "against its capacity over time, connections accepted a second, failures by errno, and the clients that a "
             "full queue turned away; then what each key of the profile changed, with its source, the calls that "
             "failed, and the processes. It also says what the record lacks.\n\n"
             "How long queues were over time is known where record.queue_samples has them looked at: run the server "
             "with -o record.queue_samples=10.\n\n"
             "NAME is a program, PID a process, FILE a record (a path has a slash); without one, the server that was "
             "active last.",
    .options = options,
    .examples = examples,
    .run = run,
};
