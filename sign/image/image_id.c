#include "sign/image/image_id.h"

#include "sign/digest/base64url.h"
#include "sign/digest/digest.h"

#include <stdlib.h>
#include <string.h>

enum { ID_OFFSET = 8, HEADER_BYTES = 64 }; /* in struct imgbuild_image */

static const uint64_t ADDRESS_END = UINT64_C(1) << 32;

/* The bytes that count: runs without what is left out, ascending. */
struct pieces {
    struct image_run *items;
    size_t count;
};

static int compare_ranges(const void *left, const void *right)
{
    const struct image_range *a = left;
    const struct image_range *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static uint64_t run_end(const struct image_run *run)
{
    return run->addr + run->content.bytes;
}

static bool check_runs(const struct image_id_input *input, struct diag_list *diags)
{
    uint64_t end = 0;
    for (size_t i = 0; i < input->run_count; i++) {
        const struct image_run *run = &input->runs[i];
        if (run->addr < end)
            return diag_error(
                diags, "image-overlap", NOWHERE,
                "loaded bytes at 0x%llx lie below the end of those before them, 0x%llx",
                (unsigned long long)run->addr, (unsigned long long)end);
        if (run->addr > ADDRESS_END || run->content.bytes > ADDRESS_END - run->addr)
            return diag_error(diags, "image-overlap", NOWHERE,
                              "loaded bytes at 0x%llx reach beyond the 32-bit address space",
                              (unsigned long long)run->addr);
        end = run_end(run);
    }
    return true;
}

static void add_piece(struct pieces *pieces, const struct image_run *run, uint64_t start,
                      uint64_t end)
{
    if (start >= end)
        return;
    pieces->items[pieces->count++] =
        (struct image_run){start, {run->content.data + (start - run->addr), (size_t)(end - start)}};
}

static void cut_run(struct pieces *pieces, const struct image_run *run,
                    const struct image_range *left_out, size_t left_out_count)
{
    const uint64_t end = run_end(run);
    uint64_t at = run->addr;
    for (size_t i = 0; i < left_out_count && left_out[i].start < end; i++) {
        if (left_out[i].end <= at || left_out[i].end <= left_out[i].start)
            continue;
        add_piece(pieces, run, at, left_out[i].start);
        at = left_out[i].end;
    }
    add_piece(pieces, run, at, end);
}

static struct pieces cut_runs(const struct image_id_input *input, struct arena *arena)
{
    const size_t range_count = input->left_out_count;
    struct image_range *ranges =
        arena_grow(arena, input->left_out, range_count, range_count, sizeof *ranges);
    if (range_count > 1)
        qsort(ranges, range_count, sizeof *ranges, compare_ranges);
    /* A range makes at most one piece more of a run, and of a run that it only touches none. */
    const size_t room = input->run_count + range_count;
    struct pieces pieces = {.items = ARENA_ARRAY(arena, struct image_run, room)};
    for (size_t i = 0; i < input->run_count; i++)
        cut_run(&pieces, &input->runs[i], ranges, range_count);
    return pieces;
}

/* How many bytes of [start, end) lie in a piece. */
static uint64_t overlap_bytes(const struct image_run *piece, uint64_t start, uint64_t end)
{
    const uint64_t from = start > piece->addr ? start : piece->addr;
    const uint64_t to = end < run_end(piece) ? end : run_end(piece);
    return from < to ? to - from : 0;
}

static bool check_header(const struct pieces *pieces, uint64_t header_addr, struct diag_list *diags)
{
    uint64_t found_bytes = 0;
    if (header_addr < ADDRESS_END)
        for (size_t i = 0; i < pieces->count; i++)
            found_bytes +=
                overlap_bytes(&pieces->items[i], header_addr, header_addr + HEADER_BYTES);
    if (found_bytes == HEADER_BYTES)
        return true;
    return diag_error(diags, "image-no-header", NOWHERE,
                      "the image's header at 0x%llx is not entirely within the loaded bytes",
                      (unsigned long long)header_addr);
}

static void add_u32(struct digest_stream *stream, uint64_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    digest_add(stream, (struct span){bytes, sizeof bytes});
}

static void add_content(struct digest_stream *stream, const struct image_run *piece,
                        uint64_t id_addr)
{
    static const uint8_t zeros[IMAGE_ID_BYTES] = {0};
    const size_t zeroed = (size_t)overlap_bytes(piece, id_addr, id_addr + IMAGE_ID_BYTES);
    if (zeroed == 0) {
        digest_add(stream, piece->content);
        return;
    }
    const size_t before = id_addr > piece->addr ? (size_t)(id_addr - piece->addr) : 0;
    const size_t after = before + zeroed;
    digest_add(stream, (struct span){piece->content.data, before});
    digest_add(stream, (struct span){zeros, zeroed});
    digest_add(stream, (struct span){piece->content.data + after, piece->content.bytes - after});
}

/* Adds the maximal run that starts with piece number `first`; returns the number of the piece after
 * it. A run of 2^32 bytes, all that there are, has length 0, which no other run has. */
static size_t add_maximal_run(struct digest_stream *stream, const struct pieces *pieces,
                              size_t first, uint64_t id_addr)
{
    size_t after = first + 1;
    while (after < pieces->count && pieces->items[after].addr == run_end(&pieces->items[after - 1]))
        after++;
    add_u32(stream, pieces->items[first].addr);
    add_u32(stream, run_end(&pieces->items[after - 1]) - pieces->items[first].addr);
    for (size_t i = first; i < after; i++)
        add_content(stream, &pieces->items[i], id_addr);
    return after;
}

bool image_id_compute(const struct image_id_input *input, struct arena *arena, uint8_t *ret_id,
                      struct diag_list *diags)
{
    static const char domain[] = "imgbuild-id-1"; /* its NUL is hashed too */
    if (!check_runs(input, diags))
        return false;
    const struct pieces pieces = cut_runs(input, arena);
    if (!check_header(&pieces, input->header_addr, diags))
        return false;
    struct digest_stream *stream = digest_begin(arena);
    digest_add(stream, (struct span){(const uint8_t *)domain, sizeof domain});
    for (size_t i = 0; i < pieces.count;)
        i = add_maximal_run(stream, &pieces, i, input->header_addr + ID_OFFSET);
    const struct digest digest = digest_end(stream);
    memcpy(ret_id, digest.bytes, IMAGE_ID_BYTES);
    return true;
}

char *image_id_text(const uint8_t *id, struct arena *arena)
{
    return base64url_encode((struct span){id, IMAGE_ID_BYTES}, arena);
}

bool image_id_parse(struct span text, uint8_t *ret_id)
{
    return base64url_decode(text, ret_id, IMAGE_ID_BYTES);
}
