/* Characters that show nothing, and change how what stands beside them is shown. */
#ifndef BASE_HIDDEN_TEXT_H
#define BASE_HIDDEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character has that a text in UTF-8 begins with, if it is a control, or one
 * that joins, separates, directs or tags text without being seen; else 0, and for bytes that are no
 * UTF-8.
 * Shape:  ends with a zero byte.
 * Source: Unicode 15, general categories Cc, Cf, Zl and Zp; tab and line feed are controls too. */
size_t hidden_text_bytes(const uint8_t *text);

/* Whether a text has one of them. */
bool hidden_text_is_in(const char *text);

#endif
