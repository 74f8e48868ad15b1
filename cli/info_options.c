#include "cli/info_options.h"

#include <string.h>

enum { VALUE_FILE_BYTES_MOST = 1 << 24 };

static bool read_value(struct invocation *invocation, const char *text, struct path_list *files,
                       struct span *ret)
{
    if (text[0] == '@') {
        path_list_add(files, invocation->arena, text + 1);
        return file_read(invocation->arena, text + 1, VALUE_FILE_BYTES_MOST, NOWHERE, ret,
                         invocation->diags);
    }
    *ret = span_of_text(text);
    return true;
}

bool info_options_read(struct invocation *invocation, const char *option, struct info_set *ret,
                       enum exit_status *ret_status)
{
    const struct option_values *values = options_values(&invocation->options, option);
    struct info_set set = {.chunks =
                               ARENA_ARRAY(invocation->arena, struct info_chunk, values->count)};
    for (size_t i = 0; i < values->count; i++) {
        const char *word = values->items[i];
        struct info_chunk *chunk = &set.chunks[set.count++];
        if (!info_fill_is_tag(word) || word[INFO_TAG_BYTES] != '=') {
            *ret_status = command_usage(
                invocation, "invalid --%s '%s': expected KEY=VALUE with a KEY of four characters",
                option, word);
            return false;
        }
        memcpy(chunk->tag, word, INFO_TAG_BYTES);
        if (!read_value(invocation, word + INFO_TAG_BYTES + 1, &set.files, &chunk->body)) {
            *ret_status = EXIT_INPUT;
            return false;
        }
    }
    if (!info_fill_sort(&set, invocation->diags)) {
        *ret_status = EXIT_USAGE;
        return false;
    }
    *ret = set;
    return true;
}

bool info_options_read_tags(struct invocation *invocation, const char *option, struct info_set *ret)
{
    const struct option_values *values = options_values(&invocation->options, option);
    struct info_set set = {.chunks =
                               ARENA_ARRAY(invocation->arena, struct info_chunk, values->count)};
    for (size_t i = 0; i < values->count; i++) {
        const char *word = values->items[i];
        if (!info_fill_is_tag(word) || word[INFO_TAG_BYTES] != '\0') {
            command_usage(invocation, "invalid --%s '%s': expected a KEY of four characters",
                          option, word);
            return false;
        }
        memcpy(set.chunks[set.count++].tag, word, INFO_TAG_BYTES);
    }
    if (!info_fill_sort(&set, invocation->diags))
        return false;
    *ret = set;
    return true;
}
