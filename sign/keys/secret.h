/* Memory that has held secrets. */
#ifndef SIGN_KEYS_SECRET_H
#define SIGN_KEYS_SECRET_H

#include <stddef.h>

/* Overwrites bytes in a way that no compiler leaves out. */
void secret_wipe(void *data, size_t bytes);

/* Overwrites the stack below the caller, where functions that have returned may have left copies of
 * secrets in variables and saved registers. */
void secret_wipe_stack(void);

#endif
