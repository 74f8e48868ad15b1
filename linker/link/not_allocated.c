#include "linker/link/not_allocated.h"

#include <elf.h>
#include <string.h>

/* Whether name is WORD or WORD.*. */
static bool is_of(const char *name, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

/* Names that the generated script places, without their dot. */
static bool is_placed(const struct program *program, const char *name)
{
    static const char *const words[] = {
        "vectors",       "isr_vector", "imgbuild.image", "init",  "fini",       "text",  "rodata",
        "srodata",       "sdata2",     "data",           "sdata", "bss",        "sbss",  "noinit",
        "preinit_array", "init_array", "tdata",          "tbss",  "fini_array", "ctors", "dtors",
    };
    const bool has_dot = name[0] == '.';
    bool found = false;
    for (size_t i = 0; has_dot && i < sizeof words / sizeof words[0] && !found; i++)
        found = is_of(name + 1, words[i]);
    for (size_t i = 0; i < program->section_count && !found; i++)
        found = is_of(has_dot ? name + 1 : name, program->sections[i].name);
    return found;
}

static bool has_lost_contents(const struct elf_section *section)
{
    const bool is_of_program = section->type == SHT_PROGBITS || section->type == SHT_NOBITS ||
                               section->type == SHT_INIT_ARRAY ||
                               section->type == SHT_PREINIT_ARRAY ||
                               section->type == SHT_FINI_ARRAY;
    return is_of_program && section->bytes > 0 && (section->flags & SHF_ALLOC) == 0 &&
           (section->flags & SHF_EXCLUDE) == 0;
}

/* ---- linker sets ---- */

static bool refers_to_bound(const struct elf_file *file, const char *section)
{
    bool found = false;
    for (size_t i = 1; i < file->symbol_count && !found; i++) {
        const struct elf_symbol symbol = elf_file_symbol(file, i);
        found =
            (strncmp(symbol.name, "__start_", 8) == 0 && strcmp(symbol.name + 8, section) == 0) ||
            (strncmp(symbol.name, "__stop_", 7) == 0 && strcmp(symbol.name + 7, section) == 0);
    }
    return found;
}

static bool is_set(const struct opened_object *objects, size_t count, const char *section)
{
    bool found = false;
    for (size_t i = 0; i < count && !found && section[0] != '.'; i++)
        found = refers_to_bound(&objects[i].file, section);
    return found;
}

/* ---- reports ---- */

static const char *flags_for(const char *name)
{
    if (is_of(name, ".text") || is_of(name, ".init") || is_of(name, ".fini"))
        return "ax";
    return is_of(name, ".rodata") || is_of(name, ".vectors") || is_of(name, ".isr_vector") ? "a"
                                                                                           : "aw";
}

static bool report(const struct program *program, const char *section, const char *where,
                   struct diag_list *diags)
{
    diag_error(diags, "link-not-allocated", program->pos,
               "section `%s` of %s has contents, but no flag that makes it part of the image",
               section, where);
    diag_hint(diags, "in assembly, write `.section %s, \"%s\"`", section, flags_for(section));
    return false;
}

bool not_allocated_check_objects(const struct program *program, const struct opened_object *objects,
                                 size_t count, struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < count && program->user_script == NULL; i++) {
        const struct elf_file *file = &objects[i].file;
        for (size_t k = 1; k < file->section_count; k++) {
            const struct elf_section section = elf_file_section(file, k);
            if (has_lost_contents(&section) &&
                (is_placed(program, section.name) || is_set(objects, count, section.name)))
                good = report(program, section.name, objects[i].name, diags);
        }
    }
    return good;
}

bool not_allocated_check_linked(struct arena *arena, const struct program *program, struct span elf,
                                struct diag_list *diags)
{
    struct opened_object linked = {.name = program->kind == PROGRAM_KERNEL
                                               ? "the kernel"
                                               : arena_format(arena, "task %s", program->name)};
    const char *problem;
    return !elf_file_open(elf, &linked.file, &problem) ||
           not_allocated_check_objects(program, &linked, 1, diags);
}
