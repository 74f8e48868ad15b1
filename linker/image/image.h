/* The image: the loaded bytes of the kernel and of all tasks together, and the forms it is written
 * in. */
#ifndef LINKER_IMAGE_IMAGE_H
#define LINKER_IMAGE_IMAGE_H

#include "linker/link/linked.h"

#include "layout/model/request.h"

enum { IMAGE_SPAN_LIMIT = 256 << 20 };

/* Bytes that belong to one owner. */
struct image_part {
    const char *owner; /* "kernel", a task's name, "info" */
    uint64_t addr;
    uint8_t *data;
    size_t bytes;
    bool is_executable;
    const char *section; /* its name in image.elf; NULL: follows from the owner */
};

struct image {
    struct image_part *parts; /* ascending by addr, disjoint, none empty */
    size_t part_count;
    /* in the kernel's code memory: lowest loaded address, and the one after the highest. Parts in
     * other memories lie outside. */
    uint64_t base, end;
    uint64_t entry;
    uint16_t machine;
    uint32_t flags;       /* e_flags */
    uint64_t header_addr; /* of imgbuild_image; 0 with has_header false */
    bool has_header;
};

/* One program of an image, or other bytes: the info block, with linked NULL. */
struct image_source {
    const char *owner;
    const struct linked *linked;
    uint64_t addr; /* of other bytes */
    struct span bytes;
};

struct image_request {
    /* [0] is the kernel: entry, machine and flags are its own */
    const struct image_source *sources;
    size_t source_count;
    /* the code memories of this image: all bytes must lie in them; disjoint, or the same */
    const struct layout_range *code;
    size_t code_count;
    uint64_t header_addr; /* address of imgbuild_image */
    bool has_header;
};

/* Collects the bytes of all sources; they are copied, so that image_patch() can change them.
 * Errors: image-overlap (names both owners), image-outside-code-memory, image-empty,
 *         image-too-sparse (more than IMAGE_SPAN_LIMIT bytes from base to end). */
MUST_CHECK bool image_collect(struct arena *arena, const struct image_request *request,
                              struct image *ret, struct diag_list *diags);

/* Replaces bytes; false when they are not all loaded. */
MUST_CHECK bool image_patch(struct image *image, uint64_t addr, struct span bytes);

/* The image as an executable: for each part one PT_LOAD (p_vaddr = p_paddr) and one PROGBITS
 * section, named after its owner, or as it was read; symbols __image_base, __image_end and, with a
 * header, imgbuild_image. */
struct span image_elf(struct arena *arena, const struct image *image);

/* A copy of an ELF file with loaded bytes replaced, wherever its segments hold them.
 * Errors: linked-malformed, linked-not-loaded. */
MUST_CHECK bool image_patch_elf(struct arena *arena, struct span elf, const char *path,
                                uint64_t addr, struct span bytes, struct span *ret,
                                struct diag_list *diags);

#endif
