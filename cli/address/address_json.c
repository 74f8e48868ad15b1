/* Answers about addresses as JSON. */
#include "cli/address/address_json.h"

static void write_number_if(struct json_writer *writer, const char *key, bool is_given,
                            uint64_t number)
{
    if (is_given)
        json_writer_number(writer, key, number);
    else
        json_writer_null(writer, key);
}

void address_json_attributes(struct json_writer *writer, uint32_t attributes)
{
    static const char *const names[] = {"read", "write", "execute", "device", "dma"};
    json_writer_open_list(writer, "attributes");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (attributes & 1U << i)
            json_writer_text(writer, NULL, names[i]);
    json_writer_close_list(writer);
}

void address_json_position(struct json_writer *writer, const struct debug_position *position)
{
    json_writer_text(writer, "function", position->function);
    json_writer_text(writer, "file", position->file);
    write_number_if(writer, "line", position->line != 0, position->line);
    json_writer_flag(writer, "inlined", position->is_inlined);
}

static void write_region(struct json_writer *writer, const struct address_region *region)
{
    json_writer_open_object(writer, "region");
    json_writer_number(writer, "number", region->number);
    json_writer_number(writer, "first", region->start);
    json_writer_number(writer, "last", region->end - 1);
    if (region->has_attributes)
        address_json_attributes(writer, region->attributes);
    else
        json_writer_null(writer, "attributes");
    json_writer_close_object(writer);
}

static void write_place(struct json_writer *writer, const struct address_book *book,
                        const struct address_place *place)
{
    const bool has_range = place->start < place->end;
    json_writer_text(writer, "kind", address_kind_name(place->kind));
    json_writer_text(writer, "owner",
                     place->owner == ADDRESS_NOBODY ? NULL
                                                    : address_book_owner(book, place->owner));
    json_writer_text(writer, "memory",
                     place->memory == SIZE_MAX ? NULL : book->layout.memories[place->memory].name);
    json_writer_text(writer, "peripheral", place->name);
    write_number_if(writer, "first", has_range, place->start);
    write_number_if(writer, "last", has_range, place->end - 1);
    write_number_if(writer, "offset", has_range, place->addr - place->start);
    if (place->has_region)
        write_region(writer, &place->region);
    else
        json_writer_null(writer, "region");
    json_writer_open_list(writer, "users");
    for (size_t i = 0; i < place->user_count; i++)
        json_writer_text(writer, NULL, address_book_owner(book, place->users[i]));
    json_writer_close_list(writer);
}

void address_json_answer(struct json_writer *writer, const char *key,
                         const struct address_book *book, const struct address_answer *answer)
{
    json_writer_open_object(writer, key);
    json_writer_number(writer, "address", answer->given);
    json_writer_flag(writer, "thumb", answer->had_thumb_bit);
    write_place(writer, book, &answer->place);
    json_writer_text(writer, "symbol", answer->symbol);
    write_number_if(writer, "symbol_offset", answer->symbol != NULL, answer->symbol_offset);
    json_writer_open_list(writer, "positions");
    for (size_t i = 0; i < answer->position_count; i++) {
        json_writer_open_object(writer, NULL);
        address_json_position(writer, &answer->positions[i]);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
    json_writer_text(writer, "missing", answer->lacks);
    json_writer_texts(writer, "notes", answer->notes, answer->note_count);
    json_writer_close_object(writer);
}

const char *address_answer_json(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINE);
    address_json_answer(&writer, NULL, book, answer);
    return json_writer_end(&writer);
}
