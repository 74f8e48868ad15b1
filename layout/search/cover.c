#include "layout/search/cover.h"

#include "base/checked.h"
#include "layout/mpu/mpu_facts.h"

struct cover cover_of(const struct mpu *mpu)
{
    const uint32_t unit_log2 = (uint32_t)__builtin_ctzll(mpu_bound_step_bytes(mpu));
    switch (mpu_facts_of(mpu->model)->shape) {
    case MPU_SHAPE_POWERS:
        return (struct cover){mpu->subregions ? COVER_EIGHTHS : COVER_PLAIN, unit_log2};
    case MPU_SHAPE_LIMITS:
        return (struct cover){COVER_ANY, unit_log2};
    case MPU_SHAPE_ENTRIES:
        break;
    }
    return (struct cover){COVER_ENTRIES, unit_log2};
}

bool cover_has_cuts(struct cover cover)
{
    return cover.kind == COVER_PLAIN || cover.kind == COVER_EIGHTHS;
}

static uint64_t lowest_bit(uint64_t value)
{
    return value & (~value + 1);
}

/* The multiple of the highest power of two in (start, end]; parts ascend before it and descend
 * after. */
static uint64_t split_point(uint64_t start, uint64_t end)
{
    const int high = 63 - __builtin_clzll(start ^ end);
    return end >> high << high;
}

/* Not the compiler's builtin: where the processor's instruction may not be assumed that one is a
 * call. */
static uint32_t bit_count(uint64_t value)
{
    value -= value >> 1 & UINT64_C(0x5555555555555555);
    value = (value & UINT64_C(0x3333333333333333)) + (value >> 2 & UINT64_C(0x3333333333333333));
    value = (value + (value >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(value * UINT64_C(0x0101010101010101) >> 56);
}

static uint32_t count_plain(uint64_t start, uint64_t end)
{
    const uint64_t split = split_point(start, end);
    if (end <= UINT32_MAX) /* both fit in one number to count */
        return bit_count((split - start) << 32 | (end - split));
    return bit_count(split - start) + bit_count(end - split);
}

/* Each round takes the end with the smaller lowest bit c to the border of its aligned block of 8c.
 * That is least: a region at `start` has chunks of at most c, so it ends by that border; one that
 * crosses the border starts inside the block, so its chunk is at most 4c, divides the border, and
 * it can be cut there. */
static uint32_t count_eighths(uint64_t start, uint64_t end, uint32_t stop_after)
{
    uint32_t count = 0;
    while (start < end && count <= stop_after) {
        const uint64_t start_bit = lowest_bit(start);
        const uint64_t end_bit = lowest_bit(end);
        if (start != 0 && start_bit <= end_bit)
            start = (start | (8 * start_bit - 1)) + 1;
        else
            end &= ~(8 * end_bit - 1);
        count++;
    }
    return count;
}

static bool is_one_plain(uint64_t start, uint64_t end)
{
    return is_power_of_two(end - start) && (start & (end - start - 1)) == 0;
}

uint32_t cover_count(struct cover cover, uint64_t start, uint64_t end)
{
    switch (cover.kind) {
    case COVER_PLAIN:
        return count_plain(start, end);
    case COVER_EIGHTHS:
        return count_eighths(start, end, UINT32_MAX);
    case COVER_ANY:
        return 1;
    case COVER_ENTRIES:
        break;
    }
    return is_one_plain(start, end) ? 1 : 2;
}

bool cover_is_within(struct cover cover, uint64_t start, uint64_t end, uint32_t slots)
{
    switch (cover.kind) {
    case COVER_PLAIN:
        return count_plain(start, end) <= slots;
    case COVER_EIGHTHS:
        return count_eighths(start, end, slots) <= slots;
    case COVER_ANY:
        return slots >= 1;
    case COVER_ENTRIES:
        break;
    }
    return slots >= 2 || (slots == 1 && is_one_plain(start, end));
}

/* The least number from `value` on with at most `bits` > 0 bits: the lowest ones are carried up. */
static uint64_t with_few_bits(uint64_t value, uint32_t bits)
{
    uint32_t surplus = bit_count(value);
    if (surplus <= bits)
        return value;
    for (; surplus > bits; surplus--)
        value &= value - 1;
    return value + lowest_bit(value);
}

/* Parts up to the split point are the start's; the end's have the slots that are left. Where none
 * is, the end must be a split point itself. */
static uint64_t next_end_plain(uint64_t start, uint64_t end, uint64_t limit, uint32_t slots)
{
    while (end <= limit) {
        const uint64_t split = split_point(start, end);
        const uint64_t next_split = split + lowest_bit(split);
        const uint32_t before = bit_count(split - start);
        if (before <= slots && end == split)
            return end;
        end = before < slots ? split + with_few_bits(end - split, slots - before) : next_split;
        if (end < next_split)
            return end;
    }
    return end;
}

uint64_t cover_next_end(struct cover cover, uint64_t start, uint64_t end, uint64_t limit,
                        uint32_t slots)
{
    switch (cover.kind) {
    case COVER_PLAIN:
        end = next_end_plain(start, end, limit, slots);
        break;
    case COVER_EIGHTHS:
        while (end <= limit && count_eighths(start, end, slots) > slots)
            end += lowest_bit(end);
        break;
    case COVER_ENTRIES:
        while (end <= limit && slots < 2 && !is_one_plain(start, end))
            end += lowest_bit(end);
        break;
    case COVER_ANY:
        break;
    }
    return end <= limit ? end : 0;
}

/* How many windows of three consecutive bits hold all 1-bits of a length. A length can be covered
 * at some place by k regions of eighths exactly if k such windows suffice: where two parts n1 * 2^e
 * and n2 * 2^(e+j), j <= 2, n <= 8 exist at the lowest exponent, their sum is r * 2^e + q * 2^(e+3)
 * with r <= 7, q <= 5, which leaves one window at e; induct upward. It is attained at [2^M -
 * length, 2^M). */
static uint32_t count_windows(uint64_t length)
{
    uint32_t count = 0;
    while (length != 0) {
        length &= ~(7 * lowest_bit(length));
        count++;
    }
    return count;
}

static bool is_coverable(struct cover cover, uint64_t length, uint32_t slots)
{
    switch (cover.kind) {
    case COVER_PLAIN:
        return bit_count(length) <= slots;
    case COVER_EIGHTHS:
        return count_windows(length) <= slots;
    case COVER_ANY:
        return true;
    case COVER_ENTRIES:
        break;
    }
    return slots >= 2 || is_power_of_two(length);
}

uint64_t cover_least_length(struct cover cover, uint64_t size, uint32_t slots)
{
    uint64_t length = size;
    /* The next length with fewer 1-bits: a carry into a zero bit, everything below it cleared. */
    for (uint32_t bit = 0; !is_coverable(cover, length, slots); bit++) {
        if ((size >> bit & 1) == 0)
            length = (size >> bit | 1) << bit;
    }
    return length;
}

static uint32_t cut_plain(uint64_t start, uint64_t end, uint64_t *cuts)
{
    uint32_t count = 0;
    while (start < end) {
        uint64_t part = start == 0 ? end : lowest_bit(start);
        if (part > end - start)
            part = end - start;
        part = UINT64_C(1) << (63 - __builtin_clzll(part));
        start += part;
        if (start < end)
            cuts[count++] = start;
    }
    return count;
}

/* As count_eighths: borders taken from the front ascend, those from the back descend and are put in
 * behind. */
static uint32_t cut_eighths(uint64_t start, uint64_t end, uint64_t *cuts)
{
    uint64_t from_back[COVER_CUTS_MOST];
    uint32_t count = 0;
    uint32_t back_count = 0;
    while (start < end) {
        const uint64_t start_bit = lowest_bit(start);
        const uint64_t end_bit = lowest_bit(end);
        if (start != 0 && start_bit <= end_bit) {
            start = (start | (8 * start_bit - 1)) + 1;
            if (start < end)
                cuts[count++] = start;
        } else {
            end &= ~(8 * end_bit - 1);
            if (start < end)
                from_back[back_count++] = end;
        }
    }
    while (back_count > 0)
        cuts[count++] = from_back[--back_count];
    return count;
}

uint32_t cover_cut(struct cover cover, uint64_t start, uint64_t end, uint64_t *cuts)
{
    switch (cover.kind) {
    case COVER_PLAIN:
        return cut_plain(start, end, cuts);
    case COVER_EIGHTHS:
        return cut_eighths(start, end, cuts);
    case COVER_ANY:
    case COVER_ENTRIES:
        break;
    }
    return 0;
}
