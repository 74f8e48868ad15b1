#include "sign/certificates/public_key_file.h"

#include "sign/certificates/certificate.h"
#include "sign/keys/key_reading.h"
#include "sign/keys/pem.h"

/* Every certificate of a file has to be readable, so that a damaged one is not passed over. */
static bool read_certificates(const struct key_reading *reading, struct span pem,
                              struct span *ret_spki)
{
    struct certificate_list list;
    if (!certificate_read_list(pem, "key-form", reading->pos, reading->arena, &list,
                               reading->diags))
        return false;
    *ret_spki = list.items[0].spki;
    return true;
}

static bool has_private_key(const struct pem_file *file)
{
    for (size_t i = 0; i < file->block_count; i++) {
        if (pem_is_private(&file->blocks[i]))
            return true;
    }
    return false;
}

static bool wrong_label(const struct key_reading *reading, const struct pem_block *block)
{
    diag_error(reading->diags, "key-form", reading->pos,
               "expected a public key or a certificate, found a %.*s block",
               (int)block->label.bytes, (const char *)block->label.data);
    if (pem_is(block, "RSA PUBLIC KEY"))
        diag_hint(reading->diags,
                  "convert it to a PUBLIC KEY with `openssl rsa -RSAPublicKey_in -pubout`");
    return false;
}

static bool find_spki(const struct key_reading *reading, struct span pem,
                      const struct pem_file *file, struct span *ret_spki)
{
    if (file->block_count == 0)
        return diag_error(reading->diags, "key-empty", reading->pos,
                          "there is no key in this file");
    if (has_private_key(file)) {
        diag_error(reading->diags, "key-is-private", reading->pos,
                   "this is a private key; a public one is needed here");
        diag_hint(reading->diags, "extract the public key with `openssl pkey -pubout`");
        return false;
    }
    if (pem_is(&file->blocks[0], "CERTIFICATE"))
        return read_certificates(reading, pem, ret_spki);
    if (!pem_is(&file->blocks[0], "PUBLIC KEY"))
        return wrong_label(reading, &file->blocks[0]);
    if (file->block_count != 1)
        return key_reading_wrong(
            reading, "there is more than one key in this file; put each in its own file");
    return pem_decode_public(&file->blocks[0], "key-form", reading->pos, reading->arena, ret_spki,
                             reading->diags);
}

bool public_key_file_read(struct span pem, struct source_pos named_at, struct arena *arena,
                          struct public_key *ret, struct diag_list *diags)
{
    const struct key_reading reading = {{.file = named_at.file}, arena, diags};
    struct pem_file file;
    struct span spki = {0};
    return pem_split(pem, "key-form", reading.pos, arena, &file, diags) &&
           find_spki(&reading, pem, &file, &spki) &&
           public_key_read_spki(spki, reading.pos, arena, ret, diags);
}
