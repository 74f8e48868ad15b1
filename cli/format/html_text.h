/* Text inside HTML, and the security policy of a page that loads nothing. */
#ifndef CLI_FORMAT_HTML_TEXT_H
#define CLI_FORMAT_HTML_TEXT_H

#include "base/arena.h"

/* Markup characters as character references, for content and quoted attributes. */
const char *html_text_escaped(const char *text, struct arena *arena);

/* The source expression of a style or script in the page: 'sha256-…'.
 * Source: W3C Content Security Policy Level 3, 2.3.1 and 6.7.3. */
const char *html_text_source(const char *text, struct arena *arena);

/* A part of a page that differs from page to page. */
struct html_part {
    const char *name;
    const char *html;
};

/* The template with each {{name}} replaced by the part of that name, or by nothing. What is filled
 * in is not searched for names again. */
const char *html_text_fill(const char *page, const struct html_part *parts, size_t count,
                           struct arena *arena);

#endif
