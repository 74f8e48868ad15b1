#include "cli/address/address_answer.h"

#include "base/buffer.h"
#include "base/shown_text.h"
#include "linker/debug/demangle.h"

#include <assert.h>
#include <string.h>

static const char *shown_name(const char *name, enum address_names names, struct arena *arena)
{
    if (name == NULL)
        return NULL;
    return shown_text(arena, names == ADDRESS_MANGLED_NAMES ? name : demangle(name, arena));
}

void address_make_shown(struct debug_position *position, enum address_names names,
                        struct arena *arena)
{
    position->function = shown_name(position->function, names, arena);
    if (position->file != NULL)
        position->file = shown_text(arena, position->file);
}

static void set_positions(struct debug_file *file, enum address_names names, struct arena *arena,
                          struct address_answer *answer)
{
    const struct debug_position *found;
    const size_t count = debug_lines_at(file, answer->place.addr, arena, &found);
    struct debug_position *shown = ARENA_ARRAY(arena, struct debug_position, count);
    for (size_t i = 0; i < count; i++) {
        shown[i] = found[i];
        address_make_shown(&shown[i], names, arena);
    }
    if (count == 1 && shown[0].function == NULL) /* assembly */
        shown[0].function = answer->symbol;
    answer->positions = shown;
    answer->position_count = count;
}

/* The bit that marks a Thumb function's address, in the code of Arm programs only. */
static void clear_thumb_bit(struct address_book *book, struct debug_file *file, struct arena *arena,
                            struct address_answer *answer)
{
    const uint64_t addr = answer->place.addr & ~(uint64_t)1;
    if (addr == answer->place.addr || debug_file_machine(file) != DEBUG_ARM ||
        !debug_file_is_code(file, addr))
        return;
    answer->place = address_place_of(book, addr, arena);
    answer->had_thumb_bit = true;
}

/* A task's need is rounded up to the MPU's granularity. */
static void note_rounding(const struct address_book *book, const struct debug_file *file,
                          struct arena *arena, struct address_answer *answer)
{
    const size_t owner = answer->place.owner;
    if (file == NULL || answer->place.kind != ADDRESS_USED || owner >= book->layout.task_count ||
        debug_file_is_loaded(file, answer->place.addr))
        return;
    const char **notes = ARENA_ARRAY(arena, const char *, answer->note_count + 1);
    notes[0] = arena_format(
        arena, "rounding: program %s ends before it, but the MPU's granularity includes it",
        address_book_owner(book, owner));
    assert(answer->notes != NULL); /* address_place_notes has set them, none too */
    for (size_t i = 0; i < answer->note_count; i++)
        notes[i + 1] = answer->notes[i];
    answer->notes = notes;
    answer->note_count++;
}

struct address_answer address_answer(struct address_book *book, uint64_t addr,
                                     enum address_names names, struct arena *arena)
{
    struct address_answer answer = {.given = addr, .place = address_place_of(book, addr, arena)};
    struct debug_symbol symbol;
    struct debug_file *file = address_book_program(book, answer.place.owner);
    if (file != NULL && answer.place.kind == ADDRESS_USED) {
        clear_thumb_bit(book, file, arena, &answer);
        if (debug_file_symbol(file, answer.place.addr, &symbol)) {
            answer.symbol = shown_name(symbol.name, names, arena);
            answer.symbol_offset = answer.place.addr - symbol.addr;
        }
        set_positions(file, names, arena, &answer);
        answer.lacks = address_book_lacks(file, arena);
        if (answer.lacks == NULL && answer.position_count == 0 &&
            debug_file_is_code(file, answer.place.addr))
            answer.lacks = "debug information for this address (compile its object with -g)";
    }
    answer.note_count = address_place_notes(book, &answer.place, arena, &answer.notes);
    note_rounding(book, file, arena, &answer);
    return answer;
}

static int digit_of(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

bool address_parse(struct span text, uint64_t *ret)
{
    size_t at = 0;
    uint64_t value = 0;
    if (text.bytes > 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X'))
        at = 2;
    if (at == text.bytes)
        return false;
    for (; at < text.bytes; at++) {
        const int digit = digit_of(text.data[at]);
        if (digit < 0 || value > UINT32_MAX >> 4)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    *ret = value;
    return true;
}
