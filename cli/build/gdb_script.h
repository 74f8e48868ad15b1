/* debug/image.gdb: loads the symbols of every program into gdb. */
#ifndef CLI_BUILD_GDB_SCRIPT_H
#define CLI_BUILD_GDB_SCRIPT_H

#include "cli/build/build.h"

/* Where the programs' ELF files are, relative to the folder of image.elf. */
#define GDB_FROM_BUILD_FOLDER   ""
#define GDB_FROM_ARCHIVE_FOLDER "../elf/"

/* The text of the script; `prefix` is one of the above. */
const char *gdb_script_text(const struct built_slot *built, const char *prefix,
                            struct arena *arena);

#endif
