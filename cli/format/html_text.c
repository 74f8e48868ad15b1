#include "cli/format/html_text.h"

#include "base/buffer.h"
#include "sign/digest/base64url.h"
#include "sign/digest/digest.h"

#include <string.h>

const char *html_text_escaped(const char *text, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (; *text != '\0'; text++) {
        if (strchr("&<>\"'", *text) != NULL)
            buffer_format(&out, "&#%d;", *text);
        else
            buffer_append_byte(&out, (uint8_t)*text);
    }
    return buffer_text(&out);
}

const char *html_text_source(const char *text, struct arena *arena)
{
    const struct digest digest = digest_of(span_of_text(text));
    const struct span bytes = {digest.bytes, sizeof digest.bytes};
    return arena_format(arena, "'sha256-%s='", base64url_encode(bytes, arena));
}

static const char *find_part(const struct html_part *parts, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of_text(parts[i].name)))
            return parts[i].html;
    }
    return "";
}

const char *html_text_fill(const char *page, const struct html_part *parts, size_t count,
                           struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (const char *open = strstr(page, "{{"); open != NULL; open = strstr(page, "{{")) {
        const struct span name = {span_of_text(open + 2).data, strcspn(open + 2, "}")};
        buffer_append(&out, page, (size_t)(open - page));
        buffer_append_text(&out, find_part(parts, count, name));
        page = open + 2 + name.bytes + 2;
    }
    buffer_append_text(&out, page);
    return buffer_text(&out);
}
