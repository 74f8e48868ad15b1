#include "cli/signing/info_fill.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_tags(const void *left, const void *right)
{
    const struct info_chunk *a = left;
    const struct info_chunk *b = right;
    return memcmp(a->tag, b->tag, INFO_TAG_BYTES);
}

static void sort(struct info_set *set)
{
    if (set->count > 1)
        qsort(set->chunks, set->count, sizeof *set->chunks, compare_tags);
}

static const struct info_chunk *find(const struct info_set *set, const uint8_t *tag)
{
    for (size_t i = 0; i < set->count; i++) {
        if (memcmp(set->chunks[i].tag, tag, INFO_TAG_BYTES) == 0)
            return &set->chunks[i];
    }
    return NULL;
}

/* ---- what is given ---- */

bool info_fill_is_tag(const char *word)
{
    for (size_t i = 0; i < INFO_TAG_BYTES; i++) {
        if (word[i] <= ' ' || word[i] > '~' || word[i] == '=')
            return false;
    }
    return true;
}

bool info_fill_sort(struct info_set *set, struct diag_list *diags)
{
    sort(set);
    for (size_t i = 1; i < set->count; i++) {
        if (compare_tags(&set->chunks[i - 1], &set->chunks[i]) == 0)
            return diag_error(diags, "info-twice", NOWHERE, "duplicate key '%.*s'", INFO_TAG_BYTES,
                              (const char *)set->chunks[i].tag);
    }
    return true;
}

/* ---- changing ---- */

static bool are_there(const struct info_set *removed, const struct info_set *there,
                      struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; i < removed->count; i++) {
        if (find(there, removed->chunks[i].tag) == NULL)
            ok = diag_error(diags, "info-no-chunk", NOWHERE, "the info block has no key '%.*s'",
                            INFO_TAG_BYTES, (const char *)removed->chunks[i].tag);
    }
    return ok;
}

bool info_fill_change(const struct info_block *block, const struct info_set *removed,
                      const struct info_set *added, struct arena *arena, struct info_set *ret,
                      struct diag_list *diags)
{
    const size_t most = block->chunk_count + added->count;
    struct info_set set = {.chunks = ARENA_ARRAY(arena, struct info_chunk, most)};
    for (size_t i = 0; i < block->chunk_count; i++)
        set.chunks[set.count++] = block->chunks[i];
    if (!are_there(removed, &set, diags))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < set.count; i++) {
        if (find(removed, set.chunks[i].tag) == NULL && find(added, set.chunks[i].tag) == NULL)
            set.chunks[kept++] = set.chunks[i];
    }
    set.count = kept;
    for (size_t i = 0; i < added->count; i++)
        set.chunks[set.count++] = added->chunks[i];
    sort(&set);
    *ret = set;
    return true;
}

/* ---- making ---- */

static bool check_against(const struct info_set *set, const char *tag, const char *wanted,
                          struct diag_list *diags)
{
    const struct info_chunk *chunk = find(set, (const uint8_t *)tag);
    if (chunk == NULL || span_equal(chunk->body, span_of_text(wanted)))
        return true;
    diag_error(diags, "info-header", NOWHERE,
               "%s in the info block must be '%s', as in the image's header", tag, wanted);
    diag_hint(diags, "%s=%s", tag, wanted);
    return false;
}

bool info_fill_make(const struct info_set *set, uint64_t block_bytes,
                    const struct info_facts *facts, struct arena *arena, struct span *ret,
                    struct diag_list *diags)
{
    const char *version = arena_format(arena, "%" PRIu32 ".%" PRIu32 ".%" PRIu32, facts->major,
                                       facts->minor, facts->patch);
    const bool has_version = check_against(set, "VERS", version, diags);
    const bool has_board = check_against(set, "BORD", facts->board, diags);
    if (!has_version || !has_board)
        return false;
    if (info_block_write(set->chunks, set->count, (size_t)block_bytes, arena, ret, diags))
        return true;
    diag_hint(diags, "set the block's size in the board: info: {size: %llu}",
              (unsigned long long)block_bytes);
    return false;
}
