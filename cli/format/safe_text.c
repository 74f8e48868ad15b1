#include "cli/format/safe_text.h"

#include "base/buffer.h"
#include "base/hidden_text.h"

#include <string.h>

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* U+061c, U+200e, U+200f, U+2028 to U+202e, U+2066 to U+2069: they end a line, or change the
 * direction of the text that follows. */
static bool is_disguise(const uint8_t *at, size_t bytes)
{
    if (bytes == 2)
        return at[0] == 0xd8 && at[1] == 0x9c;
    if (bytes != 3 || at[0] != 0xe2)
        return false;
    return at[1] == 0x80 ? at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae)
                         : at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;
}

/* The length of the character at the start of a text; 0: invalid, or a control character. */
static size_t utf8_bytes(const uint8_t *at)
{
    if (at[0] >= 0x20 && at[0] < 0x7f)
        return 1;
    if (hidden_text_bytes(at) != 0)
        return 0;
    if (at[0] >= 0xc2 && at[0] <= 0xdf && is_tail(at[1]))
        return 2;
    if ((at[0] & 0xf0) == 0xe0 && is_tail(at[1]) && is_tail(at[2])) {
        const bool is_overlong = at[0] == 0xe0 && at[1] < 0xa0;
        const bool is_surrogate = at[0] == 0xed && at[1] >= 0xa0;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    if (at[0] >= 0xf0 && at[0] <= 0xf4 && is_tail(at[1]) && is_tail(at[2]) && is_tail(at[3])) {
        const bool is_overlong = at[0] == 0xf0 && at[1] < 0x90;
        const bool is_beyond = at[0] == 0xf4 && at[1] >= 0x90;
        return is_overlong || is_beyond ? 0 : 4;
    }
    return 0;
}

/* The same, but also 0 for characters that must not be shown. */
static size_t character_bytes(const uint8_t *at)
{
    const size_t bytes = utf8_bytes(at);
    return is_disguise(at, bytes) ? 0 : bytes;
}

size_t report_safe_utf8(const uint8_t *at, size_t left)
{
    uint8_t padded[5] = {0};
    memcpy(padded, at, left < 4 ? left : 4);
    return utf8_bytes(padded);
}

static bool is_safe(const uint8_t *at)
{
    size_t bytes = 1;
    while (*at != '\0' && bytes != 0) {
        bytes = character_bytes(at);
        at += bytes;
    }
    return bytes != 0;
}

const char *report_safe_text(struct arena *arena, const char *text)
{
    const uint8_t *at = span_of_text(text).data;
    if (is_safe(at))
        return text;
    struct buffer out = buffer_in(arena);
    while (*at != '\0') {
        const size_t bytes = character_bytes(at);
        if (bytes == 0)
            buffer_format(&out, "\\x%02x", *at++);
        buffer_append(&out, at, bytes);
        at += bytes;
    }
    return buffer_text(&out);
}
