#include "cli/report/report_html.h"

#include "cli/format/html_text.h"
#include "cli/report/report_page.h"
#include "cli/report/report_page_data.h"

static const char *policy(struct arena *arena)
{
    return arena_format(arena,
                        "default-src 'none'; style-src %s; script-src %s; base-uri 'none'; "
                        "form-action 'none'",
                        html_text_source(report_page_style, arena),
                        html_text_source(report_page_script, arena));
}

const char *report_html(const struct report *report, struct arena *arena)
{
    const char *title = arena_format(arena, "%s %s%s", report->name, report->version,
                                     report->is_overflowing ? " (does not fit)" : "");
    const struct html_part parts[] = {
        {"policy", policy(arena)},      {"title", html_text_escaped(title, arena)},
        {"style", report_page_style},   {"data", report_page_data(report, arena)},
        {"script", report_page_script},
    };
    return html_text_fill(report_page_html, parts, sizeof parts / sizeof *parts, arena);
}
