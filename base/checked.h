/* Arithmetic that says when it does not fit. Each returns false, with *ret untouched, on overflow.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool checked_add(uint64_t a, uint64_t b, uint64_t *ret)
{
    if (a > UINT64_MAX - b)
        return false;
    *ret = a + b;
    return true;
}

static inline bool checked_multiply(uint64_t a, uint64_t b, uint64_t *ret)
{
    if (b != 0 && a > UINT64_MAX / b)
        return false;
    *ret = a * b;
    return true;
}

static inline bool checked_u32(uint64_t value, uint32_t *ret)
{
    if (value > UINT32_MAX)
        return false;
    *ret = (uint32_t)value;
    return true;
}

/* The least multiple of a power of two that is not below value; value + alignment must not
 * overflow. */
static inline uint64_t round_up(uint64_t value, uint64_t alignment_bytes)
{
    return (value + (alignment_bytes - 1)) & ~(alignment_bytes - 1);
}

static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

#endif
