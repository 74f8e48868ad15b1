/* The ID of an image, as a build gives it and as a check computes it again. */
#ifndef CLI_IMAGE_IMAGE_IDENTITY_H
#define CLI_IMAGE_IMAGE_IDENTITY_H

#include "layout/model/layout.h"
#include "linker/image/image.h"
#include "sign/image/image_id.h"

/* Computes the ID over all bytes but those of the info block.
 * Shape:  info: where the block begins; empty without one. ret_id: IMAGE_ID_BYTES.
 * Errors: those of image_id_compute. */
MUST_CHECK bool image_identity_compute(const struct image *image, const struct layout_range *info,
                                       struct arena *arena, uint8_t *ret_id,
                                       struct diag_list *diags);

#endif
