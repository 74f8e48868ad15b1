#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

struct buffer buffer_in(struct arena *arena)
{
    return (struct buffer){.arena = arena};
}

static uint8_t *make_room(struct buffer *buffer, size_t bytes)
{
    if (bytes > buffer->capacity - buffer->bytes) {
        size_t capacity = buffer->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buffer->capacity;
        while (capacity < SIZE_MAX && capacity - buffer->bytes < bytes)
            capacity = capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;
        buffer->data = arena_grow(buffer->arena, buffer->data, buffer->bytes, capacity, 1);
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->bytes;
}

void buffer_append(struct buffer *buffer, const void *data, size_t bytes)
{
    if (bytes == 0)
        return;
    memcpy(make_room(buffer, bytes), data, bytes);
    buffer->bytes += bytes;
}

void buffer_append_span(struct buffer *buffer, struct span span)
{
    buffer_append(buffer, span.data, span.bytes);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    buffer_append(buffer, &byte, 1);
}

static void append_little_endian(struct buffer *buffer, uint64_t value, size_t width)
{
    uint8_t *end = make_room(buffer, width);
    for (size_t i = 0; i < width; i++)
        end[i] = (uint8_t)(value >> (8 * i));
    buffer->bytes += width;
}

void buffer_append_u16(struct buffer *buffer, uint16_t value)
{
    append_little_endian(buffer, value, 2);
}

void buffer_append_u32(struct buffer *buffer, uint32_t value)
{
    append_little_endian(buffer, value, 4);
}

void buffer_append_u64(struct buffer *buffer, uint64_t value)
{
    append_little_endian(buffer, value, 8);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char *room = (char *)make_room(buffer, 1);
    const size_t left = buffer->capacity - buffer->bytes;
    const int length = vsnprintf(room, left, format, arguments);
    assert(length >= 0);
    if ((size_t)length >= left)
        vsnprintf((char *)make_room(buffer, (size_t)length + 1), (size_t)length + 1, format, again);
    buffer->bytes += (size_t)length;
    va_end(again);
    va_end(arguments);
}

void buffer_fill(struct buffer *buffer, uint8_t fill, size_t bytes)
{
    if (bytes == 0)
        return;
    memset(make_room(buffer, bytes), fill, bytes);
    buffer->bytes += bytes;
}

struct span buffer_span(const struct buffer *buffer)
{
    return (struct span){buffer->data, buffer->bytes};
}

const char *buffer_text(struct buffer *buffer)
{
    *make_room(buffer, 1) = 0;
    return (const char *)buffer->data;
}
