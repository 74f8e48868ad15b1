#include "cli/signing/public_file.h"

#include "base/file.h"
#include "sign/certificates/chain.h"
#include "sign/keys/pem.h"
#include "sign/keys/public_key.h"
#include "sign/keys/secret.h"

static bool is_private(const char *path, struct diag_list *diags)
{
    diag_error(diags, "key-is-private", (struct source_pos){path, 0, 0},
               "this file holds a private key: expected a public key or a certificate");
    diag_hint(diags, "extract the public key with `openssl pkey -pubout`");
    return false;
}

/* The bytes are in one place only, which is wiped unless the caller gets them. */
bool public_file_read(const char *path, struct arena *arena, struct span *ret,
                      struct diag_list *diags)
{
    const size_t capacity = KEY_FILE_BYTES_MOST + 1;
    uint8_t *text = arena_alloc(arena, capacity, 1);
    struct span read = {text, 0};
    bool ok = file_read_secret(path, text, capacity, NOWHERE, &read.bytes, diags);
    if (ok && pem_mentions_private(read))
        ok = is_private(path, diags);
    if (ok)
        *ret = read;
    else
        secret_wipe(text, capacity);
    return ok;
}

bool public_file_read_chain(const char *path, struct arena *arena, struct span *ret,
                            struct diag_list *diags)
{
    const struct source_pos named_at = {path, 0, 0};
    struct span pem;
    struct chain chain;
    if (!public_file_read(path, arena, &pem, diags) ||
        !chain_read(pem, named_at, arena, &chain, diags) ||
        !chain_check_links(&chain, named_at, arena, diags))
        return false;
    *ret = pem;
    return true;
}
