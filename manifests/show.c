#include "base/buffer.h"
#include "base/file.h"
#include "base/path.h"
#include "manifests/model/manifest.h"
#include "manifests/yaml/utf8.h"

#include <string.h>

enum { INDENT = 2 };

/* Where in the tree we are, as far as it matters for finding paths. */
enum place {
    PLACE_ROOT,
    PLACE_TASKS,
    PLACE_PROGRAM,
    PLACE_PATHS,
    PLACE_LIBRARIES,
    PLACE_ELSEWHERE
};

struct printer {
    const struct manifest *manifest;
    struct arena *arena;
    struct buffer text;
    enum manifest_origins origins;
};

static void print_value(struct printer *printer, const struct node *node, enum place place,
                        size_t indent);

/* ---- paths ---- */

static enum place place_of_key(enum place place, const char *key)
{
    switch (place) {
    case PLACE_ROOT:
        if (strcmp(key, "tasks") == 0)
            return PLACE_TASKS;
        return strcmp(key, "kernel") == 0 ? PLACE_PROGRAM : PLACE_ELSEWHERE;
    case PLACE_TASKS:
        return PLACE_PROGRAM;
    case PLACE_PROGRAM:
        if (strcmp(key, "objects") == 0 || strcmp(key, "script") == 0)
            return PLACE_PATHS;
        return strcmp(key, "libraries") == 0 ? PLACE_LIBRARIES : PLACE_ELSEWHERE;
    case PLACE_LIBRARIES:
        return strcmp(key, "path") == 0 ? PLACE_LIBRARIES : PLACE_ELSEWHERE;
    case PLACE_PATHS:
    case PLACE_ELSEWHERE:
        return PLACE_ELSEWHERE;
    }
    return PLACE_ELSEWHERE;
}

/* The folder of a file, seen from the board's folder. Files are opened by paths that begin with the
 * board's folder, unless `inherit` named them absolutely. */
static const char *folder_from_board(struct printer *printer, const char *file)
{
    const char *board = path_folder(printer->arena, printer->manifest->files.items[0]);
    const char *folder = path_folder(printer->arena, file);
    const size_t length = strlen(board);
    if (strcmp(folder, board) == 0)
        return ".";
    if (strncmp(folder, board, length) == 0 && folder[length] == '/')
        return folder + length + 1;
    return folder;
}

static bool is_read_file(const struct manifest *manifest, const char *file)
{
    for (size_t i = 0; i < manifest->files.count; i++) {
        if (strcmp(manifest->files.items[i], file) == 0)
            return true;
    }
    return false;
}

/* Whether a path begins with a variable that makes it absolute. */
static bool begins_absolute(const struct manifest *manifest, const char *path)
{
    for (size_t i = 0; i < manifest->variable_count; i++) {
        const struct manifest_variable *variable = &manifest->variables[i];
        const size_t length = strlen(variable->name);
        if (strncmp(path, "${", 2) == 0 && strncmp(path + 2, variable->name, length) == 0 &&
            path[2 + length] == '}' && variable->value[0] == '/')
            return true;
    }
    return path[0] == '/';
}

static const char *dollars_doubled(struct arena *arena, const char *text)
{
    struct buffer result = buffer_in(arena);
    for (; *text != '\0'; text++)
        buffer_append_text(&result, *text == '$' ? "$$" : (const char[]){*text, '\0'});
    return buffer_text(&result);
}

/* A path of another file, rewritten so that it means the same in the board's folder. */
static const char *path_from_board(struct printer *printer, const struct node *node,
                                   const char *path)
{
    if (!is_read_file(printer->manifest, node->pos.file) ||
        begins_absolute(printer->manifest, path))
        return path;
    const char *folder = folder_from_board(printer, node->pos.file);
    return path_join(printer->arena, dollars_doubled(printer->arena, folder), path);
}

/* -lNAME, and the name of a library that the toolchain has, are the same in every folder. */
static bool is_of_toolchain(struct printer *printer, const struct node *node)
{
    struct file_stamp stamp;
    if (strncmp(node->scalar, "-l", 2) == 0)
        return true;
    const char *folder = path_folder(printer->arena, node->pos.file);
    return strpbrk(node->scalar, "/$@") == NULL &&
           !file_look(path_join(printer->arena, folder, node->scalar), &stamp);
}

static const char *text_from_board(struct printer *printer, const struct node *node,
                                   enum place place)
{
    const char *text = node->scalar;
    if ((place != PLACE_PATHS && place != PLACE_LIBRARIES) ||
        (place == PLACE_LIBRARIES && is_of_toolchain(printer, node)))
        return text;
    if (text[0] != '@')
        return path_from_board(printer, node, text);
    return arena_format(printer->arena, "@%s", path_from_board(printer, node, text + 1));
}

/* ---- scalars ---- */

static bool is_plain_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
}

/* Text that no reader of YAML takes for anything but one plain scalar. More would do; quotes do no
 * harm. */
static bool is_safe_plain(const char *text)
{
    const bool is_negative = text[0] == '-' && is_plain_letter(text[1]);
    if (!is_plain_letter(text[0]) && !is_negative)
        return false;
    for (size_t i = 1; text[i] != '\0'; i++) {
        if (!is_plain_letter(text[i]) && strchr("./+-", text[i]) == NULL)
            return false;
    }
    return true;
}

static void print_escaped(struct buffer *text, uint32_t code_point)
{
    switch (code_point) {
    case '\n':
        buffer_append_text(text, "\\n");
        break;
    case '\t':
        buffer_append_text(text, "\\t");
        break;
    case '"':
        buffer_append_text(text, "\\\"");
        break;
    case '\\':
        buffer_append_text(text, "\\\\");
        break;
    default: /* a number, not an enum; all others in hex */
        buffer_format(text, "\\u%04X", (unsigned)code_point);
        break;
    }
}

static void print_quoted(struct buffer *text, const char *scalar)
{
    const struct span span = span_of_text(scalar);
    buffer_append_byte(text, '"');
    for (size_t i = 0; i < span.bytes;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(span, i, &code_point);
        if (utf8_is_plain(code_point) && code_point != '"' && code_point != '\\')
            buffer_append(text, span.data + i, length);
        else
            print_escaped(text, code_point);
        i += length;
    }
    buffer_append_byte(text, '"');
}

static void print_text(struct printer *printer, const char *scalar, bool is_quoted)
{
    if (!is_quoted && is_safe_plain(scalar))
        buffer_append_text(&printer->text, scalar);
    else
        print_quoted(&printer->text, scalar);
}

/* A file's name in a comment must not end the comment. */
static void print_file(struct buffer *text, const char *file)
{
    for (; *file != '\0'; file++)
        buffer_append_byte(text, (uint8_t)*file < 0x20 ? '?' : (uint8_t)*file);
}

static void end_line(struct printer *printer, const struct node *node)
{
    if (printer->origins == MANIFEST_WITH_ORIGINS) {
        buffer_append_text(&printer->text, "  # ");
        print_file(&printer->text, node->pos.file);
        if (node->pos.line != 0)
            buffer_format(&printer->text, ":%u", (unsigned)node->pos.line);
    }
    buffer_append_byte(&printer->text, '\n');
}

static void print_scalar(struct printer *printer, const struct node *node, enum place place)
{
    const char *scalar = text_from_board(printer, node, place);
    print_text(printer, scalar, node->is_quoted);
    end_line(printer, node);
}

/* ---- lists and mappings ---- */

static void print_pairs(struct printer *printer, const struct node *map, enum place place,
                        size_t indent)
{
    for (size_t i = 0; i < map->pair_count; i++) {
        buffer_fill(&printer->text, ' ', indent);
        print_text(printer, map->pairs[i].key, false);
        buffer_append_byte(&printer->text, ':');
        print_value(printer, map->pairs[i].value, place_of_key(place, map->pairs[i].key),
                    indent + INDENT);
    }
}

static void print_items(struct printer *printer, const struct node *list, enum place place,
                        size_t indent)
{
    for (size_t i = 0; i < list->item_count; i++) {
        buffer_fill(&printer->text, ' ', indent);
        buffer_append_byte(&printer->text, '-');
        print_value(printer, list->items[i], place, indent + INDENT);
    }
}

/* What follows a key's colon or a list's dash, with the end of its line. */
static void print_value(struct printer *printer, const struct node *node, enum place place,
                        size_t indent)
{
    const size_t count = node->kind == NODE_MAP ? node->pair_count : node->item_count;
    switch (node->kind) {
    case NODE_NULL:
        buffer_append_text(&printer->text, " null");
        end_line(printer, node);
        return;
    case NODE_SCALAR:
        buffer_append_byte(&printer->text, ' ');
        print_scalar(printer, node, place);
        return;
    case NODE_LIST:
    case NODE_MAP:
        break;
    }
    if (count == 0) {
        buffer_append_text(&printer->text, node->kind == NODE_MAP ? " {}" : " []");
        end_line(printer, node);
        return;
    }
    buffer_append_byte(&printer->text, '\n');
    if (node->kind == NODE_MAP)
        print_pairs(printer, node, place, indent);
    else
        print_items(printer, node, place, indent);
}

const char *manifest_show(const struct manifest *manifest, enum manifest_origins origins,
                          struct arena *arena)
{
    struct printer printer = {manifest, arena, buffer_in(arena), origins};
    print_pairs(&printer, manifest->root, PLACE_ROOT, 0);
    return buffer_text(&printer.text);
}
