/* What changed from one image to another: the model behind all formats of `imgbuild diff`.
 *
 * Memories, programs, blocks and sections are matched by their names; a renamed task counts as one
 * removed and one new task. Symbols: cli/diff/diff_symbols.h. Everything is in the order of the new
 * image, followed by what only the old one has, in its order.
 */
#ifndef CLI_DIFF_DIFF_MODEL_H
#define CLI_DIFF_DIFF_MODEL_H

#include "base/arena.h"
#include "cli/report/report_model.h"

/* What is in one image only counts as 0 in the other. */
struct diff_number {
    uint64_t was, is;
};

struct diff_text {
    const char *was, *is;
};

enum diff_presence { DIFF_IN_BOTH, DIFF_ADDED, DIFF_REMOVED };

/* A limit or a headroom, either of which may be absent. */
struct diff_option {
    bool had, has;
    struct diff_number bytes;
};

struct diff_names {
    struct report_texts gained, lost;
    bool is_reordered; /* those in both are in a different order */
};

/* ---- memories ---- */

struct diff_memory {
    const char *name;
    enum diff_presence presence;
    bool is_used; /* has an owner in one of the images */
    bool is_changed;
    struct diff_number base;             /* for a memory that one image lacks, the other's */
    struct diff_number size, used, free; /* used and free: size */
    /* need, padding, gap and reserved (bootloader, holes): used */
    struct diff_number need, padding, gap, reserved;
    struct diff_number bound;
};

/* ---- programs ---- */

enum diff_symbol_change {
    DIFF_SYMBOL_GREW,
    DIFF_SYMBOL_SHRANK,
    DIFF_SYMBOL_APPEARED,
    DIFF_SYMBOL_WENT,
    DIFF_SYMBOL_MOVED /* to another object, with the same size */
};

/* A symbol with all its runs in one section of one memory. */
struct diff_symbol {
    enum diff_symbol_change change;
    struct diff_text name;   /* differ: the compiler renamed it; of one image only: equal */
    struct diff_text object; /* differ: it moved; "" outside objects */
    const char *memory, *section;
    enum report_section_kind section_kind;
    enum report_symbol_kind kind;
    struct diff_number bytes;
};

struct diff_block {
    const char *memory;
    enum diff_presence presence;
    bool is_changed;
    bool is_moved; /* to another base */
    struct diff_number base, bytes, need, padding, linked, regions;
    struct diff_option limit, headroom;
    /* in both: the region ends differ, relative to the base */
    bool has_other_cuts;
    const struct report_block *was, *is; /* NULL: only in the other image */
};

struct diff_program {
    const char *name;
    bool is_kernel;
    enum diff_presence presence;
    bool is_changed;
    /* every section and symbol has its old size, and none was added or removed */
    bool has_same_contents;
    struct diff_number linked; /* of all blocks: the changes of symbols and fill add up to it */
    const struct diff_block *blocks;
    size_t block_count;
    const struct diff_symbol *symbols; /* the largest change first */
    size_t symbol_count;
    struct diff_number fill; /* inserted by the linker for alignment */
    /* of a task */
    struct diff_number slots_used, slots_free, priority, start;
    struct diff_names uses, maps, notifications, interrupts;
    struct diff_names grants; /* the info block */
};

/* ---- the whole ---- */

struct diff {
    struct diff_text name, board, slot, version, id, compat, mpu;
    struct diff_number epoch, bound;
    bool is_same;        /* nothing above or below differs */
    bool is_other_board; /* the images are for different hardware */
    const struct diff_memory *memories;
    size_t memory_count;
    const struct diff_program *programs; /* the kernel, then tasks */
    size_t program_count;
    size_t moved_count;    /* blocks with a different base */
    size_t boundary_count; /* blocks with different region boundaries, of unchanged tasks */
};

/* Whether a block is counted in boundary_count. */
bool diff_has_moved_boundaries(const struct diff_program *program, const struct diff_block *block);

/* A program's block in a memory, or NULL. */
const struct diff_block *diff_find_block(const struct diff_program *program, const char *memory);

#endif
