/* Who owns an address, and what is around it. */
#ifndef CLI_ADDRESS_ADDRESS_PLACE_H
#define CLI_ADDRESS_ADDRESS_PLACE_H

#include "cli/address/address_book.h"

enum address_kind {
    ADDRESS_USED,       /* in the part of a block that a program needs */
    ADDRESS_PADDING,    /* in the block, after what its owner needs */
    ADDRESS_GAP,        /* between two blocks of a memory */
    ADDRESS_FREE,       /* after the last block of a memory */
    ADDRESS_HOLE,       /* a hole of a memory */
    ADDRESS_SKIPPED,    /* at a memory's front, left for a bootloader */
    ADDRESS_INFO,       /* the info block */
    ADDRESS_PERIPHERAL, /* registers */
    ADDRESS_OUTSIDE     /* nothing known is there */
};

/* A range that a task may access through a region, numbered as in the kernel's tables.
 */
struct address_region {
    size_t task;
    size_t number;
    uint64_t start, end;
    uint32_t attributes;
    bool has_attributes; /* false without tables */
};

struct address_place {
    uint64_t addr;
    enum address_kind kind;
    size_t owner;        /* of the block, ADDRESS_NOBODY outside blocks */
    size_t memory;       /* SIZE_MAX outside memories */
    uint64_t start, end; /* of the block, gap, hole, peripheral …; 0, 0 if nothing is there */
    const char *name;    /* of a peripheral */
    bool has_region;     /* of the owner */
    struct address_region region;
    const size_t *users; /* tasks with a fixed region there, ascending */
    size_t user_count;
};

/* A boundary at most this far from an address is noted. */
enum { ADDRESS_NEAR_BYTES = 16 };

/* For an address outside everything, the nearest thing up to this far is noted. */
enum { ADDRESS_NEAREST_BYTES = 1 << 20 };

struct address_place address_place_of(const struct address_book *book, uint64_t addr,
                                      struct arena *arena);

/* The region of a task that contains an address; false: the task has none there. */
bool address_region_of(const struct address_book *book, size_t task, uint64_t addr,
                       struct address_region *ret);

/* All regions of a task, ascending. */
size_t address_regions_of_task(const struct address_book *book, size_t task, struct arena *arena,
                               const struct address_region **ret);

/* What a place is, in words: "region 3 of net", "the kernel's memory", "a gap of 64 bytes in ram".
 */
const char *address_place_words(const struct address_book *book, const struct address_place *place,
                                struct arena *arena);

/* "used", "padding", "gap" …, as JSON has it. */
const char *address_kind_name(enum address_kind kind);

/* Notes about an address: boundaries near it, other owners, and so on; one text each.
 */
size_t address_place_notes(const struct address_book *book, const struct address_place *place,
                           struct arena *arena, const char *const **ret);

/* "r-x", "rw- dma", "rw- device" */
const char *address_attributes_text(uint32_t attributes, struct arena *arena);

#endif
