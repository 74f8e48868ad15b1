/* Whether the forms of an image in an archive, image/image.bin and others, hold its bytes. */
#ifndef CLI_ARCHIVE_CHECK_FORMS_H
#define CLI_ARCHIVE_CHECK_FORMS_H

#include "cli/archive/checking.h"

/* Shape:  checking->about and ->image are set. Forms that are not known are left alone.
 * Errors: archive-member-missing, image-digest (not as archive.json says), image-form (says where
 *         the first difference is), those of mcuboot_read and, with an image_key, of
 *         mcuboot_verify. */
MUST_CHECK bool check_forms(struct checking *checking);

/* Whether there is an image for MCUboot that is signed: to be asked when check_forms() has passed,
 * with an image_key.
 * Errors: archive-member-missing, mcuboot-unsigned. */
MUST_CHECK bool check_image_signature(struct checking *checking);

#endif
