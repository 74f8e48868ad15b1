/* ELF files with debug information from anywhere: symbols, lines, callers and names are asked of
 * them at many addresses, and nothing comes to harm. */
#include "linker/debug/debug_lines.h"
#include "linker/debug/demangle.h"
#include "linker/debug/thumb_access.h"
#include "linker/debug/unwind.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { ADDRESSES = 48, STACK_BYTES = 128 };

static void out_of_memory(void)
{
    abort();
}

static void ask(struct debug_file *file, uint64_t addr, struct arena *arena)
{
    struct debug_symbol symbol;
    const struct debug_position *positions;
    if (debug_file_symbol(file, addr, &symbol)) {
        if (symbol.addr > addr)
            abort();
        demangle(symbol.name, arena);
    }
    const size_t count = debug_lines_at(file, addr, arena, &positions);
    for (size_t i = 0; i < count; i++)
        if (positions[i].is_inlined != (i + 1 < count) ||
            (positions[i].function != NULL && demangle(positions[i].function, arena) == NULL))
            abort();
    struct thumb_registers registers = {.known = 0xffff};
    thumb_access_decode(debug_file_bytes(file, addr), &registers);
}

/* A stack that is full of addresses of the program. */
static void walk(struct debug_file *file, uint64_t addr, struct arena *arena)
{
    uint8_t stack[STACK_BYTES];
    for (size_t i = 0; i < sizeof stack; i += 4) {
        const uint32_t word = (uint32_t)addr + (uint32_t)i + 1;
        memcpy(stack + i, &word, sizeof word);
    }
    struct unwind_start start = {
        .pc = addr,
        .has_pc = true,
        .known = UINT32_MAX,
        .stack_addr = 0x20000000,
        .stack = {stack, sizeof stack},
    };
    for (size_t i = 0; i < UNWIND_REGISTERS; i++)
        start.registers[i] = 0x20000000;
    const struct unwind_trace trace = unwind_frames(file, &start, arena);
    if (trace.frame_count == 0 || trace.end == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    struct debug_file *file;
    if (debug_file_open((struct span){data, bytes}, NOWHERE, arena, &file, &diags)) {
        for (uint64_t i = 0; i < ADDRESSES; i++) {
            ask(file, 0x1000 + 2 * i, arena);
            if (i % 8 == 0)
                walk(file, 0x1000 + 2 * i, arena);
        }
        ask(file, UINT32_MAX, arena);
        debug_file_close(file);
    }
    arena_destroy(arena);
    return 0;
}
