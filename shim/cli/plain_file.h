/*
 * Opens files whose names somebody else has chosen.
 */
#ifndef LISTENAS_CLI_PLAIN_FILE_H
#define LISTENAS_CLI_PLAIN_FILE_H

/*
 * Opens a regular file to read it. Anything else is never opened, even if it takes the file's place meanwhile: to open
 * a FIFO can block, and to open a device can start it. Needs /proc. Returns a descriptor, or -1 with errno: EINVAL for
 * what is no regular file, or what open(2) gives.
 */
int plain_file_open(const char *path);

#endif
