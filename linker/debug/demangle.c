#include "linker/debug/demangle.h"

#include "base/buffer.h"

#include <libiberty/demangle.h>

#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

/* Libiberty hands out a name piece by piece and cannot be told to stop: the only way out of a name
 * that grows without end is to leave it. Its callback forms keep everything on the stack, so that
 * nothing is lost. */
struct output {
    char text[DEMANGLE_OUTPUT_BYTES_MOST];
    size_t bytes;
    jmp_buf too_long;
};

static void take_piece(const char *piece, size_t bytes, void *context)
{
    struct output *output = context;
    if (bytes > sizeof output->text - output->bytes)
        longjmp(output->too_long, 1); /* NOLINT(cert-err52-cpp) */
    memcpy(output->text + output->bytes, piece, bytes);
    output->bytes += bytes;
}

static bool is_demangled(const char *name, struct output *output)
{
    const int options = DMGL_PARAMS | DMGL_ANSI;
    if (setjmp(output->too_long) != 0) /* NOLINT(cert-err52-cpp) */
        return false;
    if (rust_demangle_callback(name, options, take_piece, output) != 0)
        return true;
    output->bytes = 0;
    return cplus_demangle_v3_callback(name, options, take_piece, output) != 0;
}

const char *demangle(const char *name, struct arena *arena)
{
    if (name[0] != '_' || strnlen(name, DEMANGLE_INPUT_BYTES_MOST + 1) > DEMANGLE_INPUT_BYTES_MOST)
        return name;
    struct output output = {.bytes = 0};
    if (!is_demangled(name, &output))
        return name;
    return arena_copy_text(arena, output.text, output.bytes);
}
