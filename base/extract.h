/* Writing files that somebody else named, into a folder and nowhere else. */
#ifndef BASE_EXTRACT_H
#define BASE_EXTRACT_H

#include "base/diag.h"
#include "base/span.h"

struct extract_file {
    const char *name; /* relative; parts joined by '/' */
    struct span content;
};

/* Writes files below a folder, which is made when it is not there, with the folders between. No
 * symbolic link inside the folder is followed, and nothing that is there is replaced. Each file
 * appears whole, under its name at once. After a failure everything that was made is gone again.
 * Shape:  names have no empty, "." or ".." part and are not absolute (checked again here), unique.
 * Errors: extract-name; extract-exists (for each file that is there already: then nothing is
 *         written), extract-not-folder (a file or a symbolic link stands where a folder is needed),
 *         folder-not-made, file-not-written, interrupted. */
MUST_CHECK bool extract_files(struct arena *arena, const char *folder,
                              const struct extract_file *files, size_t count,
                              struct diag_list *diags);

#endif
