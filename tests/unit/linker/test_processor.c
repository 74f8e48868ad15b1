/* What objects say of their processor: read right, and without harm when it is damaged. */
#include "workshop.h"

#include "linker/elf/build_attributes.h"
#include "linker/elf/processor.h"

static struct processor processor_for(struct workshop *shop, const char *command)
{
    struct elf_file file;
    const char *problem;
    write_text(shop, "a.c", "float f(float a) { return a * 2; }\n");
    run(shop, arena_format(shop->arena, "%s -ffreestanding -c a.c -o a.o", command));
    assert_true(elf_file_open(read_file(shop, in_folder(shop, "a.o")), &file, &problem));
    return processor_of(shop->arena, &file);
}

static void expect_lack(struct workshop *shop, const char *given, const char *needed,
                        const char *feature)
{
    const struct processor has = processor_for(shop, given);
    const struct processor needs = processor_for(shop, needed);
    const char *lack = processor_lacks(&has, &needs);
    if (feature == NULL && lack != NULL)
        fail_msg("%s beside %s lacks %s", needed, given, lack);
    if (feature != NULL)
        assert_string_equal(lack == NULL ? "nothing" : lack, feature);
}

static void test_steps_of_arm(void **state)
{
    static const char m0[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m0";
    static const char m3[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m3";
    static const char m4[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m4";
    static const char m4f[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m4 -mfloat-abi=hard";
    static const char m7f[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m7 -mfloat-abi=hard";
    static const char m23[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m23";
    static const char m33[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m33";
    static const char m33_nodsp[] = "arm-none-eabi-gcc -mthumb -mcpu=cortex-m33+nodsp";
    struct workshop *shop = *state;
    expect_lack(shop, m0, m3, PROCESSOR_THUMB2);
    expect_lack(shop, m3, m4, PROCESSOR_DSP);
    expect_lack(shop, m4, m4f, PROCESSOR_FPU);
    expect_lack(shop, m4f, m7f, PROCESSOR_FPU5);
    expect_lack(shop, m4, m23, PROCESSOR_V8M);
    expect_lack(shop, m23, m33, PROCESSOR_THUMB2);
    expect_lack(shop, m33_nodsp, m4, PROCESSOR_DSP);
    expect_lack(shop, m33, "arm-none-eabi-gcc -marm", PROCESSOR_ARM_STATE);
    expect_lack(shop, m33, "arm-none-eabi-gcc -mthumb -mcpu=cortex-a7", PROCESSOR_NOT_M);
    expect_lack(shop, m33, m4, NULL);
    expect_lack(shop, m33, m23, NULL);
    expect_lack(shop, m7f, m4f, NULL);
    expect_lack(shop, m4f, m0, NULL);
}

static void test_extensions_of_riscv(void **state)
{
    static const char imac[] = "riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32";
    static const char gc[] = "riscv64-unknown-elf-gcc -march=rv32gc -mabi=ilp32d";
    struct workshop *shop = *state;
    assert_string_equal(processor_for(shop, imac).name, "rv32imac");
    expect_lack(shop, imac, "riscv64-unknown-elf-gcc -march=rv32im -mabi=ilp32", NULL);
    expect_lack(shop, imac, "riscv64-unknown-elf-gcc -march=rv32e -mabi=ilp32e", NULL);
    expect_lack(shop, imac, "clang --target=riscv32-unknown-elf -march=rv32imac", NULL);
    expect_lack(shop, gc, "riscv64-unknown-elf-gcc -march=rv32imafc -mabi=ilp32f", NULL);
    expect_lack(shop, gc, imac, NULL);
    expect_lack(shop, imac, gc, "f");
    expect_lack(shop, "riscv64-unknown-elf-gcc -march=rv32im -mabi=ilp32", imac, "a");
    expect_lack(shop, imac, "riscv64-unknown-elf-gcc -march=rv32imac_zbb -mabi=ilp32", "zbb");
}

static size_t count_attributes(struct span section)
{
    struct build_attributes attributes;
    struct build_attribute attribute;
    size_t count = 0;
    if (!build_attributes_open(section, BUILD_ATTRIBUTES_ARM, &attributes))
        return 0;
    while (build_attributes_next(&attributes, &attribute))
        count++;
    return count;
}

/* Copies, so that a sanitizer sees a byte read behind their end. */
static void test_damaged_attributes(void **state)
{
    static const uint8_t good[] = "A\x1b\0\0\0"
                                  "aeabi\0"
                                  "\x01\x11\0\0\0"
                                  "\x05m4\0"
                                  "\x06\x0d\x07M\x09\x02\x0a\x06";
    struct workshop *shop = *state;
    const size_t bytes = sizeof good - 1;
    assert_int_equal(count_attributes((struct span){good, bytes}), 5);
    for (size_t length = 0; length <= bytes; length++) {
        uint8_t *copy = ARENA_ARRAY(shop->arena, uint8_t, length == 0 ? 1 : length);
        memcpy(copy, good, length);
        assert_true(count_attributes((struct span){copy, length}) <= 5);
        for (size_t i = 0; i < length; i++) {
            copy[i] = (uint8_t)~good[i];
            (void)count_attributes((struct span){copy, length});
            copy[i] = good[i];
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_steps_of_arm),
        TEST(test_extensions_of_riscv),
        TEST(test_damaged_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
