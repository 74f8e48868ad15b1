#include "sign/certificates/certificate.h"

#include "sign/keys/pem.h"
#include "sign/keys/public_key.h"

#include "base/buffer.h"

#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* newer versions hide the fields that are read here */
#include <mbedtls/oid.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#include <string.h>

#define CERTIFICATE_LABEL "CERTIFICATE"
#define REVOCATION_LABEL  "X509 CRL"

/* RSA of 4096 bits with the usual exponent takes 550 bytes. Whoever hands over a chain could make
 * each check take seconds with larger numbers, the exponent's too. */
enum { SPKI_BYTES_MOST = 550 };

/* Which keys and digests may stand behind a signature on a certificate or a list. */
static const mbedtls_x509_crt_profile profile = {
    .allowed_mds = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    .allowed_pks = MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA) | MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSASSA_PSS),
    .allowed_curves = MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    .rsa_min_bitlen = 2048};

/* ---- times and names ---- */

/* Days from 1970 to the first of March of a year, in which leap days come last. */
static int64_t days_to_march(int64_t year)
{
    enum { DAYS_FROM_YEAR_0_TO_1970 = 719468 };
    return 365 * year + year / 4 - year / 100 + year / 400 - DAYS_FROM_YEAR_0_TO_1970;
}

/* The library has checked that it is a date of the years 0 to 9999. */
static int64_t unix_time(const mbedtls_x509_time *time)
{
    const bool is_early = time->mon < 3; /* January and February belong to the year before */
    const int64_t year = is_early ? time->year - 1 : time->year;
    const int64_t month = is_early ? time->mon + 9 : time->mon - 3;
    const int64_t days = days_to_march(year) + (153 * month + 2) / 5 + time->day - 1;
    return ((days * 24 + time->hour) * 60 + time->min) * 60 + time->sec;
}

static void append_hex(struct buffer *to, struct span bytes)
{
    for (size_t i = 0; i < bytes.bytes; i++)
        buffer_format(to, "%02X", (unsigned)bytes.data[i]);
}

/* A text value: special characters after a backslash, others than printable ASCII as hex digits. */
static void append_value(struct buffer *to, struct span value)
{
    for (size_t i = 0; i < value.bytes; i++) {
        const uint8_t byte = value.data[i];
        const bool is_first = i == 0, is_last = i + 1 == value.bytes;
        if (byte < ' ' || byte > '~')
            buffer_format(to, "\\%02X", (unsigned)byte);
        else if (strchr(",+\"\\<>;", byte) != NULL || (byte == ' ' && (is_first || is_last)) ||
                 (byte == '#' && is_first))
            buffer_format(to, "\\%c", byte);
        else
            buffer_append_byte(to, byte);
    }
}

static bool is_plain_text(int tag)
{
    return tag == MBEDTLS_ASN1_UTF8_STRING || tag == MBEDTLS_ASN1_PRINTABLE_STRING ||
           tag == MBEDTLS_ASN1_IA5_STRING;
}

/* "CN=text", or the value's DER in hex where its type has no name or it is no plain text. */
static void append_part(struct buffer *to, const mbedtls_x509_name *name)
{
    enum { OID_TEXT_BYTES = 256 };
    char oid[OID_TEXT_BYTES];
    const char *type = NULL;
    const bool is_known = mbedtls_oid_get_attr_short_name(&name->oid, &type) == 0;
    if (is_known)
        buffer_append_text(to, type);
    else if (mbedtls_oid_get_numeric_string(oid, sizeof oid, &name->oid) > 0)
        buffer_append_text(to, oid);
    else /* no number that fits: its bytes, which no other type has */
        append_hex(to, (struct span){name->oid.p, name->oid.len});
    buffer_append_byte(to, '=');
    const struct span value = {name->val.p, name->val.len};
    if (is_known && is_plain_text(name->val.tag)) {
        append_value(to, value);
        return;
    }
    const uint8_t *der = name->oid.p + name->oid.len; /* the value follows its type */
    buffer_append_byte(to, '#');
    append_hex(to, (struct span){der, (size_t)(value.data + value.bytes - der)});
}

/* The parts in reverse, ',' between those that stand one after the other and '+' between those of
 * one set. */
static const char *name_text(const mbedtls_x509_name *name, struct arena *arena)
{
    size_t count = 0;
    for (const mbedtls_x509_name *part = name; part != NULL; part = part->next)
        count += part->oid.p != NULL;
    const mbedtls_x509_name **parts = ARENA_ARRAY(arena, const mbedtls_x509_name *, count);
    size_t at = count;
    for (const mbedtls_x509_name *part = name; part != NULL; part = part->next)
        if (part->oid.p != NULL)
            parts[--at] = part;
    struct buffer text = buffer_in(arena);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_byte(&text, parts[i]->next_merged ? '+' : ',');
        append_part(&text, parts[i]);
    }
    return buffer_text(&text);
}

/* ---- certificates ---- */

/* A block of a file while it is read. */
struct block_reader {
    const char *code;
    struct source_pos pos; /* of the file as a whole */
    struct arena *arena;
    struct diag_list *diags;
    size_t line; /* in which the block begins; 0: the file is the block */
};

/* Called for extensions that the library does not know, and for policies. */
static int check_extension(void *unknown_oid, const mbedtls_x509_crt *certificate,
                           const mbedtls_x509_buf *oid, int is_critical, const unsigned char *start,
                           const unsigned char *end)
{
    (void)certificate;
    (void)start;
    (void)end;
    if (!is_critical)
        return 0;
    *(mbedtls_x509_buf *)unknown_oid = *oid;
    return MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
}

/* Appends the certificate to a chain; spans of it point into `der`. */
static int parse(mbedtls_x509_crt *chain, struct span der, mbedtls_x509_buf *ret_unknown_oid)
{
    return mbedtls_x509_crt_parse_der_with_ext_cb(chain, der.data, der.bytes, 0, check_extension,
                                                  ret_unknown_oid);
}

static bool has_code_signing(const mbedtls_x509_crt *parsed)
{
    for (const mbedtls_x509_sequence *usage = &parsed->ext_key_usage; usage != NULL;
         usage = usage->next)
        if (usage->buf.p != NULL && MBEDTLS_OID_CMP(MBEDTLS_OID_CODE_SIGNING, &usage->buf) == 0)
            return true;
    return false;
}

/* Equal keys have equal spans, where the key is of a kind that signs archives. */
static struct span one_form_of_key(struct span spki, struct arena *arena)
{
    struct diag_list ignored = diag_list_in(arena);
    struct public_key key;
    return public_key_read_spki(spki, NOWHERE, arena, &key, &ignored) ? key.spki : spki;
}

static struct certificate facts_of(const mbedtls_x509_crt *parsed, struct span der,
                                   struct arena *arena)
{
    const bool has_usage = (parsed->ext_types & MBEDTLS_X509_EXT_KEY_USAGE) != 0;
    const unsigned usage = has_usage ? parsed->key_usage : 0;
    const bool has_extended = (parsed->ext_types & MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE) != 0;
    const struct span spki = {parsed->pk_raw.p, parsed->pk_raw.len};
    return (struct certificate){
        .der = der,
        .issuer = {parsed->issuer_raw.p, parsed->issuer_raw.len},
        .subject = {parsed->subject_raw.p, parsed->subject_raw.len},
        .serial = {parsed->serial.p, parsed->serial.len},
        .spki = one_form_of_key(spki, arena),
        .subject_text = name_text(&parsed->subject, arena),
        .valid_from = unix_time(&parsed->valid_from),
        .valid_to = unix_time(&parsed->valid_to),
        .is_ca =
            (parsed->ext_types & MBEDTLS_X509_EXT_BASIC_CONSTRAINTS) != 0 && parsed->ca_istrue != 0,
        .has_path_limit = parsed->max_pathlen > 0,
        .path_limit = parsed->max_pathlen > 0 ? (unsigned)parsed->max_pathlen - 1 : 0,
        .may_sign_data = (usage & MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0,
        .may_sign_certificates = (usage & MBEDTLS_X509_KU_KEY_CERT_SIGN) != 0,
        .may_sign_lists = (usage & MBEDTLS_X509_KU_CRL_SIGN) != 0,
        .has_extended_usage = has_extended,
        .may_sign_code = has_extended && has_code_signing(parsed)};
}

static bool cannot_be_parsed(const struct block_reader *reader, const mbedtls_x509_buf *unknown_oid)
{
    enum { OID_TEXT_BYTES = 256 };
    char oid[OID_TEXT_BYTES];
    if (unknown_oid->p == NULL)
        return diag_error(
            reader->diags, reader->code, reader->pos,
            "the certificate in line %zu cannot be read, so nothing is taken from the "
            "file",
            reader->line);
    if (mbedtls_oid_get_numeric_string(oid, sizeof oid, unknown_oid) <= 0)
        oid[0] = 0;
    return diag_error(reader->diags, reader->code, reader->pos,
                      "the certificate in line %zu has an unknown critical extension%s%s",
                      reader->line, oid[0] == 0 ? "" : ", ", oid);
}

static bool read_certificate(const struct block_reader *reader, struct span der,
                             struct certificate *ret)
{
    mbedtls_x509_crt parsed;
    mbedtls_x509_buf unknown_oid = {.p = NULL};
    mbedtls_x509_crt_init(&parsed);
    bool ok = parse(&parsed, der, &unknown_oid) == 0 && parsed.raw.len == der.bytes;
    if (ok)
        *ret = facts_of(&parsed, der, reader->arena);
    else
        ok = cannot_be_parsed(reader, &unknown_oid);
    mbedtls_x509_crt_free(&parsed);
    return ok;
}

/* Positions have no line, lest a line of what turns out to be a private key be shown. */
static bool check_label(const struct pem_block *block, const char *label, const char *code,
                        struct source_pos pos, struct diag_list *diags)
{
    if (pem_is(block, label))
        return true;
    if (pem_is_private(block))
        return diag_error(diags, "key-is-private", pos,
                          "line %zu begins a private key, but a %s is expected", block->line,
                          label);
    return diag_error(diags, code, pos, "line %zu begins a %.*s, but a %s is expected", block->line,
                      (int)block->label.bytes, (const char *)block->label.data, label);
}

/* The content of a block of that label, in the arena. */
static bool decode_block(const struct pem_block *block, const char *label,
                         const struct block_reader *reader, struct span *ret)
{
    return check_label(block, label, reader->code, reader->pos, reader->diags) &&
           pem_decode_public(block, reader->code, reader->pos, reader->arena, ret, reader->diags);
}

/* Finds the blocks of a file, of which there must be one at least. */
static bool split(struct span pem, const char *label, const struct block_reader *reader,
                  struct pem_file *ret)
{
    struct pem_file file;
    if (!pem_split(pem, reader->code, reader->pos, reader->arena, &file, reader->diags))
        return false;
    if (file.block_count == 0)
        return diag_error(reader->diags, reader->code, reader->pos, "there is no %s in the file",
                          label);
    *ret = file;
    return true;
}

bool certificate_read_list(struct span pem, const char *code, struct source_pos named_at,
                           struct arena *arena, struct certificate_list *ret,
                           struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    struct block_reader reader = {code, pos, arena, diags, 0};
    struct pem_file file = {NULL, 0};
    struct span der = {NULL, 0};
    if (!split(pem, CERTIFICATE_LABEL, &reader, &file))
        return false;
    struct certificate *items = ARENA_ARRAY(arena, struct certificate, file.block_count);
    for (size_t i = 0; i < file.block_count; i++) {
        reader.line = file.blocks[i].line;
        if (!decode_block(&file.blocks[i], CERTIFICATE_LABEL, &reader, &der) ||
            !read_certificate(&reader, der, &items[i]))
            return false;
    }
    *ret = (struct certificate_list){items, file.block_count};
    return true;
}

/* ---- signatures on certificates ---- */

/* What the library found at the certificate that is farthest from the leaf. */
struct finding {
    int depth;
    uint32_t flags;
};

/* Called from the anchor down. Dates are checked by the caller, against another clock. */
static int note_flags(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct finding *finding = context;
    (void)certificate;
    *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (*flags != 0 && finding->flags == 0)
        *finding = (struct finding){depth, *flags};
    return 0;
}

static const char *flags_text(uint32_t flags)
{
    if ((flags & MBEDTLS_X509_BADCERT_BAD_MD) != 0)
        return "is signed with a digest that is weaker than SHA-256";
    if ((flags & (MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)) != 0)
        return "has, or is signed with, a key that is too weak: P-256, P-384, P-521, or RSA of "
               "2048 bits or more is needed";
    return "is not signed by its issuer's key";
}

const char *certificate_path_objection(const struct certificate *path, size_t count,
                                       const struct certificate *anchor, struct arena *arena)
{
    for (size_t i = 0; i < count; i++)
        if (path[i].spki.bytes > SPKI_BYTES_MOST)
            return arena_format(arena,
                                "the certificate of %s has a key that is too large: RSA of "
                                "at most 4096 bits is allowed",
                                path[i].subject_text);
    mbedtls_x509_crt chain, trusted;
    mbedtls_x509_buf unknown_oid = {.p = NULL};
    struct finding finding = {.flags = 0};
    uint32_t flags = UINT32_MAX;
    const char *objection = "the certificates cannot be checked";
    mbedtls_x509_crt_init(&chain);
    mbedtls_x509_crt_init(&trusted);
    bool ok = parse(&trusted, anchor->der, &unknown_oid) == 0;
    for (size_t i = 0; i < count && ok; i++)
        ok = parse(&chain, path[i].der, &unknown_oid) == 0;
    if (ok) {
        const int status = mbedtls_x509_crt_verify_with_profile(&chain, &trusted, NULL, &profile,
                                                                NULL, &flags, note_flags, &finding);
        if (status == 0 && flags == 0)
            objection = NULL;
        else if (finding.flags != 0 && (size_t)finding.depth < count)
            objection = arena_format(arena, "the certificate of %s %s",
                                     path[finding.depth].subject_text, flags_text(finding.flags));
    }
    mbedtls_x509_crt_free(&trusted);
    mbedtls_x509_crt_free(&chain);
    return objection;
}

/* ---- revocation lists ---- */

/* The library keeps a copy of a list, not the caller's bytes. */
static struct span kept_copy(const mbedtls_x509_buf *bytes, struct arena *arena)
{
    const char *copy = arena_copy_text(arena, (const char *)bytes->p, bytes->len);
    return (struct span){(const uint8_t *)copy, bytes->len};
}

static struct revocation_list list_facts(const mbedtls_x509_crl *parsed, struct span der,
                                         struct arena *arena)
{
    size_t count = 0;
    for (const mbedtls_x509_crl_entry *entry = &parsed->entry; entry != NULL; entry = entry->next)
        count += entry->raw.len != 0;
    struct span *serials = ARENA_ARRAY(arena, struct span, count);
    size_t at = 0;
    for (const mbedtls_x509_crl_entry *entry = &parsed->entry; entry != NULL; entry = entry->next)
        if (entry->raw.len != 0)
            serials[at++] = kept_copy(&entry->serial, arena);
    return (struct revocation_list){.der = der,
                                    .issuer = kept_copy(&parsed->issuer_raw, arena),
                                    .issuer_text = name_text(&parsed->issuer, arena),
                                    .this_update = unix_time(&parsed->this_update),
                                    .next_update = unix_time(&parsed->next_update),
                                    .serials = serials,
                                    .serial_count = count};
}

static bool read_revocations(const struct block_reader *reader, struct span der,
                             struct revocation_list *ret)
{
    mbedtls_x509_crl parsed;
    mbedtls_x509_crl_init(&parsed);
    bool ok = false;
    if (mbedtls_x509_crl_parse_der(&parsed, der.data, der.bytes) != 0)
        diag_error(reader->diags, reader->code, reader->pos,
                   "this is not a revocation list, or one with a critical extension, such as a "
                   "delta list");
    else if (parsed.next_update.year == 0)
        diag_error(reader->diags, reader->code, reader->pos,
                   "the revocation list does not say when the next one is due");
    else {
        *ret = list_facts(&parsed, der, reader->arena);
        ok = true;
    }
    mbedtls_x509_crl_free(&parsed);
    return ok;
}

/* DER begins with the tag of a SEQUENCE, 0x30; no line of a PEM file outside its blocks may begin
 * with that. */
static bool is_der(struct span bytes)
{
    const uint8_t sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
    return bytes.bytes > 0 && bytes.data[0] == sequence;
}

static bool read_revocation_der(const struct block_reader *reader, struct span der,
                                const struct revocation_list **ret, size_t *ret_count)
{
    struct revocation_list *list = ARENA_NEW(reader->arena, struct revocation_list);
    if (!read_revocations(reader, der, list))
        return false;
    *ret = list;
    *ret_count = 1;
    return true;
}

bool revocation_read(struct span bytes, struct source_pos named_at, struct arena *arena,
                     const struct revocation_list **ret, size_t *ret_count, struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    const struct block_reader reader = {"crl-form", pos, arena, diags, 0};
    struct pem_file file = {NULL, 0};
    struct span der = {NULL, 0};
    if (is_der(bytes))
        return read_revocation_der(&reader, bytes, ret, ret_count);
    if (!split(bytes, REVOCATION_LABEL, &reader, &file))
        return false;
    struct revocation_list *lists = ARENA_ARRAY(arena, struct revocation_list, file.block_count);
    for (size_t i = 0; i < file.block_count; i++)
        if (!decode_block(&file.blocks[i], REVOCATION_LABEL, &reader, &der) ||
            !read_revocations(&reader, der, &lists[i]))
            return false;
    *ret = lists;
    *ret_count = file.block_count;
    return true;
}

static bool list_verifies(const mbedtls_x509_crl *list, mbedtls_pk_context *key)
{
    uint8_t digest[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(list->sig_md);
    return md != NULL &&
           (profile.allowed_mds & MBEDTLS_X509_ID_FLAG((uint32_t)list->sig_md)) != 0 &&
           mbedtls_md(md, list->tbs.p, list->tbs.len, digest) == 0 &&
           mbedtls_pk_verify_ext(list->sig_pk, list->sig_opts, key, list->sig_md, digest,
                                 mbedtls_md_get_size(md), list->sig.p, list->sig.len) == 0;
}

bool revocation_is_signed_by(const struct revocation_list *list, const struct certificate *issuer)
{
    mbedtls_x509_crl parsed_list;
    mbedtls_x509_crt parsed_issuer;
    mbedtls_x509_buf unknown_oid = {.p = NULL};
    mbedtls_x509_crl_init(&parsed_list);
    mbedtls_x509_crt_init(&parsed_issuer);
    const bool ok =
        mbedtls_x509_crl_parse_der(&parsed_list, list->der.data, list->der.bytes) == 0 &&
        parse(&parsed_issuer, issuer->der, &unknown_oid) == 0 &&
        list_verifies(&parsed_list, &parsed_issuer.pk);
    mbedtls_x509_crt_free(&parsed_issuer);
    mbedtls_x509_crl_free(&parsed_list);
    return ok;
}

bool revocation_names(const struct revocation_list *list, const struct certificate *certificate)
{
    for (size_t i = 0; i < list->serial_count; i++)
        if (span_equal(list->serials[i], certificate->serial))
            return true;
    return false;
}
