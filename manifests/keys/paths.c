#include "manifests/keys/paths.h"

#include "base/buffer.h"
#include "base/path.h"
#include "manifests/keys/variables.h"

#include <string.h>

void paths_replace(struct reader *reader, struct manifest_text *text)
{
    const char *replaced;
    if (variables_replace(reader->arena, reader->options, text->text, text->pos, &replaced,
                          reader->diags))
        text->text = replaced;
}

/* A setting of the command line is no file: its paths begin where the board file's do. */
static const char *folder_of(struct reader *reader, struct source_pos pos)
{
    const struct path_list *files = &reader->manifest->files;
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->items[i], pos.file) == 0)
            return path_folder(reader->arena, pos.file);
    }
    return reader->board_folder;
}

void paths_join(struct reader *reader, struct manifest_text *text)
{
    text->text = path_join(reader->arena, folder_of(reader, text->pos), text->text);
}

/* The folder is not part of the pattern, whatever letters are in its name. A response file has a
 * path. */
static void join_pattern(struct reader *reader, struct manifest_text *text)
{
    if (text->text[0] == '@') {
        struct manifest_text path = {text->text + 1, text->pos};
        paths_join(reader, &path);
        text->text = arena_format(reader->arena, "@%s", path.text);
        return;
    }
    struct buffer folder = buffer_in(reader->arena);
    for (const char *at = folder_of(reader, text->pos); *at != '\0'; at++) {
        if (strchr("*?[\\", *at) != NULL)
            buffer_append_byte(&folder, '\\');
        buffer_append_byte(&folder, (uint8_t)*at);
    }
    text->text = path_join(reader->arena, buffer_text(&folder), text->text);
}

void paths_read_replaced(struct reader *reader, const struct node *map, const char *key,
                         struct manifest_text *ret)
{
    struct manifest_text text = {0};
    reader_text(reader, map, key, &text);
    if (text.text == NULL)
        return;
    paths_replace(reader, &text);
    *ret = text;
}

void paths_read_replaced_list(struct reader *reader, const struct node *map, const char *key,
                              struct manifest_texts *ret)
{
    struct manifest_texts texts = {0};
    reader_texts(reader, map, key, &texts);
    struct manifest_text *items = ARENA_ARRAY(reader->arena, struct manifest_text, texts.count);
    for (size_t i = 0; i < texts.count && !reader_is_full(reader); i++) {
        items[i] = texts.items[i];
        paths_replace(reader, &items[i]);
    }
    texts.items = items;
    *ret = texts;
}

void paths_read(struct reader *reader, const struct node *map, const char *key,
                struct manifest_text *ret)
{
    struct manifest_text path = {0};
    paths_read_replaced(reader, map, key, &path);
    if (path.text == NULL)
        return;
    paths_join(reader, &path);
    *ret = path;
}

static void read_joined(struct reader *reader, const struct node *map, const char *key,
                        void (*join_one)(struct reader *, struct manifest_text *),
                        struct manifest_texts *ret)
{
    struct manifest_texts paths = {0};
    paths_read_replaced_list(reader, map, key, &paths);
    struct manifest_text *items = ARENA_ARRAY(reader->arena, struct manifest_text, paths.count);
    for (size_t i = 0; i < paths.count && !reader_is_full(reader); i++) {
        items[i] = paths.items[i];
        join_one(reader, &items[i]);
    }
    paths.items = items;
    *ret = paths;
}

void paths_read_list(struct reader *reader, const struct node *map, const char *key,
                     struct manifest_texts *ret)
{
    read_joined(reader, map, key, paths_join, ret);
}

void paths_read_patterns(struct reader *reader, const struct node *map, const char *key,
                         struct manifest_texts *ret)
{
    read_joined(reader, map, key, join_pattern, ret);
}
