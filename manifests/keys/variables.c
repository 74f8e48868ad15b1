#include "manifests/keys/variables.h"

#include "base/buffer.h"

#include <string.h>

static bool is_name_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

static const char *value_of(const struct manifest_options *options, const char *name)
{
    for (size_t i = options->variable_count; i > 0; i--) { /* the last -D wins */
        if (strcmp(options->variables[i - 1].name, name) == 0)
            return options->variables[i - 1].value;
    }
    return NULL;
}

static bool report_undefined(struct arena *arena, const struct manifest_options *options,
                             const char *name, struct source_pos pos, struct diag_list *diags)
{
    diag_error(diags, "manifest-undefined-variable", pos, "'${%s}' is not defined", name);
    const char **words = ARENA_ARRAY(arena, const char *, options->variable_count);
    for (size_t i = 0; i < options->variable_count; i++)
        words[i] = options->variables[i].name;
    const char *nearest = diag_nearest(name, words, options->variable_count);
    if (nearest != NULL)
        diag_hint(diags, "did you mean '${%s}'?", nearest);
    else
        diag_hint(diags, "give it a value: -D %s=VALUE", name);
    return false;
}

/* Reads the variable at *text, which points behind "${", and moves *text behind its "}". */
static bool replace_one(struct arena *arena, const struct manifest_options *options,
                        const char **text, struct source_pos pos, struct buffer *result,
                        struct diag_list *diags)
{
    size_t length = 0;
    while (is_name_letter((*text)[length]))
        length++;
    if (length == 0 || (*text)[length] != '}') {
        diag_error(diags, "manifest-bad-variable", pos, "'${' is not followed by a name and '}'");
        diag_hint(diags, "write ${name}; a name has letters, digits, '_' and '-'");
        return false;
    }
    const char *name = arena_copy_text(arena, *text, length);
    const char *value = value_of(options, name);
    *text += length + 1;
    if (value == NULL && options->scope == MANIFEST_FOR_BUILD)
        return report_undefined(arena, options, name, pos, diags);
    if (value == NULL)
        buffer_format(result, "${%s}", name);
    else
        buffer_append_text(result, value);
    return true;
}

bool variables_replace(struct arena *arena, const struct manifest_options *options,
                       const char *text, struct source_pos pos, const char **ret,
                       struct diag_list *diags)
{
    struct buffer result = buffer_in(arena);
    while (*text != '\0') {
        if (*text != '$') {
            buffer_append_byte(&result, (uint8_t)*text++);
        } else if (text[1] == '$') {
            buffer_append_byte(&result, '$');
            text += 2;
        } else if (text[1] == '{') {
            text += 2;
            if (!replace_one(arena, options, &text, pos, &result, diags))
                return false;
        } else {
            diag_error(diags, "manifest-bad-variable", pos, "'$' is not followed by {name}");
            diag_hint(diags, "write $$ for a dollar sign");
            return false;
        }
    }
    *ret = buffer_text(&result);
    return true;
}
