#ifndef LISTENAS_CLI_REPORT_STYLE_H
#define LISTENAS_CLI_REPORT_STYLE_H

/* The page's style sheet in pieces, NULL at the end: light and dark, for screens of any width and for paper. */
extern const char *const page_style[];

#endif
