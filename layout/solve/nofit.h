/* Saying why a layout does not fit, and what would help. */
#ifndef LAYOUT_ADVICE_NOFIT_H
#define LAYOUT_ADVICE_NOFIT_H

#include "layout/search/fit.h"

/* Appends an error layout-no-fit for each memory that overflows; returns false. */
bool nofit_report(const struct problem *problem, const struct fit *fit, struct arena *arena,
                  struct diag_list *diags);

#endif
