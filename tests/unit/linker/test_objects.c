/* Object files and archives looked at before any link. */
#include "workshop.h"

#include "linker/elf/ar_archive.h"
#include "linker/link/objects.h"

#include "base/buffer.h"

enum { ARM = 40, X86_64 = 62 }; /* e_machine */

static const char *compile_for_host(struct workshop *shop, const char *name)
{
    write_text(shop, arena_format(shop->arena, "%s.c", name), "int v;\n");
    run(shop, arena_format(shop->arena, "cc -c %s.c -o %s.o", name, name));
    return in_folder(shop, arena_format(shop->arena, "%s.o", name));
}

static bool check(struct workshop *shop, const struct program *task, const struct program *kernel,
                  struct objects_target *ret)
{
    const struct program *programs[] = {task, kernel};
    return objects_check(shop->arena, programs, kernel == NULL ? 1 : 2, ret, &shop->diags);
}

static void test_good_objects(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "a", "int v;")};
    run(shop, "arm-none-eabi-ar rcs liba.a a.o");
    const char *libraries[] = {in_folder(shop, "liba.a")};
    struct program task = task_of(objects, 1);
    task.libraries = libraries;
    task.library_count = 1;
    struct objects_target target;
    assert_true(check(shop, &task, NULL, &target));
    assert_int_equal(target.machine, ARM);
    assert_int_equal(target.flags, 0x05000000);
    assert_true(objects_target_of(shop->arena, libraries[0], NOWHERE, &target, &shop->diags));
    assert_int_equal(target.machine, ARM);
    assert_int_equal(shop->diags.count, 0);
}

static void test_all_that_is_wrong_is_told_at_once(void **state)
{
    struct workshop *shop = *state;
    write_text(shop, "text.o", "not an object\n");
    const char *objects[] = {in_folder(shop, "missing.o"), in_folder(shop, "text.o"),
                             in_folder(shop, "gone.o")};
    const struct program task = task_of(objects, 3);
    struct objects_target target;
    assert_false(check(shop, &task, NULL, &target));
    assert_int_equal(shop->diags.count, 3);
    assert_string_equal(shop->diags.items[0].code, "link-object-missing");
    assert_string_equal(shop->diags.items[1].code, "link-not-an-object");
    assert_string_equal(shop->diags.items[2].code, "link-object-missing");
}

static void expect_problem(struct workshop *shop, const char *name, const char *message)
{
    const char *objects[] = {in_folder(shop, name)};
    const struct program task = task_of(objects, 1);
    struct objects_target target;
    shop->diags = diag_list_in(shop->arena);
    assert_false(check(shop, &task, NULL, &target));
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].code, "link-not-an-object");
    assert_string_equal(shop->diags.items[0].message,
                        arena_format(shop->arena, "%s is %s", objects[0], message));
}

static void test_what_is_wrong_with_a_file_is_told(void **state)
{
    struct workshop *shop = *state;
    compile(shop, "a", "int v;");
    compile(shop, "a_member_with_a_long_name", "int lib_fn(void) { return 1; }");
    run(shop, "mkdir folder.o; : >empty.o; head -c 20 a.o >header.o; head -c 200 a.o >cut.o");
    expect_problem(shop, "folder.o", "a folder, not an object file");
    expect_problem(shop, "empty.o", "no object: it is empty");
    expect_problem(shop, "header.o", "damaged: it is cut off in the ELF header");
    expect_problem(shop, "cut.o", "damaged: its table of sections does not lie in the file");
    run(shop, "arm-none-eabi-ar rcs lib.a a.o a_member*.o; head -c 1000 lib.a >cut.a");
    expect_problem(shop, "cut.a", "damaged: it is cut off, or no archive behind its first bytes");
    run(shop, "head -c 300 a_member*.o >cut_member_with_a_long_name.o;"
              "ar rcsS lib2.a a.o cut_member_with_a_long_name.o; printf x >bad.o;"
              "ar rcsS lib3.a a.o bad.o; cp /dev/null none.o; ar rcsS lib4.a none.o");
    expect_problem(shop, "lib2.a",
                   "damaged: in its member cut_member_with_a_long_name.o, its table of sections "
                   "does not lie in the file");
    expect_problem(shop, "lib3.a", "damaged: its member bad.o is no object file");
    expect_problem(shop, "lib4.a", "damaged: its member none.o is no object file");
}

static void test_kernel_decides_the_machine(void **state)
{
    struct workshop *shop = *state;
    const char *foreign[] = {compile_for_host(shop, "host"), compile_for_host(shop, "host2")};
    const char *own[] = {compile(shop, "a", "int v;")};
    const struct program task = task_of(foreign, 2);
    const struct program kernel = kernel_of(own, 1);
    struct objects_target target;
    assert_false(check(shop, &task, &kernel, &target));
    assert_int_equal(shop->diags.count, 2);
    assert_string_equal(shop->diags.items[0].code, "link-wrong-machine");
    assert_string_equal(shop->diags.items[0].message,
                        arena_format(shop->arena,
                                     "%s is made for x86-64, the rest of the image for ARM",
                                     foreign[0]));
}

static void test_without_kernel_the_most_common_machine_decides(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile_for_host(shop, "host"), compile(shop, "a", "int v;"),
                             compile(shop, "b", "int w;")};
    const struct program task = task_of(objects, 3);
    struct objects_target target;
    assert_false(check(shop, &task, NULL, &target));
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].code, "link-wrong-machine");
}

static void test_wrong_member_of_an_archive(void **state)
{
    struct workshop *shop = *state;
    compile_for_host(shop, "host");
    const char *objects[] = {compile(shop, "a", "int v;")};
    run(shop, "ar rcs libmixed.a a.o host.o");
    const char *libraries[] = {in_folder(shop, "libmixed.a")};
    struct program task = task_of(objects, 1);
    task.libraries = libraries;
    task.library_count = 1;
    struct objects_target target;
    assert_false(check(shop, &task, NULL, &target));
    assert_true(has_code(shop, "link-wrong-machine"));
}

static void test_archive_members(void **state)
{
    struct workshop *shop = *state;
    compile(shop, "short", "int v;");
    compile(shop, "a_name_that_is_longer_than_the_header_has_room_for", "int w;");
    write_text(shop, "odd", "123");
    run(shop, "arm-none-eabi-ar rcs lib.a short.o odd a_name*.o");
    const struct span archive = read_file(shop, in_folder(shop, "lib.a"));
    size_t offset = 0;
    struct span member;
    assert_true(ar_archive_next(archive, &offset, &member));
    assert_true(span_equal(member, read_file(shop, in_folder(shop, "short.o"))));
    assert_true(ar_archive_next(archive, &offset, &member));
    assert_true(span_equal(member, span_of_text("123")));
    assert_true(ar_archive_next(archive, &offset, &member));
    assert_false(ar_archive_next(archive, &offset, &member));
    for (size_t bytes = 0; bytes < archive.bytes; bytes += 7) {
        struct buffer cut = buffer_in(shop->arena); /* exactly as large, for the sanitizer */
        buffer_append(&cut, archive.data, bytes);
        offset = 0;
        while (ar_archive_next(buffer_span(&cut), &offset, &member))
            assert_true(member.bytes <= bytes);
    }
}

static void test_machine_names(void **state)
{
    struct workshop *shop = *state;
    assert_string_equal(objects_machine_name(shop->arena, X86_64), "x86-64");
    assert_string_equal(objects_machine_name(shop->arena, 999), "machine 999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_good_objects),
        TEST(test_all_that_is_wrong_is_told_at_once),
        TEST(test_what_is_wrong_with_a_file_is_told),
        TEST(test_kernel_decides_the_machine),
        TEST(test_without_kernel_the_most_common_machine_decides),
        TEST(test_wrong_member_of_an_archive),
        TEST(test_archive_members),
        TEST(test_machine_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
