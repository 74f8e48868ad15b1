#include "sign/keys/secret.h"

#include <mbedtls/platform_util.h>

/* Deeper than any function of the crypto library that sees a secret goes. */
enum { STACK_BYTES = 32 * 1024 };

void secret_wipe(void *data, size_t bytes)
{
    if (bytes != 0)
        mbedtls_platform_zeroize(data, bytes);
}

__attribute__((noinline)) void secret_wipe_stack(void)
{
    unsigned char used[STACK_BYTES];
    secret_wipe(used, sizeof used);
}
