/* The image as flashing tools want it: no symbols, only bytes. */
#ifndef LINKER_IMAGE_IMAGE_FORMAT_H
#define LINKER_IMAGE_IMAGE_FORMAT_H

#include "linker/image/image.h"

/* From image->base to image->end, holes 0xff; what lies in other memories is left out. Where
 * nothing does, the same bytes as `objcopy -O binary --gap-fill 0xff` makes of image_elf(). */
struct span image_format_bin(struct arena *arena, const struct image *image);

/* Intel HEX of all memories, holes filled between base and end only. With one code memory the same
 * bytes as `objcopy -O ihex --gap-fill 0xff` makes of image_elf().
 * Source: Intel Hexadecimal Object File Format Specification, revision A. */
struct span image_format_hex(struct arena *arena, const struct image *image);

/* Motorola S-records with 32-bit addresses, the same bytes as `objcopy -O srec --srec-forceS3
 * --gap-fill 0xff`. name goes into the header record; objcopy puts the output file's name there. */
struct span image_format_srec(struct arena *arena, const struct image *image, const char *name);

#endif
