/* Bytes that grow at the end, kept in an arena. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/arena.h"
#include "base/span.h"

struct buffer {
    struct arena *arena;
    uint8_t *data;
    size_t bytes;
    size_t capacity;
};

struct buffer buffer_in(struct arena *arena);

void buffer_append(struct buffer *buffer, const void *data, size_t bytes);
void buffer_append_span(struct buffer *buffer, struct span span);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);
void buffer_append_u16(struct buffer *buffer, uint16_t value); /* little-endian, as the next two */
void buffer_append_u32(struct buffer *buffer, uint32_t value);
void buffer_append_u64(struct buffer *buffer, uint64_t value);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends `bytes` times the byte `fill`. */
void buffer_fill(struct buffer *buffer, uint8_t fill, size_t bytes);

/* What has been appended so far; valid until the next append. */
struct span buffer_span(const struct buffer *buffer);

/* The same as a NUL-terminated string; the NUL is not part of the content. */
const char *buffer_text(struct buffer *buffer);

#endif
