/* Checksums against accidents, not against people. */
#ifndef SIGN_DIGEST_CRC_H
#define SIGN_DIGEST_CRC_H

#include "base/span.h"

/* The CRC-32 of zip members.
 * Source: APPNOTE.TXT 6.3.3, 4.4.7 (reflected polynomial 0xEDB88320). */
uint32_t crc32_of(struct span content);

/* CRC-32C, of chunks in an info block.
 * Source: RFC 3720, 12.1 (reflected polynomial 0x82F63B78). */
uint32_t crc32c_of(struct span content);

#endif
