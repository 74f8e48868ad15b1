#include "cli/format/markdown_text.h"

#include "base/buffer.h"

#include <string.h>

/* What a backslash does not stop: tags, mentions of people, numbers of issues, links. */
static bool needs_reference(const char *at)
{
    return strchr("<>&@#", *at) != NULL || strncmp(at, "://", 3) == 0 ||
           strncmp(at, "www.", 4) == 0;
}

const char *markdown_text_escaped(const char *text, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (; *text != '\0'; text++) {
        if (needs_reference(text))
            buffer_format(&out, "&#%d;", *text);
        else if (strchr("\\`*_[]{}|~!$", *text) != NULL)
            buffer_format(&out, "\\%c", *text);
        else
            buffer_append_byte(&out, (uint8_t)*text);
    }
    return buffer_text(&out);
}
