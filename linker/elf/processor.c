#include "linker/elf/processor.h"

#include "linker/elf/build_attributes.h"

#include <elf.h>
#include <string.h>

/* Section types that elf.h may lack. */
enum { SECTION_ARM_ATTRIBUTES = 0x70000003, SECTION_RISCV_ATTRIBUTES = 0x70000003 };

/* ---- sets of features ---- */

bool processor_has(const struct processor *processor, const char *feature)
{
    bool found = false;
    for (size_t i = 0; i < processor->feature_count && !found; i++)
        found = strcmp(processor->features[i], feature) == 0;
    return found;
}

const char *processor_lacks(const struct processor *given, const struct processor *needed)
{
    for (size_t i = 0; i < needed->feature_count; i++) {
        if (!processor_has(given, needed->features[i]))
            return needed->features[i];
    }
    return NULL;
}

static void add_feature(struct arena *arena, struct processor *processor, const char *feature)
{
    const size_t count = processor->feature_count;
    if (processor_has(processor, feature))
        return;
    const char **features =
        arena_grow(arena, processor->features, count, count + 1, sizeof *features);
    features[count] = feature;
    processor->features = features;
    processor->feature_count = count + 1;
}

struct processor processor_join(struct arena *arena, const struct processor *a,
                                const struct processor *b)
{
    const bool b_has_more = processor_lacks(a, b) != NULL;
    struct processor joined = *a;
    for (size_t i = 0; i < b->feature_count; i++)
        add_feature(arena, &joined, b->features[i]);
    if (joined.name == NULL || (b_has_more && b->name != NULL))
        joined.name = b->name;
    if (joined.machine == 0)
        joined.machine = b->machine;
    return joined;
}

/* ---- Arm ---- */

enum {
    ARM_TAG_ARCH = 6,
    ARM_TAG_PROFILE = 7,
    ARM_TAG_FP = 10,
    ARM_TAG_DSP = 46,
    ARM_TAG_MVE = 48,
    ARM_TAG_END = 64
};

/* Values of Tag_CPU_arch; in between and behind lie those of the A and R profiles. */
enum {
    ARM_V6T2 = 8,
    ARM_V7 = 10,
    ARM_V6M = 11,
    ARM_V6SM = 12,
    ARM_V7EM = 13,
    ARM_V8M_BASE = 16,
    ARM_V8M_MAIN = 17,
    ARM_V81M_MAIN = 21
};

static const char *arm_name(uint64_t arch, uint64_t profile)
{
    static const char *const names[] = {
        "Armv4 or older",
        "ARMv4",
        "ARMv4T",
        "ARMv5T",
        "ARMv5TE",
        "ARMv5TEJ",
        "ARMv6",
        "ARMv6KZ",
        "ARMv6T2",
        "ARMv6K",
        "ARMv7",
        "ARMv6-M",
        "ARMv6-M",
        "ARMv7E-M",
        "ARMv8-A",
        "ARMv8-R",
        "ARMv8-M Baseline",
        "ARMv8-M Mainline",
        "ARMv8.1-A",
        "ARMv8.2-A",
        "ARMv8.3-A",
        "ARMv8.1-M Mainline",
        "ARMv9-A",
    };
    if (arch == ARM_V7 && profile == 'M')
        return "ARMv7-M";
    if (arch == ARM_V7 && profile == 'A')
        return "ARMv7-A";
    if (arch == ARM_V7 && profile == 'R')
        return "ARMv7-R";
    return arch < sizeof names / sizeof names[0] ? names[arch] : "a newer architecture";
}

/* An architecture without a profile can be a file of assembly that uses what all profiles share. */
static bool is_of_m_profile(uint64_t arch, uint64_t profile)
{
    const bool is_old = arch <= ARM_V6SM || arch == ARM_V7EM;
    return (is_old || arch == ARM_V8M_BASE || arch == ARM_V8M_MAIN || arch == ARM_V81M_MAIN) &&
           profile != 'A' && profile != 'R';
}

static void add_arm_architecture(struct arena *arena, struct processor *processor, uint64_t arch)
{
    const bool is_v81 = arch == ARM_V81M_MAIN;
    const bool is_v8_main = arch == ARM_V8M_MAIN || is_v81;
    if (arch == ARM_V6T2 || arch == ARM_V7 || arch == ARM_V7EM || is_v8_main)
        add_feature(arena, processor, PROCESSOR_THUMB2);
    if (arch == ARM_V7EM)
        add_feature(arena, processor, PROCESSOR_DSP);
    if (arch == ARM_V8M_BASE || is_v8_main)
        add_feature(arena, processor, PROCESSOR_V8M);
    if (is_v8_main)
        add_feature(arena, processor, PROCESSOR_V8M_MAIN);
    if (is_v81)
        add_feature(arena, processor, PROCESSOR_V81M);
}

/* Tag_FP_arch: 1 and 2 are VFPv1 and VFPv2, 3 and 4 VFPv3, 5 and 6 VFPv4, 7 and 8 that of ARMv8. */
static void add_arm_float(struct arena *arena, struct processor *processor, uint64_t fp)
{
    if (fp >= 1)
        add_feature(arena, processor, PROCESSOR_FPU);
    if (fp >= 5)
        add_feature(arena, processor, PROCESSOR_FPU4);
    if (fp >= 7)
        add_feature(arena, processor, PROCESSOR_FPU5);
}

static void read_arm(struct arena *arena, struct span section, struct processor *processor)
{
    struct build_attributes attributes;
    struct build_attribute attribute;
    uint64_t values[ARM_TAG_END] = {0};
    if (!build_attributes_open(section, BUILD_ATTRIBUTES_ARM, &attributes))
        return;
    while (build_attributes_next(&attributes, &attribute)) {
        if (attribute.tag < ARM_TAG_END)
            values[attribute.tag] = attribute.number;
    }
    const uint64_t arch = values[ARM_TAG_ARCH];
    processor->name = arm_name(arch, values[ARM_TAG_PROFILE]);
    if (is_of_m_profile(arch, values[ARM_TAG_PROFILE]))
        add_arm_architecture(arena, processor, arch);
    else
        add_feature(arena, processor, PROCESSOR_NOT_M);
    if (values[ARM_TAG_DSP] != 0)
        add_feature(arena, processor, PROCESSOR_DSP);
    if (values[ARM_TAG_MVE] != 0)
        add_feature(arena, processor, PROCESSOR_MVE);
    add_arm_float(arena, processor, values[ARM_TAG_FP]);
}

/* A mapping symbol `$a` stands where ARM-state code begins.
 * Source: ELF for the Arm Architecture (2023Q3) 5.5.5. */
static bool has_arm_state_code(const struct elf_file *file)
{
    bool found = false;
    for (size_t i = 1; i < file->symbol_count && !found; i++) {
        const struct elf_symbol symbol = elf_file_symbol(file, i);
        const bool is_mark = strcmp(symbol.name, "$a") == 0 || strncmp(symbol.name, "$a.", 3) == 0;
        if (!is_mark || symbol.section_index == 0 || symbol.section_index >= file->section_count)
            continue;
        const struct elf_section section = elf_file_section(file, symbol.section_index);
        found = (section.flags & SHF_ALLOC) != 0 && (section.flags & SHF_EXECINSTR) != 0 &&
                section.bytes > 0;
    }
    return found;
}

/* ---- RISC-V ---- */

enum { RISCV_TAG_ARCH = 5 };
enum { RISCV_RVC = 1, RISCV_FLOAT_ABI = 6, RISCV_FLOAT_SINGLE = 2, RISCV_FLOAT_DOUBLE = 4 };

/* What an extension brings with it. */
static const struct {
    const char *extension, *brings;
} RISCV_BRINGS[] = {
    {"g", "i"},           {"g", "m"},           {"g", "a"},           {"g", "f"},
    {"g", "d"},           {"q", "d"},           {"d", "f"},           {"i", "e"},
    {"m", "zmmul"},       {"a", "zaamo"},       {"a", "zalrsc"},      {"c", "zca"},
    {"b", "zba"},         {"b", "zbb"},         {"b", "zbs"},         {"zfh", "zfhmin"},
    {"zfhmin", "f"},      {"zdinx", "zfinx"},   {"zk", "zkn"},        {"zk", "zkr"},
    {"zkn", "zbkb"},      {"zkn", "zbkc"},      {"zkn", "zbkx"},      {"zkn", "zkne"},
    {"zkn", "zknd"},      {"zkn", "zknh"},      {"zks", "zbkb"},      {"zks", "zbkc"},
    {"zks", "zbkx"},      {"zks", "zksed"},     {"zks", "zksh"},      {"v", "zve64d"},
    {"zve64d", "zve64f"}, {"zve64f", "zve64x"}, {"zve64f", "zve32f"}, {"zve32f", "zve32x"},
    {"zve64x", "zve32x"}, {"v", "d"},
};

/* Every processor with a machine mode and a user mode has control registers, and a program between
 * kernel and hardware has no other use for FENCE.I than the kernel has; early toolchains count
 * both as part of the base. */
static bool is_riscv_base(const char *extension)
{
    return strcmp(extension, "zicsr") == 0 || strcmp(extension, "zifencei") == 0;
}

static void add_riscv_extension(struct arena *arena, struct processor *processor,
                                const char *extension)
{
    if (is_riscv_base(extension) || processor_has(processor, extension))
        return;
    add_feature(arena, processor, extension);
    const size_t count = sizeof RISCV_BRINGS / sizeof RISCV_BRINGS[0];
    /* each round adds what the extensions known so far bring; the list grows until it is closed */
    for (size_t done = processor->feature_count - 1; done < processor->feature_count; done++) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(processor->features[done], RISCV_BRINGS[i].extension) == 0)
                add_feature(arena, processor, RISCV_BRINGS[i].brings);
        }
    }
    /* compressed loads and stores of floating-point registers */
    if (processor_has(processor, "c") && processor_has(processor, "f"))
        add_feature(arena, processor, "zcf");
    if (processor_has(processor, "c") && processor_has(processor, "d"))
        add_feature(arena, processor, "zcd");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A version, "2p1", behind an extension's name. */
static const char *skip_version(const char *at)
{
    while (is_digit(*at))
        at++;
    if (at[0] == 'p' && is_digit(at[1])) {
        at++;
        while (is_digit(*at))
            at++;
    }
    return at;
}

/* The length of a name of several letters, up to '_' or the end, without its version. */
static size_t long_name_length(const char *at, size_t *ret_taken)
{
    const size_t taken = strcspn(at, "_");
    size_t length = taken;
    while (length > 0 && is_digit(at[length - 1]))
        length--;
    if (length > 1 && length < taken && at[length - 1] == 'p' && is_digit(at[length - 2])) {
        length--;
        while (length > 0 && is_digit(at[length - 1]))
            length--;
    }
    *ret_taken = taken;
    return length;
}

/* "rv32i2p1_m2p0_zba1p0": letters with versions, then names of several letters between '_'. The
 * name without versions and without what goes without saying is what people write as -march. */
static void read_riscv_arch(struct arena *arena, const char *arch, struct processor *processor)
{
    const char *at = arch;
    if (strncmp(at, "rv32", 4) != 0)
        return;
    char *name = arena_copy_text(arena, arch, strlen(arch));
    size_t name_length = 4;
    at += 4;
    while (*at != '\0') {
        size_t taken = 1;
        size_t length = 1;
        const bool is_long = *at == 'z' || *at == 's' || *at == 'x';
        if (*at == '_') {
            at++;
            continue;
        }
        if (is_long)
            length = long_name_length(at, &taken);
        const char *extension = arena_copy_text(arena, at, length);
        if (!is_long) {
            memmove(name + name_length, extension, 1);
            name_length++;
        }
        add_riscv_extension(arena, processor, extension);
        at = is_long ? at + taken : skip_version(at + taken);
    }
    name[name_length] = '\0';
    processor->name = name;
}

static void read_riscv(struct arena *arena, struct span section, struct processor *processor)
{
    struct build_attributes attributes;
    struct build_attribute attribute;
    if (!build_attributes_open(section, BUILD_ATTRIBUTES_RISCV, &attributes))
        return;
    while (build_attributes_next(&attributes, &attribute)) {
        if (attribute.tag == RISCV_TAG_ARCH && attribute.text != NULL)
            read_riscv_arch(arena, attribute.text, processor);
    }
}

static void read_riscv_flags(struct arena *arena, uint32_t flags, struct processor *processor)
{
    if ((flags & RISCV_RVC) != 0 && !processor_has(processor, "zca"))
        add_riscv_extension(arena, processor, "c");
    if ((flags & RISCV_FLOAT_ABI) >= RISCV_FLOAT_SINGLE)
        add_riscv_extension(arena, processor, "f");
    if ((flags & RISCV_FLOAT_ABI) >= RISCV_FLOAT_DOUBLE)
        add_riscv_extension(arena, processor, "d");
}

/* ---- the whole ---- */

struct processor processor_of(struct arena *arena, const struct elf_file *file)
{
    struct processor processor = {.machine = file->machine};
    for (size_t i = 1; i < file->section_count; i++) {
        const struct elf_section section = elf_file_section(file, i);
        if (file->machine == EM_ARM && section.type == SECTION_ARM_ATTRIBUTES)
            read_arm(arena, section.contents, &processor);
        else if (file->machine == EM_RISCV && section.type == SECTION_RISCV_ATTRIBUTES)
            read_riscv(arena, section.contents, &processor);
    }
    if (file->machine == EM_ARM && has_arm_state_code(file))
        add_feature(arena, &processor, PROCESSOR_ARM_STATE);
    if (file->machine == EM_RISCV)
        read_riscv_flags(arena, file->flags, &processor);
    return processor;
}
