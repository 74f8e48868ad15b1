/* What is wrong with the input: located, coded messages, collected in a list.
 *
 * Library code appends and returns false; only the command line prints. A pass reports all it
 * finds.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

/* Where a value was written. Lines and columns count from 1, columns in code points. */
struct source_pos {
    const char *file; /* as the user named it; NULL: no file */
    uint32_t line;    /* 0: the file as a whole */
    uint32_t column;  /* 0: the line as a whole */
};

#define NOWHERE ((struct source_pos){0})

struct diag {
    enum diag_level level;
    const char *code; /* stable, such as "layout-no-fit" */
    struct source_pos pos;
    const char *message; /* one line, no full stop */
    const char *hint;    /* what to do, or NULL */
    const char *quote;   /* the words of another program, several lines, or NULL */
};

struct diag_list {
    struct arena *arena; /* holds every text */
    struct diag *items;
    size_t count;
    size_t capacity;
    size_t error_count;
};

struct diag_list diag_list_in(struct arena *arena);

/* Appends a diagnostic. `code` must outlive the list; pos.file too. */
void diag_add(struct diag_list *list, enum diag_level level, const char *code,
              struct source_pos pos, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Appends an error and returns false, so that a check can end with `return diag_error(…)`. */
bool diag_error(struct diag_list *list, const char *code, struct source_pos pos, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* Sets the hint, or the quote, of the diagnostic that was added last. */
void diag_hint(struct diag_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_quote(struct diag_list *list, const char *text);

/* Sorts by file, line and column and drops exact repetitions; diagnostics without a position come
 * last, in the order in which they were added. Files are ordered by their first diagnostic. */
void diag_sort(struct diag_list *list);

/* A word of `words` close enough to `word` to be meant by it, or NULL. */
const char *diag_nearest(const char *word, const char *const *words, size_t count);

#endif
