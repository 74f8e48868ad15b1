/* Whether the forms of an image in an archive, image/image.bin and others, hold its bytes. */
#ifndef CLI_CHECK_FORMS_H
#define CLI_CHECK_FORMS_H

#include "cli/checking.h"

/* Shape:  checking->about and ->image are set. Forms that are not known are left alone.
 * Errors: archive-member-missing, image-digest (not as archive.json says), image-form (says where
 *         the first difference is), those of mcuboot_read. */
MUST_CHECK bool check_forms(struct checking *checking);

#endif
