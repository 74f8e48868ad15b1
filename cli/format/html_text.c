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
