/* What a platform makes of socket, the options, shutdown and the names. */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "../../kernel/mark.h"
#include "../../rules/names.h"
#include "../../rules/option.h"
#include "../../rules/shutdown.h"
#include "../../rules/socket.h"
#include "parts.h"

void judge_socket(struct judging *it)
{
    struct verdict verdict = {.decision = DECIDE_CALL};
    if (it->seen->error)
        verdict = socket_verdict(it->profile, it->seen->arguments[1], it->seen->error);
    add_verdict(it, &verdict);
}

void judge_setsockopt(struct judging *it)
{
    const int32_t *said = it->seen->arguments;
    bool clears = said[3] >= (int32_t)sizeof said[2] && said[2] == 0;
    if (!case_has(it, CASE_KNOWN))
        return;
    struct verdict verdict = socket_option_verdict(it->profile, it->facts.domain, said[0], said[1], clears);
    add_verdict(it, &verdict);
}

void judge_getsockopt(struct judging *it)
{
    const int32_t *said = it->seen->arguments;
    if (it->seen->error)
        return;
    if (said[0] == SOL_SOCKET && said[1] == SO_ACCEPTCONN) {
        if (said[2] == 0 && still_accepts(it->profile, &it->facts))
            add_turn(it, KEY_shutdown_acceptconn_after, TURN_OTHERWISE);
    } else if (option_is_doubled(it->profile, said[0], said[1])) {
        if (said[3]) /* the program has set the size */
            add_turn(it, KEY_socket_buffer_size, TURN_OTHERWISE);
    } else if (option_value(it->profile, said[0], said[1], said[2]) != said[2]) {
        add_turn(it, said[0] == IPPROTO_TCP ? KEY_socket_nodelay_on : KEY_socket_option_on, TURN_OTHERWISE);
    }
}

void judge_shutdown(struct judging *it)
{
    if (!case_has(it, CASE_KNOWN))
        return;
    struct shutdown_verdict verdict = shutdown_verdict(it->profile, &it->facts, it->seen->arguments[0]);
    add_verdict(it, &verdict.verdict);
    if (verdict.mark & MARK_ABORTED)
        add_turn(it, KEY_shutdown_accept_error, TURN_OTHERWISE);
}

void judge_name(struct judging *it)
{
    const struct ring_case *seen = it->seen;
    if (it->call == CALL_getsockname && case_has(it, CASE_KNOWN)) {
        struct verdict verdict = socket_name_verdict(it->profile, &it->facts);
        if (add_verdict(it, &verdict))
            return;
    }
    if (seen->error || !case_has(it, CASE_WANTS_ADDRESS) || seen->length < 0 || seen->returned <= 0)
        return;
    bool local = it->facts.domain == AF_UNIX, nameless = seen->returned == (int)sizeof(sa_family_t);
    struct name_length length = name_length(it->profile, local, (socklen_t)seen->returned, (socklen_t)seen->length);
    if (length.told != (socklen_t)seen->returned)
        add_turn(it, local && nameless ? KEY_names_unix_unnamed_length : KEY_names_returned_length, TURN_OTHERWISE);
}
