/*
 * Puts to the platform, whatever it is, the questions that answers.h has the answers of real kernels to, and prints
 * "family: question = answer ...". Nothing of listenas is in here.
 */
#ifndef PROBE_H
#define PROBE_H

#include "../conformance/conform.h"

/* main.c: each is one group of questions, put to sockets of one family. */
void ask_queue(int domain);
void ask_states(int domain);
void ask_flags(int domain);
void ask_options(int domain);
void ask_ends(int domain);
void ask_lengths(int domain);

/* answers.c */

/* Starts the line of one question. */
void question(int domain, const char *name);

/* Adds a word to the line that is open. */
void answer(const char *word);
void answer_number(long number);

/* The errno's name of a call that gave a negative result, else "ok". */
void answer_result(int result);
void end_of_answers(void);

/* The question of one word. */
void ask(int domain, const char *name, const char *word);

/* The state of a listener's queue after the call: "kept" or "lost" for the one client that was in it. */
const char *fate_of_client(int listener);

#endif
