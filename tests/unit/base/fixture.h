/* What the tests of base/ share: an arena, diagnostics, and a folder that goes with the test. */
#ifndef TESTS_UNIT_BASE_FIXTURE_H
#define TESTS_UNIT_BASE_FIXTURE_H

#include "base/diag.h"
#include "base/file.h"
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define UNUSED       __attribute__((unused))

struct fixture {
    struct arena *arena;
    struct diag_list diags;
    const char *folder;
};

static void fixture_exhausted(void)
{
    abort();
}

static int fixture_open(void **state)
{
    char folder[] = "/tmp/imgbuild test-XXXXXX"; /* with a space: names are never split */
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL || mkdtemp(folder) == NULL)
        return -1;
    fixture->arena = arena_create(fixture_exhausted);
    fixture->diags = diag_list_in(fixture->arena);
    fixture->folder = arena_copy_text(fixture->arena, folder, strlen(folder));
    *state = fixture;
    return 0;
}

static int fixture_close(void **state)
{
    struct fixture *fixture = *state;
    const int status = system(arena_format(fixture->arena, "rm -rf '%s'", fixture->folder));
    arena_destroy(fixture->arena);
    free(fixture);
    return status;
}

/* A path in the test's folder. */
UNUSED static const char *in_folder(struct fixture *fixture, const char *name)
{
    return path_join(fixture->arena, fixture->folder, name);
}

/* Exactly one diagnostic was added, with this code; forgets it. */
UNUSED static const struct diag *take_only_diag(struct fixture *fixture, const char *code)
{
    if (fixture->diags.count != 1 || strcmp(fixture->diags.items[0].code, code) != 0) {
        for (size_t i = 0; i < fixture->diags.count; i++)
            print_message("[%s] %s\n", fixture->diags.items[i].code,
                          fixture->diags.items[i].message);
        fail_msg("%zu diagnostics instead of one %s", fixture->diags.count, code);
    }
    const struct diag *diag = &fixture->diags.items[0];
    fixture->diags = diag_list_in(fixture->arena);
    return diag;
}

UNUSED static void no_diags(const struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->diags.count; i++)
        print_message("[%s] %s\n", fixture->diags.items[i].code, fixture->diags.items[i].message);
    assert_int_equal(fixture->diags.count, 0);
}

/* Puts a file there with the C library, so that what is tested does not make its own input. */
UNUSED static const char *make_file(struct fixture *fixture, const char *name, const char *content)
{
    const char *path = in_folder(fixture, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

UNUSED static void check_content(struct fixture *fixture, const char *name, const char *expected)
{
    struct span content;
    assert_true(file_read(fixture->arena, in_folder(fixture, name), 1 << 24, NOWHERE, &content,
                          &fixture->diags));
    if (!span_equal(content, span_of_text(expected)))
        fail_msg("%s holds '%.*s', not '%s'", name, (int)content.bytes, (const char *)content.data,
                 expected);
}

/* The names in the test's folder, joined by spaces. */
UNUSED static const char *names_in_folder(struct fixture *fixture)
{
    struct path_list names = {0};
    assert_true(file_list(fixture->arena, fixture->folder, &names, &fixture->diags));
    const char *joined = "";
    for (size_t i = 0; i < names.count; i++)
        joined = arena_format(fixture->arena, "%s%s%s", joined, i == 0 ? "" : " ", names.items[i]);
    return joined;
}

#endif
