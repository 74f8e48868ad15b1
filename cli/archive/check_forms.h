/* Whether the image formats in an archive, image/image.bin and others, hold the image's bytes. */
#ifndef CLI_ARCHIVE_CHECK_FORMS_H
#define CLI_ARCHIVE_CHECK_FORMS_H

#include "cli/archive/checking.h"

/* Shape:  checking->about and ->image are set. Unknown formats are ignored.
 * Errors: archive-member-missing, image-digest (differs from archive.json), image-form (says where
 *         the first difference is), those of mcuboot_read and, with an image_key, of
 *         mcuboot_verify. */
MUST_CHECK bool check_forms(struct checking *checking);

/* Whether there is a signed image for MCUboot: only after check_forms() has passed, with an
 * image_key.
 * Errors: archive-member-missing, mcuboot-unsigned. */
MUST_CHECK bool check_image_signature(struct checking *checking);

#endif
