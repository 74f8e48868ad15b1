/* Whether the members of an archive agree: the image, its formats, the programs, and archive.json.
 * Only for an intact archive (sign/archive/archive_verify.h).
 */
#ifndef CLI_ARCHIVE_ARCHIVE_CHECK_H
#define CLI_ARCHIVE_ARCHIVE_CHECK_H

#include "cli/archive/archive_about.h"
#include "cli/image/form_job.h"

#include "sign/archive/archive.h"
#include "sign/keys/public_key.h"

enum archive_check_state {
    ARCHIVE_CHECK_PASSED,
    ARCHIVE_CHECK_FAILED,
    ARCHIVE_CHECK_SKIPPED /* a check it depends on failed, or there is nothing to check */
};

struct archive_check_result {
    const char *name;
    enum archive_check_state state;
};

struct archive_checks {
    const struct archive_check_result *items; /* in a fixed order */
    size_t count;
    bool has_about;
    struct archive_about about;      /* only with has_about */
    struct form_signature signature; /* MCUboot's, inside the image */
};

/* Makes every check it can, even after one has failed.
 * Shape:  path names the archive in messages: "demo-1.0.0.zip/layout.json". image_key: the key that
 *         MCUboot's signature must be by, or NULL: not checked. *ret is always set.
 * Errors: archive-member-missing, those of archive_about_read, image_read, tables_read,
 *         info_block_read and layout_read; image-elf (not as image_elf writes it); header-about
 *         (header and archive.json differ), header-bounds, header-place, header-info; image-id;
 *         image-digest, image-form (an image format holds other bytes); program-malformed,
 *         program-bytes, program-missing, program-unknown, mcuboot-unsigned, those of
 *         mcuboot_verify, image-no-program (loaded bytes that belong to no program); info-about;
 *         layout-about, layout-tables (layout.json and the kernel's tables grant different things).
 */
MUST_CHECK bool archive_check(const struct archive *archive, const char *path,
                              const struct public_key *image_key, struct arena *arena,
                              struct archive_checks *ret, struct diag_list *diags);

/* "passed", "failed", "skipped". */
const char *archive_check_state_name(enum archive_check_state state);

#endif
