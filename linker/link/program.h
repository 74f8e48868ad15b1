/* A program to be linked: one task, or the kernel. The caller makes it from a manifest. */
#ifndef LINKER_LINK_PROGRAM_H
#define LINKER_LINK_PROGRAM_H

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>

enum program_kind { PROGRAM_TASK, PROGRAM_KERNEL };

/* Indices into program.memories that every program has. */
enum { PROGRAM_CODE, PROGRAM_DATA, PROGRAM_FIXED_MEMORIES };

/* Input sections .NAME and .NAME.* that lie in a memory of their own choice: not loaded, not
 * zeroed, bounded by the symbols __NAME_start and __NAME_end. */
struct program_section {
    const char *name; /* without the dot; `-` and `.` become `_` in the symbols */
    size_t memory;    /* index into program.memories; PROGRAM_CODE is not allowed */
    struct source_pos pos;
};

/* A linker set: the input sections of one name, a C identifier, which lie together between
 * __start_NAME and __stop_NAME. In ascending rank: where one object has it constant and another
 * writable, it is writable. */
enum program_set_kind { PROGRAM_SET_CONSTANT, PROGRAM_SET_ZEROED, PROGRAM_SET_INITIALISED };

struct program_set {
    const char *name;
    enum program_set_kind kind;
    uint64_t align_bytes; /* a power of two: the largest of its sections */
};

struct program {
    enum program_kind kind;
    const char *name; /* of the task, or "kernel" */
    struct source_pos pos;
    const char *const *objects; /* paths; at least one */
    size_t object_count;
    const char *const *libraries; /* paths of archives, in link order; searched repeatedly */
    size_t library_count;
    const char *const *library_words; /* what the linker is given for its libraries: paths, and
                                       * options of the linker itself such as -lNAME; NULL: the
                                       * paths of `libraries` */
    size_t library_word_count;
    const char *const *flags; /* those of the board, then the program's own */
    size_t flag_count;
    const char *const *response_files; /* whose words stand in the above */
    size_t response_file_count;
    bool finds_files;        /* its linker may read files that are not listed here */
    const char *entry;       /* symbol */
    bool begins_with_jump;   /* RISC-V kernel: the generated script puts a jump to `entry` first */
    const char *user_script; /* path, or NULL: the generated script */
    uint64_t stack_bytes;
    uint64_t stack_align_bytes; /* 8; 16 on PMP */
    uint64_t heap_bytes;
    const char *const *memories; /* names as the manifest has them, distinct: [PROGRAM_CODE],
                                  * [PROGRAM_DATA], then those of the sections */
    size_t memory_count;         /* at least PROGRAM_FIXED_MEMORIES */
    const struct program_section *sections;
    size_t section_count;
    const struct program_set *sets; /* found in its objects and libraries */
    size_t set_count;
    bool has_exact_load_image; /* the generated script gives the load image of .data its address,
                                * for linkers that would align it as RAM needs it */
    bool has_tls; /* thread-local variables, whose block the generated script sets up */
};

/* Where a program may put its bytes in one of its memories: the block of a task, or what the kernel
 * may fill. One place for each of program.memories. */
struct program_place {
    uint64_t base, size; /* bytes; base + size at most 2^32 */
};

/* An absolute symbol given to a program. It is defined only where the program refers to it and does
 * not define it itself. */
struct program_symbol {
    const char *name; /* a C identifier */
    uint64_t value;
};

#endif
