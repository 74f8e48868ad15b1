#include "sign/keys/pem.h"

#include "sign/keys/secret.h"

#include "base/buffer.h"

#include <mbedtls/base64.h>

#include <stdlib.h>
#include <string.h>

enum { LINE_CHARACTERS = 64, LINE_BYTES = LINE_CHARACTERS / 4 * 3, DER_SEQUENCE = 0x30 };

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char close_mark[] = "-----";
static const char private_label_end[] = "PRIVATE KEY";
static const char private_mark[] = "PRIVATE KEY-----";

/* Where in a text the reading is. */
struct lines {
    struct span text;
    size_t at;    /* of the next line */
    size_t count; /* lines read */
};

/* Cuts off the next line; its end is not part of it. False at the end of the text. */
static bool next_line(struct lines *lines, struct span *ret)
{
    if (lines->at == lines->text.bytes)
        return false;
    const uint8_t *start = lines->text.data + lines->at;
    const size_t left = lines->text.bytes - lines->at;
    const uint8_t *newline = memchr(start, '\n', left);
    size_t bytes = newline == NULL ? left : (size_t)(newline - start);
    lines->at += newline == NULL ? bytes : bytes + 1;
    lines->count++;
    if (newline != NULL && bytes > 0 && start[bytes - 1] == '\r')
        bytes--;
    *ret = (struct span){start, bytes};
    return true;
}

/* The label of a line that is `mark` label "-----". */
static bool marked_label(struct span line, const char *mark, struct span *ret)
{
    const size_t before = strlen(mark), after = strlen(close_mark);
    if (line.bytes < before + after || memcmp(line.data, mark, before) != 0 ||
        memcmp(line.data + line.bytes - after, close_mark, after) != 0)
        return false;
    *ret = (struct span){line.data + before, line.bytes - before - after};
    return true;
}

static bool is_blank(struct span line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t')
            return false;
    }
    return true;
}

static bool is_base64(struct span line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        const uint8_t c = line.data[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
            c != '+' && c != '/' && c != '=')
            return false;
    }
    return line.bytes > 0;
}

/* A label is printable, and short enough for a message. */
static bool is_label(struct span label)
{
    for (size_t i = 0; i < label.bytes; i++) {
        if (label.data[i] < ' ' || label.data[i] > '~')
            return false;
    }
    return label.bytes > 0 && label.bytes <= LINE_CHARACTERS;
}

static bool wrong_block(const struct pem_block *block, const char *what, size_t line,
                        const char *code, struct source_pos named_at, struct diag_list *diags)
{
    return diag_error(diags, code, (struct source_pos){.file = named_at.file},
                      "the %.*s block that begins in line %zu %s line %zu", (int)block->label.bytes,
                      (const char *)block->label.data, block->line, what, line);
}

static bool wrong_line(struct span line, size_t number, const char *code,
                       struct source_pos named_at, struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    if (number == 1 && line.bytes > 0 && line.data[0] == DER_SEQUENCE) {
        diag_error(diags, code, pos, "this is not PEM text, but may be DER");
        diag_hint(diags, "convert a key to PEM with `openssl pkey -inform DER`, a public one with "
                         "`-pubin` too, a certificate with `openssl x509 -inform DER`");
        return false;
    }
    diag_error(diags, code, pos, "line %zu lies outside the PEM blocks and is not empty", number);
    diag_hint(diags, "a comment begins with #; a block begins with -----BEGIN …-----");
    return false;
}

/* Passes the headers and the empty line that ends them, when there are any. */
static void skip_headers(struct lines *lines, struct pem_block *block)
{
    struct lines ahead = *lines;
    struct span line;
    if (!next_line(&ahead, &line) || memchr(line.data, ':', line.bytes) == NULL)
        return;
    struct lines end = ahead;
    while (next_line(&ahead, &line) && !is_blank(line) && line.data[0] != '-')
        end = ahead;
    block->headers = (struct span){lines->text.data + lines->at, end.at - lines->at};
    *lines = is_blank(line) ? ahead : end;
}

/* Reads on after a BEGIN line until its END. */
static bool read_block(struct lines *lines, struct pem_block *block, const char *code,
                       struct source_pos named_at, struct diag_list *diags)
{
    struct span line, label;
    skip_headers(lines, block);
    const size_t body_at = lines->at;
    size_t body_end = lines->at;
    while (next_line(lines, &line)) {
        if (marked_label(line, end_mark, &label)) {
            if (!span_equal(label, block->label))
                return wrong_block(block, "is ended by another label in", lines->count, code,
                                   named_at, diags);
            block->body = (struct span){lines->text.data + body_at, body_end - body_at};
            return true;
        }
        if (!is_base64(line))
            return wrong_block(block, "has something other than base64 in", lines->count, code,
                               named_at, diags);
        body_end = lines->at;
    }
    return wrong_block(block, "has no END by the end of the file, after", lines->count, code,
                       named_at, diags);
}

static const struct pem_block *add_block(struct pem_block **blocks, size_t count,
                                         const struct pem_block *block, struct arena *arena)
{
    const bool is_full = (count & (count - 1)) == 0; /* at 0 and at each power of two */
    if (is_full)
        *blocks = arena_grow(arena, *blocks, count, count == 0 ? 1 : 2 * count, sizeof **blocks);
    (*blocks)[count] = *block;
    return *blocks;
}

bool pem_split(struct span text, const char *code, struct source_pos named_at, struct arena *arena,
               struct pem_file *ret, struct diag_list *diags)
{
    struct lines lines = {.text = text};
    struct pem_file file = {0};
    struct pem_block *blocks = NULL;
    struct span line, label;
    while (next_line(&lines, &line)) {
        if (is_blank(line) || line.data[0] == '#')
            continue;
        if (!marked_label(line, begin_mark, &label) || !is_label(label))
            return wrong_line(line, lines.count, code, named_at, diags);
        struct pem_block block = {.label = label, .line = lines.count};
        if (!read_block(&lines, &block, code, named_at, diags))
            return false;
        file.blocks = add_block(&blocks, file.block_count, &block, arena);
        file.block_count++;
    }
    *ret = file;
    return true;
}

/* ---- base64 ---- */

/* Whether the bits of the last group that stand for no byte are zero, by writing that group again.
 * `tail`: the last 1 to 3 bytes decoded. */
static bool is_last_group(struct span body, const uint8_t *tail, size_t tail_bytes)
{
    unsigned char group[5], found[4];
    size_t written;
    size_t at = body.bytes, count = 0;
    while (at > 0 && count < 4) {
        const uint8_t c = body.data[--at];
        if (c != '\n' && c != '\r')
            found[3 - count++] = c;
    }
    const bool same = count == 4 &&
                      mbedtls_base64_encode(group, sizeof group, &written, tail, tail_bytes) == 0 &&
                      memcmp(group, found, sizeof found) == 0;
    secret_wipe(group, sizeof group);
    secret_wipe(found, sizeof found);
    return same;
}

static size_t count_characters(struct span body)
{
    size_t count = 0;
    for (size_t i = 0; i < body.bytes; i++)
        count += body.data[i] != '\n' && body.data[i] != '\r';
    return count;
}

bool pem_decode(const struct pem_block *block, const char *code, struct source_pos named_at,
                uint8_t *buffer, size_t capacity, size_t *ret_bytes, struct diag_list *diags)
{
    const struct source_pos pos = {.file = named_at.file};
    const int label_bytes = (int)block->label.bytes;
    const char *label = (const char *)block->label.data;
    const size_t characters = count_characters(block->body);
    size_t bytes = 0;
    const int status =
        mbedtls_base64_decode(buffer, capacity, &bytes, block->body.data, block->body.bytes);
    if (status == MBEDTLS_ERR_BASE64_BUFFER_TOO_SMALL)
        return diag_error(diags, code, pos, "the %.*s block in line %zu has more than %zu bytes",
                          label_bytes, label, block->line, capacity);
    if (status != 0 || bytes == 0 || characters % 4 != 0 ||
        !is_last_group(block->body, buffer + (bytes - 1) / 3 * 3, bytes - (bytes - 1) / 3 * 3))
        return diag_error(diags, code, pos,
                          "the %.*s block in line %zu is not base64 as it has to be: cut off, or "
                          "damaged",
                          label_bytes, label, block->line);
    *ret_bytes = bytes;
    return true;
}

bool pem_decode_public(const struct pem_block *block, const char *code, struct source_pos named_at,
                       struct arena *arena, struct span *ret, struct diag_list *diags)
{
    const size_t capacity = block->body.bytes; /* base64 takes more than what it stands for */
    struct span content = {NULL, 0};
    if (block->headers.bytes != 0)
        return diag_error(diags, code, (struct source_pos){.file = named_at.file},
                          "the %.*s block in line %zu has headers, which are not allowed",
                          (int)block->label.bytes, (const char *)block->label.data, block->line);
    uint8_t *buffer = arena_alloc(arena, capacity, 1);
    if (!pem_decode(block, code, named_at, buffer, capacity, &content.bytes, diags))
        return false;
    content.data = buffer;
    *ret = content;
    return true;
}

bool pem_is_private(const struct pem_block *block)
{
    const size_t end_bytes = sizeof private_label_end - 1;
    const struct span label = block->label;
    return label.bytes >= end_bytes &&
           memcmp(label.data + label.bytes - end_bytes, private_label_end, end_bytes) == 0;
}

bool pem_mentions_private(struct span text)
{
    const size_t mark_bytes = sizeof private_mark - 1;
    for (size_t at = 0; at + mark_bytes <= text.bytes; at++) {
        if (memcmp(text.data + at, private_mark, mark_bytes) == 0)
            return true;
    }
    return false;
}

bool pem_is(const struct pem_block *block, const char *label)
{
    return span_equal(block->label, span_of_text(label));
}

const char *pem_write(const char *label, struct span content, struct arena *arena)
{
    struct buffer text = buffer_in(arena);
    buffer_format(&text, "%s%s%s\n", begin_mark, label, close_mark);
    for (size_t at = 0; at < content.bytes; at += LINE_BYTES) {
        unsigned char line[LINE_CHARACTERS + 1];
        size_t written;
        const size_t bytes = content.bytes - at < LINE_BYTES ? content.bytes - at : LINE_BYTES;
        if (mbedtls_base64_encode(line, sizeof line, &written, content.data + at, bytes) != 0)
            abort(); /* the line has room for LINE_BYTES */
        buffer_append(&text, line, written);
        buffer_append_byte(&text, '\n');
    }
    buffer_format(&text, "%s%s%s\n", end_mark, label, close_mark);
    return buffer_text(&text);
}
