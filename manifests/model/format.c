#include "manifests/model/format.h"

#include <assert.h>

const char *const format_names[] = {"elf", "bin", "hex", "srec", "uf2", "mcuboot"};
const size_t format_count = sizeof format_names / sizeof *format_names;

/* The last format's bit is the one of the last name. */
static_assert((MANIFEST_FORMATS_END - 1) * 2 == 1 << sizeof format_names / sizeof *format_names,
              "format_names and enum manifest_format list different formats");

enum manifest_format format_at(size_t index)
{
    assert(index < format_count);
    return (enum manifest_format)(1u << index);
}
