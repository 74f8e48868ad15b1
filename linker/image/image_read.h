/* Reading image.elf back, which anybody may have made. */
#ifndef LINKER_IMAGE_IMAGE_READ_H
#define LINKER_IMAGE_IMAGE_READ_H

#include "linker/image/image.h"

/* Reads what image_elf() writes: PT_LOAD segments only, each with p_vaddr = p_paddr, as many bytes
 * in the file as in memory, and a section that names its owner.
 * Shape:  `path` names the file in messages. The bytes are copied: image_patch() may change them.
 *         An owner's further parts are named "net.2", "net.3", …; parts keep the names of their
 *         sections, so image_elf() gives the same bytes again for a file that it wrote.
 * Errors: image-malformed, image-moved, image-overlap, image-no-owner, image-sections (sections
 *         that are loaded by programs that go by sections, and by no segment), image-no-bounds,
 *         image-outside (bytes across a bound), image-too-sparse. *ret is untouched on failure. */
MUST_CHECK bool image_read(struct arena *arena, struct span elf, const char *path,
                           struct image *ret, struct diag_list *diags);

/* The loaded bytes from an address on, as far as one part holds them; empty: nothing is loaded
 * there. */
struct span image_bytes_from(const struct image *image, uint64_t addr);

/* Copies loaded bytes; false, with ret_data in part overwritten, when they are not all loaded. */
MUST_CHECK bool image_copy(const struct image *image, uint64_t addr, uint8_t *ret_data,
                           size_t bytes);

#endif
