#include "cli/report_html.h"

#include "base/buffer.h"
#include "cli/report_page.h"
#include "cli/report_page_data.h"
#include "sign/base64url.h"
#include "sign/digest.h"

#include <string.h>

/* The parts of page.html that differ from page to page stand there as {{name}}. */
struct part {
    const char *name;
    const char *text;
};

static const char *escaped(const char *text, struct arena *arena)
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

static const char *source_hash(const char *text, struct arena *arena)
{
    const struct digest digest = digest_of(span_of_text(text));
    const struct span bytes = {digest.bytes, sizeof digest.bytes};
    return arena_format(arena, "'sha256-%s='", base64url_encode(bytes, arena));
}

/* Source: W3C Content Security Policy Level 3, 2.3.1 and 6.7.3. */
static const char *policy(struct arena *arena)
{
    return arena_format(arena,
                        "default-src 'none'; style-src %s; script-src %s; base-uri 'none'; "
                        "form-action 'none'",
                        source_hash(report_page_style, arena),
                        source_hash(report_page_script, arena));
}

static const char *text_of(const struct part *parts, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(parts[i].name) == length && strncmp(parts[i].name, name, length) == 0)
            return parts[i].text;
    }
    return "";
}

static const char *fill_in(const char *page, const struct part *parts, size_t count,
                           struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (const char *open = strstr(page, "{{"); open != NULL; open = strstr(page, "{{")) {
        const char *name = open + 2;
        const size_t length = strcspn(name, "}");
        buffer_append(&out, page, (size_t)(open - page));
        buffer_append_text(&out, text_of(parts, count, name, length));
        page = name + length + 2;
    }
    buffer_append_text(&out, page);
    return buffer_text(&out);
}

const char *report_html(const struct report *report, struct arena *arena)
{
    const char *title = arena_format(arena, "%s %s", report->name, report->version);
    const struct part parts[] = {
        {"policy", policy(arena)},      {"title", escaped(title, arena)},
        {"style", report_page_style},   {"data", report_page_data(report, arena)},
        {"script", report_page_script},
    };
    return fill_in(report_page_html, parts, sizeof parts / sizeof *parts, arena);
}
