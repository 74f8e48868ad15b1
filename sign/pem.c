#include "sign/pem.h"

#include <mbedtls/base64.h>

#include <string.h>

#define BEGIN "-----BEGIN "
#define END   "-----END "
#define TAIL  "-----"

/* A file while it is read. */
struct reader {
    struct span text;
    size_t at; /* of the line after `line` */
    struct span line;
    struct source_pos pos; /* of `line` */
    const char *code;
    struct arena *arena;
    struct diag_list *diags;
};

static bool is_blank(uint8_t character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* Goes to the next line, without what ends it; false at the end of the file. */
static bool next_line(struct reader *reader)
{
    if (reader->at == reader->text.bytes)
        return false;
    const uint8_t *start = reader->text.data + reader->at;
    const size_t left = reader->text.bytes - reader->at;
    const uint8_t *newline = memchr(start, '\n', left);
    size_t bytes = newline == NULL ? left : (size_t)(newline - start);
    reader->at += newline == NULL ? bytes : bytes + 1;
    while (bytes > 0 && is_blank(start[bytes - 1]))
        bytes--;
    reader->line = (struct span){start, bytes};
    reader->pos.line++;
    return true;
}

static bool starts_with(struct span text, const char *start)
{
    struct span front;
    const struct span wanted = span_of_text(start);
    return span_part(text, 0, wanted.bytes, &front) && span_equal(front, wanted);
}

static bool is_label_character(uint8_t character)
{
    return (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9') ||
           character == ' ';
}

/* The label of a line "-----BEGIN label-----"; false for any other line. */
static bool parse_boundary(struct span line, const char *start, struct span *ret_label)
{
    const size_t start_bytes = strlen(start), tail_bytes = strlen(TAIL);
    if (!starts_with(line, start) || line.bytes <= start_bytes + tail_bytes ||
        memcmp(line.data + line.bytes - tail_bytes, TAIL, tail_bytes) != 0)
        return false;
    const struct span label = {line.data + start_bytes, line.bytes - start_bytes - tail_bytes};
    for (size_t i = 0; i < label.bytes; i++)
        if (!is_label_character(label.data[i]))
            return false;
    *ret_label = label;
    return true;
}

bool pem_has_block(struct span text, const char *label)
{
    struct reader reader = {.text = text};
    struct span found;
    while (next_line(&reader))
        if (parse_boundary(reader.line, BEGIN, &found) && span_equal(found, span_of_text(label)))
            return true;
    return false;
}

static bool wrong_text(const struct reader *reader)
{
    diag_error(reader->diags, reader->code, reader->pos,
               "this line belongs to no PEM block; nothing is taken from the file");
    diag_hint(reader->diags, "between the blocks only blank lines and lines that start with # may "
                             "stand; `openssl x509 -in FILE` writes a block without other text");
    return false;
}

static bool decode(const struct reader *reader, struct span base64, struct pem_block *ret)
{
    size_t bytes = 0;
    uint8_t *der = arena_alloc(reader->arena, base64.bytes / 4 + 1, 3);
    if (base64.bytes == 0 ||
        mbedtls_base64_decode(der, (base64.bytes / 4 + 1) * 3, &bytes, base64.data, base64.bytes) !=
            0 ||
        bytes == 0) {
        const struct source_pos pos = {reader->pos.file, ret->line, 0};
        return diag_error(reader->diags, reader->code, pos,
                          "the %s that begins here is not base64; nothing is taken from the file",
                          ret->label);
    }
    ret->der = (struct span){der, bytes};
    return true;
}

/* Reads on from a BEGIN line to its END. */
static bool read_block(struct reader *reader, struct span label, struct pem_block *ret)
{
    *ret = (struct pem_block){
        .label = arena_copy_text(reader->arena, (const char *)label.data, label.bytes),
        .line = reader->pos.line};
    const size_t start = reader->at;
    struct span end_label;
    for (size_t before = start; next_line(reader); before = reader->at) {
        if (!starts_with(reader->line, TAIL))
            continue;
        if (!parse_boundary(reader->line, END, &end_label) || !span_equal(end_label, label))
            break;
        return decode(reader, (struct span){reader->text.data + start, before - start}, ret);
    }
    const struct source_pos pos = {reader->pos.file, ret->line, 0};
    return diag_error(reader->diags, reader->code, pos,
                      "the %s that begins here has no end; nothing is taken from the file",
                      ret->label);
}

static size_t count_begins(struct span text)
{
    struct reader reader = {.text = text};
    size_t count = 0;
    while (next_line(&reader))
        count += starts_with(reader.line, BEGIN);
    return count;
}

bool pem_read(struct span text, const char *code, struct source_pos named_at, struct arena *arena,
              struct pem_file *ret, struct diag_list *diags)
{
    struct reader reader = {
        .text = text, .pos = {.file = named_at.file}, .code = code, .arena = arena, .diags = diags};
    const size_t begins = count_begins(text);
    if (begins > PEM_BLOCKS_MOST)
        return diag_error(diags, code, named_at, "the file has more than %d PEM blocks",
                          PEM_BLOCKS_MOST);
    struct pem_block *blocks = ARENA_ARRAY(arena, struct pem_block, begins);
    size_t count = 0;
    while (next_line(&reader)) {
        struct span label;
        if (reader.line.bytes == 0 || reader.line.data[0] == '#')
            continue;
        if (!parse_boundary(reader.line, BEGIN, &label))
            return wrong_text(&reader);
        if (!read_block(&reader, label, &blocks[count++]))
            return false;
    }
    if (count == 0)
        return diag_error(diags, code, named_at, "the file has no PEM block");
    *ret = (struct pem_file){blocks, count};
    return true;
}
