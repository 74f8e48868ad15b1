#include "sign/archive/sums.h"

#include "sign/archive/archive.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { SPACES = 2, NAME_AT = DIGEST_HEX_BYTES + SPACES };

/* The order of the lines' bytes: hex digits sort as the digests they stand for. */
static int compare_lines(const void *left, const void *right)
{
    const struct sums_line *a = left;
    const struct sums_line *b = right;
    const int order = memcmp(a->digest.bytes, b->digest.bytes, sizeof a->digest.bytes);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int compare_names(const void *left, const void *right)
{
    const struct sums_line *a = left;
    const struct sums_line *b = right;
    return strcmp(a->name, b->name);
}

struct span sums_write(const struct sums_line *lines, size_t count, struct arena *arena)
{
    struct sums_line *sorted = arena_grow(arena, lines, count, count, sizeof *sorted);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_lines);
    struct buffer text = buffer_in(arena);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&text, digest_hex(&sorted[i].digest, arena));
        buffer_append_text(&text, "  ");
        buffer_append_text(&text, sorted[i].name);
        buffer_append_byte(&text, '\n');
    }
    return buffer_span(&text);
}

/* Cuts the line that starts at *at off the text, newline excluded; false when no newline ends it.
 */
static bool next_line(struct span text, size_t *at, struct span *ret)
{
    const uint8_t *start = text.data + *at;
    const uint8_t *newline = memchr(start, '\n', text.bytes - *at);
    if (newline == NULL)
        return false;
    *ret = (struct span){start, (size_t)(newline - start)};
    *at += ret->bytes + 1;
    return true;
}

static bool parse_line(struct span line, struct arena *arena, struct sums_line *ret)
{
    struct digest digest;
    struct span hex, spaces;
    if (!span_part(line, 0, DIGEST_HEX_BYTES, &hex) || !digest_parse_hex(hex, &digest) ||
        !span_part(line, DIGEST_HEX_BYTES, SPACES, &spaces) ||
        !span_equal(spaces, span_of_text("  ")))
        return false;
    const struct span name = {line.data + NAME_AT, line.bytes - NAME_AT};
    if (!archive_name_is_valid(name))
        return false;
    *ret = (struct sums_line){digest, arena_copy_text(arena, (const char *)name.data, name.bytes)};
    return true;
}

static size_t count_lines(struct span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.bytes; i++)
        count += text.data[i] == '\n';
    return count;
}

static bool wrong_line(struct source_pos pos, struct diag_list *diags)
{
    return diag_error(
        diags, "sums-form", pos,
        "this line is not 64 lowercase hex digits, two spaces, a member's name, and a "
        "newline");
}

static bool names_are_unique(const struct sums_line *lines, size_t count, struct arena *arena,
                             struct source_pos named_at, struct diag_list *diags)
{
    struct sums_line *sorted = arena_grow(arena, lines, count, count, sizeof *sorted);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1].name, sorted[i].name) == 0)
            return diag_error(diags, "sums-duplicate", (struct source_pos){named_at.file, 0, 0},
                              "two lines name %s", sorted[i].name);
    }
    return true;
}

bool sums_parse(struct span text, struct source_pos named_at, struct arena *arena, struct sums *ret,
                struct diag_list *diags)
{
    struct source_pos pos = {.file = named_at.file};
    struct sums_line *lines = ARENA_ARRAY(arena, struct sums_line, count_lines(text));
    size_t count = 0;
    for (size_t at = 0; at < text.bytes; count++) {
        struct span line;
        pos.line = count < UINT32_MAX ? (uint32_t)count + 1 : UINT32_MAX;
        if (!next_line(text, &at, &line) || !parse_line(line, arena, &lines[count]))
            return wrong_line(pos, diags);
        if (count > 0 && compare_lines(&lines[count - 1], &lines[count]) >= 0)
            return diag_error(diags, "sums-order", pos,
                              "the line of %s is out of order after the line of %s",
                              lines[count].name, lines[count - 1].name);
    }
    if (!names_are_unique(lines, count, arena, named_at, diags))
        return false;
    *ret = (struct sums){lines, count};
    return true;
}
