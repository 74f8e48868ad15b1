#include "linker/link/kernel_start.h"

#include "linker/elf/elf_file.h"
#include "linker/link/objects.h"

#include "base/file.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

/* The bytes that are loaded to an address; false when there are not as many. */
static bool find_loaded(const struct linked *linked, uint64_t addr, uint64_t bytes,
                        struct span *ret)
{
    for (size_t i = 0; i < linked->segment_count; i++) {
        const struct linked_segment *segment = &linked->segments[i];
        if (addr >= segment->load_addr &&
            span_part(segment->bytes, addr - segment->load_addr, bytes, ret))
            return true;
    }
    return false;
}

/* ---- Arm ---- */

static bool is_stack_pointer(const struct kernel_start *start, uint32_t word)
{
    bool found = false;
    for (size_t i = 0; i < start->writable_count && !found; i++) {
        const struct program_place *place = &start->writable[i];
        found = word > place->base && word <= place->base + place->size;
    }
    return found;
}

static bool is_code(const struct kernel_start *start, uint32_t word)
{
    const uint64_t addr = word & ~UINT32_C(1);
    return word % 2 == 1 && addr >= start->code.base &&
           addr - start->code.base < start->linked->memories[PROGRAM_CODE].bytes;
}

/* A table of zeros starts no processor, but a board may be linked just to be measured: it is warned
 * of, and not refused. */
static bool is_empty_table(struct span words)
{
    return span_u32(words, 0) == 0 && span_u32(words, 4) == 0;
}

static bool check_vectors(const struct kernel_start *start, struct diag_list *diags)
{
    const struct program *program = start->program;
    struct span words;
    if (!find_loaded(start->linked, start->code.base, 8, &words)) {
        diag_error(diags, "kernel-vectors", program->pos,
                   "nothing of the kernel lies at 0x%08" PRIx64 ", where its vector table belongs",
                   start->code.base);
    } else if (is_empty_table(words)) {
        diag_add(diags, DIAG_WARNING, "kernel-vectors-empty", program->pos,
                 "the kernel's vector table is empty: no processor can start it");
        diag_hint(diags, "put __stack_top first and the reset handler second");
        return true;
    } else if (!is_stack_pointer(start, span_u32(words, 0))) {
        diag_error(diags, "kernel-vectors", program->pos,
                   "the kernel has no vector table in front: its first word, 0x%08" PRIx32
                   ", is not a stack pointer in its data memory",
                   span_u32(words, 0));
    } else if (!is_code(start, span_u32(words, 4))) {
        diag_error(diags, "kernel-vectors", program->pos,
                   "the second word of the kernel's vector table, 0x%08" PRIx32
                   ", is not the odd address of a function in its code",
                   span_u32(words, 4));
    } else {
        return true;
    }
    diag_hint(diags, "put the vector table into section `.vectors` or `.isr_vector`, with "
                     "__stack_top first and the reset handler second; in assembly, write "
                     "`.thumb_func` in front of the handler");
    return false;
}

/* ---- RISC-V ---- */

enum { OPCODE = 0x7f, AUIPC = 0x17, LUI = 0x37, JALR = 0x67, JAL = 0x6f };
enum { COMPRESSED_JUMP_MASK = 0xe003, COMPRESSED_JUMP = 0xa001 };

static uint32_t bits(uint32_t word, unsigned from, unsigned count)
{
    return word >> from & ((UINT32_C(1) << count) - 1);
}

static uint32_t sign_extended(uint32_t value, unsigned sign_bit)
{
    const uint32_t sign = UINT32_C(1) << sign_bit;
    return (value ^ sign) - sign;
}

static uint32_t jal_offset(uint32_t word)
{
    return sign_extended(bits(word, 31, 1) << 20 | bits(word, 12, 8) << 12 |
                             bits(word, 20, 1) << 11 | bits(word, 21, 10) << 1,
                         20);
}

static uint32_t compressed_offset(uint32_t word)
{
    return sign_extended(bits(word, 12, 1) << 11 | bits(word, 8, 1) << 10 | bits(word, 9, 2) << 8 |
                             bits(word, 6, 1) << 7 | bits(word, 7, 1) << 6 | bits(word, 2, 1) << 5 |
                             bits(word, 11, 1) << 4 | bits(word, 3, 3) << 1,
                         11);
}

/* Where the jump at the kernel's first byte goes; false when none stands there that is told from
 * its own bytes. */
static bool find_jump(const struct kernel_start *start, uint32_t *ret)
{
    const uint32_t addr = (uint32_t)start->code.base;
    struct span code;
    if (find_loaded(start->linked, addr, 2, &code) &&
        (span_u16(code, 0) & COMPRESSED_JUMP_MASK) == COMPRESSED_JUMP) {
        *ret = addr + compressed_offset(span_u16(code, 0));
        return true;
    }
    if (!find_loaded(start->linked, addr, 4, &code))
        return false;
    const uint32_t first = span_u32(code, 0);
    if ((first & OPCODE) == JAL) {
        *ret = addr + jal_offset(first);
        return true;
    }
    if (((first & OPCODE) != AUIPC && (first & OPCODE) != LUI) ||
        !find_loaded(start->linked, addr, 8, &code))
        return false;
    const uint32_t second = span_u32(code, 4);
    if ((second & OPCODE) != JALR || bits(second, 15, 5) != bits(first, 7, 5))
        return false;
    const uint32_t base = (first & OPCODE) == AUIPC ? addr : 0;
    *ret = base + (first & ~UINT32_C(0xfff)) + sign_extended(bits(second, 20, 12), 11);
    return true;
}

static bool check_entry(const struct kernel_start *start, struct diag_list *diags)
{
    const struct program *program = start->program;
    const uint64_t entry = start->linked->entry;
    uint32_t target;
    if (entry == start->code.base || (find_jump(start, &target) && target == entry))
        return true;
    diag_error(diags, "kernel-entry", program->pos,
               "the processor starts at the kernel's first byte, 0x%08" PRIx64
               ", but the entry `%s` lies at 0x%08" PRIx64,
               start->code.base, program->entry, entry);
    diag_hint(diags,
              "let section `.vectors` begin with `%s` or a jump there, or leave the section "
              "out to have such a jump made",
              program->entry);
    return false;
}

bool kernel_start_check(const struct kernel_start *start, struct diag_list *diags)
{
    if (start->linked->machine == EM_ARM)
        return check_vectors(start, diags);
    return start->linked->machine != EM_RISCV || check_entry(start, diags);
}

/* ---- the jump ---- */

static bool is_of(const char *name, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

static bool has_front(struct span bytes)
{
    struct elf_file file;
    const char *problem;
    bool found = false;
    if (!elf_file_open(bytes, &file, &problem))
        return false; /* an archive: what of it is linked comes behind the objects */
    for (size_t i = 1; i < file.section_count && !found; i++) {
        const struct elf_section section = elf_file_section(&file, i);
        found = section.bytes > 0 && (section.flags & SHF_ALLOC) != 0 &&
                (is_of(section.name, ".vectors") || is_of(section.name, ".isr_vector"));
    }
    return found;
}

bool kernel_start_needs_jump(struct arena *arena, const struct program *program, uint16_t machine,
                             bool *ret, struct diag_list *diags)
{
    bool needs =
        machine == EM_RISCV && program->kind == PROGRAM_KERNEL && program->user_script == NULL;
    for (size_t i = 0; i < program->object_count && needs; i++) {
        struct span bytes;
        if (!file_read(arena, program->objects[i], OBJECTS_FILE_LIMIT, program->pos, &bytes, diags))
            return false;
        needs = !has_front(bytes);
    }
    *ret = needs;
    return true;
}
