/* The files of cli/diff/page/, which CMake embeds. */
#ifndef CLI_DIFF_DIFF_PAGE_H
#define CLI_DIFF_DIFF_PAGE_H

extern const char diff_page_html[];  /* page.html: the whole */
extern const char diff_page_table[]; /* table.html: a section with a table */

#endif
