#include "linker/link/noload.h"

#include "linker/elf/ar_archive.h"
#include "linker/elf/elf_file.h"
#include "linker/link/objects.h"

#include "base/file.h"
#include "base/path.h"

#include <elf.h>
#include <string.h>

/* Whether name is WORD or, for an input section, WORD.*. */
static bool is_of(const char *name, const char *word, bool is_input)
{
    const size_t length = strlen(word);
    if (strncmp(name, word, length) != 0)
        return false;
    return name[length] == '\0' || (is_input && name[length] == '.');
}

/* C code names a section as it likes, so the input sections of the manifest need no dot. */
static bool matches(const struct program *program, const char *name, bool is_input)
{
    const bool has_dot = name[0] == '.';
    if (!has_dot && !is_input)
        return false;
    bool found = is_of(name, ".noinit", is_input) || (is_input && is_of(name, ".uninit", true));
    for (size_t i = 0; i < program->section_count && !found; i++)
        found = is_of(has_dot ? name + 1 : name, program->sections[i].name, is_input);
    return found;
}

bool noload_is_name(const struct program *program, const char *name)
{
    return matches(program, name, false);
}

bool noload_is_used(const struct program *program, struct span elf)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        return false;
    bool used = false;
    for (size_t i = 1; i < file.section_count && !used; i++) {
        const struct elf_section section = elf_file_section(&file, i);
        used = section.bytes > 0 && matches(program, section.name, true);
    }
    return used;
}

static bool has_values(struct span contents)
{
    bool found = false;
    for (size_t i = 0; i < contents.bytes && !found; i++)
        found = contents.data[i] != 0;
    return found;
}

/* Zeroes that a relocation will change are values too. */
static bool is_relocated(const struct elf_file *file, size_t section_index)
{
    bool found = false;
    for (size_t i = 1; i < file->section_count && !found; i++) {
        const struct elf_section section = elf_file_section(file, i);
        found = (section.type == SHT_REL || section.type == SHT_RELA) && section.bytes > 0 &&
                section.info == section_index;
    }
    return found;
}

static bool check_elf(const struct program *program, struct span elf, const char *path,
                      struct diag_list *diags)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        return true; /* the linker took it, so it is not for us to judge */
    bool good = true;
    for (size_t i = 1; i < file.section_count; i++) {
        const struct elf_section section = elf_file_section(&file, i);
        if ((section.flags & SHF_ALLOC) == 0 || !matches(program, section.name, true) ||
            !(has_values(section.contents) || is_relocated(&file, i)))
            continue;
        good = diag_error(diags, "linked-noload-contents", program->pos,
                          "section `%s` in %s has initial values, but is not loaded", section.name,
                          path_name(path));
        diag_hint(diags, "leave its variables without initial values and set them at run time");
    }
    return good;
}

bool noload_check(struct arena *arena, const struct program *program, const char *const *paths,
                  size_t count, struct diag_list *diags)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        struct span bytes;
        if (!file_read(arena, paths[i], OBJECTS_FILE_LIMIT, program->pos, &bytes, diags)) {
            good = false;
        } else if (ar_archive_is_archive(bytes)) {
            size_t offset = 0;
            struct span member;
            while (ar_archive_next(bytes, &offset, &member))
                good = check_elf(program, member, paths[i], diags) && good;
        } else {
            good = check_elf(program, bytes, paths[i], diags) && good;
        }
    }
    return good;
}
