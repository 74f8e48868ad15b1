/* The image formats that a manifest can ask for, and their names. */
#ifndef MANIFESTS_MODEL_FORMAT_H
#define MANIFESTS_MODEL_FORMAT_H

#include <stddef.h>

/* Each is a bit, so that a manifest's list is a set; the bits are in the order of format_names. */
enum manifest_format {
    MANIFEST_FORMAT_ELF = 1 << 0,
    MANIFEST_FORMAT_BIN = 1 << 1,
    MANIFEST_FORMAT_HEX = 1 << 2,
    MANIFEST_FORMAT_SREC = 1 << 3,
    MANIFEST_FORMAT_UF2 = 1 << 4,
    MANIFEST_FORMAT_MCUBOOT = 1 << 5,
    MANIFEST_FORMATS_END /* stays last */
};

/* As manifests write them. */
extern const char *const format_names[];
extern const size_t format_count;

/* The format of a name. Shape: index < format_count. */
enum manifest_format format_at(size_t index);

#endif
