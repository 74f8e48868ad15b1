/* Answers as text. */
#include "cli/address/address_answer.h"

#include "base/buffer.h"

#include <string.h>

const char *address_range_text(uint64_t start, uint64_t end, struct arena *arena)
{
    return arena_format(arena, "0x%08llx..0x%08llx", (unsigned long long)start,
                        (unsigned long long)(end - 1));
}

const char *address_line_text(const struct debug_position *position, struct arena *arena)
{
    if (position->file == NULL)
        return "?";
    if (position->line == 0)
        return position->file;
    return arena_format(arena, "%s:%u", position->file, position->line);
}

/* ---- text ---- */

/* There may be thousands of answers: numbers are written without the general formatter. */
static void put_hex(struct buffer *out, uint64_t value, unsigned digits_least)
{
    char digits[2 + 16] = "0x";
    unsigned count = 1;
    while (count < 16 && (count < digits_least || value >> (4 * count) != 0))
        count++;
    for (unsigned i = 0; i < count; i++)
        digits[2 + i] = "0123456789abcdef"[value >> (4 * (count - 1 - i)) & 15];
    buffer_append(out, digits, 2 + count);
}

static void put_decimal(struct buffer *out, uint32_t value)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buffer_append(out, digits + at, sizeof digits - at);
}

static void put_texts(struct buffer *out, const char *first, const char *second, const char *third)
{
    buffer_append_text(out, first);
    buffer_append_text(out, second);
    buffer_append_text(out, third);
}

/* `0x000030fe task saboteur` */
static void put_head(struct buffer *out, const struct address_book *book,
                     const struct address_answer *answer)
{
    const struct address_place *place = &answer->place;
    put_hex(out, answer->given, 8);
    if (place->owner == ADDRESS_KERNEL)
        buffer_append_text(out, " kernel\n");
    else if (place->owner != ADDRESS_NOBODY)
        put_texts(out, " task ", address_book_owner(book, place->owner), "\n");
    else
        put_texts(out, " ", address_kind_name(place->kind), "\n");
}

static void put_range(struct buffer *out, uint64_t start, uint64_t end)
{
    buffer_append_text(out, ": ");
    put_hex(out, start, 8);
    buffer_append_text(out, "..");
    put_hex(out, end - 1, 8);
}

static void put_place(struct buffer *out, const struct address_book *book,
                      const struct address_answer *answer)
{
    const struct address_place *place = &answer->place;
    const struct address_region *region = &place->region;
    put_texts(out, "    place   ", address_place_words(book, place, out->arena), "");
    if (place->has_region) {
        put_range(out, region->start, region->end);
        put_texts(out, " ",
                  region->has_attributes ? address_attributes_text(region->attributes, out->arena)
                                         : "(rights unknown)",
                  "");
    } else if (place->start < place->end) {
        put_range(out, place->start, place->end);
    }
    if (place->owner != ADDRESS_NOBODY || place->kind == ADDRESS_PERIPHERAL) {
        buffer_append_text(out, ", offset ");
        put_hex(out, place->addr - place->start, 1);
    }
    buffer_append_text(out, place->owner != ADDRESS_NOBODY ? " in the block\n" : "\n");
}

static void put_line(struct buffer *out, const struct debug_position *position)
{
    put_texts(out, " at ", position->file == NULL ? "?" : position->file, "");
    if (position->line != 0) {
        buffer_append_text(out, ":");
        put_decimal(out, position->line);
    }
    buffer_append_text(out, "\n");
}

static void put_positions(struct buffer *out, const struct address_answer *answer)
{
    for (size_t i = 0; i < answer->position_count; i++) {
        const struct debug_position *position = &answer->positions[i];
        put_texts(out, i == 0 ? "    line    " : "            ",
                  position->function == NULL ? "?" : position->function,
                  position->is_inlined ? " (inlined)" : "");
        put_line(out, position);
    }
}

static void put_notes(struct buffer *out, const struct address_answer *answer)
{
    if (answer->lacks != NULL)
        put_texts(out, "    missing the program has no ", answer->lacks, "\n");
    if (answer->had_thumb_bit)
        buffer_append_text(out, "    note    cleared bit 0, which marks Thumb\n");
    for (size_t i = 0; i < answer->note_count; i++)
        put_texts(out, "    note    ", answer->notes[i], "\n");
}

const char *address_answer_text(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    put_head(&out, book, answer);
    put_place(&out, book, answer);
    if (answer->symbol != NULL) {
        put_texts(&out, "    symbol  ", answer->symbol, "+");
        put_hex(&out, answer->symbol_offset, 1);
        buffer_append_text(&out, "\n");
    }
    put_positions(&out, answer);
    put_notes(&out, answer);
    return buffer_text(&out);
}
