/* The ID that names an image: 8 bytes that cover the kernel, its tables and every task. */
#ifndef SIGN_IMAGE_IMAGE_ID_H
#define SIGN_IMAGE_IMAGE_ID_H

#include "base/diag.h"
#include "base/span.h"

enum { IMAGE_ID_BYTES = 8 };

/* Loaded bytes and where they lie. */
struct image_run {
    uint64_t addr;
    struct span content;
};

/* Half-open. */
struct image_range {
    uint64_t start, end;
};

struct image_id_input {
    const struct image_run *runs; /* ascending, disjoint; they may touch; end at most at 2^32 */
    size_t run_count;
    uint64_t header_addr; /* of imgbuild_image, in which the ID itself stands */
    const struct image_range
        *left_out; /* in any order: info block, headers and trailers of image formats */
    size_t left_out_count;
};

/* Computes the ID: the first 8 bytes of SHA-256 over "imgbuild-id-1\0" and, for each maximal run of
 * contiguous bytes that are not left out, ascending: u32 address, u32 length (little-endian),
 * bytes. The ID field in the header reads as zero.
 * Errors: image-overlap (runs not ascending or not below 2^32), image-no-header (the header is not
 *         wholly among the bytes that count). ret_id is untouched on failure. */
MUST_CHECK bool image_id_compute(const struct image_id_input *input, struct arena *arena,
                                 uint8_t *ret_id, struct diag_list *diags);

/* The 11 characters in which an ID is printed. */
char *image_id_text(const uint8_t *id, struct arena *arena);

/* Reads what image_id_text writes and nothing else. */
MUST_CHECK bool image_id_parse(struct span text, uint8_t *ret_id);

#endif
