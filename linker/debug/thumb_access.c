#include "linker/debug/thumb_access.h"

enum { SP = 13, PC = 15, WORD = 4 };

static struct thumb_access access_of(bool is_load, uint32_t bytes)
{
    return (struct thumb_access){
        .kind = is_load ? THUMB_READ : THUMB_WRITE, .bytes = bytes, .unit_bytes = bytes};
}

/* Sets the address to a register and an offset; the pc counts from the next word but one. */
static void at_register(struct thumb_access *access, const struct thumb_registers *registers,
                        unsigned number, uint32_t offset)
{
    if (!(registers->known & 1U << number))
        return;
    const uint32_t value = registers->values[number];
    access->addr = (number == PC ? (value + 4) & ~3U : value) + offset;
    access->has_addr = true;
}

static void add_register(struct thumb_access *access, const struct thumb_registers *registers,
                         unsigned number, unsigned shift)
{
    access->has_addr = access->has_addr && (registers->known & 1U << number) != 0;
    access->addr += registers->values[number] << shift;
}

static uint32_t count_bits(uint32_t list)
{
    uint32_t count = 0;
    for (; list != 0; list &= list - 1)
        count++;
    return count;
}

/* Several registers, upwards from an address or downwards to it. */
static struct thumb_access multiple(bool is_load, bool is_downwards, unsigned base, uint32_t count,
                                    const struct thumb_registers *registers)
{
    struct thumb_access access = access_of(is_load, count * WORD);
    access.unit_bytes = WORD;
    at_register(&access, registers, base, is_downwards ? 0U - count * WORD : 0);
    return access;
}

/* ---- 16 bits ---- */

static struct thumb_access by_register(uint16_t code, const struct thumb_registers *registers)
{
    static const uint8_t bytes[] = {4, 2, 1, 1, 4, 2, 1, 2};
    const unsigned operation = code >> 9 & 7;
    struct thumb_access access = access_of(operation >= 3, bytes[operation]);
    at_register(&access, registers, code >> 3 & 7, 0);
    add_register(&access, registers, code >> 6 & 7, 0);
    return access;
}

static struct thumb_access by_number(uint16_t code, uint32_t bytes,
                                     const struct thumb_registers *registers)
{
    struct thumb_access access = access_of((code & 0x0800) != 0, bytes);
    at_register(&access, registers, code >> 3 & 7, (code >> 6 & 31) * bytes);
    return access;
}

static struct thumb_access by_base(uint16_t code, bool is_load, unsigned base,
                                   const struct thumb_registers *registers)
{
    struct thumb_access access = access_of(is_load, WORD);
    at_register(&access, registers, base, (code & 0xffU) * WORD);
    return access;
}

static struct thumb_access decode_16(uint16_t code, const struct thumb_registers *registers)
{
    const bool is_load = (code & 0x0800) != 0;
    if ((code & 0xf800) == 0x4800)
        return by_base(code, true, PC, registers);
    switch (code >> 12) {
    case 5:
        return by_register(code, registers);
    case 6:
        return by_number(code, 4, registers);
    case 7:
        return by_number(code, 1, registers);
    case 8:
        return by_number(code, 2, registers);
    case 9:
        return by_base(code, is_load, SP, registers);
    case 12:
        return multiple(is_load, false, code >> 8 & 7, count_bits(code & 0xffU), registers);
    default:
        break;
    }
    if ((code & 0xf600) == 0xb400) /* push, pop: with lr or pc */
        return multiple(is_load, !is_load, SP, count_bits(code & 0x1ffU), registers);
    return (struct thumb_access){0};
}

/* ---- 32 bits ---- */

/* The base register of an access with an offset that may be added before it, or after. */
static void at_indexed(struct thumb_access *access, const struct thumb_registers *registers,
                       unsigned base, bool is_added, bool is_before, uint32_t offset)
{
    at_register(access, registers, base, !is_before ? 0 : is_added ? offset : 0U - offset);
}

static struct thumb_access exclusive(uint16_t first, uint16_t second,
                                     const struct thumb_registers *registers)
{
    static const uint8_t bytes[] = {1, 2, 0, 8};
    const bool is_load = (first & 0x0010) != 0;
    struct thumb_access access;
    if (!(first & 0x0080)) { /* a word, with an offset */
        access = access_of(is_load, WORD);
        at_register(&access, registers, first & 15U, (second & 0xffU) * WORD);
        return access;
    }
    if ((second & 0x00e0) == 0) { /* tbb, tbh: entries of a table */
        access = access_of(true, second & 0x10 ? 2 : 1);
        at_register(&access, registers, first & 15U, 0);
        add_register(&access, registers, second & 15U, second & 0x10 ? 1 : 0);
        return access;
    }
    access = access_of(is_load, bytes[second >> 4 & 3]);
    at_register(&access, registers, first & 15U, 0);
    if (access.bytes == 0)
        access.bytes = access.unit_bytes = WORD; /* load-acquire, store-release of a word */
    return access;
}

static struct thumb_access decode_several(uint16_t first, uint16_t second,
                                          const struct thumb_registers *registers)
{
    const bool is_load = (first & 0x0010) != 0;
    if (!(first & 0x0040))
        return multiple(is_load, (first & 0x0100) != 0, first & 15U, count_bits(second), registers);
    if (!(first & 0x0120))
        return exclusive(first, second, registers);
    struct thumb_access access = access_of(is_load, 8);
    access.unit_bytes = WORD;
    at_indexed(&access, registers, first & 15U, (first & 0x0080) != 0, (first & 0x0100) != 0,
               (second & 0xffU) * WORD);
    return access;
}

static struct thumb_access decode_single(uint16_t first, uint16_t second,
                                         const struct thumb_registers *registers)
{
    const unsigned base = first & 15U;
    struct thumb_access access = access_of((first & 0x0010) != 0, 1U << (first >> 5 & 3));
    if ((first & 0x0060) == 0x0060)
        return (struct thumb_access){0};
    if (base == PC) {
        at_indexed(&access, registers, PC, (first & 0x0080) != 0, true, second & 0xfffU);
    } else if (first & 0x0080) {
        at_register(&access, registers, base, second & 0xfffU);
    } else if (second & 0x0800) {
        at_indexed(&access, registers, base, (second & 0x0200) != 0, (second & 0x0400) != 0,
                   second & 0xffU);
    } else {
        at_register(&access, registers, base, 0);
        add_register(&access, registers, second & 15U, second >> 4 & 3);
    }
    return access;
}

/* VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP. */
static struct thumb_access decode_float(uint16_t first, uint16_t second,
                                        const struct thumb_registers *registers)
{
    const bool is_load = (first & 0x0010) != 0, is_added = (first & 0x0080) != 0;
    const bool is_before = (first & 0x0100) != 0, writes_back = (first & 0x0020) != 0;
    const uint32_t words = second & 0xffU;
    if ((second & 0x0e00) != 0x0a00 || (!is_before && !is_added))
        return (struct thumb_access){0};
    if (!is_before || writes_back)
        return multiple(is_load, is_before, first & 15U, words, registers);
    struct thumb_access access = access_of(is_load, second & 0x0100 ? 8 : 4);
    access.unit_bytes = WORD;
    at_indexed(&access, registers, first & 15U, is_added, true, words * WORD);
    return access;
}

struct thumb_access thumb_access_decode(struct span code, const struct thumb_registers *registers)
{
    struct thumb_access none = {0};
    if (code.bytes < 2)
        return none;
    const uint16_t first = span_u16(code, 0);
    if (first < 0xe800)
        return decode_16(first, registers);
    if (code.bytes < 4)
        return none;
    const uint16_t second = span_u16(code, 2);
    if ((first & 0xfe00) == 0xe800)
        return decode_several(first, second, registers);
    if ((first & 0xfe00) == 0xf800)
        return decode_single(first, second, registers);
    if ((first & 0xfe00) == 0xec00)
        return decode_float(first, second, registers);
    return none;
}
