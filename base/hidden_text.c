#include "base/hidden_text.h"

enum { TAIL_BITS = 6, TAIL_MASK = 0x3f };

static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0001, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x0600, 0x0605},
    {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x0890, 0x0891},
    {0x08e2, 0x08e2},   {0x180e, 0x180e},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe007f},
};

static size_t length_of(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The character that a text begins with; 0 at its end, and for bytes that are none. */
static uint32_t decode(const uint8_t *text, size_t *ret_bytes)
{
    const size_t bytes = length_of(text[0]);
    uint32_t character = bytes < 2 ? text[0] : text[0] & (0x7fu >> bytes);
    *ret_bytes = bytes;
    if (bytes == 0)
        return 0;
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & ~TAIL_MASK) != 0x80)
            return 0;
        character = character << TAIL_BITS | (text[i] & TAIL_MASK);
    }
    return character;
}

size_t hidden_text_bytes(const uint8_t *text)
{
    size_t bytes;
    const uint32_t character = decode(text, &bytes);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (character >= hidden[i].first && character <= hidden[i].last)
            return bytes;
    }
    return 0;
}

bool hidden_text_is_in(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    while (*at != '\0' && hidden_text_bytes(at) == 0)
        at++;
    return *at != '\0';
}
