/* Whose an address is, and what lies around it. */
#ifndef CLI_ADDRESS_ADDRESS_PLACE_H
#define CLI_ADDRESS_ADDRESS_PLACE_H

#include "cli/address/address_book.h"

enum address_kind {
    ADDRESS_USED,       /* in what a program needs of a block */
    ADDRESS_PADDING,    /* in the block, after what its owner needs */
    ADDRESS_GAP,        /* between two blocks of a memory */
    ADDRESS_FREE,       /* after the last block of a memory */
    ADDRESS_HOLE,       /* a hole of a memory */
    ADDRESS_SKIPPED,    /* at a memory's front, left for a bootloader */
    ADDRESS_INFO,       /* the info block */
    ADDRESS_PERIPHERAL, /* registers */
    ADDRESS_OUTSIDE     /* nothing is known to be there */
};

/* A range that some tasks may access by a region of their own, numbered as in the kernel's tables.
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
    size_t owner;        /* of the block, ADDRESS_NOBODY outside of blocks */
    size_t memory;       /* SIZE_MAX outside of memories */
    uint64_t start, end; /* of the block, gap, hole, peripheral …; of nothing: 0, 0 */
    const char *name;    /* of a peripheral */
    bool has_region;     /* of the owner */
    struct address_region region;
    const size_t *users; /* tasks with a fixed region there, ascending */
    size_t user_count;
};

/* An address is at most this far from a boundary to be told of it. */
enum { ADDRESS_NEAR_BYTES = 16 };

/* What is nearest to an address outside of everything is told up to here. */
enum { ADDRESS_NEAREST_BYTES = 1 << 20 };

struct address_place address_place_of(const struct address_book *book, uint64_t addr,
                                      struct arena *arena);

/* The region of a task that an address lies in; false: the task has none there. */
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

/* What is to be noted about an address: boundaries near it, other owners, and so on; one text each.
 */
size_t address_place_notes(const struct address_book *book, const struct address_place *place,
                           struct arena *arena, const char *const **ret);

/* "r-x", "rw- dma", "rw- device" */
const char *address_attributes_text(uint32_t attributes, struct arena *arena);

#endif
