#include "http.h"

#include <string.h>
#include <strings.h>

#define REFUSAL(status, more, text)                                                                                    \
    "HTTP/1.1 " status "\r\n" more "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" text "\n"

static const char *const refusals[] = {
    [HTTP_BAD] = REFUSAL("400 Bad Request", "", "This is no request of HTTP/1."),
    [HTTP_FORBIDDEN] = REFUSAL("403 Forbidden", "", "The Host of the request is not this machine."),
    [HTTP_NOT_FOUND] = REFUSAL("404 Not Found", "", "There is only /metrics."),
    [HTTP_NOT_ALLOWED] = REFUSAL("405 Method Not Allowed", "Allow: GET, HEAD\r\n", "Only GET and HEAD are known."),
    [HTTP_TOO_LARGE] = REFUSAL("431 Request Header Fields Too Large", "", "The request is too long."),
};

const char *http_refusal(enum http_answer answer)
{
    return answer < HTTP_BAD ? NULL : refusals[answer];
}

/* Whether the text, up to a blank, a colon with a port, or the end of the line, is one of this machine's own names. */
static bool is_own_host(const char *text)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    text += strspn(text, " \t");
    size_t length = *text == '[' ? strcspn(text, "]\r\n") + (strchr(text, ']') != NULL) : strcspn(text, ": \t\r\n");
    if (text[length] && !strchr(": \t\r\n", text[length]))
        return false;
    if (strncmp(text, "127.", 4) == 0 && strspn(text, "0123456789.") == length)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncasecmp(text, names[i], length) == 0)
            return true;
    return false;
}

/* A request of HTTP/1.0 may have no Host, and so may a person with a terminal. */
static bool host_is_fine(const char *fields)
{
    for (const char *line = fields; *line; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, "host:", 5) == 0 && !is_own_host(line + 5))
            return false;
        if (!strchr(line, '\n'))
            break;
    }
    return true;
}

/* Where a request's fields end; NULL while they do not. */
static const char *find_end(const char *text)
{
    const char *strict = strstr(text, "\r\n\r\n"), *plain = strstr(text, "\n\n");
    return strict && (!plain || strict < plain) ? strict : plain;
}

static bool is_path(const char *path, size_t length)
{
    const char *query = memchr(path, '?', length);
    if (query)
        length = (size_t)(query - path);
    return (length == 1 && path[0] == '/') || (length == 8 && strncmp(path, "/metrics", 8) == 0);
}

static enum http_answer judge_line(const char *line)
{
    size_t method = strcspn(line, " \r\n"), path;
    if (line[method] != ' ' || method == 0)
        return HTTP_BAD;
    path = strcspn(line + method + 1, " \r\n");
    if (path == 0 || strncmp(line + method + 1 + path, " HTTP/1.", 8) != 0)
        return HTTP_BAD;
    bool is_get = method == 3 && strncmp(line, "GET", 3) == 0, is_head = method == 4 && strncmp(line, "HEAD", 4) == 0;
    if (!is_get && !is_head)
        return HTTP_NOT_ALLOWED;
    if (!is_path(line + method + 1, path))
        return HTTP_NOT_FOUND;
    return is_get ? HTTP_PAGE : HTTP_PAGE_HEAD;
}

enum http_answer http_judge(const char *request, size_t size, bool check_host)
{
    char text[HTTP_REQUEST_MOST + 1];
    size = size < HTTP_REQUEST_MOST ? size : HTTP_REQUEST_MOST;
    memcpy(text, request, size);
    text[size] = '\0';
    if (memchr(text, '\0', size))
        return HTTP_BAD;
    const char *end = find_end(text);
    if (!end)
        return size == HTTP_REQUEST_MOST ? HTTP_TOO_LARGE : HTTP_MORE;
    text[end - text] = '\0';
    enum http_answer answer = judge_line(text);
    if ((answer == HTTP_PAGE || answer == HTTP_PAGE_HEAD) && check_host && !host_is_fine(text))
        return HTTP_FORBIDDEN;
    return answer;
}
