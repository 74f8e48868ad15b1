/* The text files and images of a built slot, as written to its folder and into its archive. */
#ifndef CLI_BUILD_BUILD_FILES_H
#define CLI_BUILD_BUILD_FILES_H

#include "cli/build/build.h"

struct build_files {
    struct span elf;    /* image.elf */
    struct span bin;    /* image.bin: always made: the archive's digest covers it */
    struct span *forms; /* as image_forms; empty: neither the folder nor the archive has it */
    const char *layout_json;
    const char *report_json;
    const char *report_text;
    const char *report_html;
    const char *id; /* as printed */
};

/* Errors: those of the image's signer. */
MUST_CHECK bool build_files_of(struct build *build, const struct built_slot *built,
                               struct build_files *ret);

#endif
