/*
 * What keeps this process from namespaces of its own.
 */
#ifndef LISTENAS_CLI_RUN_USERNS_DIAGNOSIS_H
#define LISTENAS_CLI_RUN_USERNS_DIAGNOSIS_H

/* Says, in one line, what stands behind the errno `error` of unshare or of what follows it, and what would help. */
void say_userns_diagnosis(int error);

#endif
