#include "cli/build/build_sign.h"

#include "base/buffer.h"
#include "sign/archive/archive_read.h"
#include "sign/archive/archive_sign.h"
#include "sign/archive/intact.h"
#include "sign/archive/signature_files.h"

#include <string.h>

const char *build_sign_key_text(const struct build *build)
{
    if (build->sign == NULL)
        return "";
    struct file_stamp stamp = {0};
    if (!file_look(build->sign->source.key_path, &stamp))
        stamp.bytes = 0; /* errors are reported when it is read */
    const struct digest chain = digest_of(build->sign->chain);
    return arena_format(build->arena, "sign %llu %llu %llu %lld %lld %s",
                        (unsigned long long)stamp.bytes, (unsigned long long)stamp.inode,
                        (unsigned long long)stamp.device, (long long)stamp.modified_ns,
                        (long long)stamp.changed_ns, digest_hex(&chain, build->arena));
}

bool build_sign_open(struct build *build)
{
    return build->sign == NULL ||
           signer_open(&build->sign->source, build->arena, &build->sign->signer, build->diags);
}

void build_sign_close(struct build *build)
{
    if (build->sign == NULL)
        return;
    signer_close(build->sign->signer);
    build->sign->signer = NULL;
}

/* ---- keeping signatures ---- */

static bool is_signature(const struct archive_member *member)
{
    return strncmp(member->name, ARCHIVE_SIGNATURES_FOLDER, strlen(ARCHIVE_SIGNATURES_FOLDER)) == 0;
}

static bool is_same_member(const struct archive_member *a, const struct archive_member *b)
{
    return strcmp(a->name, b->name) == 0 && span_equal(a->content, b->content);
}

/* Whether both have the same members, apart from signatures. */
static bool differ_by_signatures(const struct archive *old, const struct archive *fresh)
{
    size_t matched = 0;
    for (size_t i = 0; i < old->member_count; i++) {
        if (is_signature(&old->members[i]))
            continue;
        if (matched == fresh->member_count ||
            !is_same_member(&old->members[i], &fresh->members[matched]))
            return false;
        matched++;
    }
    return matched == fresh->member_count;
}

/* The archive that lies at `path`; false for anything else. */
static bool read_old(struct build *build, const char *path, struct archive *ret)
{
    struct diag_list ignored = diag_list_in(build->arena);
    struct file_stamp stamp;
    struct span bytes;
    return file_look(path, &stamp) &&
           file_read(build->arena, path, ARCHIVE_BYTES_MOST, NOWHERE, &bytes, &ignored) &&
           archive_read(bytes, NOWHERE, build->arena, ret, &ignored);
}

/* ---- losing signatures ---- */

/* A member changed, so no old signature is valid: everyone who signed has to sign again.
 */
static void warn_of_dropped(struct build *build, const char *path, const struct archive *old)
{
    const struct public_key *key = build->sign == NULL ? NULL : signer_public(build->sign->signer);
    const struct source_pos named_at = {path, 0, 0};
    struct diag_list ignored = diag_list_in(build->arena);
    struct buffer ids = buffer_in(build->arena);
    struct signature_files files;
    if (!signature_files_list(old, named_at, build->arena, &files, &ignored))
        return;
    size_t count = 0;
    for (size_t i = 0; i < files.count; i++) {
        if (key == NULL || strcmp(key->id, files.items[i].key_id) != 0)
            buffer_format(&ids, "%s%s", count++ == 0 ? "" : ", ", files.items[i].key_id);
    }
    if (count == 0)
        return;
    diag_add(build->diags, DIAG_WARNING, "signatures-dropped", named_at,
             "this build discards the signatures of %s", buffer_text(&ids));
    diag_hint(build->diags, "the archive's members changed: sign it again with `imgbuild sign`");
}

bool build_sign_archive(struct build *build, const char *path, struct span archive,
                        struct span *ret)
{
    struct archive old, fresh;
    const bool has_old = read_old(build, path, &old);
    if (build->sign == NULL && (!has_old || !archive_sign_is_signed(&old))) {
        *ret = archive; /* nothing to keep, nothing to add */
        return true;
    }
    const struct source_pos named_at = {path, 0, 0};
    if (!archive_read(archive, named_at, build->arena, &fresh, build->diags))
        return false;
    const bool is_same = has_old && differ_by_signatures(&old, &fresh);
    const struct archive *kept = is_same ? &old : &fresh;
    if (has_old && !is_same)
        warn_of_dropped(build, path, &old);
    if (build->sign == NULL) {
        *ret = kept->bytes;
        return true;
    }
    enum signing signing;
    return signer_sign_archive(build->sign->signer, kept, build->sign->chain, &signing, ret);
}
