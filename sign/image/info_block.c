#include "sign/image/info_block.h"

#include "sign/digest/crc.h"

#include "base/buffer.h"
#include "base/checked.h"

#include <assert.h>
#include <string.h>

enum {
    WORD_BYTES = 4,
    CHUNK_HEADER_BYTES = 12,
    CHUNK_BYTES_LEAST = CHUNK_HEADER_BYTES + WORD_BYTES,
    FILL = 0xff
};

static const uint32_t FIRST_WORD = 0xcab0005e;
static const uint32_t HEADER_FACTOR = 0x6b329f69;
static const uint32_t NO_TAG = 0xffffffff; /* what follows the last chunk */

static uint32_t header_checksum(uint32_t tag, uint32_t length)
{
    return ~(tag * HEADER_FACTOR + length);
}

static uint32_t tag_number(const uint8_t *tag)
{
    return span_u32((struct span){tag, INFO_TAG_BYTES}, 0);
}

/* ---- writing ---- */

static void append_chunk(struct buffer *block, const struct info_chunk *chunk)
{
    const uint32_t tag = tag_number(chunk->tag);
    const uint32_t length = (uint32_t)chunk->body.bytes;
    assert(tag != NO_TAG);
    buffer_append(block, chunk->tag, INFO_TAG_BYTES);
    buffer_append_u32(block, length);
    buffer_append_u32(block, header_checksum(tag, length));
    buffer_append_span(block, chunk->body);
    buffer_fill(block, 0, (size_t)(round_up(length, WORD_BYTES) - length));
    buffer_append_u32(block, crc32c_of(chunk->body));
}

static bool all_fit(const struct info_chunk *chunks, size_t count, size_t block_bytes,
                    struct diag_list *diags)
{
    if (count > INFO_CHUNKS_MOST)
        return diag_error(diags, "info-no-room", NOWHERE,
                          "an info block holds at most %d chunks, not %zu", INFO_CHUNKS_MOST,
                          count);
    uint64_t needed = INFO_BLOCK_BYTES_LEAST;
    for (size_t i = 0; i < count; i++) {
        if (chunks[i].body.bytes > block_bytes) /* so that the sum cannot overflow */
            return diag_error(diags, "info-no-room", NOWHERE,
                              "a chunk of %zu bytes is larger than the info block of %zu bytes",
                              chunks[i].body.bytes, block_bytes);
        needed += CHUNK_BYTES_LEAST + round_up(chunks[i].body.bytes, WORD_BYTES);
    }
    if (needed <= block_bytes)
        return true;
    return diag_error(diags, "info-no-room", NOWHERE,
                      "the chunks need %llu bytes, and the info block has %zu",
                      (unsigned long long)needed, block_bytes);
}

bool info_block_write(const struct info_chunk *chunks, size_t count, size_t block_bytes,
                      struct arena *arena, struct span *ret, struct diag_list *diags)
{
    assert(block_bytes >= INFO_BLOCK_BYTES_LEAST && block_bytes % WORD_BYTES == 0 &&
           block_bytes <= UINT32_MAX);
    if (!all_fit(chunks, count, block_bytes, diags))
        return false;
    struct buffer block = buffer_in(arena);
    buffer_append_u32(&block, FIRST_WORD);
    for (size_t i = 0; i < count; i++)
        append_chunk(&block, &chunks[i]);
    buffer_fill(&block, FILL, block_bytes - WORD_BYTES - block.bytes);
    buffer_append_u32(&block, (uint32_t)block_bytes);
    *ret = buffer_span(&block);
    return true;
}

/* ---- reading ---- */

struct info_reader {
    struct span block;
    struct source_pos pos;
    struct diag_list *diags;
    size_t end; /* offset of the last word */
    size_t at;
    struct info_chunk *chunks;
    size_t chunk_count;
};

static bool form_error(const struct info_reader *reader, const char *what)
{
    return diag_error(reader->diags, "info-form", reader->pos, "%s at offset %zu of the info block",
                      what, reader->at);
}

static bool check_ends(const struct info_reader *reader)
{
    const struct span block = reader->block;
    if (block.bytes < INFO_BLOCK_BYTES_LEAST || block.bytes % WORD_BYTES != 0)
        return form_error(reader, "its size is less than 8 or not a multiple of 4");
    if (span_u32(block, 0) != FIRST_WORD)
        return form_error(reader, "the first word is not 0xCAB0005E");
    if (span_u32(block, block.bytes - WORD_BYTES) != block.bytes)
        return form_error(reader, "the last word is not the size of the block");
    return true;
}

static bool add_chunk(struct info_reader *reader, struct span tag, struct span body)
{
    if (reader->chunk_count == INFO_CHUNKS_MOST)
        return form_error(reader, "there are too many chunks");
    for (size_t i = 0; i < reader->chunk_count; i++)
        if (memcmp(reader->chunks[i].tag, tag.data, INFO_TAG_BYTES) == 0)
            return diag_error(reader->diags, "info-duplicate", reader->pos,
                              "the chunk at offset %zu of the info block has the tag of an "
                              "earlier one",
                              reader->at);
    struct info_chunk *chunk = &reader->chunks[reader->chunk_count++];
    memcpy(chunk->tag, tag.data, INFO_TAG_BYTES);
    chunk->body = body;
    return true;
}

static bool read_chunk(struct info_reader *reader)
{
    const struct span room = {reader->block.data, reader->end};
    struct span header, body, checksum;
    if (!span_part(room, reader->at, CHUNK_HEADER_BYTES, &header))
        return form_error(reader, "a chunk's header reaches beyond the end");
    const uint32_t length = span_u32(header, 4);
    if (span_u32(header, 8) != header_checksum(span_u32(header, 0), length))
        return diag_error(reader->diags, "info-checksum", reader->pos,
                          "the header of the chunk at offset %zu of the info block is damaged",
                          reader->at);
    const uint64_t body_at = reader->at + CHUNK_HEADER_BYTES;
    const uint64_t checksum_at = body_at + round_up(length, WORD_BYTES);
    if (!span_part(room, body_at, length, &body) ||
        !span_part(room, checksum_at, WORD_BYTES, &checksum))
        return form_error(reader, "a chunk's body reaches beyond the end");
    if (crc32c_of(body) != span_u32(checksum, 0))
        return diag_error(reader->diags, "info-checksum", reader->pos,
                          "the body of the chunk at offset %zu of the info block is damaged",
                          reader->at);
    if (!add_chunk(reader, header, body))
        return false;
    reader->at = (size_t)checksum_at + WORD_BYTES;
    return true;
}

/* Chunks end at the first tag that is all ones; from there on nothing may follow. */
static bool read_chunks(struct info_reader *reader)
{
    while (reader->at < reader->end && span_u32(reader->block, reader->at) != NO_TAG)
        if (!read_chunk(reader))
            return false;
    for (; reader->at < reader->end; reader->at++)
        if (reader->block.data[reader->at] != FILL)
            return form_error(reader, "a byte after the last chunk is not 0xFF");
    return true;
}

bool info_block_read(struct span block, struct source_pos named_at, struct arena *arena,
                     struct info_block *ret, struct diag_list *diags)
{
    struct info_reader reader = {.block = block, .pos = named_at, .diags = diags};
    if (!check_ends(&reader))
        return false;
    reader.end = block.bytes - WORD_BYTES;
    reader.at = WORD_BYTES;
    reader.chunks = ARENA_ARRAY(arena, struct info_chunk, INFO_CHUNKS_MOST);
    if (!read_chunks(&reader))
        return false;
    *ret = (struct info_block){reader.chunks, reader.chunk_count};
    return true;
}

const struct info_chunk *info_block_find(const struct info_block *block, const char *tag)
{
    for (size_t i = 0; i < block->chunk_count; i++)
        if (memcmp(block->chunks[i].tag, tag, INFO_TAG_BYTES) == 0)
            return &block->chunks[i];
    return NULL;
}
