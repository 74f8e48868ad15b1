/* The kernel's tables: words worked out by hand from the architecture manuals, and every word
 * decoded back to the bytes it grants. */
#include "layout/mpu/mpu_words.h"
#include "layout/tables/tables.h"
#include "layout/tables/task_regions.h"

#include <imgbuild/tables.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/layout/mpu_decoder.h"

enum { FLASH, RAM, DMA_RAM };
enum { RX = IMGBUILD_READ | IMGBUILD_EXECUTE, RW = DECODED_RW };
#define COUNT(array) (sizeof(array) / sizeof *(array))

struct fixture {
    struct arena *arena;
    struct diag_list diags;
    uint64_t random;
};

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create(out_of_memory);
    fixture->diags = diag_list_in(fixture->arena);
    fixture->random = 0x9e3779b97f4a7c15u;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

static uint32_t random_below(struct fixture *fixture, uint32_t bound)
{
    fixture->random = fixture->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(fixture->random >> 33) % bound;
}

/* ---- golden words ---- */

static void check_words(const struct mpu *mpu, const struct mpu_grant *grants, size_t count,
                        const uint32_t *expected, size_t expected_count)
{
    uint32_t words[128];
    assert_int_equal(mpu_words_count(mpu), expected_count);
    mpu_words_encode(mpu, grants, count, words);
    for (size_t i = 0; i < expected_count; i++)
        if (words[i] != expected[i])
            fail_msg("word %zu is %08x, expected %08x", i, words[i], expected[i]);
}

static struct mpu_grant aligned(uint64_t base, uint64_t size, uint32_t attributes)
{
    return (struct mpu_grant){
        {.start = base, .end = base + size, .slots = 1, .mpu_base = base, .mpu_size = size},
        attributes,
        LAYOUT_CACHE_DEFAULT};
}

static struct mpu_grant bounded(uint64_t start, uint64_t end, uint32_t slots, uint32_t attributes)
{
    return (struct mpu_grant){
        {.start = start, .end = end, .slots = slots}, attributes, LAYOUT_CACHE_DEFAULT};
}

static void pmsav7_words_are_those_of_the_manual(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1, .subregions = true};
    struct mpu_grant grants[] = {
        aligned(0x2000, 0x1000, RX),
        aligned(0x8000, 0x100, IMGBUILD_READ),
        aligned(0x20000000, 0x1000, RW),
        aligned(0x30000000, 0x8000, RW | IMGBUILD_DMA),
        aligned(0x40000000, 0x8000, RW | IMGBUILD_DEVICE),
    };
    grants[2].region.start = 0x20000400; /* eighths 2 to 4 */
    grants[2].region.end = 0x20000a00;
    grants[2].region.srd = 0xe3;
    grants[4].region.end = 0x40003000; /* eighths 0 and 2 */
    grants[4].region.srd = 0xfa;
    const uint32_t expected[] = {
        0x00002011, 0x06020017, /* AP 6, C, 4 KiB: SIZE 11 */
        0x00008012, 0x1602000f, /* XN, AP 6, C, 256 bytes: SIZE 7 */
        0x20000013, 0x130be317, /* XN, AP 3, TEX 1, C, B */
        0x30000014, 0x130c001d, /* XN, AP 3, TEX 1, S, 32 KiB: SIZE 14 */
        0x40000015, 0x1305fa1d, /* XN, AP 3, S, B */
        0x00000016, 0x00000000, 0x00000017, 0x00000000,
    };
    check_words(&mpu, grants, COUNT(grants), expected, COUNT(expected));
}

static void pmsav7_takes_the_smallest_and_the_largest_region(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMSAV7, .slots = 16, .reserved = 14};
    const struct mpu_grant grants[] = {
        aligned(0, UINT64_C(1) << 32, RW | IMGBUILD_EXECUTE),
        aligned(0xffffffe0, 32, IMGBUILD_READ),
    };
    const uint32_t expected[] = {0x0000001e, 0x030b003f, 0xffffffff, 0x16020009};
    check_words(&mpu, grants, COUNT(grants), expected, COUNT(expected));
}

static void pmsav6_words_are_those_of_pmsav7(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMSAV6, .slots = 8, .reserved = 5, .subregions = true};
    struct mpu_grant grants[] = {aligned(0x08000000, 0x800, RX), aligned(0x20000000, 0x400, RW)};
    grants[0].region.end = 0x08000700;
    grants[0].region.srd = 0x80;
    const uint32_t expected[] = {0x08000015, 0x06028015, 0x20000016,
                                 0x130b0013, 0x00000017, 0x00000000};
    check_words(&mpu, grants, COUNT(grants), expected, COUNT(expected));
}

static void pmsav8_words_are_those_of_the_manual(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMSAV8, .slots = 9, .reserved = 2};
    const struct mpu_grant grants[] = {
        bounded(0x10000000, 0x10001020, 1, RX),
        bounded(0x10008000, 0x10008100, 1, IMGBUILD_READ),
        bounded(0x38000020, 0x38000060, 1, RW),
        bounded(0x38010000, 0x38010100, 1, RW | IMGBUILD_DMA),
        bounded(0x40004000, 0x40005000, 1, RW | IMGBUILD_DEVICE),
        bounded(0xffffffe0, UINT64_C(1) << 32, 1, RW | IMGBUILD_EXECUTE),
    };
    const uint32_t expected[] = {
        0x10000006, 0x10001001, /* AP 3, AttrIndx 0 */
        0x10008007, 0x100080e1, /* AP 3, XN, AttrIndx 0 */
        0x38000023, 0x38000043, /* AP 1, XN, AttrIndx 1 */
        0x38010013, 0x380100e5, /* SH 2, AP 1, XN, AttrIndx 2 */
        0x40004013, 0x40004fe7, /* SH 2, AP 1, XN, AttrIndx 3 */
        0xffffffe2, 0xffffffe3, /* AP 1, AttrIndx 1 */
        0x00000000, 0x00000000,
    };
    check_words(&mpu, grants, COUNT(grants), expected, COUNT(expected));
}

static void pmp_words_are_those_of_the_manual(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMP, .slots = 9, .reserved = 1, .granularity_bytes = 4};
    const struct mpu_grant grants[] = {
        aligned(0x80002000, 0x1000, RX),
        bounded(0x80010000, 0x80010018, 2, RW),
        bounded(0x80010018, 0x80010040, 1, RW),
        aligned(0x90000000, 8, RW | IMGBUILD_DEVICE),
    };
    const uint32_t expected[] = {
        0x200009ff,             /* NAPOT 4 KiB: nine ones */
        0x20004000,             /* off: the lower bound of the next */
        0x20004006, 0x20004010, /* TOR, and TOR on top of it */
        0x24000000,             /* NAPOT 8 bytes: no ones */
        0,          0,
        0,          0x0b001d00, /* entry 0 is the kernel's; 1 NAPOT RX; 2 off; 3 TOR RW */
        0x00001b0b,             /* 4 TOR RW; 5 NAPOT RW */
        0x00000000,             /* entry 8 */
    };
    check_words(&mpu, grants, COUNT(grants), expected, COUNT(expected));
}

static void pmp_reaches_the_ends_of_the_address_space(void **state)
{
    (void)state;
    const struct mpu mpu = {.model = MPU_PMP, .slots = 2, .granularity_bytes = 4};
    const struct mpu_grant tor[] = {bounded(0, 0x1004, 1, IMGBUILD_WRITE),
                                    bounded(0x1004, UINT64_C(1) << 32, 1, IMGBUILD_EXECUTE)};
    const uint32_t tor_words[] = {0x00000401, 0x40000000, 0x00000c0b};
    check_words(&mpu, tor, COUNT(tor), tor_words, COUNT(tor_words));
    const struct mpu_grant napot[] = {aligned(0, UINT64_C(1) << 32, RX)};
    const uint32_t napot_words[] = {0x1fffffff, 0, 0x0000001d};
    check_words(&mpu, napot, COUNT(napot), napot_words, COUNT(napot_words));
}

/* ---- random layouts ---- */

static uint32_t random_attributes(struct fixture *fixture)
{
    static const uint32_t choices[] = {RX,
                                       IMGBUILD_READ,
                                       RW,
                                       RW | IMGBUILD_EXECUTE,
                                       RW | IMGBUILD_DMA,
                                       RW | IMGBUILD_DEVICE,
                                       IMGBUILD_READ | IMGBUILD_DEVICE};
    return choices[random_below(fixture, COUNT(choices))];
}

static struct mpu_region random_power(struct fixture *fixture, uint64_t after, uint32_t least_log2)
{
    const uint64_t size = UINT64_C(1) << (least_log2 + random_below(fixture, 12));
    const uint64_t base = (after + size - 1) / size * size + size * random_below(fixture, 2);
    return (struct mpu_region){
        .start = base, .end = base + size, .slots = 1, .mpu_base = base, .mpu_size = size};
}

/* A run of eighths, the others off. */
static struct mpu_region random_pmsav7(struct fixture *fixture, uint64_t after)
{
    struct mpu_region region = random_power(fixture, after, 5);
    if (region.mpu_size < 256 || random_below(fixture, 2) == 0)
        return region;
    const uint32_t from = random_below(fixture, 8);
    const uint32_t to = from + 1 + random_below(fixture, 8 - from);
    region.srd = (uint8_t) ~((1u << to) - (1u << from));
    region.end = region.start + to * region.mpu_size / 8;
    region.start += from * region.mpu_size / 8;
    return region;
}

static struct mpu_region random_bounded(struct fixture *fixture, uint64_t after, uint64_t step)
{
    const uint64_t start = (after + step - 1) / step * step + step * random_below(fixture, 3);
    return (struct mpu_region){
        .start = start, .end = start + step * (1 + random_below(fixture, 1000)), .slots = 1};
}

static struct mpu_region random_region(struct fixture *fixture, const struct mpu *mpu,
                                       uint64_t after, bool after_tor)
{
    switch (mpu->model) {
    case MPU_PMSAV6:
    case MPU_PMSAV7:
        return random_pmsav7(fixture, after);
    case MPU_PMSAV8:
        return random_bounded(fixture, after, 32);
    case MPU_PMP:
        break;
    }
    if (random_below(fixture, 2) == 0)
        return random_power(fixture, after, 3);
    struct mpu_region region = random_bounded(fixture, after, 4);
    region.slots = after_tor && region.start == after ? 1 : 2;
    return region;
}

static void check_random_grants(struct fixture *fixture, const struct mpu *mpu)
{
    struct mpu_grant grants[64];
    struct imgbuild_region expected[64];
    size_t count = 0;
    uint32_t free = mpu->slots - mpu->reserved;
    uint64_t after = 0x20000000 + 4 * (uint64_t)random_below(fixture, 1000);
    while (free > 0) {
        const bool after_tor = count > 0 && grants[count - 1].region.mpu_size == 0;
        const struct mpu_region region = random_region(fixture, mpu, after, after_tor);
        if (region.slots > free)
            break;
        const uint32_t attributes = random_attributes(fixture);
        grants[count] = (struct mpu_grant){region, attributes, LAYOUT_CACHE_DEFAULT};
        expected[count++] = (struct imgbuild_region){
            (uint32_t)region.start, (uint32_t)(region.end - 1),
            attributes & (IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_EXECUTE)};
        free -= region.slots;
        after = region.end;
    }
    uint32_t words[128];
    mpu_words_encode(mpu, grants, count, words);
    const struct decoded decoded = decode(mpu, words);
    assert_int_equal(decoded.count, count);
    assert_memory_equal(decoded.runs, expected, count * sizeof *expected);
}

static void every_word_decodes_to_what_was_granted(void **state)
{
    static const enum mpu_model models[] = {MPU_PMSAV6, MPU_PMSAV7, MPU_PMSAV8, MPU_PMP};
    for (int round = 0; round < 4000; round++) {
        const uint32_t slots = 1 + random_below(*state, 16);
        const struct mpu mpu = {.model = models[round % 4],
                                .slots = slots,
                                .reserved = random_below(*state, slots + 1),
                                .granularity_bytes = 4,
                                .subregions = true};
        check_random_grants(*state, &mpu);
    }
}

/* ---- whole tables ---- */

/* Two tasks on a PMSAv7 chip. The first has a block of two regions in RAM, two peripherals that
 * share a slot with a hole between them, and the info block; a block of the second lies in DMA
 * memory. */
struct board {
    struct layout_request request;
    struct layout layout;
    struct tables_input input;
};

static const struct layout_memory memories[] = {
    [FLASH] = {.name = "flash", .base = 0, .size = 0x100000, .attributes = RX},
    [RAM] = {.name = "ram", .base = 0x20000000, .size = 0x10000, .attributes = RW},
    [DMA_RAM] = {.name = "dma",
                 .base = 0x30000000,
                 .size = 0x10000,
                 .attributes = RW | IMGBUILD_DMA},
};

static const struct mpu_region net_flash[] = {
    {.start = 0x2000, .end = 0x3000, .slots = 1, .mpu_base = 0x2000, .mpu_size = 0x1000}};
static const struct mpu_region net_ram[] = {
    {.start = 0x20000400,
     .end = 0x20001000,
     .slots = 1,
     .mpu_base = 0x20000000,
     .mpu_size = 0x1000,
     .srd = 0x03},
    {.start = 0x20001000, .end = 0x20001020, .slots = 1, .mpu_base = 0x20001000, .mpu_size = 0x20}};
static const struct mpu_region leds_flash[] = {
    {.start = 0x3000, .end = 0x3400, .slots = 1, .mpu_base = 0x3000, .mpu_size = 0x400}};
static const struct mpu_region leds_dma[] = {{.start = 0x30000000,
                                              .end = 0x30000100,
                                              .slots = 1,
                                              .mpu_base = 0x30000000,
                                              .mpu_size = 0x100}};

static const struct layout_block net_blocks[] = {
    {.memory = RAM, .range = {0x20000400, 0x20001020}, .regions = net_ram, .region_count = 2},
    {.memory = FLASH, .range = {0x2000, 0x3000}, .regions = net_flash, .region_count = 1}};
static const struct layout_block leds_blocks[] = {
    {.memory = FLASH, .range = {0x3000, 0x3400}, .regions = leds_flash, .region_count = 1},
    {.memory = DMA_RAM, .range = {0x30000000, 0x30000100}, .regions = leds_dma, .region_count = 1}};

static const char *const joined_names[] = {"uart0", "timer0"};
static const char *const info_names[] = {"info"};
static const struct layout_range joined_runs[] = {{0x40000000, 0x40001000},
                                                  {0x40002000, 0x40003000}};
static const struct layout_range info_runs[] = {{0x3400, 0x3500}};
static const struct layout_fixed net_fixed[] = {
    {.kind = LAYOUT_INFO,
     .names = info_names,
     .name_count = 1,
     .region = {.start = 0x3400, .end = 0x3500, .slots = 1, .mpu_base = 0x3400, .mpu_size = 0x100},
     .granted = info_runs,
     .granted_count = 1,
     .attributes = RX},
    {.kind = LAYOUT_PERIPHERAL,
     .names = joined_names,
     .name_count = 2,
     .region = {.start = 0x40000000,
                .end = 0x40003000,
                .slots = 1,
                .mpu_base = 0x40000000,
                .mpu_size = 0x8000,
                .srd = 0xfa},
     .granted = joined_runs,
     .granted_count = 2,
     .attributes = RW | IMGBUILD_DEVICE}};

static const struct layout_grant net_grants[] = {{LAYOUT_PERIPHERAL,
                                                  "uart0",
                                                  {0x40000000, 0x40001000},
                                                  RW | IMGBUILD_DEVICE,
                                                  LAYOUT_CACHE_DEFAULT},
                                                 {LAYOUT_PERIPHERAL,
                                                  "timer0",
                                                  {0x40002000, 0x40003000},
                                                  RW | IMGBUILD_DEVICE,
                                                  LAYOUT_CACHE_DEFAULT}};
static const struct layout_task request_tasks[] = {
    {.name = "net", .grants = net_grants, .grant_count = 2, .reads_info = true}, {.name = "leds"}};
static const struct layout_task_answer answers[] = {
    {.blocks = net_blocks, .block_count = 2, .fixed = net_fixed, .fixed_count = 2},
    {.blocks = leds_blocks, .block_count = 2}};

static const struct tables_task table_tasks[] = {
    {.name = "net",
     .entry = 0x2041,
     .stack_base = 0x20000400,
     .stack_top = 0x20000c00,
     .priority = 3,
     .start = true},
    {.name = "leds", .entry = 0x3001, .stack_base = 0x30000000, .stack_top = 0x30000080}};
static const struct tables_irq irqs[] = {{17, 1, 4}, {3, 0, 1}, {5, 0, 0x80000000}};

static void make_board(struct board *board)
{
    *board = (struct board){
        .request = {.mpu = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1, .subregions = true},
                    .memories = memories,
                    .memory_count = COUNT(memories),
                    .tasks = request_tasks,
                    .task_count = 2,
                    .info_memory = FLASH,
                    .info_bytes = 256},
        .layout = {.tasks = answers, .task_count = 2, .info = {0x3400, 0x3500}},
        .input = {.name = "demo",
                  .board = "mps2-an386",
                  .slot = "a",
                  .id = {1, 2, 3, 4, 5, 6, 7, 8},
                  .image_base = 0x100,
                  .image_bytes = 0x3400,
                  .major = 1,
                  .minor = 2,
                  .patch = 515,
                  .epoch = 0x01020304,
                  .tasks = table_tasks,
                  .task_count = 2,
                  .irqs = irqs,
                  .irq_count = 3}};
    board->layout.mpu = board->request.mpu;
    board->input.request = &board->request;
    board->input.layout = &board->layout;
}

static struct tables encode(struct fixture *fixture, const struct tables_input *input)
{
    struct tables tables;
    assert_true(tables_encode(input, fixture->arena, &tables, &fixture->diags));
    assert_int_equal(fixture->diags.count, 0);
    return tables;
}

static const char *text_at(struct span data, uint32_t offset)
{
    assert_true(offset < data.bytes);
    assert_non_null(memchr(data.data + offset, 0, data.bytes - offset));
    return (const char *)data.data + offset;
}

static void check_records(struct span data, size_t task_off, const uint32_t (*expected)[3],
                          size_t count)
{
    const uint32_t at = span_u32(data, task_off + 16);
    assert_int_equal(data.data[task_off + 28], count);
    for (size_t i = 0; i < count; i++)
        for (size_t word = 0; word < 3; word++)
            assert_int_equal(span_u32(data, at + 12 * i + 4 * word), expected[i][word]);
}

static void the_header_has_its_64_bytes(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    static const uint8_t expected[40] = {'I', 'M', 'G', 'B', 1, 0, 64, 0,    1, 2, 3, 4, 5, 6,
                                         7,   8,   0,   1,   0, 0, 0,  0x34, 0, 0, 1, 2, 3, 2,
                                         4,   3,   2,   1,   7, 8, 2,  0,    3, 0, 1, 14};
    assert_int_equal(tables.image.bytes, 64);
    assert_memory_equal(tables.image.data, expected, sizeof expected);
    assert_string_equal(text_at(tables.data, span_u32(tables.image, 48)), "demo");
    assert_string_equal(text_at(tables.data, span_u32(tables.image, 52)), "mps2-an386");
    assert_string_equal(text_at(tables.data, span_u32(tables.image, 56)), "a");
    assert_int_equal(span_u32(tables.image, 60), 0x3400);
}

static void tasks_have_their_fields_and_records(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    const uint32_t net = span_u32(tables.image, 40);
    const uint32_t leds = net + 32;
    assert_int_equal(net % 4, 0);
    static const uint8_t numbers[] = {0x41, 0x20, 0, 0,    0, 4, 0, 0x20,
                                      0,    0x0c, 0, 0x20, 0, 0, 3, 1};
    assert_memory_equal(tables.data.data + net, numbers, sizeof numbers);
    assert_int_equal(span_u32(tables.data, leds + 12), 1); /* index 1, priority 0, not started */
    assert_string_equal(text_at(tables.data, span_u32(tables.data, net + 24)), "net");
    assert_string_equal(text_at(tables.data, span_u32(tables.data, leds + 24)), "leds");

    static const uint32_t net_records[][3] = {{0x2000, 0x2fff, RX},
                                              {0x3400, 0x34ff, IMGBUILD_READ},
                                              {0x20000400, 0x20000fff, RW},
                                              {0x20001000, 0x2000101f, RW},
                                              {0x40000000, 0x40000fff, RW | IMGBUILD_DEVICE},
                                              {0x40002000, 0x40002fff, RW | IMGBUILD_DEVICE}};
    static const uint32_t leds_records[][3] = {{0x3000, 0x33ff, RX},
                                               {0x30000000, 0x300000ff, RW | IMGBUILD_DMA}};
    check_records(tables.data, net, net_records, COUNT(net_records));
    check_records(tables.data, leds, leds_records, COUNT(leds_records));
    const uint32_t after_records = span_u32(tables.data, leds + 16) + 2 * 12;
    for (uint32_t at = after_records; at < span_u32(tables.data, leds + 20); at++)
        assert_int_equal(tables.data.data[at], 0);
}

static void mpu_words_follow_the_order_of_the_regions(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    static const uint32_t expected[] = {0x00002011, 0x06020017, 0x00003412, 0x1602000f, 0x20000013,
                                        0x130b0317, 0x20001014, 0x130b0009, 0x40000015, 0x1305fa1d,
                                        0x00000016, 0,          0x00000017, 0};
    const uint32_t at = span_u32(tables.data, span_u32(tables.image, 40) + 20);
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_int_equal(span_u32(tables.data, at + 4 * i), expected[i]);
}

static void blocks_and_maps_are_cached_as_their_memories(void **state)
{
    struct board board;
    make_board(&board);
    struct layout_memory cached[COUNT(memories)];
    struct layout_fixed fixed[] = {net_fixed[0], net_fixed[1]};
    struct layout_task_answer cached_answers[] = {answers[0], answers[1]};
    memcpy(cached, memories, sizeof cached);
    cached[RAM].cache = LAYOUT_CACHE_NONE;
    fixed[0].cache = LAYOUT_CACHE_WRITE_BACK;
    cached_answers[0].fixed = fixed;
    board.request.memories = cached;
    board.layout.tasks = cached_answers;
    const struct tables tables = encode(*state, &board.input);
    static const uint32_t expected[] = {0x06020017, 0x160b000f, 0x130c0317, 0x130c0009, 0x1305fa1d};
    const uint32_t at = span_u32(tables.data, span_u32(tables.image, 40) + 20);
    for (uint32_t i = 0; i < COUNT(expected); i++)
        assert_int_equal(span_u32(tables.data, at + 8 * i + 4), expected[i]);
}

static void mpu_words_grant_what_the_records_say(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    for (uint32_t task = 0; task < 2; task++) {
        const uint32_t at = span_u32(tables.image, 40) + 32 * task;
        const uint32_t records = span_u32(tables.data, at + 16);
        uint32_t words[14];
        for (uint32_t i = 0; i < 14; i++)
            words[i] = span_u32(tables.data, span_u32(tables.data, at + 20) + 4 * i);
        const struct decoded decoded = decode(&board.request.mpu, words);
        assert_int_equal(decoded.count, tables.data.data[at + 28]);
        for (uint32_t i = 0; i < decoded.count; i++) {
            assert_int_equal(decoded.runs[i].first, span_u32(tables.data, records + 12 * i));
            assert_int_equal(decoded.runs[i].last, span_u32(tables.data, records + 12 * i + 4));
            assert_int_equal(decoded.runs[i].attributes,
                             span_u32(tables.data, records + 12 * i + 8) & 7);
        }
    }
}

static void interrupts_are_sorted_by_number(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    static const uint8_t expected[] = {3, 0, 0, 0,   1,  0, 0, 0, 5, 0, 0, 0,
                                       0, 0, 0, 128, 17, 0, 1, 0, 4, 0, 0, 0};
    const uint32_t at = span_u32(tables.image, 44);
    assert_int_equal(at % 4, 0);
    assert_memory_equal(tables.data.data + at, expected, sizeof expected);
}

static void sizes_and_relocations_do_not_depend_on_addresses(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables final = encode(*state, &board.input);
    board.input.layout = NULL;
    board.input.image_base = board.input.image_bytes = 0;
    static const struct tables_task unknown[] = {{.name = "net"}, {.name = "leds"}};
    board.input.tasks = unknown;
    const struct tables first = encode(*state, &board.input);
    assert_int_equal(first.image.bytes, final.image.bytes);
    assert_int_equal(first.data.bytes, final.data.bytes);
    assert_int_equal(first.data.bytes % 4, 0);
    assert_int_equal(first.relocation_count, final.relocation_count);
    for (size_t i = 0; i < first.relocation_count; i++) {
        assert_int_equal(first.relocations[i].in_image, final.relocations[i].in_image);
        assert_int_equal(first.relocations[i].offset, final.relocations[i].offset);
        assert_int_equal(first.relocations[i].target_offset, final.relocations[i].target_offset);
    }
    assert_int_equal(span_u32(first.image, 60), 0); /* no info block yet */
}

static void every_pointer_has_one_relocation(void **state)
{
    struct board board;
    make_board(&board);
    const struct tables tables = encode(*state, &board.input);
    assert_int_equal(tables.relocation_count, 5 + 2 * 3);
    bool image_words[16] = {false};
    bool task_words[16] = {false};
    const uint32_t tasks = span_u32(tables.image, 40);
    for (size_t i = 0; i < tables.relocation_count; i++) {
        const struct tables_relocation *at = &tables.relocations[i];
        const struct span section = at->in_image ? tables.image : tables.data;
        assert_int_equal(at->offset % 4, 0);
        assert_int_equal(span_u32(section, at->offset), at->target_offset);
        assert_true(at->target_offset < tables.data.bytes);
        bool *seen =
            at->in_image ? &image_words[at->offset / 4] : &task_words[(at->offset - tasks) / 4];
        assert_false(*seen);
        *seen = true;
    }
    for (size_t word = 0; word < 16; word++) {
        assert_int_equal(image_words[word], word >= 10 && word < 15);
        assert_int_equal(task_words[word], word % 8 >= 4 && word % 8 < 7);
    }
}

static void the_room_for_records_suffices_however_slots_are_joined(void **state)
{
    (void)state;
    struct layout_task task = {.name = "net", .grant_count = 4};
    struct layout_request request = {
        .mpu = {.model = MPU_PMSAV7, .slots = 8, .reserved = 1, .subregions = true},
        .tasks = &task,
        .task_count = 1};
    /* four grants in one slot leave six: 4 + 6 records */
    assert_int_equal(task_regions_most_records(&request, 0), 10);
    task.grant_count = 1;
    assert_int_equal(task_regions_most_records(&request, 0), 7);
    task.reads_info = true;
    request.info_bytes = 64;
    assert_int_equal(task_regions_most_records(&request, 0), 8);
    task.grant_count = 1000; /* no slot has more than four runs */
    assert_int_equal(task_regions_most_records(&request, 0), 28);
    request.mpu.subregions = false;
    assert_int_equal(task_regions_most_records(&request, 0), 7);
    request.mpu.model = MPU_PMP;
    request.mpu.subregions = true;
    assert_int_equal(task_regions_most_records(&request, 0), 7);
}

static void numbers_that_do_not_fit_are_all_reported(void **state)
{
    struct fixture *fixture = *state;
    struct board board;
    make_board(&board);
    static const struct tables_irq large[] = {{65536, 0, 1}};
    board.input.irqs = large;
    board.input.irq_count = 1;
    board.input.major = 256;
    board.input.minor = 256;
    board.input.patch = 65536;
    board.input.image_bytes = UINT64_C(1) << 32;
    board.request.mpu.slots = 17;
    const struct tables untouched = {.relocation_count = 77};
    struct tables tables = untouched;
    assert_false(tables_encode(&board.input, fixture->arena, &tables, &fixture->diags));
    assert_int_equal(tables.relocation_count, 77);
    assert_int_equal(fixture->diags.error_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(fixture->diags.items[i].code, "tables-too-many");
    assert_string_equal(fixture->diags.items[1].message,
                        "the major version is 256, and the kernel's tables hold at most 255");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pmsav7_words_are_those_of_the_manual),
        cmocka_unit_test(pmsav7_takes_the_smallest_and_the_largest_region),
        cmocka_unit_test(pmsav6_words_are_those_of_pmsav7),
        cmocka_unit_test(pmsav8_words_are_those_of_the_manual),
        cmocka_unit_test(pmp_words_are_those_of_the_manual),
        cmocka_unit_test(pmp_reaches_the_ends_of_the_address_space),
        cmocka_unit_test_setup_teardown(every_word_decodes_to_what_was_granted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_header_has_its_64_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tasks_have_their_fields_and_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mpu_words_follow_the_order_of_the_regions, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(blocks_and_maps_are_cached_as_their_memories, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(mpu_words_grant_what_the_records_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(interrupts_are_sorted_by_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sizes_and_relocations_do_not_depend_on_addresses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_pointer_has_one_relocation, set_up, tear_down),
        cmocka_unit_test(the_room_for_records_suffices_however_slots_are_joined),
        cmocka_unit_test_setup_teardown(numbers_that_do_not_fit_are_all_reported, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
