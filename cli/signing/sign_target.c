#include "cli/signing/sign_target.h"

#include "base/file.h"
#include "base/interruption.h"
#include "cli/archive/archive_lock.h"
#include "sign/archive/archive_read.h"
#include "sign/archive/archive_sign.h"
#include "sign/archive/intact.h"
#include "sign/archive/signature_files.h"

#include <string.h>

static bool read_target(struct sign_target *target)
{
    struct arena *arena = target->arena;
    const struct source_pos named_at = {target->path, 0, 0};
    return file_read(arena, target->path, ARCHIVE_BYTES_MOST, NOWHERE, &target->original,
                     target->diags) &&
           archive_read(target->original, named_at, arena, &target->archive, target->diags) &&
           intact_check(&target->archive, named_at, arena, target->diags);
}

bool sign_target_open(const struct sign_target_request *request, struct arena *arena,
                      struct sign_target *ret, struct diag_list *diags)
{
    *ret = (struct sign_target){.arena = arena,
                                .diags = diags,
                                .path = request->path,
                                .output_path = request->output_path,
                                .lock = {-1}};
    if (request->use == SIGN_TARGET_TO_CHANGE &&
        !archive_lock_take(arena, ret->output_path, &ret->lock, diags))
        return false;
    if (read_target(ret))
        return true;
    sign_target_close(ret);
    return false;
}

void sign_target_close(struct sign_target *target)
{
    file_lock_release(&target->lock);
}

bool sign_target_drop_signatures(struct sign_target *target, bool *ret_had)
{
    struct arena *arena = target->arena;
    const struct source_pos named_at = {target->path, 0, 0};
    const bool had = archive_sign_is_signed(&target->archive);
    struct span bytes;
    if (!archive_sign_drop(&target->archive, arena, &bytes, target->diags) ||
        !archive_read(bytes, named_at, arena, &target->archive, target->diags))
        return false;
    *ret_had = had;
    return true;
}

static bool is_in_place(const struct sign_target *target)
{
    const char *from = file_resolve(target->arena, target->path);
    const char *to = file_resolve(target->arena, target->output_path);
    return from != NULL && to != NULL && strcmp(from, to) == 0;
}

bool sign_target_write(const struct sign_target *target, struct span archive)
{
    const char *path = target->output_path;
    if (interruption_signal())
        return diag_error(target->diags, "interrupted", NOWHERE, "interrupted");
    if (is_in_place(target)) {
        if (span_equal(archive, target->original))
            return true;
        path = file_resolve(target->arena, path); /* a symbolic link stays a link */
    }
    return file_write(target->arena, path, archive, FILE_SYNCED, target->diags);
}

const char *sign_target_chain_change(const struct sign_target *target, const struct public_key *key,
                                     struct span chain)
{
    const struct archive_member *old =
        archive_find(&target->archive, signature_chain_name(key->id, target->arena));
    if (chain.bytes == 0 || (old != NULL && span_equal(old->content, chain)))
        return "";
    return old == NULL ? ", certificates added" : ", certificates replaced";
}
