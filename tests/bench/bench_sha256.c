/* Reads a file and computes its SHA-256 once, with the library that imgbuild uses: what signing and
 * verifying an archive are compared with. */
#include "base/file.h"
#include "sign/digest/digest.h"

#include <stdio.h>
#include <stdlib.h>

static void out_of_memory(void)
{
    abort();
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    struct span bytes;
    int status = EXIT_FAILURE;
    if (argc != 2) {
        fprintf(stderr, "usage: bench_sha256 FILE\n");
    } else if (!file_read(arena, argv[1], UINT32_MAX, NOWHERE, &bytes, &diags)) {
        fprintf(stderr, "bench_sha256: %s\n", diags.items[0].message);
    } else {
        const struct digest digest = digest_of(bytes);
        printf("%s  %s\n", digest_hex(&digest, arena), argv[1]);
        status = EXIT_SUCCESS;
    }
    arena_destroy(arena);
    return status;
}
