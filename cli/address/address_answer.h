/* Everything known about one address. */
#ifndef CLI_ADDRESS_ADDRESS_ANSWER_H
#define CLI_ADDRESS_ADDRESS_ANSWER_H

#include "cli/address/address_place.h"
#include "linker/debug/debug_lines.h"

enum address_names { ADDRESS_READABLE_NAMES, ADDRESS_MANGLED_NAMES };

struct address_answer {
    uint64_t given;             /* as asked */
    struct address_place place; /* of the address without the Thumb bit */
    bool had_thumb_bit;
    const char *symbol; /* NULL: none */
    uint64_t symbol_offset;
    const struct debug_position *positions; /* innermost first; function names ready to display */
    size_t position_count;
    const char *lacks; /* what the program lacks, in words, or NULL */
    const char *const *notes;
    size_t note_count;
};

/* Answers for one address, at most 32 bits. */
struct address_answer address_answer(struct address_book *book, uint64_t addr,
                                     enum address_names names, struct arena *arena);

/* Makes the names of a position readable and safe to display. */
void address_make_shown(struct debug_position *position, enum address_names names,
                        struct arena *arena);

/* Reads an address: hexadecimal, with or without 0x, at most 32 bits. */
bool address_parse(struct span text, uint64_t *ret);

/* The answer as lines of text. */
const char *address_answer_text(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena);

/* The answer as one line of JSON. */
const char *address_answer_json(const struct address_book *book,
                                const struct address_answer *answer, struct arena *arena);

/* A range as "0x00002000..0x00002fff". */
const char *address_range_text(uint64_t start, uint64_t end, struct arena *arena);

/* "main.c:12", "main.c" without a line, "?" without a file. */
const char *address_line_text(const struct debug_position *position, struct arena *arena);

#endif
