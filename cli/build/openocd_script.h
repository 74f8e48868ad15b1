/* debug/openocd.cfg: flashes and verifies the image with OpenOCD. */
#ifndef CLI_BUILD_OPENOCD_SCRIPT_H
#define CLI_BUILD_OPENOCD_SCRIPT_H

#include "cli/build/build.h"

/* Where image.elf is, relative to the folder of the script. */
#define OPENOCD_FROM_BUILD_FOLDER   "../image.elf"
#define OPENOCD_FROM_ARCHIVE_FOLDER "../image/image.elf"

/* The text of the script; `image` is one of the above. */
const char *openocd_script_text(const struct built_slot *built, const char *image,
                                struct arena *arena);

#endif
