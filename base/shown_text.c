#include "base/shown_text.h"

#include "base/buffer.h"

#include <string.h>

enum { TAIL_BITS = 6, TAIL_MASK = 0x3f };

static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x0600, 0x0605},
    {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x0890, 0x0891},
    {0x08e2, 0x08e2},   {0x180e, 0x180e},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe007f},
};

static bool is_hidden(uint32_t character)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (character >= hidden[i].first && character <= hidden[i].last)
            return true;
    }
    return false;
}

static size_t length_of(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Neither longer than it need be, nor half of a pair, nor behind the last character there is. */
static bool is_valid(uint32_t character, size_t bytes)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return character >= least[bytes] && character <= 0x10ffff &&
           (character < 0xd800 || character > 0xdfff);
}

size_t shown_text_decode(const uint8_t *at, size_t left, uint32_t *ret_character)
{
    const size_t bytes = length_of(at[0]);
    if (bytes == 0 || bytes > left)
        return 0;
    uint32_t character = bytes == 1 ? at[0] : at[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((at[i] & ~TAIL_MASK) != 0x80)
            return 0;
        character = character << TAIL_BITS | (at[i] & TAIL_MASK);
    }
    if (!is_valid(character, bytes))
        return 0;
    *ret_character = character;
    return bytes;
}

size_t shown_text_bytes(const uint8_t *at, size_t left)
{
    uint32_t character = 0;
    const size_t bytes = shown_text_decode(at, left, &character);
    return bytes == 0 || is_hidden(character) ? 0 : bytes;
}

/* How many bytes at the front can be shown. */
static size_t plain_bytes(struct span text, enum shown_layout layout)
{
    size_t at = 0;
    while (at < text.bytes) {
        const uint8_t byte = text.data[at];
        const bool is_own =
            (byte == '\t' && layout != SHOWN_WORD) || (byte == '\n' && layout == SHOWN_LINES);
        const size_t bytes = is_own ? 1 : shown_text_bytes(text.data + at, text.bytes - at);
        if (bytes == 0)
            return at;
        at += bytes;
    }
    return at;
}

bool shown_text_is_plain(const char *text)
{
    const struct span span = span_of_text(text);
    return plain_bytes(span, SHOWN_WORD) == span.bytes;
}

const char *shown_text(struct arena *arena, const char *text)
{
    return shown_text_is_plain(text) ? text
                                     : shown_text_of_span(arena, span_of_text(text), SHOWN_WORD);
}

const char *shown_text_of_span(struct arena *arena, struct span text, enum shown_layout layout)
{
    struct buffer out = buffer_in(arena);
    while (text.bytes > 0) {
        const size_t plain = plain_bytes(text, layout);
        buffer_append(&out, text.data, plain);
        text = (struct span){text.data + plain, text.bytes - plain};
        if (text.bytes == 0)
            break;
        buffer_format(&out, "\\x%02x", text.data[0]);
        text = (struct span){text.data + 1, text.bytes - 1};
    }
    return buffer_text(&out);
}
