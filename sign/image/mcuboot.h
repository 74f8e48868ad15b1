/* The image with what MCUboot, a boot loader, wants around it.
 *
 *   file      = header { erased } body protected records
 *   header    = magic 0x96f3b83d, u32 load address, u16 size of header and erased bytes, u16 size
 * of `protected`, u32 size of the body, u32 flags, u8 major, u8 minor, u16 revision, u32 build
 * number 0, u32 0 protected = u16 0x6908, u16 size of all of it, record 0x50: u32 security counter
 *   records   = u16 0x6907, u16 size of all of it, record 0x10: SHA-256 of all before `records`;
 *               and when signed, record 0x01: SHA-256 of the public key (EC: SubjectPublicKeyInfo,
 *               RSA: RSAPublicKey), record 0x22 (ECDSA P-256, DER) or 0x23 (RSA-3072 PSS): the
 *               signature over the same bytes as the digest
 *   record    = u8 type, u8 0, u16 size of the content, content
 *
 * All numbers little-endian. No trailer is written: MCUboot writes its own.
 * Source: MCUboot, docs/design.md, "Image format". */
#ifndef SIGN_IMAGE_MCUBOOT_H
#define SIGN_IMAGE_MCUBOOT_H

#include "sign/digest/digest.h"
#include "sign/keys/signature.h"

enum {
    MCUBOOT_HEADER_BYTES_LEAST = 32,
    MCUBOOT_RECORDS_BYTES_MOST = 476 /* protected and other records, with the largest signature */
};

struct mcuboot_image {
    uint32_t header_bytes; /* with the erased ones: from MCUBOOT_HEADER_BYTES_LEAST to 65535 */
    bool is_fixed;         /* runs at one address only: flag 0x100, and load_addr counts */
    uint32_t load_addr;    /* 0 unless is_fixed */
    uint8_t erased;
    uint8_t major, minor;
    uint16_t patch;
    uint32_t security_counter;
    struct span body; /* below 2^32 bytes */
};

/* Header, body and protected records: what is hashed and signed. */
struct span mcuboot_message(const struct mcuboot_image *image, struct arena *arena);

/* Whether MCUboot knows signatures of such a key.
 * Errors: mcuboot-key. */
MUST_CHECK bool mcuboot_check_key(const struct public_key *key, struct source_pos named_at,
                                  struct diag_list *diags);

/* The whole file.
 * Shape:  key and signature: by that key over `message`; both NULL: unsigned. The key passed
 *         mcuboot_check_key(). */
struct span mcuboot_file(struct span message, const struct public_key *key,
                         const struct signature *signature, struct arena *arena);

/* Reads a file of exactly this form, its digest checked; a signature is not.
 * Shape:  ret->body points into `file`; erased is 0xff when the header has no erased bytes.
 * Errors: mcuboot-form, mcuboot-digest. *ret and *ret_is_signed are untouched on failure. */
MUST_CHECK bool mcuboot_read(struct span file, struct source_pos named_at, struct arena *arena,
                             struct mcuboot_image *ret, bool *ret_is_signed,
                             struct diag_list *diags);

/* The hash of the key in a signed file.
 * Shape:  mcuboot_read() gave `image`, and that it is signed. */
struct digest mcuboot_key_hash(struct span file, const struct mcuboot_image *image);

/* Whether a signed file is signed by this key.
 * Shape:  as above; the key passed mcuboot_check_key().
 * Errors: mcuboot-other-key (the hash, or the kind of the signature, is that of another), those of
 *         signature_verify. */
MUST_CHECK bool mcuboot_verify(struct span file, const struct mcuboot_image *image,
                               const struct public_key *key, struct source_pos named_at,
                               struct diag_list *diags);

#endif
