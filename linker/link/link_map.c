#include "linker/link/link_map.h"

#include <stdlib.h>
#include <string.h>

/* GNU ld, after a heading and what it discarded:
 *
 *     .text           0x00003660      0x200 load address 0x…
 *      .text.main     0x00003660       0xa0 uart/main.o
 *      .text.a_long_name
 *                     0x00003700       0x48 libuser.a(start.o)
 *                     0x00003700                _start
 *                     0x00003748                __bss_start = .
 *      *fill*         0x0000385e        0x2
 *
 * An output section stands at the start of its line, what goes into it behind one blank, a name
 * without numbers goes on in the next line, and behind a piece that was changed by relaxing or by
 * merging a line gives the size it had before. The first size is not the true one either, when
 * what comes next begins before its end.
 *
 * lld, with hexadecimal numbers:
 *
 *          VMA      LMA     Size Align Out     In      Symbol
 *         3660     3660      200    16 .text
 *         3660     3660       a0     2         uart/main.o:(.text.main)
 *         3661     3661       a0     1                 main
 *     20001d00 20001d00        0     1         __stack_base = .
 */

struct reading {
    struct arena *arena;
    struct link_map_output *outputs;
    size_t output_count, output_capacity;
    struct link_map_piece *pieces;
    size_t piece_count, piece_capacity;
    const char **assigned;
    size_t assigned_count, assigned_capacity;
};

/* ---- tables that grow ---- */

static void add_output(struct reading *reading, struct link_map_output output)
{
    if (reading->output_count == reading->output_capacity) {
        reading->output_capacity =
            reading->output_capacity == 0 ? 64 : 2 * reading->output_capacity;
        reading->outputs = arena_grow(reading->arena, reading->outputs, reading->output_count,
                                      reading->output_capacity, sizeof *reading->outputs);
    }
    output.first_piece = reading->piece_count;
    reading->outputs[reading->output_count++] = output;
}

/* Adds to the output section that was added last. */
static void add_piece(struct reading *reading, struct link_map_piece piece)
{
    if (piece.bytes == 0 || reading->output_count == 0)
        return;
    if (reading->piece_count == reading->piece_capacity) {
        reading->piece_capacity = reading->piece_capacity == 0 ? 256 : 2 * reading->piece_capacity;
        reading->pieces = arena_grow(reading->arena, reading->pieces, reading->piece_count,
                                     reading->piece_capacity, sizeof *reading->pieces);
    }
    struct link_map_output *output = &reading->outputs[reading->output_count - 1];
    piece.output = output->name;
    output->piece_count++;
    reading->pieces[reading->piece_count++] = piece;
}

static void add_assigned(struct reading *reading, struct span name)
{
    if (reading->assigned_count == reading->assigned_capacity) {
        reading->assigned_capacity =
            reading->assigned_capacity == 0 ? 64 : 2 * reading->assigned_capacity;
        reading->assigned = arena_grow(reading->arena, reading->assigned, reading->assigned_count,
                                       reading->assigned_capacity, sizeof *reading->assigned);
    }
    reading->assigned[reading->assigned_count++] =
        arena_copy_text(reading->arena, (const char *)name.data, name.bytes);
}

/* ---- words of a line ---- */

static bool next_line(struct span *text, struct span *ret)
{
    if (text->bytes == 0)
        return false;
    const uint8_t *stop = memchr(text->data, '\n', text->bytes);
    const size_t bytes = stop == NULL ? text->bytes : (size_t)(stop - text->data);
    *ret = (struct span){text->data, bytes};
    const size_t taken = stop == NULL ? bytes : bytes + 1;
    *text = (struct span){text->data + taken, text->bytes - taken};
    return true;
}

static void skip_blanks(struct span *line)
{
    while (line->bytes > 0 && (*line->data == ' ' || *line->data == '\t'))
        *line = (struct span){line->data + 1, line->bytes - 1};
}

/* The next word of a line; empty at its end. */
static struct span next_word(struct span *line)
{
    skip_blanks(line);
    struct span word = {line->data, 0};
    while (word.bytes < line->bytes && line->data[word.bytes] != ' ')
        word.bytes++;
    *line = (struct span){line->data + word.bytes, line->bytes - word.bytes};
    return word;
}

static bool begins_with(struct span text, const char *start)
{
    const size_t length = strlen(start);
    return text.bytes >= length && memcmp(text.data, start, length) == 0;
}

static bool is_word(struct span word, const char *text)
{
    return span_equal(word, span_of_text(text));
}

static bool read_hex(struct span digits, uint64_t *ret)
{
    uint64_t value = 0;
    if (digits.bytes == 0 || digits.bytes > 16)
        return false;
    for (size_t i = 0; i < digits.bytes; i++) {
        const uint8_t digit = digits.data[i];
        if (digit >= '0' && digit <= '9')
            value = value * 16 + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            value = value * 16 + 10 + (digit - 'a');
        else
            return false;
    }
    *ret = value;
    return true;
}

/* A word such as 0x00003660. */
static bool read_address(struct span *line, uint64_t *ret)
{
    const struct span word = next_word(line);
    return begins_with(word, "0x") && read_hex((struct span){word.data + 2, word.bytes - 2}, ret);
}

static char *copy(struct reading *reading, struct span text)
{
    return arena_copy_text(reading->arena, (const char *)text.data, text.bytes);
}

/* ---- GNU ld ---- */

static const char gnu_heading[] = "Linker script and memory map";

/* Objects that link-time optimisation makes have names that differ from run to run. */
static bool is_of_optimiser(const char *file)
{
    return strstr(file, ".ltrans") != NULL || strstr(file, ".lto.") != NULL ||
           strstr(file, ".debug.temp.") != NULL;
}

static void set_origin(struct link_map_piece *piece)
{
    if (is_of_optimiser(piece->file)) {
        piece->origin = LINK_MAP_LINKER;
        piece->file = "link-time optimisation";
    } else if (strcmp(piece->file, "linker stubs") == 0) {
        piece->origin = LINK_MAP_LINKER;
    }
}

/* What follows in a section is where the linker stood, so the piece in front of it ends there: of
 * one that was merged into others the map still prints a size that it has no more. */
static void gnu_end_piece(struct reading *reading, uint64_t addr)
{
    if (reading->output_count == 0 || reading->outputs[reading->output_count - 1].piece_count == 0)
        return;
    struct link_map_piece *piece = &reading->pieces[reading->piece_count - 1];
    if (addr < piece->addr || addr - piece->addr >= piece->bytes)
        return;
    piece->bytes = addr - piece->addr;
    if (piece->bytes == 0) {
        reading->piece_count--;
        reading->outputs[reading->output_count - 1].piece_count--;
    }
}

static void gnu_piece(struct reading *reading, struct span name, struct span numbers)
{
    struct link_map_piece piece = {.origin = LINK_MAP_FILE};
    if (!read_address(&numbers, &piece.addr) || !read_address(&numbers, &piece.bytes))
        return;
    if (piece.bytes > 0)
        gnu_end_piece(reading, piece.addr);
    skip_blanks(&numbers);
    if (is_word(name, "*fill*") || numbers.bytes == 0)
        return;
    piece.section = copy(reading, name);
    piece.file = copy(reading, numbers);
    set_origin(&piece);
    add_piece(reading, piece);
}

static void gnu_output(struct reading *reading, struct span name, struct span numbers)
{
    struct link_map_output output = {.name = copy(reading, name)};
    if (!read_address(&numbers, &output.addr) || !read_address(&numbers, &output.bytes))
        output.addr = output.bytes = 0;
    add_output(reading, output);
}

/* The first of several merged sections stands for all, and so is larger than it was. */
static void gnu_size_before(struct reading *reading, struct span line)
{
    uint64_t before;
    if (reading->piece_count == 0 || !read_address(&line, &before))
        return;
    struct link_map_piece *piece = &reading->pieces[reading->piece_count - 1];
    if (piece->bytes <= before)
        return;
    piece->origin = LINK_MAP_JOINED;
    piece->file = "";
}

/* `0x… name = value`, `0x… PROVIDE (name = value)`. */
static void gnu_assignment(struct reading *reading, struct span line)
{
    uint64_t value;
    if (!read_address(&line, &value))
        return;
    struct span name = next_word(&line);
    if (begins_with(name, "PROVIDE")) {
        name = next_word(&line);
        if (name.bytes > 0 && *name.data == '(')
            name = (struct span){name.data + 1, name.bytes - 1};
    }
    if (name.bytes > 0 && is_word(next_word(&line), "="))
        add_assigned(reading, name);
}

static void gnu_line(struct reading *reading, struct span line, struct span *rest)
{
    const bool is_output = *line.data != ' ';
    const bool is_piece = !is_output && line.bytes > 1 && line.data[1] != ' ';
    if (!is_output && !is_piece) {
        static const char before[] = "(size before relaxing)";
        if (line.bytes > sizeof before &&
            is_word((struct span){line.data + line.bytes - (sizeof before - 1), sizeof before - 1},
                    before))
            gnu_size_before(reading, line);
        else
            gnu_assignment(reading, line);
        return;
    }
    const struct span name = next_word(&line);
    skip_blanks(&line);
    struct span following = *rest;
    struct span next;
    if (line.bytes == 0 && next_line(&following, &next) && begins_with(next, "  ")) {
        line = next;
        *rest = following;
    }
    if (is_output)
        gnu_output(reading, name, line);
    else
        gnu_piece(reading, name, line);
}

static void read_gnu(struct reading *reading, struct span text)
{
    struct span line;
    bool is_inside = false;
    while (next_line(&text, &line)) {
        if (!is_inside)
            is_inside = is_word(line, gnu_heading);
        else if (line.bytes > 0)
            gnu_line(reading, line, &text);
    }
}

/* ---- lld ---- */

static const char lld_heading[] = "     VMA      LMA     Size Align Out     In      Symbol";

enum { LLD_INPUT_COLUMN = 8, LLD_SYMBOL_COLUMN = 16 };

/* `file:(section)` */
static void lld_piece(struct reading *reading, struct span text, uint64_t addr, uint64_t bytes)
{
    size_t at = text.bytes;
    if (text.bytes == 0 || text.data[text.bytes - 1] != ')')
        return;
    while (at > 1 && !(text.data[at - 2] == ':' && text.data[at - 1] == '('))
        at--;
    if (at <= 1)
        return;
    struct link_map_piece piece = {
        .section = copy(reading, (struct span){text.data + at, text.bytes - at - 1}),
        .file = copy(reading, (struct span){text.data, at - 2}),
        .addr = addr,
        .bytes = bytes,
    };
    set_origin(&piece);
    if (strcmp(piece.file, "<internal>") == 0) {
        const bool is_code = strncmp(piece.section, ".text", strlen(".text")) == 0;
        piece.origin = is_code ? LINK_MAP_LINKER : LINK_MAP_JOINED;
        piece.file = is_code ? "linker stubs" : "";
    }
    add_piece(reading, piece);
}

static void lld_assignment(struct reading *reading, struct span text)
{
    struct span name = next_word(&text);
    if (begins_with(name, "PROVIDE")) { /* PROVIDE ( name = value ), PROVIDE(name = value) */
        const uint8_t *open = memchr(name.data, '(', name.bytes);
        name = open == NULL || open + 1 == name.data + name.bytes
                   ? next_word(&text)
                   : (struct span){open + 1, (size_t)(name.data + name.bytes - open - 1)};
        if (is_word(name, "("))
            name = next_word(&text);
    }
    if (name.bytes > 0 && !is_word(name, ".") && is_word(next_word(&text), "="))
        add_assigned(reading, name);
}

static void lld_line(struct reading *reading, struct span line)
{
    uint64_t addr, load_addr, bytes;
    if (!read_hex(next_word(&line), &addr) || !read_hex(next_word(&line), &load_addr) ||
        !read_hex(next_word(&line), &bytes) || next_word(&line).bytes == 0 || line.bytes == 0)
        return;
    const struct span text = {line.data + 1, line.bytes - 1};
    size_t column = 0;
    while (column < text.bytes && text.data[column] == ' ')
        column++;
    const struct span rest = {text.data + column, text.bytes - column};
    if (column < LLD_SYMBOL_COLUMN)
        lld_assignment(reading, rest);
    struct span words = rest;
    const bool has_one_word = next_word(&words).bytes > 0 && words.bytes == 0;
    if (column == 0 && has_one_word)
        add_output(reading, (struct link_map_output){
                                .name = copy(reading, rest), .addr = addr, .bytes = bytes});
    else if (column == LLD_INPUT_COLUMN)
        lld_piece(reading, rest, addr, bytes);
}

static void read_lld(struct reading *reading, struct span text)
{
    struct span line;
    while (next_line(&text, &line))
        lld_line(reading, line);
}

/* ---- the whole ---- */

static int compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static bool has_gnu_heading(struct span text)
{
    struct span line;
    bool found = false;
    while (!found && next_line(&text, &line))
        found = is_word(line, gnu_heading);
    return found;
}

bool link_map_read(struct arena *arena, struct span text, struct link_map *ret)
{
    struct reading reading = {.arena = arena};
    if (begins_with(text, lld_heading))
        read_lld(&reading, text);
    else if (has_gnu_heading(text))
        read_gnu(&reading, text);
    else
        return false;
    if (reading.assigned_count > 1)
        qsort(reading.assigned, reading.assigned_count, sizeof *reading.assigned, compare_names);
    *ret = (struct link_map){reading.outputs,     reading.output_count, reading.pieces,
                             reading.piece_count, reading.assigned,     reading.assigned_count};
    return true;
}

bool link_map_is_assigned(const struct link_map *map, const char *symbol)
{
    return map->assigned_count != 0 && bsearch(&symbol, map->assigned, map->assigned_count,
                                               sizeof *map->assigned, compare_names) != NULL;
}
