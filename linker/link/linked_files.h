/* The object files that a linked program is really made of, members of archives included: those of
 * which its map shows a piece in memory. */
#ifndef LINKER_LINK_LINKED_FILES_H
#define LINKER_LINK_LINKED_FILES_H

#include "linker/elf/elf_file.h"
#include "linker/link/link_map.h"
#include "linker/link/linked.h"

#include "base/diag.h"

struct linked_file {
    const char *name; /* "main.o", "libc.a(memcpy.o)" */
    bool is_member;   /* of an archive */
    struct elf_file object;
};

struct linked_files {
    const struct linked_file *items; /* in the order of the map */
    size_t count;
    bool is_whole; /* false: some code is of a file that is gone, or was made by the linker */
};

/* Archives that were read, for the programs that share them. */
struct linked_archives {
    struct linked_archive *items;
    size_t count;
};

/* Opens the files of a map. What cannot be read any more, as an object of link-time optimisation
 * that existed during the link only, is left out.
 * Shape:  all in `arena`, which must outlive *archives too. */
void linked_files_open(struct arena *arena, struct linked_archives *archives,
                       const struct link_map *map, const struct linked *linked,
                       struct linked_files *ret);

/* Whether a map shows a piece in memory of an input section of a file. */
bool linked_files_has_section(const struct link_map *map, const struct linked *linked,
                              const char *file, const char *section);

#endif
