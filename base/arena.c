#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
enum { GUARD_BYTES = 16 }; /* between two pieces, poisoned */
#else
enum { GUARD_BYTES = 0 };
#define ASAN_POISON_MEMORY_REGION(start, bytes)   ((void)(start), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(start, bytes) ((void)(start), (void)(bytes))
#endif

enum { FIRST_CHUNK_BYTES = 16 * 1024, LARGEST_CHUNK_BYTES = 1024 * 1024, FORMAT_BYTES = 256 };

struct chunk {
    struct chunk *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks; /* newest first */
    size_t next_capacity;
    arena_exhausted_fn *exhausted;
};

static void no_memory(arena_exhausted_fn *exhausted)
{
    exhausted();
    abort();
}

struct arena *arena_create(arena_exhausted_fn *exhausted)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        no_memory(exhausted);
    arena->exhausted = exhausted;
    arena->next_capacity = FIRST_CHUNK_BYTES;
    return arena;
}

struct arena *arena_create_like(const struct arena *arena)
{
    return arena_create(arena->exhausted);
}

void arena_reset(struct arena *arena)
{
    struct chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        struct chunk *next = chunk->next;
        ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->capacity);
        free(chunk);
        chunk = next;
    }
    arena->chunks = NULL;
    arena->next_capacity = FIRST_CHUNK_BYTES;
}

void arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    arena_reset(arena);
    free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t at_least)
{
    const size_t capacity = at_least > arena->next_capacity ? at_least : arena->next_capacity;
    if (capacity > SIZE_MAX - sizeof(struct chunk))
        no_memory(arena->exhausted);
    struct chunk *chunk = malloc(sizeof(struct chunk) + capacity);
    if (chunk == NULL)
        no_memory(arena->exhausted);
    chunk->next = arena->chunks;
    chunk->capacity = capacity;
    chunk->used = 0;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, capacity);
    arena->chunks = chunk;
    if (arena->next_capacity < LARGEST_CHUNK_BYTES)
        arena->next_capacity *= 2;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    const size_t alignment = alignof(max_align_t);
    if (size != 0 && count > (SIZE_MAX - alignment - GUARD_BYTES) / size)
        no_memory(arena->exhausted);
    const size_t wanted = count * size;
    const size_t room = (wanted + GUARD_BYTES + alignment - 1) / alignment * alignment;
    struct chunk *chunk = arena->chunks;
    if (chunk == NULL || room > chunk->capacity - chunk->used)
        chunk = add_chunk(arena, room);
    unsigned char *start = chunk->bytes + chunk->used;
    chunk->used += room;
    ASAN_UNPOISON_MEMORY_REGION(start, wanted);
    memset(start, 0, wanted);
    return start;
}

void *arena_grow(struct arena *arena, const void *old, size_t old_count, size_t new_count,
                 size_t size)
{
    unsigned char *grown = arena_alloc(arena, new_count, size);
    if (old_count != 0)
        memcpy(grown, old, old_count * size);
    return grown;
}

char *arena_copy_text(struct arena *arena, const char *text, size_t bytes)
{
    char *copy = arena_alloc(arena, bytes + 1, 1);
    if (bytes != 0)
        memcpy(copy, text, bytes);
    return copy;
}

char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
{
    char first[FORMAT_BYTES]; /* most texts are short, and need formatting only once */
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(first, sizeof first, format, arguments);
    if (length < 0)
        no_memory(arena->exhausted);
    char *text = arena_alloc(arena, (size_t)length + 1, 1);
    if ((size_t)length < sizeof first)
        memcpy(text, first, (size_t)length + 1);
    else
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}
