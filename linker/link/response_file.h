/* Response files: `@FILE` stands for the words in FILE. */
#ifndef LINKER_LINK_RESPONSE_FILE_H
#define LINKER_LINK_RESPONSE_FILE_H

#include "base/file.h"

/* How a file that a response file names is found. */
enum response_base {
    RESPONSE_IN_CURRENT_FOLDER, /* as compilers and linkers do it */
    RESPONSE_BESIDE_FILE        /* relative to the file that names it */
};

struct response_word {
    const char *text;
    const char *folder; /* of the file that it stands in */
};

struct response_words {
    struct response_word *items;
    size_t count, capacity;
    struct path_list files; /* all that were read */
};

/* Appends the words of the response file at a path, and of those that it names.
 * Shape:  a relative path in ret->items is as written.
 * Errors: file-missing, file-unreadable, file-too-large, build-response-file (files that name each
 *         other, or more words than any command takes).
 * Source: GCC manual, "Overall Options", @file. */
MUST_CHECK bool response_file_read(struct arena *arena, const char *path, struct source_pos pos,
                                   enum response_base base, struct response_words *ret,
                                   struct diag_list *diags);

#endif
