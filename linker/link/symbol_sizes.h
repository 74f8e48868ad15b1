/* Whose each byte of a linked program is: by section, input object and symbol. */
#ifndef LINKER_LINK_SYMBOL_SIZES_H
#define LINKER_LINK_SYMBOL_SIZES_H

#include "linker/link/link_map.h"
#include "linker/link/linked.h"

enum symbol_size_kind {
    SYMBOL_SIZE_FUNCTION,
    SYMBOL_SIZE_DATA,
    SYMBOL_SIZE_LABEL,   /* a symbol without a type */
    SYMBOL_SIZE_UNNAMED, /* bytes of an object that no symbol covers */
    SYMBOL_SIZE_FILL,    /* of no object: alignment */
    SYMBOL_SIZE_SPACE /* of no object, in a section that no object gives anything to: stack, heap */
};

/* A run of bytes. */
struct symbol_size {
    enum symbol_size_kind kind;
    const char *name;                   /* of the symbol; NULL: none */
    const struct link_map_piece *piece; /* that it lies in; NULL: none, or not known */
    uint64_t addr, bytes;               /* 0 bytes: a second name for bytes that another row has */
    bool is_guessed; /* the file gives no size: to the next symbol, or to the end of its object */
};

/* One of linked->sections. */
struct section_sizes {
    const struct symbol_size *items; /* ascending by addr; they tile the section */
    size_t count;
};

/* Divides the bytes of every section of a program among the objects and symbols that they are of.
 * Where symbols overlap, a byte is of the one that begins last; of several that begin together the
 * longest has the bytes. Symbols that the script defines have none: they mark bounds.
 * Shape:  linked: what linked_read() read from `elf`; map: of its link, NULL when there is none;
 *         returns one entry for each of linked->sections; names point into elf. The file is not
 *         trusted; one without symbols gives rows without names. */
const struct section_sizes *symbol_sizes_of(struct arena *arena, struct span elf,
                                            const struct linked *linked,
                                            const struct link_map *map);

#endif
