/* What a layout takes in all. */
#ifndef LAYOUT_MODEL_USED_H
#define LAYOUT_MODEL_USED_H

#include "layout/model/layout.h"

/* Bytes from the kernel's end to the last block's, over all memories: needs, padding and gaps. */
uint64_t used_bytes(const struct layout *layout);

#endif
