/* The image as UF2: what bootloaders that look like a drive take. */
#ifndef LINKER_IMAGE_IMAGE_FORMAT_UF2_H
#define LINKER_IMAGE_IMAGE_FORMAT_UF2_H

#include "linker/image/image.h"

/* All memories in blocks of 512 bytes that carry a page of 256 each, ascending, pages aligned to
 * their size. From image->base to image->end holes are 0xff, as in the other formats; so is what a
 * page holds around loaded bytes. Other pages are left out: flash keeps there what it has.
 * Units:  family: the number by which a bootloader knows that the file is for its chip.
 * Source: https://github.com/microsoft/uf2, flag 0x2000 (family id present). */
struct span image_format_uf2(struct arena *arena, const struct image *image, uint32_t family);

/* The family in the first block of a file; 0 when it has none. */
uint32_t image_format_uf2_family(struct span file);

#endif
