#include "manifests/checks/checks.h"

static void make_variants(struct checks *checks)
{
    const struct manifest *manifest = checks->manifest;
    const struct manifest_memory **variants =
        ARENA_ARRAY(checks->arena, const struct manifest_memory *, manifest->image_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < manifest->image_count; i++) {
        if (manifest->images[i].is_built)
            variants[count++] =
                manifest_image_memories(manifest, &manifest->images[i], checks->arena);
    }
    if (count == 0)
        variants[count++] = manifest->memories;
    checks->variants = variants;
    checks->variant_count = count;
}

void checks_run(const struct manifest *manifest, struct arena *arena, struct diag_list *diags)
{
    struct checks checks = {.manifest = manifest, .arena = arena, .diags = diags};
    make_variants(&checks);
    check_memories(&checks);
    check_blocks(&checks);
    check_calls(&checks);
    check_interrupts(&checks);
    check_grants(&checks);
    check_slots(&checks);
    check_symbols(&checks);
}
