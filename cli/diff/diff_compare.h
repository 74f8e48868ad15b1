/* The one comparison of two images. */
#ifndef CLI_DIFF_DIFF_COMPARE_H
#define CLI_DIFF_DIFF_COMPARE_H

#include "cli/diff/diff_model.h"

/* Compares two images.
 * Shape:  the result's texts are those of the reports. */
struct diff diff_compare(const struct report *was, const struct report *is, struct arena *arena);

#endif
