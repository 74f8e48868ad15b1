#include "linker/link/lto_object.h"

#include "base/path.h"

#include <string.h>

/* GCC marks them with a common symbol for just this purpose. */
static bool is_slim(const struct elf_file *object)
{
    bool found = false;
    for (size_t i = 1; i < object->symbol_count && !found; i++)
        found = strcmp(elf_file_symbol(object, i).name, "__gnu_lto_slim") == 0;
    return found;
}

static bool begins_with(const char *word, const char *start)
{
    return strncmp(word, start, strlen(start)) == 0;
}

static bool has_flag(const struct toolchain *toolchain, const char *start)
{
    bool found = false;
    for (size_t i = 0; i < toolchain->flag_count && !found; i++)
        found = begins_with(toolchain->flags[i], start);
    return found;
}

/* Only GCC loads its plugin by itself, and lld cannot use it. */
static bool understands_gcc(const struct toolchain *toolchain)
{
    const char *name = path_name(toolchain->linker);
    if (toolchain->style == TOOLCHAIN_LD)
        return strstr(name, "lld") == NULL &&
               (has_flag(toolchain, "-plugin") || has_flag(toolchain, "--plugin"));
    return strstr(name, "clang") == NULL && !has_flag(toolchain, "-fuse-ld=lld") &&
           !has_flag(toolchain, "-fno-lto");
}

bool lto_object_check(const struct toolchain *toolchain, const struct program *program,
                      const char *name, const struct elf_file *object, struct diag_list *diags)
{
    if (understands_gcc(toolchain) || !is_slim(object))
        return true;
    diag_error(diags, "link-lto-object", program->pos,
               "%s holds only GCC's bytecode for link-time optimization, which linker '%s' drops",
               name, path_name(toolchain->linker));
    diag_hint(diags,
              "set `style: driver` under `toolchain:` with GCC as the linker, without lld, or "
              "compile %s without -flto",
              name);
    return false;
}
