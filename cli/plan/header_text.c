#include "cli/plan/header_text.h"

#include "base/buffer.h"
#include "manifests/yaml/number.h"

#include <string.h>

enum { CONFIG_MACRO_LIMIT = 4096 };

/* The macros of one header: names are unique. */
struct header {
    struct buffer out;
    const char *names[CONFIG_MACRO_LIMIT];
    size_t name_count;
    struct diag_list *diags;
    bool ok;
};

static void put_macro(struct header *header, const char *name, const char *value,
                      struct source_pos pos)
{
    for (size_t i = 0; i < header->name_count; i++) {
        if (strcmp(header->names[i], name) == 0) {
            header->ok = diag_error(header->diags, "symbol-collision", pos,
                                    "two values have the same macro name %s", name);
            diag_hint(header->diags,
                      "rename one of them: characters other than letters and digits become `_`");
            return;
        }
    }
    if (header->name_count == CONFIG_MACRO_LIMIT) {
        header->ok = diag_error(header->diags, "symbol-collision", pos,
                                "more than %d macros for one task", CONFIG_MACRO_LIMIT);
        return;
    }
    header->names[header->name_count++] = name;
    buffer_format(&header->out, "#define %s %s\n", name, value);
}

static void put_symbols(struct header *header, const struct task_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct task_symbol *symbol = &symbols->items[i];
        const char *format = symbol->value > 0xffff ? "0x%08llxu" : "%lluu";
        const unsigned long long value = symbol->value;
        put_macro(header, symbol->macro_name,
                  format[0] == '0' ? arena_format(header->out.arena, "0x%08llxu", value)
                                   : arena_format(header->out.arena, "%lluu", value),
                  symbol->pos);
    }
}

/* Text as a C string literal; unlike \x, octal escapes cannot absorb the characters that follow. */
static const char *string_literal(struct arena *arena, const char *text)
{
    struct buffer out = buffer_in(arena);
    buffer_append_byte(&out, '"');
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\' || byte == '?')
            buffer_format(&out, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f)
            buffer_format(&out, "\\%03o", byte);
        else
            buffer_append_byte(&out, byte);
    }
    buffer_append_byte(&out, '"');
    return buffer_text(&out);
}

static const char *scalar_literal(struct arena *arena, const struct node *node)
{
    uint64_t value;
    if (node->is_quoted)
        return string_literal(arena, node->scalar);
    if (strcmp(node->scalar, "true") == 0 || strcmp(node->scalar, "false") == 0)
        return node->scalar[0] == 't' ? "1" : "0";
    if (number_parse(node->scalar, &value) == NUMBER_GOOD)
        return arena_format(arena, value > UINT32_MAX ? "%lluull" : "%llu",
                            (unsigned long long)value);
    if (node->scalar[0] == '-' && number_parse(node->scalar + 1, &value) == NUMBER_GOOD &&
        value <= INT64_MAX)
        return arena_format(arena, "(-%llu)", (unsigned long long)value);
    return string_literal(arena, node->scalar);
}

static void put_config(struct header *header, const char *name, const struct node *node)
{
    struct arena *arena = header->out.arena;
    switch (node->kind) {
    case NODE_NULL:
        break;
    case NODE_SCALAR:
        put_macro(header, name, scalar_literal(arena, node), node->pos);
        break;
    case NODE_LIST:
        put_macro(header, arena_format(arena, "%s_COUNT", name),
                  arena_format(arena, "%zu", node->item_count), node->pos);
        for (size_t i = 0; i < node->item_count; i++)
            put_config(header, arena_format(arena, "%s_%zu", name, i), node->items[i]);
        break;
    case NODE_MAP:
        for (size_t i = 0; i < node->pair_count; i++) {
            const char *key = task_symbols_macro(arena, node->pairs[i].key);
            put_config(header, arena_format(arena, "%s_%s", name, key), node->pairs[i].value);
        }
        break;
    }
}

static struct header *header_begin(struct arena *arena, const char *guard, const char *subject,
                                   struct diag_list *diags)
{
    struct header *header = ARENA_NEW(arena, struct header);
    header->out = buffer_in(arena);
    header->diags = diags;
    header->ok = true;
    buffer_format(&header->out,
                  "/* Made by `imgbuild header` for %s. Do not edit. */\n"
                  "#ifndef %s\n#define %s\n\n",
                  subject, guard, guard);
    return header;
}

static bool header_end(struct header *header, const char **ret)
{
    buffer_append_text(&header->out, "\n#endif\n");
    if (!header->ok)
        return false;
    *ret = buffer_text(&header->out);
    return true;
}

bool header_text_of_task(const struct plan_slot *slot, size_t task_index, struct arena *arena,
                         const char **ret, struct diag_list *diags)
{
    const struct manifest_task *task = &slot->manifest->tasks[task_index];
    struct task_symbols symbols;
    if (!task_symbols_of(slot, task_index, arena, &symbols, diags))
        return false;
    const char *macro = task_symbols_macro(arena, task->name.text);
    struct header *header = header_begin(arena, arena_format(arena, "IMGBUILD_TASK_%s_H", macro),
                                         arena_format(arena, "task %s", task->name.text), diags);
    put_macro(header, "IMGBUILD_TASK_INDEX", arena_format(arena, "%zuu", task_index), task->pos);
    put_symbols(header, &symbols);
    if (task->config != NULL)
        put_config(header, "CONFIG", task->config);
    return header_end(header, ret);
}

bool header_text_of_kernel(const struct plan_slot *slot, struct arena *arena, const char **ret,
                           struct diag_list *diags)
{
    struct task_symbols symbols;
    if (!task_symbols_of_kernel(slot, arena, &symbols, diags))
        return false;
    struct header *header = header_begin(arena, "IMGBUILD_KERNEL_H", "the kernel", diags);
    put_macro(header, "IMGBUILD_TASK_COUNT",
              arena_format(arena, "%zuu", slot->manifest->task_count), NOWHERE);
    put_symbols(header, &symbols);
    return header_end(header, ret);
}
