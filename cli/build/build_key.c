#include "cli/build/build_key.h"

#include "base/process/process.h"
#include "cli/build/build_sign.h"

#include <string.h>

/* Takes note of a file by name, and looks at it before anything is made from it. */
static bool add_file(struct build *build, struct fingerprint_stream *stream, const char *path)
{
    struct fingerprint fingerprint;
    struct diag_list ignored = diag_list_in(build->arena);
    fingerprint_add_text(stream, path);
    return build_state_fingerprint(build->state, path, &fingerprint, &ignored);
}

static bool add_files(struct build *build, struct fingerprint_stream *stream,
                      const char *const *paths, size_t count)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = add_file(build, stream, paths[i]);
    return ok;
}

/* What is written into the image itself. */
static void add_image_options(struct build *build, struct fingerprint_stream *stream)
{
    for (size_t i = 0; i < build->info.count; i++) {
        const struct info_chunk *chunk = &build->info.chunks[i];
        const struct digest body = digest_of(chunk->body);
        fingerprint_add(stream, (struct span){chunk->tag, sizeof chunk->tag});
        fingerprint_add(stream, (struct span){body.bytes, sizeof body.bytes});
    }
    fingerprint_add_text(stream, "image signed by");
    if (build->image_signer != NULL)
        fingerprint_add(stream, signer_public(build->image_signer)->spki);
}

bool build_key_of(struct build *build, struct fingerprint *ret)
{
    const char *own_path = process_own_path(build->arena);
    struct fingerprint_stream *stream = fingerprint_begin(build->arena);
    fingerprint_add_text(stream, build->tool);
    fingerprint_add_text(stream, build->revision == NULL ? "" : build->revision);
    for (size_t i = 0; i < build->variable_count; i++)
        fingerprint_add_text(stream, build->variables[i]);
    fingerprint_add_text(stream, build_sign_key_text(build));
    add_image_options(build, stream);
    const struct layout_lock_policy *policy = &build->lock.policy;
    fingerprint_add_text(stream, arena_format(build->arena, "lock %d %d %llu %llu",
                                              (int)build->lock.locking, (int)policy->is_strict,
                                              (unsigned long long)policy->budget_per_mille,
                                              (unsigned long long)policy->headroom_per_mille));
    for (size_t i = 0; i < build->manifest->files.count; i++)
        build_state_set_version(build->state, &build->manifest->versions[i]);
    bool ok =
        (own_path == NULL || add_file(build, stream, own_path)) &&
        add_files(build, stream, build->linker_programs.items, build->linker_programs.count) &&
        add_files(build, stream, build->manifest->files.items, build->manifest->files.count) &&
        (build->lock.root == NULL || add_file(build, stream, build->lock.path));
    for (size_t i = 0; ok && i < build->programs.count; i++) {
        const struct program *program = &build->programs.items[i].program;
        fingerprint_add_text(stream, program->name);
        ok = add_files(build, stream, program->objects, program->object_count) &&
             add_files(build, stream, program->libraries, program->library_count);
    }
    const struct fingerprint key = fingerprint_end(stream);
    if (ok)
        *ret = key;
    return ok;
}
