/*
 * Serves one page over HTTP/1.1 to whoever may reach a socket of this machine: a path that only this user may open, or
 * a port of the loopback.
 *
 * One thread, SERVE_CLIENTS clients at once, each with one request of HTTP_REQUEST_MOST bytes and SERVE_SECONDS for all
 * of it; who comes when all places are taken gets that of the client that has been there longest. The page is made at
 * most once a second. So nothing that a client does can stop the others, or make this process grow.
 */
#ifndef LISTENAS_CLI_EXPORT_SERVE_H
#define LISTENAS_CLI_EXPORT_SERVE_H

#include <stddef.h>

#define SERVE_CLIENTS 32
#define SERVE_SECONDS 5

/* Makes the page in memory that is freed by the server; NULL if that fails. */
typedef char *(*serve_page)(size_t *size, void *context);

/*
 * Listens at unix:PATH, 127.0.0.1:PORT or [::1]:PORT (port 0: any), prints its URL on stdout, and serves until SIGINT
 * or SIGTERM. Returns an exit status; has said what is wrong.
 */
int serve(const char *address, serve_page make, void *context);

#endif
