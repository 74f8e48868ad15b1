/* The texts and images that a built slot is written as, to its folder and into its archive. */
#ifndef CLI_IMAGE_FILES_H
#define CLI_IMAGE_FILES_H

#include "cli/build.h"

struct image_files {
    struct span elf; /* image.elf */
    struct span bin; /* image.bin: always made, the archive's digest is of it */
    struct span hex; /* image.hex; empty when not asked for */
    const char *layout_json;
    const char *report_text;
    const char *report_html;
    const char *id; /* as printed */
};

struct image_files image_files_of(const struct built_slot *built, struct arena *arena);

#endif
