/* Lines of a file or of standard input, one after the other, as they come. */
#ifndef BASE_INPUT_LINES_H
#define BASE_INPUT_LINES_H

#include "base/diag.h"
#include "base/span.h"

struct input_lines {
    struct arena *arena;
    int handle;
    struct source_pos pos; /* of the line that was given last */
    uint8_t *buffer;
    size_t start, end, capacity; /* what was read and not given yet */
    bool has_ended, has_told, is_owned;
};

enum { INPUT_LINE_BYTES_MOST = 4 << 20 };

/* Opens a file, or with "-" standard input.
 * Errors: file-missing, file-unreadable. */
MUST_CHECK bool input_lines_open(struct arena *arena, const char *path, struct input_lines *ret,
                                 struct diag_list *diags);

enum input_lines_next { INPUT_LINE, INPUT_WAITS, INPUT_END, INPUT_FAILED };

/* The next line, without its end; valid until the next call. INPUT_WAITS: what has been read so far
 * is used up, and the next call waits for more: the moment to show results. A line longer than
 * INPUT_LINE_BYTES_MOST is given in parts.
 * Errors: file-unreadable, interrupted. */
enum input_lines_next input_lines_next(struct input_lines *lines, struct span *ret,
                                       struct diag_list *diags);

void input_lines_close(struct input_lines *lines);

#endif
