#include "cli/signing/info_text.h"

#include "base/buffer.h"
#include "base/checked.h"
#include "base/shown_text.h"
#include "cli/format/json_writer.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN_BYTES = 32 };

static uint64_t block_bytes(const struct info_shown *shown)
{
    return shown->found.range.end - shown->found.range.start;
}

/* How many bytes more chunks may use. */
static uint64_t free_bytes(const struct info_shown *shown)
{
    enum { CHUNK_BYTES = 16, WORD_BYTES = 4 };
    uint64_t used = INFO_BLOCK_BYTES_LEAST;
    for (size_t i = 0; i < shown->found.block.chunk_count; i++)
        used += CHUNK_BYTES + round_up(shown->found.block.chunks[i].body.bytes, WORD_BYTES);
    return block_bytes(shown) - used;
}

/* Printable ASCII: the same in every terminal, and valid in JSON. */
static bool is_text(struct span bytes)
{
    for (size_t i = 0; i < bytes.bytes; i++) {
        if (bytes.data[i] < ' ' || bytes.data[i] > '~')
            return false;
    }
    return true;
}

static const char *hex_of(struct span bytes, struct arena *arena)
{
    struct buffer hex = buffer_in(arena);
    for (size_t i = 0; i < bytes.bytes; i++)
        buffer_format(&hex, "%02x", bytes.data[i]);
    return buffer_text(&hex);
}

static const char *tag_text(const struct info_chunk *chunk, struct arena *arena)
{
    const struct span tag = {chunk->tag, INFO_TAG_BYTES};
    return is_text(tag) ? arena_copy_text(arena, (const char *)chunk->tag, INFO_TAG_BYTES)
                        : arena_format(arena, "0x%s", hex_of(tag, arena));
}

static const char *version_text(const struct tables_read *header, struct arena *arena)
{
    return arena_format(arena, "%" PRIu32 ".%" PRIu32 ".%" PRIu32, header->major, header->minor,
                        header->patch);
}

/* ---- text ---- */

static void put_chunk(struct buffer *out, const struct info_chunk *chunk)
{
    const struct span body = chunk->body;
    buffer_format(out, "  %-10s ", tag_text(chunk, out->arena));
    if (is_text(body)) {
        buffer_append_span(out, body);
        buffer_append_text(out, "\n");
        return;
    }
    const struct span shown = {body.data, body.bytes < SHOWN_BYTES ? body.bytes : SHOWN_BYTES};
    buffer_format(out, "%zu bytes: %s%s\n", body.bytes, hex_of(shown, out->arena),
                  shown.bytes < body.bytes ? "..." : "");
}

static void put_block(struct buffer *out, const struct info_shown *shown)
{
    if (block_bytes(shown) == 0) {
        buffer_append_text(out, "info block  none\n");
        return;
    }
    buffer_format(out, "info block  0x%08" PRIx64 ", %" PRIu64 " bytes, %" PRIu64 " free\n",
                  shown->found.range.start, block_bytes(shown), free_bytes(shown));
    for (size_t i = 0; i < shown->found.block.chunk_count; i++)
        put_chunk(out, &shown->found.block.chunks[i]);
}

const char *info_text(const struct info_shown *shown, struct arena *arena)
{
    const struct tables_read *header = &shown->found.tables;
    struct buffer out = buffer_in(arena);
    buffer_format(&out, "name        %s\n", shown_text(arena, header->name));
    buffer_format(&out, "board       %s\n", shown_text(arena, header->board));
    if (header->slot[0] != '\0')
        buffer_format(&out, "slot        %s\n", shown_text(arena, header->slot));
    buffer_format(&out, "version     %s\n", version_text(header, arena));
    buffer_format(&out, "epoch       %" PRIu32 "\n", header->epoch);
    buffer_format(&out, "ID          %s\n", image_id_text(header->id, arena));
    buffer_format(&out, "image       0x%08" PRIx64 ", %" PRIu64 " bytes\n", header->image_base,
                  header->image_bytes);
    buffer_format(&out, "header      0x%08" PRIx64 "\n", shown->header_addr);
    if (shown->is_archive) {
        buffer_format(&out, "SHA-256     %s\n", digest_hex(&shown->about.image_digest, arena));
        buffer_format(&out, "made by     %s\n", shown->about.tool);
        if (shown->about.revision != NULL)
            buffer_format(&out, "revision    %s\n", shown->about.revision);
    }
    put_block(&out, shown);
    return buffer_text(&out);
}

/* ---- JSON ---- */

static void write_chunk(struct json_writer *writer, const struct info_chunk *chunk)
{
    struct arena *arena = writer->text.arena;
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "tag", tag_text(chunk, arena));
    if (is_text(chunk->body))
        json_writer_text(writer, "text",
                         arena_copy_text(arena, (const char *)chunk->body.data, chunk->body.bytes));
    json_writer_text(writer, "hex", hex_of(chunk->body, arena));
    json_writer_close_object(writer);
}

static void write_block(struct json_writer *writer, const struct info_shown *shown)
{
    if (block_bytes(shown) == 0)
        return;
    json_writer_open_object(writer, "info");
    json_writer_number(writer, "address", shown->found.range.start);
    json_writer_number(writer, "size", block_bytes(shown));
    json_writer_number(writer, "free", free_bytes(shown));
    json_writer_open_list(writer, "chunks");
    for (size_t i = 0; i < shown->found.block.chunk_count; i++)
        write_chunk(writer, &shown->found.block.chunks[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

const char *info_text_json(const struct info_shown *shown, struct arena *arena)
{
    const struct tables_read *header = &shown->found.tables;
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_text(&writer, "name", shown_text(arena, header->name));
    json_writer_text(&writer, "board", shown_text(arena, header->board));
    json_writer_text(&writer, "slot", shown_text(arena, header->slot));
    json_writer_text(&writer, "version", version_text(header, arena));
    json_writer_number(&writer, "epoch", header->epoch);
    json_writer_text(&writer, "id", image_id_text(header->id, arena));
    json_writer_number(&writer, "image_base", header->image_base);
    json_writer_number(&writer, "image_bytes", header->image_bytes);
    json_writer_number(&writer, "header_address", shown->header_addr);
    if (shown->is_archive) {
        json_writer_text(&writer, "image_sha256", digest_hex(&shown->about.image_digest, arena));
        json_writer_text(&writer, "tool", shown->about.tool);
    }
    if (shown->is_archive && shown->about.revision != NULL)
        json_writer_text(&writer, "revision", shown->about.revision);
    write_block(&writer, shown);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
