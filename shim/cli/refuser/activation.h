/*
 * A socket that systemd has made for the refuser (sd_listen_fds(3)).
 */
#ifndef LISTENAS_CLI_REFUSER_ACTIVATION_H
#define LISTENAS_CLI_REFUSER_ACTIVATION_H

/*
 * Returns the descriptor of the socket that was passed on; -1 if there is none; -2 after a report, if what was passed
 * on is no listening AF_UNIX SOCK_SEQPACKET socket, or there are several. Removes the variables from the environment.
 */
int activation_socket(void);

#endif
