#include "cli/report/report_html.h"

#include "base/buffer.h"
#include "cli/format/html_text.h"
#include "cli/report/report_page.h"
#include "cli/report/report_page_data.h"

#include <string.h>

/* The parts of page.html that vary are written there as {{name}}. */
struct part {
    const char *name;
    const char *text;
};

static const char *policy(struct arena *arena)
{
    return arena_format(arena,
                        "default-src 'none'; style-src %s; script-src %s; base-uri 'none'; "
                        "form-action 'none'",
                        html_text_source(report_page_style, arena),
                        html_text_source(report_page_script, arena));
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
        {"policy", policy(arena)},      {"title", html_text_escaped(title, arena)},
        {"style", report_page_style},   {"data", report_page_data(report, arena)},
        {"script", report_page_script},
    };
    return fill_in(report_page_html, parts, sizeof parts / sizeof *parts, arena);
}
