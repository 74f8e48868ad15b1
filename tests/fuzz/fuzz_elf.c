/* ELF files and archives of objects from anywhere: whatever they hold, reading them does no harm.
 */
#include "linker/elf/ar_archive.h"
#include "linker/elf/symbols.h"
#include "linker/image/image.h"
#include "linker/image/image_format.h"
#include "linker/link/linked.h"
#include "linker/link/noload.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void out_of_memory(void)
{
    abort();
}

static const char *const memories[] = {"flash", "ram", "sram2"};
static const struct program_place places[] = {
    {0x08004000, 0x10000}, {0x20001000, 0x8000}, {0x30020000, 0x8000}};
static const struct program_section sections[] = {{"eth_bulk", 2, {0}}};
static const struct layout_range code[] = {{0x08004000, 0x08014000}};

static struct program make_program(enum program_kind kind, const char *entry)
{
    return (struct program){
        .kind = kind,
        .name = "net",
        .entry = entry,
        .stack_bytes = 1024,
        .stack_align_bytes = 8,
        .memories = memories,
        .memory_count = 3,
        .sections = sections,
        .section_count = 1,
    };
}

/* A program that was read goes into an image, and the image's ELF file can be read again. */
static void put_into_image(struct arena *arena, const struct linked *linked,
                           struct diag_list *diags)
{
    static const uint8_t id[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const struct span patch = {id, sizeof id};
    const struct image_source source = {.owner = "kernel", .linked = linked};
    const struct image_request request = {
        .sources = &source, .source_count = 1, .code = code, .code_count = 1};
    struct image image;
    struct span patched;
    uint64_t base;
    if (!image_collect(arena, &request, &image, diags))
        return;
    const bool can_patch = image_patch(&image, image.base, patch);
    const struct span elf = image_elf(arena, &image);
    if (!symbols_find(elf, "__image_base", &base) || base != image.base)
        abort();
    if (image.parts[0].bytes >= patch.bytes &&
        (!can_patch || !image_patch_elf(arena, elf, "image.elf", base, patch, &patched, diags) ||
         !span_equal(patched, elf)))
        abort();
    image_format_hex(arena, &image);
}

static void read_program(struct arena *arena, struct span elf, enum program_kind kind,
                         const char *entry)
{
    const struct program program = make_program(kind, entry);
    struct diag_list diags = diag_list_in(arena);
    struct linked linked;
    const bool good = linked_read(arena, elf, "fuzz.elf", &program, places, &linked, &diags);
    if (good != (diags.error_count == 0))
        abort();
    noload_is_used(&program, elf);
    if (good)
        put_into_image(arena, &linked, &diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    const struct span input = {data, bytes};
    read_program(arena, input, PROGRAM_TASK, "_start");
    read_program(arena, input, PROGRAM_KERNEL, "reset_handler");
    uint64_t value;
    symbols_find(input, "__stack_base", &value);
    symbols_refer_to(input, "__image_end");
    size_t offset = 0;
    struct span member;
    while (ar_archive_next(input, &offset, &member))
        symbols_refer_to(member, "__image_end");
    arena_destroy(arena);
    return 0;
}
