/* Text of others as a terminal may show it: the only place that knows which characters it may not.
 *
 * A character can be shown when it is valid UTF-8, and neither a control nor one that joins,
 * separates, directs or tags text without being seen.
 * Source: Unicode 15, table 3-7 and general categories Cc, Cf, Zl and Zp; UAX 9, 2. */
#ifndef BASE_SHOWN_TEXT_H
#define BASE_SHOWN_TEXT_H

#include "base/arena.h"
#include "base/span.h"

/* Which line ends and tabs are the writer's own, and stay as they are. */
enum shown_layout {
    SHOWN_WORD, /* none: a name, or part of a line */
    SHOWN_LINE, /* tabs: a line of a file */
    SHOWN_LINES /* tabs and line feeds: a text of several lines */
};

/* The bytes of the character that `left` >= 1 bytes begin with; 0: it cannot be shown. */
size_t shown_text_bytes(const uint8_t *at, size_t left);

/* The character of valid UTF-8 that `left` >= 1 bytes begin with, whether it can be shown or not,
 * and its bytes; 0 bytes, with *ret_character untouched: the first byte begins none. */
size_t shown_text_decode(const uint8_t *at, size_t left, uint32_t *ret_character);

/* Whether all of a text can be shown. */
bool shown_text_is_plain(const char *text);

/* The text with each byte of what cannot be shown as \xNN. The same pointer when there is none. */
const char *shown_text(struct arena *arena, const char *text);

/* The same of bytes, which may contain NUL. */
const char *shown_text_of_span(struct arena *arena, struct span text, enum shown_layout layout);

#endif
