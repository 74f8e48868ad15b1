#include "base/file_version.h"

bool file_version_read(struct arena *arena, const char *path, uint64_t limit_bytes,
                       struct source_pos named_at, struct span *ret_bytes, struct file_version *ret,
                       struct diag_list *diags)
{
    struct stamped_content content = {0};
    if (!file_read_stamped(arena, path, limit_bytes, named_at, &content, diags))
        return false;
    *ret = (struct file_version){.path = path,
                                 .stamp = content.stamp,
                                 .taken_ns = content.taken_ns,
                                 .fingerprint = fingerprint_of(content.bytes)};
    *ret_bytes = content.bytes;
    return true;
}

enum file_version_answer file_version_check(struct arena *scratch, struct file_version *version,
                                            uint64_t limit_bytes)
{
    struct file_stamp stamp = {0};
    if (!file_look(version->path, &stamp))
        return FILE_VERSION_GONE;
    if (file_stamp_equal(&stamp, &version->stamp) &&
        file_stamp_is_settled(&stamp, version->taken_ns))
        return FILE_VERSION_SAME;
    struct diag_list ignored = diag_list_in(scratch);
    struct file_version now = {0};
    struct span bytes;
    if (!file_version_read(scratch, version->path, limit_bytes, NOWHERE, &bytes, &now, &ignored))
        return FILE_VERSION_GONE;
    if (!fingerprint_equal(&now.fingerprint, &version->fingerprint))
        return FILE_VERSION_OTHER;
    version->stamp = now.stamp;
    version->taken_ns = now.taken_ns;
    return FILE_VERSION_SAME;
}
