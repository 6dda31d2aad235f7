/*
 * The command's own sockets, where the library is loaded into the command, too.
 */
#ifndef LISTENAS_CLI_OWN_CALLS_H
#define LISTENAS_CLI_OWN_CALLS_H

/*
 * Has the calls of this process answered as Linux answers, without provoked errors: in a shell that `listenas run`
 * started the library is loaded into this command as well, and would judge the sockets of its refuser and of its
 * questions. The environment stays, so what the command executes is not touched. Call it first of all.
 */
void own_calls_are_native(void);

#endif
