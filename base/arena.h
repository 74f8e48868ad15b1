/* Memory that is given back all at once.
 *
 * An arena hands out zeroed memory and never takes single pieces back. One arena lives as long as a
 * command; scratch arenas are reset in between. Allocation does not fail: when the system has no
 * memory left, or a caller asks for more than the arena's limit, the arena's `exhausted` function
 * is called, which must not return.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Called when memory runs out; must not return. */
typedef void arena_exhausted_fn(void);

struct arena *arena_create(arena_exhausted_fn *exhausted);

/* A new arena that calls the same function when memory runs out. */
struct arena *arena_create_like(const struct arena *arena);

/* Frees everything that the arena handed out, and the arena; NULL is allowed. */
void arena_destroy(struct arena *arena);

/* Frees everything that the arena handed out; the arena can be used again. */
void arena_reset(struct arena *arena);

/* Zeroed memory for count objects of size bytes each, aligned for any type. The product is checked.
 * A count of 0 gives a valid pointer to nothing. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* A copy of `old_count` objects in room for `new_count` >= old_count; the rest is zero. */
void *arena_grow(struct arena *arena, const void *old, size_t old_count, size_t new_count,
                 size_t size);

char *arena_copy_text(struct arena *arena, const char *text, size_t bytes);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))

#endif
