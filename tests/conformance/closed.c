/* What a queued AF_UNIX client reads when its listener is closed. */
#include <errno.h>
#include <unistd.h>

#include "conform.h"

void observe_listener_closed(void)
{
    struct answers answers = {0};
    char byte;
    int listener = make_listener(AF_UNIX, 4), client = make_client(listener);
    close(listener);
    ssize_t got = recv(client, &byte, 1, MSG_DONTWAIT);
    add_answer(&answers, "unix",
               got == 0                         ? "end"
               : got < 0 && errno == ECONNRESET ? "reset"
                                                : answer_of((int)got, "data"));
    print_answers("listen.closed_unix", &answers);
    close(client);
}
