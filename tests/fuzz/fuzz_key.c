/* Keys that anybody may have made. What is accepted has one form: a public key written again is the
 * same key, and a private key signs what its public key verifies. */
#include "sign/certificates/public_key_file.h"
#include "sign/keys/pbes2.h"
#include "sign/keys/pem.h"
#include "sign/keys/signature.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { ITERATIONS_MOST = 100 }; /* so that an input takes no seconds */

static void out_of_memory(void)
{
    abort();
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_public(struct span text, struct arena *arena, struct diag_list *diags)
{
    struct public_key key, again;
    if (!public_key_file_read(text, NOWHERE, arena, &key, diags)) {
        check(diags->error_count > 0);
        return;
    }
    check(public_key_file_read(span_of_text(public_key_pem(&key, arena)), NOWHERE, arena, &again,
                               diags));
    check(public_key_equal(&key, &again));
    check(public_key_pkcs1_or_spki(&key).bytes > 0);
}

/* Whether the file asks for more iterations than there is time for. */
static bool is_slow(struct span text, struct arena *arena)
{
    struct diag_list ignored = diag_list_in(arena);
    struct pem_file file;
    struct pbes2 encryption;
    uint8_t *der = arena_alloc(arena, PRIVATE_KEY_BYTES_MOST, 1);
    struct span content = {der, 0};
    return pem_split(text, "key-form", NOWHERE, arena, &file, &ignored) && file.block_count == 1 &&
           pem_decode(&file.blocks[0], "key-form", NOWHERE, der, PRIVATE_KEY_BYTES_MOST,
                      &content.bytes, &ignored) &&
           pbes2_read(content, NOWHERE, arena, &encryption, &ignored) &&
           encryption.iterations > ITERATIONS_MOST;
}

static void check_private(struct span text, struct arena *arena, struct diag_list *diags)
{
    struct private_key key;
    struct signature signature;
    const size_t before = diags->error_count;
    if (is_slow(text, arena))
        return;
    if (!private_key_read(text, span_of_text("x"), NOWHERE, arena, &key, diags)) {
        check(diags->error_count > before);
        return;
    }
    check(signature_make(&key, span_of_text("sample"), &signature, diags));
    check(signature_verify(&key.public, span_of_text("sample"),
                           (struct span){signature.bytes, signature.byte_count}, NOWHERE, diags));
    private_key_wipe(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    const struct span input = {data, bytes};
    check_public(input, arena, &diags);
    check_private(input, arena, &diags);
    /* the same bytes as DER, which a fuzzer changes more easily than base64 */
    check_public(span_of_text(pem_write("PUBLIC KEY", input, arena)), arena, &diags);
    check_private(span_of_text(pem_write("PRIVATE KEY", input, arena)), arena, &diags);
    check_private(span_of_text(pem_write("EC PRIVATE KEY", input, arena)), arena, &diags);
    check_private(span_of_text(pem_write("RSA PRIVATE KEY", input, arena)), arena, &diags);
    check_private(span_of_text(pem_write("ENCRYPTED PRIVATE KEY", input, arena)), arena, &diags);
    arena_destroy(arena);
    return 0;
}
