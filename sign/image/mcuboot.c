#include "sign/image/mcuboot.h"

#include "base/buffer.h"

#include <assert.h>
#include <string.h>

enum {
    PROTECTED_MAGIC = 0x6908,
    RECORDS_MAGIC = 0x6907,
    RECORDS_HEADER_BYTES = 4, /* magic and size */
    RECORD_HEADER_BYTES = 4,  /* type, 0 and size */
    COUNTER_BYTES = 4,
    PROTECTED_BYTES = RECORDS_HEADER_BYTES + RECORD_HEADER_BYTES + COUNTER_BYTES,
    FLAG_ROM_FIXED = 0x100,
    ERASED_ONES = 0xff,
    RSA_3072_BYTES = 384,
};

enum record_type {
    RECORD_KEY_HASH = 0x01,
    RECORD_SHA256 = 0x10,
    RECORD_ECDSA = 0x22,
    RECORD_RSA_3072_PSS = 0x23,
    RECORD_SECURITY_COUNTER = 0x50,
};

/* Where the header's fields lie. */
enum {
    OFF_MAGIC = 0,
    OFF_LOAD_ADDR = 4,
    OFF_HEADER_BYTES = 8,
    OFF_PROTECTED_BYTES = 10,
    OFF_BODY_BYTES = 12,
    OFF_FLAGS = 16,
    OFF_MAJOR = 20,
    OFF_MINOR = 21,
    OFF_PATCH = 22,
};

static const uint32_t HEADER_MAGIC = 0x96f3b83d;

_Static_assert(MCUBOOT_RECORDS_BYTES_MOST == PROTECTED_BYTES + RECORDS_HEADER_BYTES +
                                                 3 * RECORD_HEADER_BYTES + 2 * DIGEST_BYTES +
                                                 RSA_3072_BYTES,
               "the largest signature that MCUboot takes is one of RSA-3072");

/* ---- writing ---- */

static void append_header(struct buffer *to, const struct mcuboot_image *image)
{
    buffer_append_u32(to, HEADER_MAGIC);
    buffer_append_u32(to, image->is_fixed ? image->load_addr : 0);
    buffer_append_u16(to, (uint16_t)image->header_bytes);
    buffer_append_u16(to, PROTECTED_BYTES);
    buffer_append_u32(to, (uint32_t)image->body.bytes);
    buffer_append_u32(to, image->is_fixed ? FLAG_ROM_FIXED : 0);
    buffer_append_byte(to, image->major);
    buffer_append_byte(to, image->minor);
    buffer_append_u16(to, image->patch);
    buffer_append_u32(to, 0); /* build number */
    buffer_append_u32(to, 0);
    buffer_fill(to, image->erased, image->header_bytes - MCUBOOT_HEADER_BYTES_LEAST);
}

static void append_record(struct buffer *to, enum record_type type, struct span content)
{
    buffer_append_byte(to, (uint8_t)type);
    buffer_append_byte(to, 0);
    buffer_append_u16(to, (uint16_t)content.bytes);
    buffer_append_span(to, content);
}

struct span mcuboot_message(const struct mcuboot_image *image, struct arena *arena)
{
    assert(image->header_bytes >= MCUBOOT_HEADER_BYTES_LEAST && image->header_bytes <= UINT16_MAX &&
           image->body.bytes <= UINT32_MAX);
    struct buffer counter = buffer_in(arena);
    buffer_append_u32(&counter, image->security_counter);
    struct buffer message = buffer_in(arena);
    append_header(&message, image);
    buffer_append_span(&message, image->body);
    buffer_append_u16(&message, PROTECTED_MAGIC);
    buffer_append_u16(&message, PROTECTED_BYTES);
    append_record(&message, RECORD_SECURITY_COUNTER, buffer_span(&counter));
    return buffer_span(&message);
}

/* The type of the record for a key's signatures; false: MCUboot knows none. */
static bool signature_type(enum key_kind kind, enum record_type *ret)
{
    switch (kind) {
    case KEY_P256:
        *ret = RECORD_ECDSA;
        return true;
    case KEY_RSA_3072:
        *ret = RECORD_RSA_3072_PSS;
        return true;
    case KEY_P384:
    case KEY_RSA_4096:
        break;
    }
    return false;
}

bool mcuboot_check_key(const struct public_key *key, struct source_pos named_at,
                       struct diag_list *diags)
{
    enum record_type type;
    if (signature_type(key->kind, &type))
        return true;
    diag_error(diags, "mcuboot-key", named_at, "MCUboot does not check signatures by %s keys",
               key_kind_name(key->kind));
    diag_hint(diags, "sign the image with a P-256 or RSA-3072 key");
    return false;
}

static void append_digest(struct buffer *to, enum record_type type, struct span content)
{
    const struct digest digest = digest_of(content);
    append_record(to, type, (struct span){digest.bytes, sizeof digest.bytes});
}

struct span mcuboot_file(struct span message, const struct public_key *key,
                         const struct signature *signature, struct arena *arena)
{
    enum record_type type;
    struct buffer records = buffer_in(arena);
    append_digest(&records, RECORD_SHA256, message);
    if (key != NULL && signature_type(key->kind, &type)) {
        append_digest(&records, RECORD_KEY_HASH, public_key_pkcs1_or_spki(key));
        append_record(&records, type, (struct span){signature->bytes, signature->byte_count});
    }
    struct buffer file = buffer_in(arena);
    buffer_append_span(&file, message);
    buffer_append_u16(&file, RECORDS_MAGIC);
    buffer_append_u16(&file, (uint16_t)(RECORDS_HEADER_BYTES + records.bytes));
    buffer_append_span(&file, buffer_span(&records));
    return buffer_span(&file);
}

/* ---- reading ---- */

static bool form_error(struct source_pos pos, struct diag_list *diags, const char *what)
{
    return diag_error(diags, "mcuboot-form", pos,
                      "this is not an image that imgbuild made for MCUboot: %s", what);
}

/* Takes from the header what the rest must have been made of. */
static bool read_header(struct span file, struct source_pos pos, struct mcuboot_image *ret,
                        struct diag_list *diags)
{
    if (file.bytes < MCUBOOT_HEADER_BYTES_LEAST || span_u32(file, OFF_MAGIC) != HEADER_MAGIC)
        return form_error(pos, diags, "it does not begin with MCUboot's header");
    struct mcuboot_image image = {
        .header_bytes = span_u16(file, OFF_HEADER_BYTES),
        .is_fixed = span_u32(file, OFF_FLAGS) == FLAG_ROM_FIXED,
        .load_addr = span_u32(file, OFF_LOAD_ADDR),
        .erased = ERASED_ONES,
        .major = file.data[OFF_MAJOR],
        .minor = file.data[OFF_MINOR],
        .patch = span_u16(file, OFF_PATCH),
    };
    const uint64_t body_bytes = span_u32(file, OFF_BODY_BYTES);
    struct span counter;
    if (image.header_bytes < MCUBOOT_HEADER_BYTES_LEAST ||
        !span_part(file, image.header_bytes, body_bytes, &image.body) ||
        !span_part(file, image.header_bytes + body_bytes + PROTECTED_BYTES - COUNTER_BYTES,
                   COUNTER_BYTES, &counter))
        return form_error(pos, diags, "its sizes reach beyond its end");
    if (image.header_bytes > MCUBOOT_HEADER_BYTES_LEAST)
        image.erased = file.data[MCUBOOT_HEADER_BYTES_LEAST];
    image.security_counter = span_u32(counter, 0);
    *ret = image;
    return true;
}

/* Two more records: a digest of a key and a signature. */
static bool is_signature(struct span records)
{
    enum { KEY_HASH_BYTES = RECORD_HEADER_BYTES + DIGEST_BYTES };
    struct span signature;
    if (!span_part(records, KEY_HASH_BYTES, RECORD_HEADER_BYTES, &signature) ||
        records.data[0] != RECORD_KEY_HASH || records.data[1] != 0 ||
        span_u16(records, 2) != DIGEST_BYTES || signature.data[1] != 0)
        return false;
    const size_t bytes = KEY_HASH_BYTES + RECORD_HEADER_BYTES + (size_t)span_u16(signature, 2);
    return (signature.data[0] == RECORD_ECDSA || signature.data[0] == RECORD_RSA_3072_PSS) &&
           bytes == records.bytes;
}

/* What must stand behind `message`: an unsigned file's records, and perhaps a signature's. */
static bool check_records(struct span file, struct span message, struct source_pos pos,
                          struct arena *arena, bool *ret_is_signed, struct diag_list *diags)
{
    enum { UNSIGNED_BYTES = RECORDS_HEADER_BYTES + RECORD_HEADER_BYTES + DIGEST_BYTES };
    const struct span wanted = mcuboot_file(message, NULL, NULL, arena);
    const size_t rest = file.bytes - message.bytes;
    if (rest < UNSIGNED_BYTES)
        return form_error(pos, diags, "it ends before its digest");
    const struct span records = {file.data + message.bytes, rest};
    if (span_u16(records, 0) != RECORDS_MAGIC || span_u16(records, 2) != rest ||
        span_compare((struct span){records.data + RECORDS_HEADER_BYTES, RECORD_HEADER_BYTES},
                     (struct span){wanted.data + message.bytes + RECORDS_HEADER_BYTES,
                                   RECORD_HEADER_BYTES}) != 0)
        return form_error(pos, diags, "its records do not begin with a digest");
    const struct span digest = {records.data + UNSIGNED_BYTES - DIGEST_BYTES, DIGEST_BYTES};
    if (!span_equal(digest, (struct span){wanted.data + wanted.bytes - DIGEST_BYTES, DIGEST_BYTES}))
        return diag_error(diags, "mcuboot-digest", pos,
                          "the digest in it is not that of its bytes");
    const struct span others = {records.data + UNSIGNED_BYTES, rest - UNSIGNED_BYTES};
    if (others.bytes != 0 && !is_signature(others))
        return form_error(pos, diags, "it has records other than one signature's");
    *ret_is_signed = others.bytes != 0;
    return true;
}

bool mcuboot_read(struct span file, struct source_pos named_at, struct arena *arena,
                  struct mcuboot_image *ret, bool *ret_is_signed, struct diag_list *diags)
{
    struct mcuboot_image image = {.header_bytes = 0};
    if (!read_header(file, named_at, &image, diags))
        return false;
    const struct span message = mcuboot_message(&image, arena);
    struct span front;
    if (!span_part(file, 0, message.bytes, &front) || !span_equal(front, message))
        return form_error(named_at, diags, "its header or protected records hold something else");
    if (!check_records(file, message, named_at, arena, ret_is_signed, diags))
        return false;
    *ret = image;
    return true;
}

/* ---- the signature ---- */

/* Where the record of the key's hash begins: behind the one of the digest. */
static size_t key_hash_off(const struct mcuboot_image *image)
{
    return image->header_bytes + image->body.bytes + PROTECTED_BYTES + RECORDS_HEADER_BYTES +
           RECORD_HEADER_BYTES + DIGEST_BYTES;
}

struct digest mcuboot_key_hash(struct span file, const struct mcuboot_image *image)
{
    struct digest hash;
    memcpy(hash.bytes, file.data + key_hash_off(image) + RECORD_HEADER_BYTES, sizeof hash.bytes);
    return hash;
}

bool mcuboot_verify(struct span file, const struct mcuboot_image *image,
                    const struct public_key *key, struct source_pos named_at,
                    struct diag_list *diags)
{
    const size_t record = key_hash_off(image) + RECORD_HEADER_BYTES + DIGEST_BYTES;
    const size_t message_bytes = image->header_bytes + image->body.bytes + PROTECTED_BYTES;
    const struct span message = {file.data, message_bytes};
    const struct span signature = {file.data + record + RECORD_HEADER_BYTES,
                                   file.bytes - record - RECORD_HEADER_BYTES};
    const struct digest wanted = digest_of(public_key_pkcs1_or_spki(key));
    const struct digest hash = mcuboot_key_hash(file, image);
    enum record_type type;
    if (!signature_type(key->kind, &type) || file.data[record] != type ||
        !digest_equal(&hash, &wanted))
        return diag_error(diags, "mcuboot-other-key", named_at,
                          "MCUboot's signature in it is by another key");
    return signature_verify(key, message, signature, named_at, diags);
}
