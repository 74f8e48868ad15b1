#include "cli/signing/sign_target.h"

#include "base/file.h"
#include "base/interruption.h"
#include "cli/archive/archive_lock.h"
#include "cli/signing/public_file.h"
#include "sign/archive/archive_read.h"
#include "sign/archive/archive_sign.h"
#include "sign/archive/intact.h"
#include "sign/archive/signature_files.h"
#include "sign/certificates/public_key_file.h"

#include <string.h>

static bool read_target(struct invocation *invocation, struct sign_target *target)
{
    struct arena *arena = invocation->arena;
    const struct source_pos named_at = {target->path, 0, 0};
    return file_read(arena, target->path, ARCHIVE_BYTES_MOST, NOWHERE, &target->original,
                     invocation->diags) &&
           archive_read(target->original, named_at, arena, &target->archive, invocation->diags) &&
           intact_check(&target->archive, named_at, arena, invocation->diags);
}

bool sign_target_open(struct invocation *invocation, enum sign_target_use use,
                      struct sign_target *ret)
{
    const char *path = invocation->options.words[0];
    const char *output_path = options_value(&invocation->options, "output");
    *ret = (struct sign_target){
        .path = path, .output_path = output_path == NULL ? path : output_path, .lock = {-1}};
    if (use == SIGN_TARGET_TO_CHANGE &&
        !archive_lock_take(invocation->arena, ret->output_path, &ret->lock, invocation->diags))
        return false;
    if (read_target(invocation, ret))
        return true;
    sign_target_close(ret);
    return false;
}

void sign_target_close(struct sign_target *target)
{
    file_lock_release(&target->lock);
}

bool sign_target_read_chain(struct invocation *invocation, struct span *ret)
{
    const char *path = options_value(&invocation->options, "cert");
    if (path != NULL)
        return public_file_read_chain(invocation, path, ret);
    *ret = (struct span){NULL, 0};
    return true;
}

bool sign_target_read_public(struct invocation *invocation, struct public_key *ret)
{
    const char *path = options_value(&invocation->options, "public");
    const struct source_pos named_at = {path, 0, 0};
    struct span pem;
    return public_file_read(invocation, path, &pem) &&
           public_key_file_read(pem, named_at, invocation->arena, ret, invocation->diags);
}

bool sign_target_drop_signatures(struct invocation *invocation, struct sign_target *target,
                                 bool *ret_had)
{
    struct arena *arena = invocation->arena;
    const struct source_pos named_at = {target->path, 0, 0};
    const bool had = archive_sign_is_signed(&target->archive);
    struct span bytes;
    if (!archive_sign_drop(&target->archive, arena, &bytes, invocation->diags) ||
        !archive_read(bytes, named_at, arena, &target->archive, invocation->diags))
        return false;
    *ret_had = had;
    return true;
}

static bool is_in_place(struct invocation *invocation, const struct sign_target *target)
{
    const char *from = file_resolve(invocation->arena, target->path);
    const char *to = file_resolve(invocation->arena, target->output_path);
    return from != NULL && to != NULL && strcmp(from, to) == 0;
}

bool sign_target_write(struct invocation *invocation, const struct sign_target *target,
                       struct span archive)
{
    const char *path = target->output_path;
    if (interruption_signal())
        return diag_error(invocation->diags, "interrupted", NOWHERE, "interrupted");
    if (is_in_place(invocation, target)) {
        if (span_equal(archive, target->original))
            return true;
        path = file_resolve(invocation->arena, path); /* a symbolic link stays a link */
    }
    return file_write(invocation->arena, path, archive, FILE_SYNCED, invocation->diags);
}

const char *sign_target_chain_change(struct invocation *invocation,
                                     const struct sign_target *target, const struct public_key *key,
                                     struct span chain)
{
    const struct archive_member *old =
        archive_find(&target->archive, signature_chain_name(key->id, invocation->arena));
    if (chain.bytes == 0 || (old != NULL && span_equal(old->content, chain)))
        return "";
    return old == NULL ? ", certificates added" : ", certificates replaced";
}

bool sign_target_tell(struct invocation *invocation, const struct sign_target *target,
                      const char *what, const struct public_key *key, const char *chain_change)
{
    if (invocation->terminal->verbosity == QUIET)
        return true;
    return terminal_print(invocation->terminal,
                          arena_format(invocation->arena, "%s %s (%s)%s  %s\n", what, key->id,
                                       key_kind_name(key->kind), chain_change,
                                       target->output_path));
}
