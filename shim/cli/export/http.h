/*
 * As much of HTTP/1.1 as one page needs. Pure functions. Source: RFC 9112.
 */
#ifndef LISTENAS_CLI_EXPORT_HTTP_H
#define LISTENAS_CLI_EXPORT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

/* A request that has no end after so many bytes is refused. */
#define HTTP_REQUEST_MOST 4096

enum http_answer {
    HTTP_MORE, /* the request has no end yet */
    HTTP_PAGE,
    HTTP_PAGE_HEAD, /* the page's head alone */
    HTTP_BAD,
    HTTP_FORBIDDEN,
    HTTP_NOT_FOUND,
    HTTP_NOT_ALLOWED,
    HTTP_TOO_LARGE,
};

/*
 * What to answer to `size` bytes of a request. With `check_host`, a request whose Host is not this machine's own is
 * forbidden: a page of a browser may have a name of its own lead to 127.0.0.1.
 */
enum http_answer http_judge(const char *request, size_t size, bool check_host);

/* The whole answer for what is not the page; NULL for what is, and for HTTP_MORE. Static memory. */
const char *http_refusal(enum http_answer answer);

#endif
