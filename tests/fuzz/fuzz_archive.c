/* The readers of sign/ accept exactly what its writers write: whatever is read, written again,
 * gives the same bytes. */
#include "sign/archive/archive_read.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/sums.h"
#include "sign/image/info_block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void out_of_memory(void)
{
    abort();
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_sums(struct span text, struct arena *arena, struct diag_list *diags)
{
    struct sums sums;
    if (!sums_parse(text, NOWHERE, arena, &sums, diags))
        return;
    check(span_equal(sums_write(sums.lines, sums.line_count, arena), text));
}

/* The padding of bodies is free, so only what was read has to come back. */
static void check_info_block(struct span bytes, struct arena *arena, struct diag_list *diags)
{
    struct info_block block, again;
    struct span written;
    if (!info_block_read(bytes, NOWHERE, arena, &block, diags))
        return;
    check(info_block_write(block.chunks, block.chunk_count, bytes.bytes, arena, &written, diags));
    check(info_block_read(written, NOWHERE, arena, &again, diags));
    check(again.chunk_count == block.chunk_count);
    for (size_t i = 0; i < block.chunk_count; i++)
        check(span_equal(again.chunks[i].body, block.chunks[i].body));
}

/* Members are handed to the writer in reverse, since their order must not matter to it. */
static void check_archive(struct span bytes, struct arena *arena, struct diag_list *diags)
{
    struct archive archive;
    struct span written;
    if (!archive_read(bytes, NOWHERE, arena, &archive, diags)) {
        check(diags->error_count > 0);
        return;
    }
    const size_t count = archive.member_count;
    struct archive_member *reversed = ARENA_ARRAY(arena, struct archive_member, count);
    for (size_t i = 0; i < count; i++) {
        reversed[i] = archive.members[count - 1 - i];
        check(archive_find(&archive, archive.members[i].name) == &archive.members[i]);
        check_sums(archive.members[i].content, arena, diags);
        check_info_block(archive.members[i].content, arena, diags);
    }
    check(archive_write(reversed, count, arena, &written, diags));
    check(span_equal(written, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    const struct span input = {data, bytes};
    check_archive(input, arena, &diags);
    check_sums(input, arena, &diags);
    check_info_block(input, arena, &diags);
    arena_destroy(arena);
    return 0;
}
