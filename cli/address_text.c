/* Answers as text and as JSON. */
#include "cli/address_answer.h"

#include "base/buffer.h"
#include "cli/json_text.h"

#include <imgbuild/tables.h>
#include <jansson.h>

#include <stdlib.h>
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

static const char *kind_text(enum address_kind kind)
{
    switch (kind) {
    case ADDRESS_USED:
        return "used";
    case ADDRESS_PADDING:
        return "padding";
    case ADDRESS_GAP:
        return "gap";
    case ADDRESS_FREE:
        return "free";
    case ADDRESS_HOLE:
        return "hole";
    case ADDRESS_SKIPPED:
        return "skipped";
    case ADDRESS_INFO:
        return "info";
    case ADDRESS_PERIPHERAL:
        return "peripheral";
    case ADDRESS_OUTSIDE:
        break;
    }
    return "outside";
}

/* ---- text ---- */

/* `0x000030fe saboteur` */
static void put_head(struct buffer *out, const struct address_book *book,
                     const struct address_answer *answer)
{
    const struct address_place *place = &answer->place;
    buffer_format(out, "0x%08llx ", (unsigned long long)answer->given);
    if (place->owner == ADDRESS_KERNEL)
        buffer_append_text(out, "kernel");
    else if (place->owner != ADDRESS_NOBODY)
        buffer_format(out, "task %s", address_book_owner(book, place->owner));
    else
        buffer_append_text(out, kind_text(place->kind));
    buffer_append_text(out, "\n");
}

static void put_place(struct buffer *out, const struct address_book *book,
                      const struct address_answer *answer)
{
    const struct address_place *place = &answer->place;
    struct arena *arena = out->arena;
    buffer_format(out, "    place   %s", address_place_words(book, place, arena));
    if (place->has_region)
        buffer_format(
            out, ": %s %s", address_range_text(place->region.start, place->region.end, arena),
            place->region.has_attributes ? address_attributes_text(place->region.attributes, arena)
                                         : "(rights not known)");
    else if (place->start < place->end)
        buffer_format(out, ": %s", address_range_text(place->start, place->end, arena));
    if (place->owner != ADDRESS_NOBODY)
        buffer_format(out, ", offset 0x%llx in the block",
                      (unsigned long long)(place->addr - place->start));
    else if (place->kind == ADDRESS_PERIPHERAL)
        buffer_format(out, ", offset 0x%llx", (unsigned long long)(place->addr - place->start));
    buffer_append_text(out, "\n");
}

static void put_positions(struct buffer *out, const struct address_answer *answer)
{
    for (size_t i = 0; i < answer->position_count; i++) {
        const struct debug_position *position = &answer->positions[i];
        buffer_format(out, "    %-7s %s%s at %s\n", i == 0 ? "line" : "",
                      position->function == NULL ? "?" : position->function,
                      position->is_inlined ? " (inlined)" : "",
                      address_line_text(position, out->arena));
    }
}

const char *address_answer_text(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    put_head(&out, book, answer);
    put_place(&out, book, answer);
    if (answer->symbol != NULL)
        buffer_format(&out, "    symbol  %s+0x%llx\n", answer->symbol,
                      (unsigned long long)answer->symbol_offset);
    put_positions(&out, answer);
    if (answer->lacks != NULL)
        buffer_format(&out, "    missing the program has no %s\n", answer->lacks);
    if (answer->had_thumb_bit)
        buffer_append_text(&out, "    note    bit 0 says Thumb and was cleared\n");
    for (size_t i = 0; i < answer->note_count; i++)
        buffer_format(&out, "    note    %s\n", answer->notes[i]);
    return buffer_text(&out);
}

/* ---- JSON ---- */

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *attributes_json(uint32_t attributes)
{
    static const char *const names[] = {"read", "write", "execute", "device", "dma"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (attributes & 1U << i)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *region_json(const struct address_region *region)
{
    json_t *json = json_object();
    json_object_set_new(json, "number", number(region->number));
    json_object_set_new(json, "first", number(region->start));
    json_object_set_new(json, "last", number(region->end - 1));
    json_object_set_new(json, "attributes",
                        region->has_attributes ? attributes_json(region->attributes) : json_null());
    return json;
}

static json_t *positions_json(const struct address_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->position_count; i++) {
        const struct debug_position *position = &answer->positions[i];
        json_t *json = json_object();
        json_object_set_new(json, "function", text_or_null(position->function));
        json_object_set_new(json, "file", text_or_null(position->file));
        json_object_set_new(json, "line",
                            position->line == 0 ? json_null() : number(position->line));
        json_object_set_new(json, "inlined", json_boolean(position->is_inlined));
        json_array_append_new(list, json);
    }
    return list;
}

static void set_place(json_t *json, const struct address_book *book,
                      const struct address_place *place)
{
    json_object_set_new(json, "kind", json_string(kind_text(place->kind)));
    json_object_set_new(json, "owner",
                        place->owner == ADDRESS_NOBODY
                            ? json_null()
                            : json_string(address_book_owner(book, place->owner)));
    json_object_set_new(json, "memory",
                        place->memory == SIZE_MAX
                            ? json_null()
                            : json_string(book->layout.memories[place->memory].name));
    json_object_set_new(json, "peripheral", text_or_null(place->name));
    json_object_set_new(json, "first",
                        place->start < place->end ? number(place->start) : json_null());
    json_object_set_new(json, "last",
                        place->start < place->end ? number(place->end - 1) : json_null());
    json_object_set_new(json, "offset",
                        place->start < place->end ? number(place->addr - place->start)
                                                  : json_null());
    json_object_set_new(json, "region",
                        place->has_region ? region_json(&place->region) : json_null());
    json_t *users = json_array();
    for (size_t i = 0; i < place->user_count; i++)
        json_array_append_new(users, json_string(address_book_owner(book, place->users[i])));
    json_object_set_new(json, "users", users);
}

const char *address_answer_json(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena)
{
    json_t *json = json_object();
    json_object_set_new(json, "address", number(answer->given));
    json_object_set_new(json, "thumb", json_boolean(answer->had_thumb_bit));
    set_place(json, book, &answer->place);
    json_object_set_new(json, "symbol", text_or_null(answer->symbol));
    json_object_set_new(json, "symbol_offset",
                        answer->symbol == NULL ? json_null() : number(answer->symbol_offset));
    json_object_set_new(json, "positions", positions_json(answer));
    json_object_set_new(json, "missing", text_or_null(answer->lacks));
    json_t *notes = json_array();
    for (size_t i = 0; i < answer->note_count; i++)
        json_array_append_new(notes, json_string(answer->notes[i]));
    json_object_set_new(json, "notes", notes);
    const char *text = json_text_take(json_dumps(json, JSON_COMPACT), arena);
    json_decref(json);
    return text;
}
