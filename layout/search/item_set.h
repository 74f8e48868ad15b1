/* Sets of placed items, one bit each: bit r stands for the item of rank r. */
#ifndef LAYOUT_SEARCH_ITEM_SET_H
#define LAYOUT_SEARCH_ITEM_SET_H

#include <stddef.h>
#include <stdint.h>

/* Numbers that look random: what a number turns into, always the same. */
uint64_t item_set_mix(uint64_t number);

/* An item's part of the hash of a set: a set's is the exclusive or of its items'. */
uint64_t item_set_key(size_t item);

/* The lowest rank from `rank` on, below `count`, that is not in the set; `count`: none. */
size_t item_set_next_open(const uint64_t *set, size_t count, size_t rank);

/* 1 + the highest rank below `end` that is not in the set; 0: none. */
size_t item_set_previous_open(const uint64_t *set, size_t end);

#endif
