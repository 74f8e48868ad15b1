#include "linker/link/response_file.h"

#include "base/buffer.h"
#include "base/path.h"

#include <string.h>

enum { FILE_LIMIT = 16 << 20, WORD_LIMIT = 1 << 20, DEPTH_LIMIT = 16 };

/* Grammar: words are separated by white space. '...' and "..." may hold it; a backslash takes the
 * next byte as it is, everywhere. "" is an empty word. */
struct text {
    struct span bytes;
    size_t at;
};

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool next_word(struct arena *arena, struct text *text, const char **ret)
{
    while (text->at < text->bytes.bytes && is_space(text->bytes.data[text->at]))
        text->at++;
    if (text->at == text->bytes.bytes)
        return false;
    struct buffer word = buffer_in(arena);
    uint8_t quote = 0;
    for (; text->at < text->bytes.bytes; text->at++) {
        const uint8_t byte = text->bytes.data[text->at];
        if (quote == 0 && is_space(byte))
            break;
        if (byte == '\\' && text->at + 1 < text->bytes.bytes)
            buffer_append_byte(&word, text->bytes.data[++text->at]);
        else if (byte == quote)
            quote = 0;
        else if (quote == 0 && (byte == '"' || byte == '\''))
            quote = byte;
        else
            buffer_append_byte(&word, byte);
    }
    *ret = buffer_text(&word);
    return true;
}

static void add_word(struct arena *arena, struct response_words *words, struct response_word word)
{
    if (words->count == words->capacity) {
        words->capacity = words->capacity == 0 ? 32 : 2 * words->capacity;
        words->items =
            arena_grow(arena, words->items, words->count, words->capacity, sizeof *words->items);
    }
    words->items[words->count++] = word;
}

struct expansion {
    struct arena *arena;
    struct source_pos pos;
    enum response_base base;
    unsigned depth;
    struct response_words *words;
    struct diag_list *diags;
};

static bool refuse(struct expansion *expansion, const char *path, const char *problem)
{
    diag_error(expansion->diags, "build-response-file", expansion->pos, "response file %s %s", path,
               problem);
    diag_hint(expansion->diags, "a response file holds the words of one command, separated by "
                                "white space");
    return false;
}

/* NOLINTNEXTLINE(misc-no-recursion): DEPTH_LIMIT bounds it */
static bool expand(struct expansion *expansion, const char *path)
{
    struct text text = {0};
    if (!file_read(expansion->arena, path, FILE_LIMIT, expansion->pos, &text.bytes,
                   expansion->diags))
        return false;
    if (text.bytes.bytes > 0 && memchr(text.bytes.data, '\0', text.bytes.bytes) != NULL)
        return refuse(expansion, path, "is not text");
    path_list_add(&expansion->words->files, expansion->arena, path);
    const char *folder = path_folder(expansion->arena, path);
    const char *word;
    while (next_word(expansion->arena, &text, &word)) {
        if (expansion->words->count >= WORD_LIMIT)
            return refuse(expansion, path, "has more than a million words");
        if (word[0] != '@') {
            add_word(expansion->arena, expansion->words, (struct response_word){word, folder});
            continue;
        }
        if (expansion->depth == DEPTH_LIMIT)
            return refuse(expansion, path, "names response files that name each other");
        struct expansion inner = *expansion;
        inner.depth++;
        const char *named = expansion->base == RESPONSE_BESIDE_FILE
                                ? path_join(expansion->arena, folder, word + 1)
                                : word + 1;
        if (!expand(&inner, named))
            return false;
    }
    return true;
}

bool response_file_read(struct arena *arena, const char *path, struct source_pos pos,
                        enum response_base base, struct response_words *ret,
                        struct diag_list *diags)
{
    struct expansion expansion = {arena, pos, base, 0, ret, diags};
    return expand(&expansion, path);
}
