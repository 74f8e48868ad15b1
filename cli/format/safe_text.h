/* Names of symbols and files as text that is safe to display. */
#ifndef CLI_FORMAT_SAFE_TEXT_H
#define CLI_FORMAT_SAFE_TEXT_H

#include "base/arena.h"

#include <stdint.h>

/* The text with each byte of a control character, of a text direction character, or of invalid
 * UTF-8 written as \xNN. The same pointer when there is no such byte.
 * Source: Unicode 15, table 3-7; UAX 9, 2. */
const char *report_safe_text(struct arena *arena, const char *text);

/* The length of the UTF-8 character at the start of `left` >= 1 bytes; 0: invalid, or a control
 * character. */
size_t report_safe_utf8(const uint8_t *at, size_t left);

#endif
