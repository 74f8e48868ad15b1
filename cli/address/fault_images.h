/* The images that fault records may come from, found by ID. */
#ifndef CLI_ADDRESS_FAULT_IMAGES_H
#define CLI_ADDRESS_FAULT_IMAGES_H

#include "cli/address/address_book.h"

/* One archive or build folder; opened when needed, and left open if it is the right one.
 */
struct fault_image {
    const char *path, *slot; /* slot: NULL, or the image slot of a build folder */
    bool was_opened, is_usable;
    const char *id;            /* NULL: not opened yet, or unknown */
    struct arena *arena;       /* its own, while it is open */
    struct diag_list *diags;   /* its own too */
    struct address_book *book; /* NULL: not open */
};

struct fault_images {
    struct arena *arena;
    struct diag_list *diags;
    const char *path;
    struct fault_image *items;
    size_t count;
};

/* Lists the images at a path: an archive, a build folder (of one image slot, or with all slots), or
 * a folder of archives.
 * Errors: fault-no-image, file-unreadable. */
MUST_CHECK bool fault_images_list(const char *path, const char *slot, struct arena *arena,
                                  struct fault_images *ret, struct diag_list *diags);

enum fault_match { FAULT_SAME_ID, FAULT_ANY_ID };

/* The open book of the image with an ID. With id NULL (unknown) there must be only one image. With
 * FAULT_ANY_ID a single image is used for every ID, with a warning.
 * Errors: fault-other-image, at `pos`; those of address_book_open for a single image, whose
 *         failures are warnings when there are several. NULL then. */
struct address_book *fault_images_find(struct fault_images *images, const char *id,
                                       enum fault_match match, struct source_pos pos);

/* Closes all books and passes on their diagnostics. */
void fault_images_close(struct fault_images *images);

#endif
