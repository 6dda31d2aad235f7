/*
 * How soon the gatekeeper runs once a queue is full: until then SYNs are dropped, and sent again a second later. A
 * nicer value does not help, as clients that come in a burst and their server keep the processors busy.
 */
#ifndef LISTENAS_GATE_URGENCY_H
#define LISTENAS_GATE_URGENCY_H

/*
 * Lets this process run before all others when it wakes up, if it may (CAP_SYS_NICE). One that goes on for
 * URGENCY_MS without a rest is as all others again, until this is called once more.
 */
void urgency_raise(void);

#define URGENCY_MS 10

/* As all others again. */
void urgency_lower(void);

#endif
