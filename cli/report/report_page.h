/* The files of cli/report/page/, which CMake embeds. */
#ifndef CLI_REPORT_REPORT_PAGE_H
#define CLI_REPORT_REPORT_PAGE_H

extern const char report_page_html[];   /* page.html */
extern const char report_page_style[];  /* page.css */
extern const char report_page_script[]; /* page.js */

#endif
