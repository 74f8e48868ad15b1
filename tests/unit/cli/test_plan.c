/* From a manifest and sizes to a layout: slots, choices, pins, limits. */
#include "cli/plan/board_plan.h"
#include "cli/plan/mcuboot_room.h"

#include "tests/unit/cli/board.h"

#include <imgbuild/tables.h>

static const char two_tasks[] = "tasks:\n"
                                "  super: {priority: 0, stack: 1K}\n"
                                "  net: {priority: 1, stack: 1K}\n";

static struct board *board_with(struct fixture *fixture, const char *text)
{
    return load_board(fixture, arena_format(fixture->arena, "%s%s", BOARD, text));
}

/* ---- slots ---- */

static void a_board_without_slots_has_one_image(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = board_with(fixture, two_tasks);
    assert_int_equal(board->slot_count, 1);
    assert_string_equal(board->slots[0].name, "");
    assert_null(board->slots[0].image);
    assert_int_equal(board->slots[0].memories[0].size.value, 256 * 1024);
}

static void each_slot_moves_its_memories(void **state)
{
    struct fixture *fixture = *state;
    const char *text = arena_format(fixture->arena, "images: [a, b]\n%s", two_tasks);
    const struct board *board = board_with(fixture, text);
    assert_int_equal(board->slot_count, 2);
    static const uint64_t bases[] = {0x08000000, 0x08020000};
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 100}, {"net", "ram", 100});
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(board->slots[i].name, i == 0 ? "a" : "b");
        const struct plan plan = plan_of(fixture, &board->slots[i], &sizes);
        const struct layout_memory *flash = &plan.request.memories[0];
        assert_int_equal(flash->base, bases[i]);
        assert_int_equal(flash->size, 128 * 1024);
        const struct layout_block *block = &plan.layout.tasks[0].blocks[0];
        assert_true(block->range.start >= bases[i]);
        assert_true(block->range.end <= bases[i] + 128 * 1024);
        assert_int_equal(plan.layout.tasks[1].blocks[0].range.start, 0x20000000);
    }
}

static void only_the_named_slots_are_built(void **state)
{
    struct fixture *fixture = *state;
    const char *text = arena_format(fixture->arena, "images: [b]\n%s", two_tasks);
    const struct board *board = board_with(fixture, text);
    assert_int_equal(board->slot_count, 1);
    assert_string_equal(board->slots[0].name, "b");
}

/* ---- sizes ---- */

static void a_kernel_takes_its_size_from_the_file_first(void **state)
{
    struct fixture *fixture = *state;
    const char *text =
        arena_format(fixture->arena, "kernel: {size: {flash: 8K, ram: 2K}}\n%s", two_tasks);
    const struct board *board = board_with(fixture, text);
    const struct plan_sizes sizes =
        SIZES(fixture, board, {NULL, "flash", 100}, {"net", "ram", 0}, {"net", "flash", 64});
    assert_int_equal(sizes.kernel.count, 2);
    assert_int_equal(sizes.kernel.items[0].memory, 0);
    assert_int_equal(sizes.kernel.items[0].bytes, 100);
    assert_int_equal(sizes.kernel.items[1].memory, 1);
    assert_int_equal(sizes.kernel.items[1].bytes, 2048);
    assert_int_equal(sizes.tasks[0].count, 0);
    assert_int_equal(sizes.tasks[1].count, 1); /* nothing of ram */
    const struct plan plan = plan_of(fixture, board->slots, &sizes);
    assert_int_equal(plan.layout.kernel[0].range.start, 0x08000000);
    assert_int_equal(plan.layout.kernel[0].range.end, 0x08000080);
    assert_int_equal(plan.layout.kernel[0].need_bytes, 100);
}

/* ---- the request ---- */

static void the_request_says_what_the_manifest_says(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        board_with(fixture, "mpu: {reserved: 2, subregions: false}\n"
                            "info: {size: 256, tasks: [net]}\n"
                            "tasks:\n"
                            "  super: {priority: 0, stack: 1K, regions: {split: false}}\n"
                            "  net: {priority: 1, stack: 1K, uses: [uart0], maps: [sram-2]}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 100}, {"net", "flash", 200});
    const struct layout_request request = plan_request(board->slots, &sizes, fixture->arena);
    assert_int_equal(request.mpu.model, MPU_PMSAV7);
    assert_int_equal(request.mpu.slots, 8);
    assert_int_equal(request.mpu.reserved, 2);
    assert_false(request.mpu.subregions);
    assert_int_equal(request.memory_count, 3);
    assert_int_equal(request.memories[0].attributes, IMGBUILD_READ | IMGBUILD_EXECUTE);
    assert_int_equal(request.memories[2].attributes, IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_DMA);
    assert_int_equal(request.info_bytes, 256);
    assert_int_equal(request.info_memory, 0);
    assert_true(request.tasks[0].needs[0].one_region);
    assert_false(request.tasks[1].needs[0].one_region);
    assert_false(request.tasks[0].reads_info);
    assert_true(request.tasks[1].reads_info);
    const struct layout_grant *grants = request.tasks[1].grants;
    assert_int_equal(request.tasks[1].grant_count, 2);
    assert_int_equal(grants[0].kind, LAYOUT_PERIPHERAL);
    assert_int_equal(grants[0].range.end, 0x40005000);
    assert_int_equal(grants[0].attributes, IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_DEVICE);
    assert_int_equal(grants[1].kind, LAYOUT_MAP);
    assert_string_equal(grants[1].name, "sram-2");
    assert_int_equal(grants[1].range.end, 0x30008000);
}

static void memories_and_maps_are_cached_as_the_manifest_says(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        board_with(fixture, "memories:\n"
                            "  wb: {base: 0x60000000, size: 4K, access: rw, cache: wb, dma: true}\n"
                            "  wt: {base: 0x60010000, size: 4K, access: rw, cache: wt}\n"
                            "  none: {base: 0x60020000, size: 4K, access: rw, cache: none}\n"
                            "tasks:\n"
                            "  super: {priority: 0, stack: 1K, maps: [none]}\n");
    const struct plan_sizes sizes = SIZES(fixture, board, {"super", "flash", 64});
    const struct layout_request request = plan_request(board->slots, &sizes, fixture->arena);
    assert_int_equal(board->manifest.without_effect.count, 0);
    assert_int_equal(request.memories[0].cache, LAYOUT_CACHE_DEFAULT);
    const size_t last = request.memory_count;
    assert_int_equal(request.memories[last - 3].cache, LAYOUT_CACHE_WRITE_BACK);
    assert_int_equal(request.memories[last - 2].cache, LAYOUT_CACHE_WRITE_THROUGH);
    assert_int_equal(request.memories[last - 1].cache, LAYOUT_CACHE_NONE);
    assert_int_equal(request.tasks[0].grants[0].cache, LAYOUT_CACHE_NONE);
}

static void a_list_of_data_memories_is_a_choice(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        load_board(fixture, BOARD_HEAD "data_memory: [ram, sram-2]\n"
                                       "tasks:\n"
                                       "  super: {priority: 0, stack: 1K}\n"
                                       "  net: {priority: 1, stack: 1K, data_memory: ram}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {NULL, "ram", 60 * 1024}, {"super", "flash", 64},
              {"super", "ram", 8192}, {"net", "ram", 2048});
    const struct plan plan = plan_of(fixture, board->slots, &sizes);
    assert_int_equal(plan.request.kernel[0].memory_count, 1);
    assert_int_equal(plan.request.tasks[0].needs[0].memory_count, 1);
    assert_int_equal(plan.request.tasks[0].needs[1].memory_count, 2);
    assert_int_equal(plan.request.tasks[1].needs[0].memory_count, 1);
    assert_int_equal(plan.layout.tasks[0].blocks[1].memory, 2); /* ram has no room for it */
    assert_int_equal(plan.layout.tasks[1].blocks[0].memory, 1);
}

static void a_pinned_block_stays_where_it_was_put(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        board_with(fixture, "tasks:\n"
                            "  super: {priority: 0, stack: 1K, place: {ram: 0x20004000}}\n"
                            "  net: {priority: 1, stack: 1K}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 64}, {"super", "ram", 4096}, {"net", "ram", 4096});
    const struct plan plan = plan_of(fixture, board->slots, &sizes);
    assert_false(plan.request.tasks[0].needs[0].is_pinned);
    assert_true(plan.request.tasks[0].needs[1].is_pinned);
    assert_int_equal(plan.layout.tasks[0].blocks[1].range.start, 0x20004000);
    assert_int_equal(plan.layout.tasks[1].blocks[0].range.start, 0x20000000);
}

/* ---- limits ---- */

static void check_limit(struct fixture *fixture, const struct board *board, uint64_t bytes,
                        const char *message)
{
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"net", "flash", 5000}, {"net", "ram", bytes});
    struct plan plan = {.request = {.task_count = 77}};
    const bool ok = plan_layout(board->slots, &sizes, NULL, fixture->arena, &plan, &fixture->diags);
    assert_int_equal(ok, message == NULL);
    if (message == NULL) {
        no_diags(fixture);
        return;
    }
    assert_int_equal(plan.request.task_count, 77);
    const struct diag *diag = take_only_diag(fixture, "task-over-limit");
    assert_string_equal(diag->message, message);
    assert_int_equal(diag->level, DIAG_ERROR);
    assert_string_equal(diag->pos.file, "board.yaml");
    assert_true(diag->pos.line > 0);
    assert_non_null(diag->hint);
}

static void more_than_the_limit_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        board_with(fixture, "tasks:\n"
                            "  super: {priority: 0, stack: 1K, limits: {ram: 16}}\n"
                            "  net: {priority: 1, stack: 1K, limits: {ram: 2K}}\n");
    check_limit(fixture, board, 2047, NULL);
    check_limit(fixture, board, 2048, NULL);
    check_limit(fixture, board, 2049,
                "task net needs 2049 bytes of ram, 1 more than its limit of 2048");
}

/* The limits are told even where nothing fits. */
static void what_does_not_fit_is_said_of_the_board(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        board_with(fixture, "tasks:\n"
                            "  super: {priority: 0, stack: 1K}\n"
                            "  net: {priority: 1, stack: 1K, limits: {ram: 2K}}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 64}, {"net", "ram", 1 << 20});
    struct plan plan;
    assert_false(plan_layout(board->slots, &sizes, NULL, fixture->arena, &plan, &fixture->diags));
    assert_true(fixture->diags.count >= 2);
    assert_string_equal(fixture->diags.items[0].code, "task-over-limit");
    assert_string_equal(fixture->diags.items[1].code, "layout-no-fit");
    for (size_t i = 0; i < fixture->diags.count; i++)
        assert_string_equal(fixture->diags.items[i].pos.file, "board.yaml");
}

/* ---- MCUboot ---- */

/* 65536 bytes from 0x08020000; 1K for a boot loader; then header and kernel. The tail is 476 bytes
 * of records and 3 * 10 * 4 + 48 of trailer. */
#define MCUBOOT_BOARD                                                                              \
    "memories:\n"                                                                                  \
    "  flash: {size: 64K, skip: 1K, holes: [{base: 0x08008000, size: 256},\n"                      \
    "          {base: 0x0800fc00, size: 1K}]}\n"                                                   \
    "mcuboot: {header: 0x200, sectors: 10, align: 4}\n"                                            \
    "tasks:\n"                                                                                     \
    "  super: {priority: 0, stack: 1K}\n"

static void mcuboot_takes_both_ends_of_the_code_memory(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = board_with(fixture, MCUBOOT_BOARD);
    const uint64_t tail = 0x08010000 - 476 - 120 - 48;
    const struct plan_sizes sizes = SIZES(fixture, board, {"super", "flash", 64});
    const struct layout_request request = plan_request(board->slots, &sizes, fixture->arena);
    const struct layout_memory *flash = &request.memories[0];
    assert_int_equal(flash->size, 64 * 1024);
    assert_int_equal(flash->skip_bytes, 1024 + 512);
    assert_int_equal(flash->hole_count, 3);
    assert_int_equal(flash->holes[0].start, 0x08008000);
    assert_int_equal(flash->holes[1].start, 0x0800fc00);
    assert_int_equal(flash->holes[1].end, tail); /* it went on to the end */
    assert_int_equal(flash->holes[2].start, tail);
    assert_int_equal(flash->holes[2].end, 0x08010000);
    assert_int_equal(request.memories[1].hole_count, 0);
    assert_int_equal(board->manifest.memories[0].skip.value, 1024); /* the manifest's is its own */
}

static bool kernel_fits(struct fixture *fixture, uint64_t bytes)
{
    const struct board *board = board_with(fixture, "memories:\n"
                                                    "  flash: {size: 4K}\n"
                                                    "mcuboot: {header: 32, mode: overwrite}\n"
                                                    "tasks:\n"
                                                    "  super: {priority: 0, stack: 1K}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {NULL, "flash", bytes}, {"super", "ram", 64});
    struct plan plan;
    fixture->diags = diag_list_in(fixture->arena);
    const bool ok = plan_layout(board->slots, &sizes, NULL, fixture->arena, &plan, &fixture->diags);
    if (ok) {
        assert_int_equal(plan.layout.kernel[0].range.start, 0x08000020);
        assert_true(plan.layout.kernel[0].range.end <= 0x08001000 - 476 - 32);
    }
    return ok;
}

/* The last 32 bytes before the records are the kernel's, the next byte is not. */
static void mcuboot_never_overflows_the_memory(void **state)
{
    struct fixture *fixture = *state;
    assert_true(kernel_fits(fixture, (4096 - 32 - 476 - 32) / 32 * 32));
    no_diags(fixture);
    assert_false(kernel_fits(fixture, (4096 - 32 - 476 - 32) / 32 * 32 + 1));
    assert_true(fixture->diags.count >= 2);
    assert_string_equal(fixture->diags.items[0].code, "layout-no-fit");
    const struct diag *last = &fixture->diags.items[fixture->diags.count - 1];
    assert_string_equal(last->code, "mcuboot-room");
    assert_int_equal(last->level, DIAG_NOTE);
}

static bool check_header(struct fixture *fixture, const char *header, uint64_t align)
{
    fixture->diags = diag_list_in(fixture->arena);
    const char *text = arena_format(fixture->arena,
                                    "memories:\n"
                                    "  flash: {skip: 256}\n"
                                    "mcuboot: {header: %s}\n"
                                    "tasks:\n"
                                    "  super: {priority: 0, stack: 1K}\n",
                                    header);
    const struct board *board = board_with(fixture, text);
    const struct plan_size sizes[] = {{.memory = 1, .bytes = 64, .align_bytes = 4096},
                                      {.memory = 0, .bytes = 1024, .align_bytes = align}};
    const struct plan_program_sizes kernel = {sizes, 2};
    return mcuboot_room_check_header(board->slots->manifest, board->slots->memories, &kernel,
                                     &fixture->diags);
}

static void vectors_must_begin_right_behind_the_header(void **state)
{
    struct fixture *fixture = *state;
    assert_true(check_header(fixture, "0x200", 128));
    assert_true(check_header(fixture, "0x100", 512));
    assert_false(check_header(fixture, "0x20", 128));
    assert_string_equal(fixture->diags.items[0].code, "mcuboot-header-size");
    assert_string_equal(fixture->diags.items[0].hint, "set header: 0x80");
    assert_false(check_header(fixture, "0x200", 512));
    assert_string_equal(fixture->diags.items[0].hint, "set header: 0x300");
    fixture->diags = diag_list_in(fixture->arena);
    const struct board *board = board_with(fixture, MCUBOOT_BOARD);
    assert_true(mcuboot_room_check_base(board->slots->manifest, board->slots->memories, 0x08000600,
                                        &fixture->diags));
    assert_false(mcuboot_room_check_base(board->slots->manifest, board->slots->memories, 0x08000604,
                                         &fixture->diags));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_board_without_slots_has_one_image),
        TEST(each_slot_moves_its_memories),
        TEST(only_the_named_slots_are_built),
        TEST(a_kernel_takes_its_size_from_the_file_first),
        TEST(the_request_says_what_the_manifest_says),
        TEST(memories_and_maps_are_cached_as_the_manifest_says),
        TEST(a_list_of_data_memories_is_a_choice),
        TEST(a_pinned_block_stays_where_it_was_put),
        TEST(more_than_the_limit_is_an_error),
        TEST(what_does_not_fit_is_said_of_the_board),
        TEST(mcuboot_takes_both_ends_of_the_code_memory),
        TEST(mcuboot_never_overflows_the_memory),
        TEST(vectors_must_begin_right_behind_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
