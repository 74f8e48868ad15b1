/* report.json: what was written is read back, and nothing else; no damaged report does harm. */
#include "cli/report/report_csv.h"
#include "cli/report/report_html.h"
#include "cli/report/report_json.h"
#include "cli/report/report_plan.h"
#include "cli/report/report_text.h"

#include "base/file.h"
#include "tests/unit/cli/board.h"

static const struct source_pos pos = {"report.json", 0, 0};

static struct report read_well(struct fixture *fixture, const char *text)
{
    struct report report;
    const bool ok =
        report_json_read(span_of_text(text), pos, fixture->arena, &report, &fixture->diags);
    no_diags(fixture);
    assert_true(ok);
    return report;
}

static struct report planned(struct fixture *fixture)
{
    const struct board *board =
        load_board(fixture, BOARD "board: kit\n"
                                  "images: [b]\n"
                                  "info: {size: 256, tasks: [net]}\n"
                                  "compat: {hardware: [rev-b]}\n"
                                  "kernel: {size: {flash: 1000}}\n"
                                  "tasks:\n"
                                  "  super: {priority: 0, stack: 1K, limits: {flash: 4K}}\n"
                                  "  net: {priority: 1, stack: 1K, uses: [uart0], maps: [sram-2],\n"
                                  "        notifications: [rx], interrupts: {uart0.rx: rx}}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 1024}, {"net", "ram", 1000});
    const struct plan plan = plan_of(fixture, board->slots, &sizes);
    return report_of_plan(board->slots, &plan, fixture->arena);
}

static void what_was_written_is_read_back(void **state)
{
    struct fixture *fixture = *state;
    const struct report report = planned(fixture);
    const char *json = report_json_text(&report, fixture->arena);
    const struct report again = read_well(fixture, json);
    assert_string_equal(report_json_text(&again, fixture->arena), json);
    assert_string_equal(report_text(&again, fixture->arena), report_text(&report, fixture->arena));
    assert_string_equal(report_csv(&again, fixture->arena), report_csv(&report, fixture->arena));
    assert_string_equal(report_html(&again, fixture->arena), report_html(&report, fixture->arena));
    const struct report_program *net = &again.programs[2];
    assert_string_equal(net->name, "net");
    assert_string_equal(net->uses.items[0], "uart0");
    assert_string_equal(net->maps.items[0], "sram-2");
    assert_string_equal(net->notifications.items[0], "rx");
    assert_string_equal(net->interrupts[0].name, "uart0.rx");
    assert_int_equal(net->fixed_count, 3);
    assert_string_equal(again.compat, "{\"hardware\":[\"rev-b\"]}");
    assert_string_equal(again.slot, "b");
}

static const char *golden(struct fixture *fixture)
{
    struct span text;
    assert_true(file_read(fixture->arena, "tests/golden/reports/first/report.json", 1 << 20,
                          NOWHERE, &text, &fixture->diags));
    return arena_copy_text(fixture->arena, (const char *)text.data, text.bytes);
}

/* Whether a text is refused with a word to the user; one that is not can be shown in all formats.
 */
static bool is_refused(struct fixture *fixture, struct span text)
{
    struct report report;
    const size_t before = fixture->diags.error_count;
    if (!report_json_read(text, pos, fixture->arena, &report, &fixture->diags)) {
        assert_int_equal(fixture->diags.error_count, before + 1);
        return true;
    }
    assert_int_equal(fixture->diags.error_count, before);
    (void)report_text(&report, fixture->arena);
    (void)report_csv(&report, fixture->arena);
    (void)report_json_text(&report, fixture->arena);
    return false;
}

/* Each digit of each number is another one: sums do not hold, or a bound is crossed. What may
 * change are numbers that are in no sum. */
static void no_sum_may_be_wrong(void **state)
{
    struct fixture *fixture = *state;
    const char *text = golden(fixture);
    static const char *const summed[] = {"\"size\":", "\"address\":", "\"start\":", "\"base\":",
                                         "\"used\":", "\"free\":",    "\"gap\":",   "\"linked\":"};
    size_t tried = 0;
    for (size_t k = 0; k < COUNT(summed); k++) {
        for (const char *at = strstr(text, summed[k]); at != NULL; at = strstr(at + 1, summed[k])) {
            const size_t offset = (size_t)(at - text) + strlen(summed[k]);
            char *copy = arena_copy_text(fixture->arena, text, strlen(text));
            copy[offset] = copy[offset] == '9' ? '8' : (char)(copy[offset] + 1);
            /* an alias of 0 bytes may lie anywhere in its section */
            if (!is_refused(fixture, span_of_text(copy)) && strstr(at, "\"size\":0") != at + 16)
                fail_msg("not refused: %.60s", copy + offset - 20);
            tried++;
        }
    }
    assert_true(tried > 100);
}

static void damaged_reports_do_no_harm(void **state)
{
    struct fixture *fixture = *state;
    const char *text = golden(fixture);
    const size_t length = strlen(text);
    static const char other[] = "\"-{[,0x9";
    size_t refused = 0;
    for (size_t i = 0; i < length; i += 3) {
        char *copy = arena_copy_text(fixture->arena, text, length);
        copy[i] = other[i % (sizeof other - 1)];
        refused += is_refused(fixture, span_of_text(copy)) ? 1 : 0;
        refused += is_refused(fixture, (struct span){(const uint8_t *)text, i}) ? 1 : 0;
    }
    assert_true(refused > length / 3);
}

static void a_page_holds_no_markup_of_others(void **state)
{
    struct fixture *fixture = *state;
    struct report report = planned(fixture);
    report.name = "</script><script>alert(1)</script>";
    report.board = "\"><img src=x onerror=alert(1)>";
    report.id = "{{script}} <!--<script>";
    const char *page = report_html(&report, fixture->arena);
    assert_null(strstr(page, "<script>alert"));
    assert_null(strstr(page, "<img"));
    assert_null(strstr(page, "<!--<script"));
    assert_non_null(strstr(page, "&#60;/script&#62;"));
    assert_non_null(strstr(page, "{{script}} \\u003C!--"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_is_read_back),
        TEST(no_sum_may_be_wrong),
        TEST(damaged_reports_do_no_harm),
        TEST(a_page_holds_no_markup_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
