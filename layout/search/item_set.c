#include "layout/search/item_set.h"

uint64_t item_set_mix(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

uint64_t item_set_key(size_t item)
{
    return item_set_mix((item + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

size_t item_set_next_open(const uint64_t *set, size_t count, size_t rank)
{
    while (rank < count) {
        const uint64_t open = ~set[rank / 64] >> rank % 64;
        if (open != 0) {
            rank += (size_t)__builtin_ctzll(open);
            return rank < count ? rank : count;
        }
        rank = (rank / 64 + 1) * 64;
    }
    return count;
}

size_t item_set_previous_open(const uint64_t *set, size_t end)
{
    while (end > 0) {
        const size_t word = (end - 1) / 64;
        const size_t width = end - word * 64;
        const uint64_t open = ~set[word] & (width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1);
        if (open != 0)
            return word * 64 + 64 - (size_t)__builtin_clzll(open);
        end = word * 64;
    }
    return 0;
}
