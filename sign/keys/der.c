#include "sign/keys/der.h"

#include <string.h>

enum { SHORT_LENGTH_END = 0x80, LENGTH_BYTES_MOST = 4, SIGN_BIT = 0x80 };

/* Reads the length at *at, and moves *at behind it. */
static bool read_length(struct span from, size_t *at, uint64_t *ret)
{
    if (*at >= from.bytes)
        return false;
    const uint8_t first = from.data[(*at)++];
    if (first < SHORT_LENGTH_END) {
        *ret = first;
        return true;
    }
    const size_t count = first - SHORT_LENGTH_END;
    if (count < 1 || count > LENGTH_BYTES_MOST || count > from.bytes - *at)
        return false;
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length = length << 8 | from.data[(*at)++];
    const bool is_shortest = length >= SHORT_LENGTH_END && length >> 8 * (count - 1) != 0;
    *ret = length;
    return is_shortest;
}

bool der_is_next(struct span rest, enum der_tag tag)
{
    return rest.bytes > 0 && rest.data[0] == (uint8_t)tag;
}

bool der_take(struct span *rest, enum der_tag tag, struct span *ret_content)
{
    size_t at = 1;
    uint64_t length;
    struct span content;
    if (!der_is_next(*rest, tag) || !read_length(*rest, &at, &length) ||
        !span_part(*rest, at, length, &content))
        return false;
    *ret_content = content;
    *rest = (struct span){content.data + content.bytes, rest->bytes - at - content.bytes};
    return true;
}

bool der_whole(struct span bytes, enum der_tag tag, struct span *ret_content)
{
    struct span content;
    if (!der_take(&bytes, tag, &content) || bytes.bytes != 0)
        return false;
    *ret_content = content;
    return true;
}

bool der_is_null(struct span bytes)
{
    struct span content;
    return der_whole(bytes, DER_NULL, &content) && content.bytes == 0;
}

struct span der_trim(struct span number)
{
    while (number.bytes > 0 && number.data[0] == 0)
        number = (struct span){number.data + 1, number.bytes - 1};
    return number;
}

bool der_take_number(struct span *rest, struct span *ret)
{
    struct span after = *rest, content;
    if (!der_take(&after, DER_INTEGER, &content) || content.bytes == 0 ||
        content.data[0] >= SIGN_BIT)
        return false;
    if (content.bytes > 1 && content.data[0] == 0 && content.data[1] < SIGN_BIT)
        return false; /* a zero in front that no sign needs */
    *rest = after;
    *ret = der_trim(content);
    return true;
}

bool der_take_u32(struct span *rest, uint32_t *ret)
{
    struct span after = *rest, number;
    if (!der_take_number(&after, &number) || number.bytes > sizeof *ret)
        return false;
    uint32_t value = 0;
    for (size_t i = 0; i < number.bytes; i++)
        value = value << 8 | number.data[i];
    *rest = after;
    *ret = value;
    return true;
}

bool der_take_bytes_of_bits(struct span *rest, struct span *ret)
{
    struct span after = *rest, content;
    if (!der_take(&after, DER_BIT_STRING, &content) || content.bytes == 0 || content.data[0] != 0)
        return false;
    *rest = after;
    *ret = (struct span){content.data + 1, content.bytes - 1};
    return true;
}

/* ---- writing ---- */

struct span der_join(const struct span *parts, size_t count, struct arena *arena)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += parts[i].bytes;
    uint8_t *joined = arena_alloc(arena, bytes, 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].bytes != 0)
            memcpy(joined + at, parts[i].data, parts[i].bytes);
        at += parts[i].bytes;
    }
    return (struct span){joined, bytes};
}

struct span der_wrap(enum der_tag tag, struct span content, struct arena *arena)
{
    uint8_t head[2 + LENGTH_BYTES_MOST] = {(uint8_t)tag};
    size_t head_bytes = 2;
    if (content.bytes < SHORT_LENGTH_END) {
        head[1] = (uint8_t)content.bytes;
    } else {
        size_t count = 1;
        while (content.bytes >> 8 * count != 0)
            count++;
        head[1] = (uint8_t)(SHORT_LENGTH_END + count);
        for (size_t i = 0; i < count; i++)
            head[head_bytes++] = (uint8_t)(content.bytes >> 8 * (count - 1 - i));
    }
    const struct span parts[] = {{head, head_bytes}, content};
    return der_join(parts, 2, arena);
}

struct span der_number(struct span number, struct arena *arena)
{
    static const uint8_t zero = 0;
    const struct span trimmed = der_trim(number);
    const bool needs_zero = trimmed.bytes == 0 || trimmed.data[0] >= SIGN_BIT;
    const struct span parts[] = {{&zero, needs_zero ? 1 : 0}, trimmed};
    return der_wrap(DER_INTEGER, der_join(parts, 2, arena), arena);
}
