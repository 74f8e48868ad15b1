/* Reads arbitrary bytes as a board file, without access to files. Whatever is accepted must be
 * shown as text that is accepted again, and shown again as the same text. */
#include "manifests/board.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void exhausted(void)
{
    abort();
}

static bool load(struct arena *arena, struct span text, struct manifest *ret)
{
    const struct manifest_options options = {.scope = MANIFEST_FOR_PLAN};
    struct diag_list diags = diag_list_in(arena);
    const bool loaded = board_load_text(arena, "fuzz.yaml", text, &options, ret, &diags);
    if (loaded != (diags.error_count == 0))
        abort(); /* refused without a word, or accepted in spite of an error */
    return loaded;
}

static void check_round_trip(struct arena *arena, const struct manifest *manifest)
{
    struct manifest again;
    const char *shown = manifest_show(manifest, MANIFEST_PLAIN, arena);
    if (!load(arena, span_of_text(shown), &again) ||
        strcmp(shown, manifest_show(&again, MANIFEST_PLAIN, arena)) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(exhausted);
    struct manifest manifest;
    if (load(arena, (struct span){data, bytes}, &manifest)) {
        check_round_trip(arena, &manifest);
        for (size_t i = 0; i < manifest.image_count; i++)
            (void)manifest_image_memories(&manifest, &manifest.images[i], arena);
    }
    arena_destroy(arena);
    return 0;
}
