#include "manifests/yaml/number.h"

#include "base/checked.h"

static int digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    if (letter >= 'a' && letter <= 'f')
        return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F')
        return letter - 'A' + 10;
    return 16;
}

/* Reads digits at *text and moves it behind them. */
static enum number_result parse_digits(const char **text, unsigned radix, uint64_t *ret)
{
    uint64_t value = 0;
    const char *at = *text;
    for (; (unsigned)digit_of(*at) < radix; at++) {
        if (!checked_multiply(value, radix, &value) ||
            !checked_add(value, (uint64_t)digit_of(*at), &value))
            return NUMBER_TOO_LARGE;
    }
    if (at == *text)
        return NUMBER_NOT_ONE;
    *text = at;
    *ret = value;
    return NUMBER_GOOD;
}

static enum number_result apply_suffix(const char *suffix, uint64_t *value)
{
    const bool is_alone = suffix[0] == '\0' || suffix[1] == '\0';
    if (!is_alone)
        return NUMBER_NOT_ONE;
    switch (suffix[0]) {
    case '\0':
        return NUMBER_GOOD;
    case 'K':
        return checked_multiply(*value, 1024, value) ? NUMBER_GOOD : NUMBER_TOO_LARGE;
    case 'M':
        return checked_multiply(*value, UINT64_C(1024) * 1024, value) ? NUMBER_GOOD
                                                                      : NUMBER_TOO_LARGE;
    case 'k':
    case 'm':
        return NUMBER_SMALL_SUFFIX;
    default:
        return NUMBER_NOT_ONE;
    }
}

enum number_result number_parse(const char *text, uint64_t *ret)
{
    uint64_t value;
    const bool is_hex = text[0] == '0' && text[1] == 'x';
    const char *at = is_hex ? text + 2 : text;
    enum number_result result = parse_digits(&at, is_hex ? 16 : 10, &value);
    if (result != NUMBER_GOOD)
        return result;
    if (!is_hex && text[0] == '0' && at != text + 1)
        return NUMBER_LEADING_ZERO;
    result = apply_suffix(at, &value);
    if (result == NUMBER_GOOD)
        *ret = value;
    return result;
}
