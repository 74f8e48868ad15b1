#include "base/diag.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 64 };

struct diag_list diag_list_in(struct arena *arena)
{
    return (struct diag_list){.arena = arena};
}

static void append(struct diag_list *list, struct diag diag)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = arena_grow(list->arena, list->items, list->count, capacity, sizeof diag);
        list->capacity = capacity;
    }
    list->items[list->count++] = diag;
    if (diag.level == DIAG_ERROR)
        list->error_count++;
}

void diag_add(struct diag_list *list, enum diag_level level, const char *code,
              struct source_pos pos, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_list(list->arena, format, arguments);
    va_end(arguments);
    append(list, (struct diag){.level = level, .code = code, .pos = pos, .message = message});
}

bool diag_error(struct diag_list *list, const char *code, struct source_pos pos, const char *format,
                ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_list(list->arena, format, arguments);
    va_end(arguments);
    append(list, (struct diag){.level = DIAG_ERROR, .code = code, .pos = pos, .message = message});
    return false;
}

void diag_hint(struct diag_list *list, const char *format, ...)
{
    assert(list->count > 0);
    va_list arguments;
    va_start(arguments, format);
    list->items[list->count - 1].hint = arena_format_list(list->arena, format, arguments);
    va_end(arguments);
}

void diag_quote(struct diag_list *list, const char *text)
{
    assert(list->count > 0);
    list->items[list->count - 1].quote = arena_copy_text(list->arena, text, strlen(text));
}

/* ---- order ---- */

struct ranked {
    struct diag diag;
    size_t file_rank; /* position of the first diagnostic of the same file */
    size_t index;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    int order = compare_numbers(a->file_rank, b->file_rank);
    if (order == 0)
        order = compare_numbers(a->diag.pos.line, b->diag.pos.line);
    if (order == 0)
        order = compare_numbers(a->diag.pos.column, b->diag.pos.column);
    return order != 0 ? order : compare_numbers(a->index, b->index);
}

static bool same_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

static bool same_diag(const struct diag *a, const struct diag *b)
{
    return a->level == b->level && a->pos.line == b->pos.line && a->pos.column == b->pos.column &&
           same_text(a->pos.file, b->pos.file) && same_text(a->code, b->code) &&
           same_text(a->message, b->message) && same_text(a->hint, b->hint) &&
           same_text(a->quote, b->quote);
}

static size_t file_rank(const struct diag_list *list, const char *file)
{
    if (file == NULL)
        return SIZE_MAX;
    size_t rank = 0;
    while (!same_text(list->items[rank].pos.file, file))
        rank++;
    return rank;
}

void diag_sort(struct diag_list *list)
{
    struct ranked *order = ARENA_ARRAY(list->arena, struct ranked, list->count);
    for (size_t i = 0; i < list->count; i++)
        order[i] = (struct ranked){list->items[i], file_rank(list, list->items[i].pos.file), i};
    if (list->count > 1)
        qsort(order, list->count, sizeof *order, compare_ranked);

    size_t kept = 0;
    list->error_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool repeated = false;
        for (size_t k = kept; k > 0 && !repeated; k--)
            repeated = same_diag(&list->items[k - 1], &order[i].diag);
        if (repeated)
            continue;
        list->items[kept++] = order[i].diag;
        list->error_count += order[i].diag.level == DIAG_ERROR;
    }
    list->count = kept;
}

/* ---- suggestions ---- */

static size_t smallest(size_t a, size_t b, size_t c)
{
    const size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
 */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t rows = strlen(a);
    const size_t columns = strlen(b);
    if (rows > LONGEST_WORD || columns > LONGEST_WORD)
        return SIZE_MAX;
    size_t table[LONGEST_WORD + 1][LONGEST_WORD + 1];
    for (size_t i = 0; i <= rows; i++)
        table[i][0] = i;
    for (size_t j = 0; j <= columns; j++)
        table[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        for (size_t j = 1; j <= columns; j++) {
            const size_t replace = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            size_t best = smallest(table[i - 1][j] + 1, table[i][j - 1] + 1, replace);
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    }
    return table[rows][columns];
}

const char *diag_nearest(const char *word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 1; /* a third of the letters may be wrong */
    for (size_t i = 0; i < count; i++) {
        const size_t distance = edit_distance(word, words[i]);
        if (distance >= strlen(word) && distance >= strlen(words[i]))
            continue; /* not a letter of it is right */
        if (distance < least || (distance == least && nearest == NULL)) {
            least = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
