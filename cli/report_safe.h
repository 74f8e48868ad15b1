/* Names of symbols and files as text that is safe to show. */
#ifndef CLI_REPORT_SAFE_H
#define CLI_REPORT_SAFE_H

#include "base/arena.h"

/* The text with each byte that is a control character, or no part of valid UTF-8, as \xNN. The same
 * pointer when there is no such byte. Source: Unicode 15, table 3-7. */
const char *report_safe_text(struct arena *arena, const char *text);

#endif
