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

/* One bit a check. */
enum check_bit {
    CHECK_MEMORIES = 1 << 0,
    CHECK_BLOCKS = 1 << 1,
    CHECK_CALLS = 1 << 2,
    CHECK_INTERRUPTS = 1 << 3,
    CHECK_GRANTS = 1 << 4,
    CHECK_SLOTS = 1 << 5,
    CHECK_SYMBOLS = 1 << 6
};

struct check {
    enum check_bit bit;
    void (*run)(const struct checks *checks);
    unsigned prerequisites; /* bits of checks that stand above: it runs when they found no error */
};

/* Slots are counted over grants that lie apart and have a region each. */
static const struct check CHECKS[] = {
    {CHECK_MEMORIES, check_memories, 0}, {CHECK_BLOCKS, check_blocks, 0},
    {CHECK_CALLS, check_calls, 0},       {CHECK_INTERRUPTS, check_interrupts, 0},
    {CHECK_GRANTS, check_grants, 0},     {CHECK_SLOTS, check_slots, CHECK_GRANTS},
    {CHECK_SYMBOLS, check_symbols, 0},
};

void checks_run(const struct manifest *manifest, struct arena *arena, struct diag_list *diags)
{
    struct checks checks = {.manifest = manifest, .arena = arena, .diags = diags};
    unsigned passed = 0;
    make_variants(&checks);
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
        const struct check *check = &CHECKS[i];
        const size_t errors = diags->error_count;
        if ((passed & check->prerequisites) != check->prerequisites)
            continue;
        check->run(&checks);
        if (diags->error_count == errors)
            passed |= check->bit;
    }
}
