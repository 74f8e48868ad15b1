/* The text files and images of a built slot, as written to its folder and into its archive. */
#ifndef CLI_BUILD_IMAGE_FILES_H
#define CLI_BUILD_IMAGE_FILES_H

#include "cli/build/build.h"

/* Also in the header record of image.srec. */
#define IMAGE_SREC_NAME "image.srec"

struct image_files {
    struct span elf; /* image.elf */
    struct span bin; /* image.bin: always made: the archive's digest covers it */
    /* the next ones are empty unless asked for */
    struct span hex;     /* image.hex */
    struct span srec;    /* image.srec */
    struct span mcuboot; /* image.mcuboot.bin */
    struct span uf2;     /* image.uf2 */
    const char *layout_json;
    const char *report_json;
    const char *report_text;
    const char *report_html;
    const char *id; /* as printed */
};

struct image_files image_files_of(struct build *build, const struct built_slot *built);

#endif
