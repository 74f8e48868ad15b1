#include "linker/link/linked.h"

#include "linker/elf/elf_file.h"
#include "linker/elf/processor.h"
#include "linker/link/noload.h"

#include "base/checked.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is known while a file is read. */
struct reading {
    struct arena *arena;
    const struct elf_file *file;
    const char *path;
    const struct program *program;
    const struct program_place *places;
    struct linked_memory *memories;
    struct diag_list *diags;
};

static const char *kind_name(const struct program *program)
{
    return program->kind == PROGRAM_KERNEL ? "the" : "task";
}

/* ---- places ---- */

/* The memory whose place contains a whole range. */
static bool find_memory(const struct reading *reading, uint64_t addr, uint64_t bytes,
                        size_t *ret_memory)
{
    for (size_t i = 0; i < reading->program->memory_count; i++) {
        const struct program_place *place = &reading->places[i];
        if (addr >= place->base && addr - place->base <= place->size &&
            bytes <= place->size - (addr - place->base)) {
            *ret_memory = i;
            return true;
        }
    }
    return false;
}

static void extend_memory(struct reading *reading, size_t memory, uint64_t end)
{
    const uint64_t bytes = end - reading->places[memory].base;
    if (bytes > reading->memories[memory].bytes)
        reading->memories[memory].bytes = bytes;
}

static void raise_alignment(struct reading *reading, size_t memory, uint64_t align_bytes)
{
    if (align_bytes > reading->memories[memory].align_bytes)
        reading->memories[memory].align_bytes = align_bytes;
}

static bool report_outside(struct reading *reading, const char *what, uint64_t addr, uint64_t bytes)
{
    const struct program *program = reading->program;
    diag_error(reading->diags, "linked-outside", program->pos,
               "%s of %s %s lies outside of its memories: [0x%08" PRIx64 ", 0x%08" PRIx64 ")", what,
               kind_name(program), program->name, addr, addr + bytes);
    diag_hint(reading->diags, "each output section belongs into a region of MEMORY, and the load "
                              "image of .data into CODE (`> DATA AT> CODE`)");
    return false;
}

/* The load image of .data has an address of its own in the generated script, so the linker does not
 * see that it leaves the code memory. */
static bool report_image_overflow(struct reading *reading, const struct elf_segment *segment)
{
    const struct program *program = reading->program;
    const struct program_place *place = &reading->places[PROGRAM_CODE];
    const uint64_t end = segment->paddr + segment->contents.bytes;
    if (segment->paddr == segment->vaddr || segment->paddr < place->base ||
        segment->paddr > place->base + place->size)
        return false;
    diag_error(reading->diags, "link-overflow", program->pos,
               "%s %s does not fit into %s: %" PRIu64 " bytes over", kind_name(program),
               program->name, program->memories[PROGRAM_CODE], end - (place->base + place->size));
    diag_hint(reading->diags,
              "make its code or its initialised variables smaller, or give it more of %s",
              program->memories[PROGRAM_CODE]);
    return true;
}

/* ---- sections ---- */

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(names[i], name) == 0;
    return found;
}

/* Output sections of the generated script that have no contents; see script.c. */
static bool has_no_contents(const struct program *program, const char *name)
{
    static const char *const names[] = {".stack", ".bss", ".heap"};
    return is_one_of(name, names, sizeof names / sizeof names[0]) || noload_is_name(program, name);
}

static bool is_scripted(const struct program *program, const char *name)
{
    static const char *const names[] = {
        ".text",  ".rodata",    ".preinit_array", ".init_array", ".fini_array", ".data.rel.ro",
        ".got",   ".ARM.extab", ".ARM.exidx",     ".eh_frame",   ".data",       ".gcc_except_table",
        ".tdata", ".tbss",
    };
    static const char *const of_kernel[] = {".vectors", ".imgbuild.image"};
    return is_one_of(name, names, sizeof names / sizeof names[0]) ||
           has_no_contents(program, name) ||
           (program->kind == PROGRAM_KERNEL &&
            is_one_of(name, of_kernel, sizeof of_kernel / sizeof of_kernel[0]));
}

/* Start code of vendors has many names for the table: .vector_table, .intvec, .isr_vectors. */
static bool is_like_vectors(const char *name)
{
    return strstr(name, "vec") != NULL || strstr(name, "VEC") != NULL ||
           strstr(name, "isr") != NULL;
}

static void hint_orphan(const struct reading *reading, const char *name)
{
    if (reading->program->kind == PROGRAM_KERNEL && is_like_vectors(name))
        diag_hint(reading->diags, "rename the section: a vector table belongs in `.vectors` or "
                                  "`.isr_vector`, which come first in the image");
    else
        diag_hint(reading->diags,
                  "name it .data.*, .bss.*, .noinit.*, .rodata.* or .text.*, list it under "
                  "`sections:`, or link with a script of your own");
}

/* A linker puts a section that no script names somewhere, and nobody copies or zeroes it at start.
 */
static bool check_name(const struct reading *reading, const struct elf_section *section)
{
    const struct program *program = reading->program;
    if (program->user_script != NULL)
        return true;
    if (!is_scripted(program, section->name)) {
        diag_error(reading->diags, "linked-orphan-section", program->pos,
                   "section `%s` of %s %s would be initialised by nobody", section->name,
                   kind_name(program), program->name);
        hint_orphan(reading, section->name);
        return false;
    }
    if (section->type != SHT_NOBITS && has_no_contents(program, section->name)) {
        diag_error(reading->diags, "linked-noload-contents", program->pos,
                   "section `%s` of %s %s has initial values, but is not loaded", section->name,
                   kind_name(program), program->name);
        diag_hint(reading->diags, "name the input section .data.*");
        return false;
    }
    return true;
}

static bool is_used(const struct elf_section *section)
{
    /* .tbss takes no room of its own */
    const bool is_tls_nobits = (section->flags & SHF_TLS) != 0 && section->type == SHT_NOBITS;
    return (section->flags & SHF_ALLOC) != 0 && section->bytes > 0 && !is_tls_nobits;
}

/* Where the segments put the bytes of a section; false when none loads all of them. */
static bool find_load_address(const struct reading *reading, const struct elf_section *section,
                              uint64_t *ret)
{
    const struct elf_file *file = reading->file;
    for (size_t i = 0; i < file->segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(file, i);
        struct span part;
        if (segment.type == PT_LOAD && section->offset >= segment.offset &&
            span_part(segment.contents, section->offset - segment.offset, section->bytes, &part)) {
            *ret = segment.paddr + (section->offset - segment.offset);
            return true;
        }
    }
    return diag_error(reading->diags, "linked-malformed", reading->program->pos,
                      "%s: no segment loads section `%s`", reading->path, section->name);
}

static bool read_section(struct reading *reading, const struct elf_section *section,
                         struct linked_section *ret)
{
    size_t memory;
    if (!check_name(reading, section))
        return false;
    if (!find_memory(reading, section->addr, section->bytes, &memory))
        return report_outside(reading, arena_format(reading->arena, "section `%s`", section->name),
                              section->addr, section->bytes);
    raise_alignment(reading, memory, section->align_bytes);
    extend_memory(reading, memory, section->addr + section->bytes);
    *ret = (struct linked_section){
        .name = section->name,
        .addr = section->addr,
        .bytes = section->bytes,
        .load_addr = section->addr,
        .is_loaded = section->type != SHT_NOBITS,
        .memory = memory,
    };
    if (ret->is_loaded && !find_load_address(reading, section, &ret->load_addr))
        return false;
    return true;
}

static int compare_sections(const void *left, const void *right)
{
    const struct linked_section *a = left;
    const struct linked_section *b = right;
    const int order = (a->addr > b->addr) - (a->addr < b->addr);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static bool read_sections(struct reading *reading, struct linked *linked)
{
    const struct elf_file *file = reading->file;
    struct linked_section *sections =
        ARENA_ARRAY(reading->arena, struct linked_section, file->section_count);
    size_t count = 0;
    bool good = true;
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        const bool is_tls = (section.flags & SHF_TLS) != 0 && section.bytes > 0;
        if (is_used(&section) && read_section(reading, &section, &sections[count]))
            count++;
        else if (is_used(&section) || (is_tls && !check_name(reading, &section)))
            good = false;
    }
    if (count > 1)
        qsort(sections, count, sizeof *sections, compare_sections);
    linked->sections = sections;
    linked->section_count = count;
    return good;
}

/* ---- segments ---- */

static bool read_segment(struct reading *reading, const struct elf_segment *segment)
{
    size_t memory;
    if (!find_memory(reading, segment->vaddr, segment->memory_bytes, &memory))
        return report_outside(reading, "a segment", segment->vaddr, segment->memory_bytes);
    extend_memory(reading, memory, segment->vaddr + segment->memory_bytes);
    if (segment->contents.bytes == 0)
        return true;
    if (!find_memory(reading, segment->paddr, segment->contents.bytes, &memory) &&
        report_image_overflow(reading, segment))
        return false;
    if (!find_memory(reading, segment->paddr, segment->contents.bytes, &memory))
        return report_outside(reading, "the load image of a segment", segment->paddr,
                              segment->contents.bytes);
    extend_memory(reading, memory, segment->paddr + segment->contents.bytes);
    return true;
}

static int compare_segments(const void *left, const void *right)
{
    const struct linked_segment *a = left;
    const struct linked_segment *b = right;
    return (a->load_addr > b->load_addr) - (a->load_addr < b->load_addr);
}

static bool check_disjoint(const struct reading *reading, const struct linked_segment *segments,
                           size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (segments[i - 1].load_addr + segments[i - 1].bytes.bytes > segments[i].load_addr)
            return diag_error(reading->diags, "linked-malformed", reading->program->pos,
                              "%s: two segments are loaded to 0x%08" PRIx64, reading->path,
                              segments[i].load_addr);
    }
    return true;
}

static bool read_segments(struct reading *reading, struct linked *linked)
{
    const struct elf_file *file = reading->file;
    struct linked_segment *segments =
        ARENA_ARRAY(reading->arena, struct linked_segment, file->segment_count);
    size_t count = 0;
    bool good = true;
    for (size_t i = 0; i < file->segment_count; i++) {
        const struct elf_segment segment = elf_file_segment(file, i);
        if (segment.type != PT_LOAD || segment.memory_bytes == 0)
            continue;
        good = read_segment(reading, &segment) && good;
        if (segment.contents.bytes > 0)
            segments[count++] = (struct linked_segment){segment.paddr, segment.contents,
                                                        (segment.flags & PF_X) != 0};
    }
    if (count > 1)
        qsort(segments, count, sizeof *segments, compare_segments);
    linked->segments = segments;
    linked->segment_count = count;
    return good && check_disjoint(reading, segments, count);
}

/* ---- entry, stack, vectors ---- */

static bool check_entry(const struct reading *reading)
{
    const struct program *program = reading->program;
    struct elf_symbol symbol;
    size_t memory;
    if (!elf_file_find_symbol(reading->file, program->entry, &symbol)) {
        diag_error(reading->diags, "linked-entry", program->pos,
                   "no object of %s %s defines its entry `%s`", kind_name(program), program->name,
                   program->entry);
        diag_hint(reading->diags, "`entry:` names the function that runs first; it must be global");
        return false;
    }
    if (reading->file->machine == EM_ARM && symbol.value % 2 == 0) {
        diag_error(reading->diags, "linked-entry", program->pos,
                   "the entry `%s` of %s %s is not Thumb code: 0x%08" PRIx64 " is even",
                   program->entry, kind_name(program), program->name, symbol.value);
        diag_hint(reading->diags, "compile it with -mthumb; in assembly, write `.thumb_func` in "
                                  "front of the label");
        return false;
    }
    if (symbol.value != reading->file->entry ||
        !find_memory(reading, symbol.value & ~UINT64_C(1), 2, &memory) || memory != PROGRAM_CODE)
        return diag_error(reading->diags, "linked-entry", program->pos,
                          "the entry `%s` of %s %s does not lie in its code: 0x%08" PRIx64,
                          program->entry, kind_name(program), program->name, symbol.value);
    return true;
}

static bool check_stack(const struct reading *reading, uint64_t base, uint64_t top)
{
    const struct program *program = reading->program;
    size_t memory;
    if (top < base || top - base < program->stack_bytes ||
        !find_memory(reading, base, top - base, &memory))
        return diag_error(reading->diags, "linked-stack", program->pos,
                          "the stack of %s %s, [0x%08" PRIx64 ", 0x%08" PRIx64 "), is not %" PRIu64
                          " bytes in its data memory",
                          kind_name(program), program->name, base, top, program->stack_bytes);
    if (top % program->stack_align_bytes != 0)
        return diag_error(reading->diags, "linked-stack", program->pos,
                          "__stack_top of %s %s, 0x%08" PRIx64 ", is not a multiple of %" PRIu64,
                          kind_name(program), program->name, top, program->stack_align_bytes);
    return true;
}

static bool read_stack(const struct reading *reading, struct linked *linked)
{
    const struct program *program = reading->program;
    struct elf_symbol base;
    struct elf_symbol top;
    if (!elf_file_find_symbol(reading->file, "__stack_base", &base) ||
        !elf_file_find_symbol(reading->file, "__stack_top", &top)) {
        if (program->kind == PROGRAM_KERNEL && program->user_script != NULL)
            return true; /* a kernel knows its stack, nobody else has to */
        diag_error(reading->diags, "linked-stack", program->pos,
                   "%s %s has no symbols __stack_base and __stack_top", kind_name(program),
                   program->name);
        diag_hint(reading->diags, "a script of your own must define them, and the flags must not "
                                  "strip symbols");
        return false;
    }
    linked->stack_base = base.value;
    linked->stack_top = top.value;
    return check_stack(reading, base.value, top.value);
}

/* VTOR of ARMv7-M and ARMv8-M ignores 7 bits of an address, that of ARMv6-M 8. */
enum { VTOR_ALIGN_BYTES = 128, VTOR_V6M_ALIGN_BYTES = 256 };

static bool is_v6m(const struct reading *reading)
{
    const struct processor processor = processor_of(reading->arena, reading->file);
    return !processor_has(&processor, PROCESSOR_THUMB2) &&
           !processor_has(&processor, PROCESSOR_V8M);
}

static void read_vectors(struct reading *reading, struct linked *linked)
{
    struct elf_section section;
    if (reading->program->kind != PROGRAM_KERNEL || linked->machine != EM_ARM)
        return;
    if ((!elf_file_find_section(reading->file, ".vectors", &section) || !is_used(&section)) &&
        (!elf_file_find_section(reading->file, ".isr_vector", &section) || !is_used(&section)))
        return;
    uint64_t align = is_v6m(reading) ? VTOR_V6M_ALIGN_BYTES : VTOR_ALIGN_BYTES;
    while (align < section.bytes)
        align *= 2;
    linked->vectors_addr = section.addr;
    linked->vectors_bytes = section.bytes;
    linked->vectors_align_bytes = align;
    raise_alignment(reading, PROGRAM_CODE, align);
}

bool linked_check_vectors(const struct linked *linked, const struct program *program,
                          struct diag_list *diags)
{
    if (linked->vectors_bytes == 0 || linked->vectors_addr % linked->vectors_align_bytes == 0)
        return true;
    diag_error(diags, "linked-vector-alignment", program->pos,
               "the vector table lies at 0x%08" PRIx64 ", but VTOR wants a multiple of %" PRIu64
               " for its %" PRIu64 " bytes",
               linked->vectors_addr, linked->vectors_align_bytes, linked->vectors_bytes);
    diag_hint(diags,
              "let the kernel's code start on such a multiple: change `skip:`, or the size of "
              "the header in front of it, and keep the vectors first in a script of your own");
    return false;
}

/* ---- the whole ---- */

static void start_memories(struct reading *reading)
{
    const size_t count = reading->program->memory_count;
    reading->memories = ARENA_ARRAY(reading->arena, struct linked_memory, count);
    for (size_t i = 0; i < count; i++)
        reading->memories[i].align_bytes = 4;
    raise_alignment(reading, PROGRAM_DATA, reading->program->stack_align_bytes);
}

static bool read_all(struct reading *reading, struct linked *linked)
{
    start_memories(reading);
    bool good = read_sections(reading, linked);
    good = read_segments(reading, linked) && good;
    if (!good)
        return false;
    read_vectors(reading, linked);
    good = check_entry(reading);
    return read_stack(reading, linked) && good;
}

bool linked_read(struct arena *arena, struct span elf, const char *path,
                 const struct program *program, const struct program_place *places,
                 struct linked *ret, struct diag_list *diags)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_open(elf, &file, &problem))
        return diag_error(diags, "linked-malformed", program->pos, "%s cannot be used: %s", path,
                          problem);
    if (file.type != ET_EXEC)
        return diag_error(diags, "linked-wrong-format", program->pos,
                          "%s is not an executable with fixed addresses", path);
    struct reading reading = {arena, &file, path, program, places, NULL, diags};
    struct linked linked = {.entry = file.entry, .machine = file.machine, .flags = file.flags};
    if (!read_all(&reading, &linked))
        return false;
    linked.memories = reading.memories;
    linked.memory_count = program->memory_count;
    *ret = linked;
    return true;
}
