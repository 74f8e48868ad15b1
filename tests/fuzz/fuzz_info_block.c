/* Info blocks, which anybody may fill, and images for MCUboot: what is read can be written again,
 * and gives the same bytes, but for the free padding of the block's bodies. */
#include "sign/image/info_block.h"
#include "sign/image/mcuboot.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

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

/* A copy of the block with zeros for padding. */
static struct span without_padding(struct span block, const struct info_block *read,
                                   struct arena *arena)
{
    uint8_t *copy = (uint8_t *)arena_copy_text(arena, (const char *)block.data, block.bytes);
    for (size_t i = 0; i < read->chunk_count; i++) {
        const struct span body = read->chunks[i].body;
        const size_t end = (size_t)(body.data - block.data) + body.bytes;
        memset(copy + end, 0, (size_t)round_up(body.bytes, 4) - body.bytes);
    }
    return (struct span){copy, block.bytes};
}

static void check_block(struct span bytes, struct arena *arena, struct diag_list *diags)
{
    struct info_block block;
    struct span written;
    if (!info_block_read(bytes, NOWHERE, arena, &block, diags)) {
        check(diags->error_count > 0);
        return;
    }
    for (size_t i = 0; i < block.chunk_count; i++) {
        const struct span body = block.chunks[i].body;
        check(body.data >= bytes.data && body.bytes <= bytes.bytes &&
              (size_t)(body.data - bytes.data) <= bytes.bytes - body.bytes);
    }
    check(info_block_write(block.chunks, block.chunk_count, bytes.bytes, arena, &written, diags));
    check(span_equal(written, without_padding(bytes, &block, arena)));
}

static void check_mcuboot(struct span bytes, struct arena *arena, struct diag_list *diags)
{
    struct mcuboot_image image;
    bool is_signed;
    if (!mcuboot_read(bytes, NOWHERE, arena, &image, &is_signed, diags))
        return;
    const struct span message = mcuboot_message(&image, arena);
    check(message.bytes < bytes.bytes && memcmp(message.data, bytes.data, message.bytes) == 0);
    if (!is_signed)
        check(span_equal(mcuboot_file(message, NULL, NULL, arena), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    const struct span input = {data, bytes};
    check_block(input, arena, &diags);
    check_mcuboot(input, arena, &diags);
    arena_destroy(arena);
    return 0;
}
