/*
 * The addresses that calls are made with, and addresses that they return as text that is the same each time.
 */
#ifndef LISTENAS_FUZZ_ADDRESS_H
#define LISTENAS_FUZZ_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Of the addresses below; the last is the name of the socket in the slot `other`. */
#define ADDRESSES 41u
#define ADDRESS_OF_SLOT (ADDRESSES - 1)

/* Bytes that an address is given with; those behind its own are zeros. */
#define ADDRESS_ROOM 256

/* The family that the index-th address is meant for; AF_UNSPEC for one that fits none. */
int address_family(unsigned int index);

/* Whether a socket of its family can be bound to the index-th address, the first time at least. */
bool address_is_plain(unsigned int index);

/* Writes the index-th address, but not ADDRESS_OF_SLOT; returns its true length. */
socklen_t address_write(unsigned int index, char address[ADDRESS_ROOM]);

/*
 * Prints an address of `length` bytes, of which `room` are there. A port or an AF_UNIX name that the kernel chose is
 * printed as its place among those seen so far: chosen-0, chosen-1 ...
 */
void address_print(const char *address, socklen_t length, size_t room);

#endif
