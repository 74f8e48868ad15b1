/* Reading image.elf back, which anybody may have made. */
#ifndef LINKER_IMAGE_READ_H
#define LINKER_IMAGE_READ_H

#include "linker/image.h"

enum { IMAGE_ID_FIELD_OFF = 8, IMAGE_HEADER_ID_BYTES = 8 };

/* Reads what image_elf() writes: PT_LOAD segments only, each with p_vaddr = p_paddr, as many bytes
 * in the file as in memory, and a section that names its owner.
 * Shape:  `path` names the file in messages. The bytes are copied, so that image_patch() can change
 *         them. An owner's second and further parts are named "net.2", "net.3", …: so image_elf()
 * of what was read gives the same bytes again. Errors: image-malformed, image-moved, image-overlap,
 * image-no-owner, image-no-bounds, image-outside (bytes across a bound), image-too-sparse. *ret is
 * untouched on failure. */
MUST_CHECK bool image_read(struct arena *arena, struct span elf, const char *path,
                           struct image *ret, struct diag_list *diags);

/* The loaded bytes from an address on, as far as one part holds them; empty: nothing is loaded
 * there. */
struct span image_bytes_from(const struct image *image, uint64_t addr);

/* Copies loaded bytes; false, with ret_data in part overwritten, when they are not all loaded. */
MUST_CHECK bool image_copy(const struct image *image, uint64_t addr, uint8_t *ret_data,
                           size_t bytes);

/* What the header imgbuild_image says (imgbuild/tables.h). */
struct image_header {
    uint8_t id[IMAGE_HEADER_ID_BYTES];
    uint64_t base, bytes; /* of the image, info block included */
    uint32_t major, minor, patch, epoch;
    uint32_t task_count;
    const char *name, *board, *slot;
    struct layout_range info; /* the info block; empty: there is none */
};

/* Reads the header and the texts that it points to.
 * Errors: header-missing (no symbol, or not loaded), header-magic, header-abi (of another version),
 *         header-bounds (not those of the image), header-text (a text that is not loaded, or has no
 *         end), header-info (the info block does not lie in the image). *ret is untouched on
 *         failure.
 * Source: imgbuild/tables.h, ABI 1. */
MUST_CHECK bool image_header_read(struct arena *arena, const struct image *image, const char *path,
                                  struct image_header *ret, struct diag_list *diags);

#endif
