#include "linker/image/image_format.h"

#include "base/buffer.h"

#include <assert.h>
#include <string.h>

static bool is_in_bounds(const struct image *image, const struct image_part *part)
{
    return part->addr >= image->base && part->addr < image->end;
}

struct span image_format_bin(struct arena *arena, const struct image *image)
{
    const size_t bytes = (size_t)(image->end - image->base);
    uint8_t *data = ARENA_ARRAY(arena, uint8_t, bytes);
    memset(data, 0xff, bytes);
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        if (is_in_bounds(image, part))
            memcpy(data + (part->addr - image->base), part->data, part->bytes);
    }
    return (struct span){data, bytes};
}

/* ---- text formats ----
 * Records hold up to 16 bytes and start anew with each part and each piece of a hole, as objcopy's
 * do. */

enum {
    RECORD_BYTES = 16,
    LINE_BYTES_MOST = 40, /* of a header's name */
    HOLE_BYTES = 8192,    /* objcopy fills a hole in pieces of this size */
};

typedef void record_fn(void *context, uint64_t addr, struct span bytes);

/* What the records are made for. */
struct records {
    uint64_t window_bytes; /* no record crosses a multiple of it */
    record_fn *add;
    void *context;
};

static void cut_records(const struct records *records, uint64_t addr, struct span bytes)
{
    struct span piece;
    for (size_t at = 0; at < bytes.bytes; at += piece.bytes) {
        uint64_t room = records->window_bytes - (addr + at) % records->window_bytes;
        if (room > RECORD_BYTES)
            room = RECORD_BYTES;
        if (room > bytes.bytes - at)
            room = bytes.bytes - at;
        piece = (struct span){bytes.data + at, (size_t)room};
        records->add(records->context, addr + at, piece);
    }
}

static void cut_hole(const struct records *records, uint64_t addr, struct span hole)
{
    for (size_t at = 0; at < hole.bytes; at += HOLE_BYTES) {
        const size_t rest = hole.bytes - at;
        const struct span piece = {hole.data + at, rest < HOLE_BYTES ? rest : HOLE_BYTES};
        cut_records(records, addr + at, piece);
    }
}

static void cut_image(struct arena *arena, const struct image *image, const struct records *records)
{
    const struct span whole = image_format_bin(arena, image);
    uint64_t at = image->base;
    for (size_t i = 0; i < image->part_count; i++) {
        const struct image_part *part = &image->parts[i];
        const struct span bytes = {part->data, part->bytes};
        if (is_in_bounds(image, part)) {
            const struct span hole = {whole.data + (at - image->base), (size_t)(part->addr - at)};
            cut_hole(records, at, hole);
            at = part->addr + part->bytes;
        }
        cut_records(records, part->addr, bytes);
    }
}

/* A line of hex digits under construction. */
struct line {
    uint8_t text[2 + 2 * (1 + 4 + 1 + LINE_BYTES_MOST + 1) + 2];
    size_t bytes;
    uint8_t sum; /* of the bytes that its digits stand for */
};

static void add_character(struct line *line, char character)
{
    line->text[line->bytes++] = (uint8_t)character;
}

static void add_hex(struct line *line, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";
    add_character(line, digits[byte >> 4]);
    add_character(line, digits[byte & 15]);
    line->sum = (uint8_t)(line->sum + byte);
}

static void add_hex_bytes(struct line *line, struct span bytes)
{
    assert(bytes.bytes <= LINE_BYTES_MOST);
    for (size_t i = 0; i < bytes.bytes; i++)
        add_hex(line, bytes.data[i]);
}

static void end_line(struct buffer *text, struct line *line)
{
    add_character(line, '\r');
    add_character(line, '\n');
    buffer_append(text, line->text, line->bytes);
}

/* ---- Intel HEX: `:LLAAAATTDD…CC`, the bytes of a line sum up to 0 ---- */

enum { HEX_WINDOW_BYTES = 0x10000 }; /* a record's address has 16 bits */

enum hex_type {
    HEX_DATA = 0,
    HEX_END = 1,
    HEX_SEGMENT = 2,       /* bits 4 to 19 of the base of what follows */
    HEX_START_SEGMENT = 3, /* where to start, as an 8086 segment and offset */
    HEX_LINEAR = 4,        /* bits 16 to 31 of the base */
    HEX_START_LINEAR = 5,
};

struct hex {
    struct buffer text;
    uint64_t linear_base, segment_base;
};

static void append_hex_record(struct hex *hex, enum hex_type type, uint64_t addr, struct span bytes)
{
    struct line line = {.bytes = 0};
    add_character(&line, ':');
    add_hex(&line, (uint8_t)bytes.bytes);
    add_hex(&line, (uint8_t)(addr >> 8));
    add_hex(&line, (uint8_t)addr);
    add_hex(&line, (uint8_t)type);
    add_hex_bytes(&line, bytes);
    add_hex(&line, (uint8_t)-line.sum);
    end_line(&hex->text, &line);
}

static void append_hex_number(struct hex *hex, enum hex_type type, uint64_t value, size_t bytes)
{
    uint8_t digits[4];
    for (size_t i = 0; i < bytes; i++)
        digits[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    const struct span span = {digits, bytes};
    append_hex_record(hex, type, 0, span);
}

/* Below 1 MiB the base is given in the older form, above it in the newer. */
static void move_base(struct hex *hex, uint64_t addr)
{
    if (addr <= hex->linear_base + hex->segment_base + 0xffff)
        return;
    if (addr <= 0xfffff) {
        hex->segment_base = addr & 0xf0000;
        append_hex_number(hex, HEX_SEGMENT, hex->segment_base >> 4, 2);
        return;
    }
    if (hex->segment_base != 0)
        append_hex_number(hex, HEX_SEGMENT, 0, 2);
    hex->segment_base = 0;
    hex->linear_base = addr & 0xffff0000;
    append_hex_number(hex, HEX_LINEAR, hex->linear_base >> 16, 2);
}

static void add_hex_data(void *context, uint64_t addr, struct span bytes)
{
    struct hex *hex = context;
    move_base(hex, addr);
    append_hex_record(hex, HEX_DATA, addr - hex->linear_base - hex->segment_base, bytes);
}

struct span image_format_hex(struct arena *arena, const struct image *image)
{
    const struct span none = {0};
    struct hex hex = {.text = buffer_in(arena)};
    const struct records records = {HEX_WINDOW_BYTES, add_hex_data, &hex};
    cut_image(arena, image, &records);
    if (image->entry > 0xfffff)
        append_hex_number(&hex, HEX_START_LINEAR, image->entry, 4);
    else if (image->entry != 0)
        append_hex_number(&hex, HEX_START_SEGMENT,
                          (image->entry & 0xf0000) << 12 | (image->entry & 0xffff), 4);
    append_hex_record(&hex, HEX_END, 0, none);
    return buffer_span(&hex.text);
}

/* ---- Motorola S-records: `STLLAAAA…DD…CC`, the bytes after ST sum up to 0xff ---- */

static void append_srec_record(struct buffer *text, char type, size_t address_bytes, uint64_t addr,
                               struct span bytes)
{
    struct line line = {.bytes = 0};
    add_character(&line, 'S');
    add_character(&line, type);
    add_hex(&line, (uint8_t)(address_bytes + bytes.bytes + 1));
    for (size_t i = address_bytes; i > 0; i--)
        add_hex(&line, (uint8_t)(addr >> (8 * (i - 1))));
    add_hex_bytes(&line, bytes);
    add_hex(&line, (uint8_t)~line.sum);
    end_line(text, &line);
}

static void add_srec_data(void *context, uint64_t addr, struct span bytes)
{
    append_srec_record(context, '3', 4, addr, bytes);
}

struct span image_format_srec(struct arena *arena, const struct image *image, const char *name)
{
    const struct span none = {0};
    struct buffer text = buffer_in(arena);
    struct span header = span_of_text(name);
    if (header.bytes > LINE_BYTES_MOST)
        header.bytes = LINE_BYTES_MOST;
    append_srec_record(&text, '0', 2, 0, header);
    const struct records records = {UINT64_C(1) << 32, add_srec_data, &text};
    cut_image(arena, image, &records);
    append_srec_record(&text, '7', 4, image->entry, none);
    return buffer_span(&text);
}
