#include "cli/build/build_key.h"

#include "base/process/process.h"
#include "cli/build/build_sign.h"

#include <string.h>

static void add_text(struct digest_stream *stream, const char *text)
{
    digest_add(stream, (struct span){(const uint8_t *)text, strlen(text) + 1});
}

static bool add_file(struct build *build, struct digest_stream *stream, const char *path)
{
    struct digest digest;
    struct diag_list ignored = diag_list_in(build->arena);
    if (!build_state_digest(build->state, path, &digest, &ignored))
        return false;
    add_text(stream, path);
    digest_add(stream, (struct span){digest.bytes, sizeof digest.bytes});
    return true;
}

/* What is written into the image itself. */
static void add_image_options(struct build *build, struct digest_stream *stream)
{
    for (size_t i = 0; i < build->info.count; i++) {
        const struct info_chunk *chunk = &build->info.chunks[i];
        const struct digest body = digest_of(chunk->body);
        digest_add(stream, (struct span){chunk->tag, sizeof chunk->tag});
        digest_add(stream, (struct span){body.bytes, sizeof body.bytes});
    }
    add_text(stream, "image signed by");
    if (build->image_signer != NULL)
        digest_add(stream, signer_public(build->image_signer)->spki);
}

bool build_key_of(struct build *build, struct digest *ret)
{
    const char *own_path = process_own_path(build->arena);
    struct digest_stream *stream = digest_begin(build->arena);
    add_text(stream, build->tool);
    add_text(stream, build->revision == NULL ? "" : build->revision);
    for (size_t i = 0; i < build->variable_count; i++)
        add_text(stream, build->variables[i]);
    add_text(stream, build_sign_key_text(build));
    add_image_options(build, stream);
    const struct layout_lock_policy *policy = &build->lock.policy;
    add_text(stream,
             arena_format(build->arena, "lock %d %d %llu %llu", (int)build->lock.locking,
                          (int)policy->is_strict, (unsigned long long)policy->budget_per_mille,
                          (unsigned long long)policy->headroom_per_mille));
    bool ok = (own_path == NULL || add_file(build, stream, own_path)) &&
              add_file(build, stream, build->linker_path) &&
              (build->lock.root == NULL || add_file(build, stream, build->lock.path));
    for (size_t i = 0; ok && i < build->manifest->files.count; i++)
        ok = add_file(build, stream, build->manifest->files.items[i]);
    for (size_t i = 0; ok && i < build->programs.count; i++) {
        const struct program *program = &build->programs.items[i].program;
        for (size_t k = 0; ok && k < program->object_count; k++)
            ok = add_file(build, stream, program->objects[k]);
        for (size_t k = 0; ok && k < program->library_count; k++)
            ok = add_file(build, stream, program->libraries[k]);
        add_text(stream, program->name);
    }
    const struct digest key = digest_end(stream);
    if (ok)
        *ret = key;
    return ok;
}

bool build_key_covers_all(const struct build *build)
{
    if (process_own_path(build->arena) == NULL || build->toolchain.style != TOOLCHAIN_LD)
        return false;
    for (size_t i = 0; i < build->programs.count; i++) {
        if (build->programs.items[i].program.user_script != NULL ||
            build->programs.items[i].program.finds_files)
            return false;
    }
    return true;
}
