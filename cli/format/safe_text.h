/* Names of symbols and files as text that is safe to show. */
#ifndef CLI_FORMAT_SAFE_TEXT_H
#define CLI_FORMAT_SAFE_TEXT_H

#include "base/arena.h"

#include <stdint.h>

/* The text with each byte that is a control character, sets the direction of text, or is no part of
 * valid UTF-8, as \xNN. The same pointer when there is no such byte.
 * Source: Unicode 15, table 3-7; UAX 9, 2. */
const char *report_safe_text(struct arena *arena, const char *text);

/* The bytes of the character of UTF-8 that begins `left` >= 1 bytes; 0: none, or a control one. */
size_t report_safe_utf8(const uint8_t *at, size_t left);

#endif
