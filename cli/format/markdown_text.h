/* Text inside of Markdown. */
#ifndef CLI_FORMAT_MARKDOWN_TEXT_H
#define CLI_FORMAT_MARKDOWN_TEXT_H

#include "base/arena.h"

/* A name as text of one line, in a table too: nothing in it is markup, a link or a mention.
 * Source: GitHub Flavored Markdown Spec 0.29, 2.4, 4.6, 4.10. */
const char *markdown_text_escaped(const char *text, struct arena *arena);

#endif
