/* The map that a linker writes: which input object gave which bytes. */
#ifndef LINKER_LINK_LINK_MAP_H
#define LINKER_LINK_LINK_MAP_H

#include "base/arena.h"
#include "base/span.h"

enum link_map_origin {
    LINK_MAP_FILE,   /* one object */
    LINK_MAP_LINKER, /* made by the linker: veneers, code of link-time optimisation */
    LINK_MAP_JOINED  /* of several objects, joined by the linker: equal strings, kept once */
};

/* What one input section gives to an output section. */
struct link_map_piece {
    const char *output;  /* name of the output section */
    const char *section; /* name of the input section */
    enum link_map_origin origin;
    const char *file; /* as the linker names it: "main.o", "libc.a(memcpy.o)"; of JOINED "" */
    uint64_t addr, bytes;
};

/* An output section. */
struct link_map_output {
    const char *name;
    uint64_t addr, bytes;
    size_t first_piece, piece_count;
};

struct link_map {
    const struct link_map_output *outputs; /* as the map has them */
    size_t output_count;
    const struct link_map_piece *pieces; /* none empty */
    size_t piece_count;
    const char *const *assigned; /* symbols that the script defines, in byte order */
    size_t assigned_count;
};

/* Reads the map of GNU ld or of lld. What it does not understand it leaves out: a map is for
 * people, and has no grammar that a linker promises. False, with *ret untouched, when it is the map
 * of neither.
 * Shape:  names are copied into `arena`. */
bool link_map_read(struct arena *arena, struct span text, struct link_map *ret);

/* Whether the script gave a symbol its value. */
bool link_map_is_assigned(const struct link_map *map, const char *symbol);

#endif
