#include "linker/link/table_object.h"

#include "linker/elf/elf_writer.h"

#include <elf.h>

/* How a machine's objects say that a 32-bit word holds an address. */
struct word_relocation {
    uint16_t machine;
    uint8_t type;
    bool has_addend; /* in the relocation (RELA); else in the word (REL) */
};

static const struct word_relocation *find_relocation(uint16_t machine)
{
    static const struct word_relocation known[] = {
        {EM_ARM, R_ARM_ABS32, false},
        {EM_RISCV, R_RISCV_32, true},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].machine == machine)
            return &known[i];
    }
    return NULL;
}

enum { DATA_SYMBOL = 1 }; /* the local symbol of the section of data; 0 is none */

/* The relocations of one of the two sections. */
static struct span encode_relocations(struct arena *arena, const struct tables *tables,
                                      bool of_image, const struct word_relocation *how)
{
    struct buffer entries = buffer_in(arena);
    for (size_t i = 0; i < tables->relocation_count; i++) {
        const struct tables_relocation *relocation = &tables->relocations[i];
        if (relocation->in_image != of_image)
            continue;
        buffer_append_u32(&entries, relocation->offset);
        buffer_append_u32(&entries, ELF32_R_INFO(DATA_SYMBOL, how->type));
        if (how->has_addend)
            buffer_append_u32(&entries, relocation->target_offset);
    }
    return buffer_span(&entries);
}

static uint16_t add_constants(struct elf_writer *writer, const char *name, struct span contents)
{
    const struct elf_section section = {
        .name = name,
        .type = SHT_PROGBITS,
        .flags = SHF_ALLOC,
        .align_bytes = 4,
        .contents = contents,
    };
    return elf_writer_section(writer, &section);
}

static void add_relocations(struct elf_writer *writer, const char *target_name, uint16_t target,
                            uint16_t symbols, struct span entries,
                            const struct word_relocation *how)
{
    const struct elf_section section = {
        .name = arena_format(writer->file.arena, "%s%s", how->has_addend ? ".rela" : ".rel",
                             target_name),
        .type = how->has_addend ? SHT_RELA : SHT_REL,
        .flags = SHF_INFO_LINK,
        .link = symbols,
        .info = target,
        .align_bytes = 4,
        .entry_bytes = how->has_addend ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel),
        .contents = entries,
    };
    elf_writer_section(writer, &section);
}

static struct elf_symbols make_symbols(struct arena *arena, const struct tables *tables,
                                       uint16_t image, uint16_t data)
{
    struct elf_symbols symbols = elf_symbols_in(arena);
    const struct elf_symbol data_section = {
        .name = "",
        .type = STT_SECTION,
        .binding = STB_LOCAL,
        .section_index = data,
    };
    const struct elf_symbol header = {
        .name = "imgbuild_image",
        .bytes = tables->image.bytes,
        .type = STT_OBJECT,
        .binding = STB_GLOBAL,
        .section_index = image,
    };
    elf_symbols_add(&symbols, &data_section);
    elf_symbols_add(&symbols, &header);
    return symbols;
}

bool table_object_build(struct arena *arena, const struct tables *tables,
                        const struct objects_target *target, struct span *ret,
                        struct diag_list *diags)
{
    static const char image_name[] = ".imgbuild.image";
    static const char data_name[] = ".rodata.imgbuild";
    const struct word_relocation *how = find_relocation(target->machine);
    if (how == NULL)
        return diag_error(diags, "tables-machine", NOWHERE,
                          "imgbuild cannot make tables for %s, only for ARM and RISC-V",
                          objects_machine_name(arena, target->machine));
    struct elf_writer writer =
        elf_writer_start(arena, ET_REL, target->machine, target->flags, 0, 0);
    const uint16_t image = add_constants(&writer, image_name, tables->image);
    const uint16_t data = add_constants(&writer, data_name, tables->data);
    const struct elf_symbols symbols = make_symbols(arena, tables, image, data);
    const uint16_t symbol_table = elf_writer_symbols(&writer, &symbols);
    add_relocations(&writer, image_name, image, symbol_table,
                    encode_relocations(arena, tables, true, how), how);
    add_relocations(&writer, data_name, data, symbol_table,
                    encode_relocations(arena, tables, false, how), how);
    *ret = elf_writer_finish(&writer);
    return true;
}
