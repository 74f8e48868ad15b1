#include "linker/debug/unwind.h"

#include "linker/debug/debug_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

enum { EXPRESSION_STEPS_MOST = 256, EXPRESSION_DEPTH_MOST = 16, WORD_BYTES = 4 };

struct unwinder {
    struct debug_file *file;
    enum debug_machine machine;
    Dwarf_CFI *cfi[2]; /* of .debug_frame and .eh_frame */
    const struct unwind_start *start;
    uint32_t registers[UNWIND_REGISTERS];
    uint32_t known;
    struct unwind_frame *frames;
    size_t count;
    const char *end;
    struct arena *arena;
};

unsigned unwind_sp(enum debug_machine machine)
{
    return machine == DEBUG_RISCV ? 2 : 13;
}

unsigned unwind_lr(enum debug_machine machine)
{
    return machine == DEBUG_RISCV ? 1 : 14;
}

static bool know(const struct unwinder *unwinder, uint64_t number, uint32_t *ret)
{
    if (number >= UNWIND_REGISTERS || !(unwinder->known & 1U << number))
        return false;
    *ret = unwinder->registers[number];
    return true;
}

static void set(struct unwinder *unwinder, unsigned number, uint32_t value)
{
    unwinder->registers[number] = value;
    unwinder->known |= 1U << number;
}

static bool read_stack(const struct unwinder *unwinder, uint64_t addr, uint32_t *ret)
{
    const struct unwind_start *start = unwinder->start;
    struct span word;
    if (addr < start->stack_addr ||
        !span_part(start->stack, addr - start->stack_addr, WORD_BYTES, &word))
        return false;
    *ret = span_u32(word, 0);
    return true;
}

static uint64_t code_addr(const struct unwinder *unwinder, uint32_t value)
{
    return unwinder->machine == DEBUG_ARM ? value & ~1U : value;
}

/* ---- DWARF expressions, as far as frames have them ---- */

struct machine {
    const struct unwinder *unwinder;
    uint32_t cfa;
    bool has_cfa;
    uint32_t stack[EXPRESSION_DEPTH_MOST];
    size_t depth;
    bool is_value; /* the result is the value itself, not where it lies */
};

static bool push(struct machine *machine, uint64_t value)
{
    if (machine->depth == EXPRESSION_DEPTH_MOST)
        return false;
    machine->stack[machine->depth++] = (uint32_t)value;
    return true;
}

static bool pop(struct machine *machine, uint32_t *ret)
{
    if (machine->depth == 0)
        return false;
    *ret = machine->stack[--machine->depth];
    return true;
}

static bool push_register(struct machine *machine, uint64_t number, uint64_t offset)
{
    uint32_t value;
    return know(machine->unwinder, number, &value) && push(machine, value + offset);
}

static bool step_binary(struct machine *machine, uint8_t atom)
{
    uint32_t right, left;
    if (!pop(machine, &right) || !pop(machine, &left))
        return false;
    if (atom == DW_OP_plus)
        return push(machine, (uint64_t)left + right);
    if (atom == DW_OP_minus)
        return push(machine, (uint64_t)left - right);
    return push(machine, left & right);
}

static bool step_deref(struct machine *machine)
{
    uint32_t addr, value;
    return pop(machine, &addr) && read_stack(machine->unwinder, addr, &value) &&
           push(machine, value);
}

static bool step_add(struct machine *machine, uint64_t addend)
{
    uint32_t value;
    return pop(machine, &value) && push(machine, value + addend);
}

static bool step(struct machine *machine, const Dwarf_Op *op)
{
    const uint8_t atom = op->atom;
    if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
        return push(machine, atom - DW_OP_lit0);
    if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
        return push_register(machine, atom - DW_OP_breg0, op->number);
    if (atom == DW_OP_bregx)
        return push_register(machine, op->number, op->number2);
    if (atom >= DW_OP_addr && atom <= DW_OP_consts && atom != DW_OP_deref)
        return push(machine, op->number);
    if (atom == DW_OP_plus || atom == DW_OP_minus || atom == DW_OP_and)
        return step_binary(machine, atom);
    if (atom == DW_OP_plus_uconst)
        return step_add(machine, op->number);
    if (atom == DW_OP_deref)
        return step_deref(machine);
    if (atom == DW_OP_call_frame_cfa)
        return machine->has_cfa && push(machine, machine->cfa);
    machine->is_value = true;
    if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31)
        return push_register(machine, atom - DW_OP_reg0, 0);
    if (atom == DW_OP_regx)
        return push_register(machine, op->number, 0);
    return atom == DW_OP_stack_value;
}

static bool evaluate(struct machine *machine, const Dwarf_Op *ops, size_t count, uint32_t *ret)
{
    if (count > EXPRESSION_STEPS_MOST)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!step(machine, &ops[i]))
            return false;
    return pop(machine, ret);
}

/* ---- one frame ---- */

static Dwarf_Frame *frame_at(const struct unwinder *unwinder, uint64_t addr)
{
    Dwarf_Frame *frame;
    for (size_t i = 0; i < 2; i++)
        if (unwinder->cfi[i] != NULL && dwarf_cfi_addrframe(unwinder->cfi[i], addr, &frame) == 0)
            return frame;
    return NULL;
}

static bool cfa_of(const struct unwinder *unwinder, Dwarf_Frame *frame, uint32_t *ret)
{
    Dwarf_Op *ops;
    size_t count;
    struct machine machine = {.unwinder = unwinder};
    return dwarf_frame_cfa(frame, &ops, &count) == 0 && evaluate(&machine, ops, count, ret);
}

/* The value that a register had in the caller; false when it is lost. */
static bool register_of(const struct unwinder *unwinder, Dwarf_Frame *frame, uint32_t cfa,
                        unsigned number, uint32_t *ret)
{
    Dwarf_Op memory[3];
    Dwarf_Op *ops;
    size_t count;
    if (dwarf_frame_register(frame, (int)number, memory, &ops, &count) != 0)
        return false;
    if (count == 0)
        return ops == NULL && know(unwinder, number, ret); /* kept, or else lost */
    struct machine machine = {.unwinder = unwinder, .cfa = cfa, .has_cfa = true};
    uint32_t value;
    if (!evaluate(&machine, ops, count, &value))
        return false;
    *ret = value;
    return machine.is_value || read_stack(unwinder, value, ret);
}

/* Goes to the caller by a frame's rules. ret_pc: where the caller goes on. */
static bool step_by_frame(struct unwinder *unwinder, Dwarf_Frame *frame, uint32_t *ret_pc)
{
    Dwarf_Addr start, end;
    bool is_signal;
    uint32_t cfa, sp = 0;
    const int return_register = dwarf_frame_info(frame, &start, &end, &is_signal);
    const bool has_sp = know(unwinder, unwind_sp(unwinder->machine), &sp);
    if (return_register < 0 || return_register >= UNWIND_REGISTERS ||
        !cfa_of(unwinder, frame, &cfa) || (has_sp && cfa < sp)) {
        unwinder->end = "where the caller's frame lies is not known";
        return false;
    }
    uint32_t values[UNWIND_REGISTERS];
    uint32_t known = 0;
    for (unsigned i = 0; i < UNWIND_REGISTERS; i++)
        if (register_of(unwinder, frame, cfa, i, &values[i]))
            known |= 1U << i;
    if (!(known & 1U << return_register)) {
        const uint64_t stack_end = unwinder->start->stack_addr + unwinder->start->stack.bytes;
        unwinder->end = cfa > stack_end
                            ? "the bytes of the stack that were recorded end before its caller"
                            : "the return address is not among what was recorded";
        return false;
    }
    *ret_pc = values[return_register];
    if (has_sp && cfa == sp && unwinder->count > 1 &&
        code_addr(unwinder, *ret_pc) == unwinder->frames[unwinder->count - 1].pc) {
        unwinder->end = "it did not keep its return address";
        return false;
    }
    for (unsigned i = 0; i < UNWIND_REGISTERS; i++)
        unwinder->registers[i] = known & 1U << i ? values[i] : 0;
    unwinder->known = known;
    set(unwinder, unwind_sp(unwinder->machine), cfa);
    return true;
}

/* ---- guesses ---- */

/* Whether a call ends where this return address points to: BL, or BLX with a register. */
static bool follows_call(const struct unwinder *unwinder, uint64_t addr)
{
    if (unwinder->machine != DEBUG_ARM)
        return true;
    const struct span before = debug_file_bytes(unwinder->file, addr - 4);
    if (before.bytes < 4)
        return false;
    const bool is_bl =
        (span_u16(before, 0) & 0xf800) == 0xf000 && (span_u16(before, 2) & 0xd000) == 0xd000;
    return is_bl || (span_u16(before, 2) & 0xff87) == 0x4780;
}

static bool looks_like_return(const struct unwinder *unwinder, uint32_t value)
{
    const bool is_thumb = unwinder->machine != DEBUG_ARM || (value & 1) != 0;
    const uint64_t addr = code_addr(unwinder, value);
    return is_thumb && debug_file_is_code(unwinder->file, addr) && follows_call(unwinder, addr);
}

static bool guess_by_link(struct unwinder *unwinder, uint32_t *ret_pc)
{
    const unsigned lr = unwind_lr(unwinder->machine);
    if (!know(unwinder, lr, ret_pc) || !looks_like_return(unwinder, *ret_pc))
        return false;
    unwinder->known &= ~(1U << lr); /* it was the callee's */
    return true;
}

static bool guess_by_stack(struct unwinder *unwinder, uint32_t *ret_pc)
{
    const unsigned sp = unwind_sp(unwinder->machine);
    uint32_t addr;
    if (!know(unwinder, sp, &addr))
        return false;
    while (read_stack(unwinder, addr, ret_pc)) {
        addr += WORD_BYTES;
        if (!looks_like_return(unwinder, *ret_pc))
            continue;
        unwinder->known = 0; /* of the others nothing is known */
        set(unwinder, sp, addr);
        return true;
    }
    return false;
}

/* ---- the trace ---- */

static void add(struct unwinder *unwinder, uint64_t pc, uint64_t call_addr, enum unwind_trust trust)
{
    unwinder->frames[unwinder->count++] = (struct unwind_frame){pc, call_addr, trust};
}

/* What no caller has: what a kernel puts into the link register of a task that it starts. */
static const char *end_of(const struct unwinder *unwinder, uint32_t pc)
{
    if (pc >= UINT32_MAX - 1)
        return "the task began here";
    if (code_addr(unwinder, pc) == 0)
        return "the return address is 0";
    if (debug_file_is_code(unwinder->file, code_addr(unwinder, pc)))
        return NULL;
    return arena_format(unwinder->arena, "the return address 0x%08x is no code of the task", pc);
}

/* The caller of the last frame. `trust` becomes worse, never better. */
static bool step_out(struct unwinder *unwinder, enum unwind_trust *trust, uint32_t *ret_pc)
{
    const bool is_first = unwinder->count <= 1;
    Dwarf_Frame *frame = unwinder->count == 0
                             ? NULL
                             : frame_at(unwinder, unwinder->frames[unwinder->count - 1].call_addr);
    if (frame != NULL) {
        const bool ok = step_by_frame(unwinder, frame, ret_pc);
        free(frame);
        if (*trust == UNWIND_GIVEN)
            *trust = UNWIND_BY_CFI;
        return ok;
    }
    if (is_first && guess_by_link(unwinder, ret_pc)) {
        *trust = UNWIND_BY_LINK;
        return true;
    }
    *trust = UNWIND_FOUND;
    if (guess_by_stack(unwinder, ret_pc))
        return true;
    unwinder->end = unwinder->count > 1
                        ? "nothing more on the stack that was recorded looks like a return address"
                        : "there is no frame information for it, and nothing on the stack that was "
                          "recorded looks like a return address";
    return false;
}

static void walk(struct unwinder *unwinder)
{
    const struct unwind_start *start = unwinder->start;
    enum unwind_trust trust = UNWIND_GIVEN;
    uint32_t pc = 0;
    if (start->has_pc)
        add(unwinder, start->pc, start->pc, UNWIND_GIVEN);
    while (unwinder->count < UNWIND_FRAMES_MOST && step_out(unwinder, &trust, &pc)) {
        unwinder->end = end_of(unwinder, pc);
        if (unwinder->end != NULL)
            return;
        const uint64_t addr = code_addr(unwinder, pc);
        add(unwinder, addr, addr - 1, trust);
    }
    if (unwinder->count == UNWIND_FRAMES_MOST)
        unwinder->end = "more callers are not shown";
}

struct unwind_trace unwind_frames(struct debug_file *file, const struct unwind_start *start,
                                  struct arena *arena)
{
    struct unwinder unwinder = {
        .file = file,
        .machine = debug_file_machine(file),
        .start = start,
        .known = start->known,
        .frames = ARENA_ARRAY(arena, struct unwind_frame, UNWIND_FRAMES_MOST),
        .end = "",
        .arena = arena,
    };
    for (size_t i = 0; i < UNWIND_REGISTERS; i++)
        unwinder.registers[i] = start->registers[i];
    if (debug_file_dwarf(file) != NULL)
        unwinder.cfi[0] = dwarf_getcfi(debug_file_dwarf(file));
    if (debug_file_elf(file) != NULL)
        unwinder.cfi[1] = dwarf_getcfi_elf(debug_file_elf(file));
    walk(&unwinder);
    if (unwinder.cfi[1] != NULL)
        dwarf_cfi_end(unwinder.cfi[1]);
    return (struct unwind_trace){unwinder.frames, unwinder.count, unwinder.end};
}
