/* Changing the info block of an existing archive. */
#ifndef CLI_SIGNING_INFO_CHANGE_H
#define CLI_SIGNING_INFO_CHANGE_H

#include "cli/image/form_job.h"
#include "cli/signing/info_fill.h"
#include "layout/tables/tables_read.h"
#include "linker/image/image_read.h"
#include "sign/archive/archive.h"

struct info_change {
    struct info_set removed, added;
    const struct form_signer *signer; /* of the image for MCUboot, or NULL */
};

/* The contents of an image's header and info block. */
struct info_found {
    struct tables_read tables;
    struct layout_range range; /* of the block; empty: none */
    struct info_block block;   /* empty then, too */
};

/* Reads them.
 * Shape:  lives in `arena`; path names the image in messages.
 * Errors: tables-malformed, info-form, those of info_block_read. *ret is untouched on failure. */
MUST_CHECK bool info_change_read(const struct image *image, const char *path, struct arena *arena,
                                 struct info_found *ret, struct diag_list *diags);

/* Whether the archive's image has a block at all.
 * Errors: info-no-image, info-no-block, those of image_read and info_change_read. */
MUST_CHECK bool info_change_need_block(const struct archive *archive, const char *path,
                                       struct arena *arena, struct diag_list *diags);

/* Makes the archive with new contents of the info block: in every image format, in the image's
 * digest in archive.json, and in SHA256SUMS. Everything else, including the ID, stays as it is: the
 * result is what `build --info` would have made.
 * Shape:  archive: intact, without signatures; path names it in messages.
 * Errors: info-no-image, info-no-block, those of info_change_read, info_fill_change and
 *         info_fill_make; info-form (an image format that is unknown, or holds other bytes),
 *         info-mcuboot-signed (no signer for a signed image), mcuboot-no-format (a signer, but no
 *         image to sign), those of mcuboot_read, signer_sign and archive_write. */
MUST_CHECK bool info_change_archive(const struct archive *archive, const char *path,
                                    const struct info_change *change, struct arena *arena,
                                    struct span *ret, struct diag_list *diags);

#endif
