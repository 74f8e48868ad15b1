/* A board's tree and its chip's made one. */
#ifndef MANIFESTS_KEYS_FLATTEN_H
#define MANIFESTS_KEYS_FLATTEN_H

#include "manifests/keys/chip_keys.h"
#include "manifests/yaml/inherit.h"

/* The flattened tree needs no other file: `chip` is a mapping with what the chip file said, the
 * board's own memories and peripherals laid over it. Reading it again gives the same tree. */
struct flat_board {
    const struct node *root;
    const struct node *chip;    /* the mapping in root; NULL: a board that describes itself */
    struct source_pos chip_pos; /* of the board's `chip` value */
    bool chip_is_file;
};

/* Loads the chip that a board names, and merges. `board` is not settled, the result is.
 * Errors: those of inherit_load and merge_settle, manifest-wrong-type. */
MUST_CHECK bool flatten_board(struct inherit *inherit, const struct node *board,
                              const char *board_folder, struct flat_board *ret);

/* The parts that describe the hardware. */
struct chip_tree flatten_hardware(const struct flat_board *flat);

#endif
