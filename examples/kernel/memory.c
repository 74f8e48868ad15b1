#include "memory.h"

/* Compiled with -fno-tree-loop-distribute-patterns: the compiler would see a memcpy in memcpy. */

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    while (length--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int value, size_t length)
{
    unsigned char *out = to;
    while (length--)
        *out++ = (unsigned char)value;
    return to;
}
