/*
 * Whether a program gains privileges when it starts: the loader then ignores LD_PRELOAD (AT_SECURE).
 */
#ifndef LISTENAS_CLI_RUN_PRIVILEGES_H
#define LISTENAS_CLI_RUN_PRIVILEGES_H

/*
 * Looks at an open program. Returns NULL, or a description of what gives it privileges that this process does not
 * have. Sources: bprm_fill_uid in fs/exec.c, cap_bprm_creds_from_file in security/commoncap.c, getauxval(3).
 */
const char *privileges_of(int fd);

#endif
