#include "base/span.h"

#include <assert.h>
#include <string.h>

struct span span_of_text(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

bool span_equal(struct span a, struct span b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.data, b.data, a.bytes) == 0);
}

int span_compare(struct span a, struct span b)
{
    const size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    const int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

bool span_part(struct span whole, uint64_t offset, uint64_t bytes, struct span *ret)
{
    if (offset > whole.bytes || bytes > whole.bytes - offset)
        return false;
    /* no sum with a NULL pointer, not even of 0 */
    *ret = (struct span){offset == 0 ? whole.data : whole.data + offset, (size_t)bytes};
    return true;
}

static uint64_t little_endian(struct span from, size_t offset, size_t width)
{
    assert(offset <= from.bytes && width <= from.bytes - offset);
    uint64_t value = 0;
    for (size_t i = width; i > 0; i--)
        value = value << 8 | from.data[offset + i - 1];
    return value;
}

uint16_t span_u16(struct span from, size_t offset)
{
    return (uint16_t)little_endian(from, offset, 2);
}

uint32_t span_u32(struct span from, size_t offset)
{
    return (uint32_t)little_endian(from, offset, 4);
}

uint64_t span_u64(struct span from, size_t offset)
{
    return little_endian(from, offset, 8);
}
