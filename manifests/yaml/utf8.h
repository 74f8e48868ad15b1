/* UTF-8 (RFC 3629), and which code points YAML 1.1 allows in a file. */
#ifndef MANIFESTS_YAML_UTF8_H
#define MANIFESTS_YAML_UTF8_H

#include "base/span.h"

/* Bytes of the well-formed sequence at an offset inside the text, and its code point; 0: there is
 * none. */
size_t utf8_decode(struct span text, size_t offset, uint32_t *ret);

/* YAML 1.1, section 4.1.1: what may stand in a file unescaped. */
bool utf8_is_allowed(uint32_t code_point);

/* Allowed, and no line break or byte order mark: can stand in quotes as it is. */
bool utf8_is_plain(uint32_t code_point);

#endif
