#include "manifests/yaml/utf8.h"

enum {
    NEXT_LINE = 0x85,
    LINE_SEPARATOR = 0x2028,
    PARAGRAPH_SEPARATOR = 0x2029,
    BYTE_ORDER_MARK = 0xFEFF
};

/* Bytes that a first byte announces and the least code point they may encode; 0: no first byte. */
static size_t announced_bytes(uint8_t first, uint32_t *bits, uint32_t *least)
{
    *bits = first;
    *least = 0;
    if (first < 0x80)
        return 1;
    if (first < 0xC0 || first >= 0xF8)
        return 0;
    if (first < 0xE0) {
        *bits = first & 0x1FU;
        *least = 0x80;
        return 2;
    }
    if (first < 0xF0) {
        *bits = first & 0x0FU;
        *least = 0x800;
        return 3;
    }
    *bits = first & 0x07U;
    *least = 0x10000;
    return 4;
}

size_t utf8_decode(struct span text, size_t offset, uint32_t *ret)
{
    uint32_t code_point;
    uint32_t least;
    const size_t length = announced_bytes(text.data[offset], &code_point, &least);
    if (length == 0 || length > text.bytes - offset)
        return 0;
    for (size_t i = 1; i < length; i++) {
        const uint8_t byte = text.data[offset + i];
        if ((byte & 0xC0) != 0x80)
            return 0;
        code_point = code_point << 6 | (byte & 0x3FU);
    }
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < least || code_point > 0x10FFFF || is_surrogate)
        return 0;
    *ret = code_point;
    return length;
}

bool utf8_is_allowed(uint32_t code_point)
{
    if (code_point < 0x20)
        return code_point == '\t' || code_point == '\n' || code_point == '\r';
    return code_point <= 0x7E || code_point == NEXT_LINE ||
           (code_point >= 0xA0 && code_point != 0xFFFE && code_point != 0xFFFF);
}

bool utf8_is_plain(uint32_t code_point)
{
    return code_point >= 0x20 && utf8_is_allowed(code_point) && code_point != NEXT_LINE &&
           code_point != LINE_SEPARATOR && code_point != PARAGRAPH_SEPARATOR &&
           code_point != BYTE_ORDER_MARK;
}
