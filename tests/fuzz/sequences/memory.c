#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096

/* For each of two arguments: a page, and none after it; and one that can be read only. */
static char *edge[2], *readonly[2];
static char plain[2][MEMORY_ROOM];

static char *map(int protection, size_t size)
{
    char *at = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return at;
}

void memory_begin(void)
{
    for (int i = 0; i < 2; i++) {
        edge[i] = map(PROT_READ | PROT_WRITE, (size_t)2 * PAGE);
        readonly[i] = map(PROT_READ | PROT_WRITE, PAGE);
        mprotect(edge[i] + PAGE, PAGE, PROT_NONE);
    }
}

static char *place(struct memory *memory, enum memory_kind kind, int index, size_t size)
{
    switch (kind) {
    case MEMORY_STATIC:
        return plain[index];
    case MEMORY_STACK:
        return memory->stack;
    case MEMORY_EDGE:
        return edge[index] + PAGE - size;
    case MEMORY_CROSSING:
        return edge[index] + PAGE - size / 2;
    case MEMORY_READONLY:
        return readonly[index];
    case MEMORY_UNMAPPED:
        return edge[index] + PAGE;
    default:
        return NULL;
    }
}

void memory_make(struct memory *memory, enum memory_kind kind, int index, const void *bytes, size_t size)
{
    memory->at = place(memory, kind, index, size);
    memory->size = size;
    memory->can_be_read = kind != MEMORY_NULL && kind != MEMORY_UNMAPPED && kind != MEMORY_CROSSING;
    if (kind == MEMORY_NULL || kind == MEMORY_UNMAPPED)
        return;
    if (kind == MEMORY_READONLY)
        mprotect(readonly[index], PAGE, PROT_READ | PROT_WRITE);
    if (kind == MEMORY_STATIC || kind == MEMORY_STACK)
        memset(memory->at, MEMORY_FILL, MEMORY_ROOM);
    size_t there = kind == MEMORY_CROSSING ? size / 2 : size;
    if (bytes)
        memcpy(memory->at, bytes, there);
    else
        memset(memory->at, MEMORY_FILL, there);
    if (kind == MEMORY_READONLY)
        mprotect(readonly[index], PAGE, PROT_READ);
}

bool memory_is_overrun(const struct memory *memory, enum memory_kind kind, size_t room)
{
    if (kind != MEMORY_STATIC && kind != MEMORY_STACK)
        return false;
    for (size_t i = room; i < MEMORY_ROOM; i++)
        if ((unsigned char)memory->at[i] != MEMORY_FILL)
            return true;
    return false;
}
