#include "trace.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "act.h"
#include "address.h"
#include "option.h"

bool trace_has_number(enum op op)
{
#ifndef SYS_accept
    if (op == OP_ACCEPT)
        return false;
#endif
    return op <= OP_GETPEERNAME;
}

bool trace_writes_address(enum op op)
{
    return op == OP_ACCEPT || op == OP_ACCEPT4 || op == OP_GETSOCKNAME || op == OP_GETPEERNAME;
}

static const char *const names[OP_COUNT] = {
    [OP_SOCKET] = "socket",
    [OP_BIND] = "bind",
    [OP_LISTEN] = "listen",
    [OP_ACCEPT] = "accept",
    [OP_ACCEPT4] = "accept4",
    [OP_CONNECT] = "connect",
    [OP_SHUTDOWN] = "shutdown",
    [OP_GETSOCKOPT] = "getsockopt",
    [OP_SETSOCKOPT] = "setsockopt",
    [OP_GETSOCKNAME] = "getsockname",
    [OP_GETPEERNAME] = "getpeername",
    [OP_DUP] = "dup",
    [OP_CLOSE] = "close",
    [OP_FCNTL] = "fcntl",
    [OP_SEND] = "send",
    [OP_RECV] = "recv",
    [OP_POLL] = "poll",
};

static const char *const memories[MEMORY_KINDS] = {"",          "on the stack ", "at a page's end ", "NULL ",
                                                   "unmapped ", "read-only ",    "half-mapped "};

static void print_given(const struct argument *argument, const struct step *step)
{
    printf(", %s", memories[step->memory]);
    if (argument->value.can_be_read && argument->value.size > 0 && step->op != OP_SETSOCKOPT)
        address_print(argument->value.at, argument->given, argument->value.size);
    else
        printf("%d", (int)argument->given);
}

void trace_call(const struct step *step, int fd, const struct argument *argument)
{
    printf("%s(", names[step->op]);
    if (step->op == OP_SOCKET)
        printf("%d, %#x, %d", step->domain, (unsigned int)step->type, step->protocol);
    else
        printf("%d", fd);
    if (step->op == OP_GETSOCKOPT || step->op == OP_SETSOCKOPT)
        printf(", %s", option_at(step->option)->label);
    if (step->op == OP_SETSOCKOPT || step->op == OP_FCNTL)
        printf(", %d", step->value);
    if (step->op == OP_BIND || step->op == OP_CONNECT || step->op == OP_SETSOCKOPT)
        print_given(argument, step);
    else if (trace_writes_address(step->op) || step->op == OP_GETSOCKOPT)
        printf(", %sroom, %slength %d", memories[step->memory], memories[step->length_memory], (int)argument->given);
    if (step->op == OP_LISTEN || step->op == OP_ACCEPT4 || step->op == OP_SHUTDOWN || step->op == OP_FCNTL)
        printf(", %d", step->number);
    printf(")%s%s", step->by_number && trace_has_number(step->op) ? " by number" : "",
           step->no_descriptor ? " without a descriptor" : "");
}

static void print_written(const struct step *step, const struct argument *argument)
{
    socklen_t length;
    if (!argument->size.can_be_read) /* an accept without an address may have one */
        return;
    memcpy(&length, argument->size.at, sizeof length);
    if (!argument->value.can_be_read)
        printf(" %u", length);
    else if (step->op == OP_GETSOCKOPT)
        option_print(option_at(step->option), argument->value.at, length, argument->value.size);
    else
        address_print(argument->value.at, length, argument->value.size);
    if (memory_is_overrun(&argument->value, step->memory, argument->value.size))
        printf(" overran");
}

void trace_result(const struct step *step, int result, int error, const struct argument *argument)
{
    if (result < 0) {
        printf(" = -1 errno %d", error);
        return;
    }
    printf(" = %d", result);
    if (trace_writes_address(step->op) || step->op == OP_GETSOCKOPT)
        print_written(step, argument);
    if (error != ERRNO_BEFORE)
        printf(" errno changed to %d", error);
}
