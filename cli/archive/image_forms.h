/* The image formats in an archive, image/image.bin and others, made from its image.elf. */
#ifndef CLI_ARCHIVE_IMAGE_FORMS_H
#define CLI_ARCHIVE_IMAGE_FORMS_H

#include "linker/image/image.h"

#define IMAGE_FOLDER         "image/"
#define IMAGE_ELF_MEMBER     IMAGE_FOLDER "image.elf"
#define IMAGE_BIN_MEMBER     IMAGE_FOLDER "image.bin"
#define IMAGE_MCUBOOT_MEMBER IMAGE_FOLDER "image.mcuboot.bin"

enum image_form { IMAGE_FORM_MADE, IMAGE_FORM_UNKNOWN };

/* Makes a member's format: .bin, .hex, .srec, .uf2. Not image.elf, which they are made from, nor a
 * format that may be signed.
 * Shape:  found: the existing member; the family of a UF2 file, which does not follow from the
 *         image, is taken from it. *ret is untouched when the format is unknown. */
enum image_form image_forms_make(const struct image *image, const char *member, struct span found,
                                 struct arena *arena, struct span *ret);

#endif
