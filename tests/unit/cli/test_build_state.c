/* What a build remembers: fresh only when nothing changed, and no harm from a state that is broken.
 */
#include "cli/build/build_state.h"

#include "tests/unit/base/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

/* A linker run of one input, whose output is there. */
struct scene {
    struct fixture *fixture;
    const char *state_path, *linker, *input, *output;
    const char *argv[4];
    struct link_step step;
    struct path_list inputs, programs;
};

static struct scene scene_in(struct fixture *fixture)
{
    (void)mkdir(in_folder(fixture, "work"), 0755);
    struct scene scene = {.fixture = fixture,
                          .state_path = in_folder(fixture, "work/state.json"),
                          .linker = make_file(fixture, "ld", "linker"),
                          .input = make_file(fixture, "in.o", "input"),
                          .output = make_file(fixture, "out.elf", "output"),
                          .argv = {"ld", "-T", "script", NULL}};
    path_list_add(&scene.inputs, fixture->arena, scene.input);
    path_list_add(&scene.programs, fixture->arena, scene.linker);
    return scene;
}

static const struct link_step *step_of(struct scene *scene)
{
    scene->step = (struct link_step){.argv = scene->argv,
                                     .argument_count = 3,
                                     .script_text = "SECTIONS {}",
                                     .output_path = scene->output};
    return &scene->step;
}

static struct fingerprint key_of(const char *text)
{
    return fingerprint_of(span_of_text(text));
}

static bool record_run(struct scene *scene, struct build_state *state)
{
    const struct build_run run = {.programs = &scene->programs, .inputs = &scene->inputs};
    return build_state_record(state, step_of(scene), &run, &scene->fixture->diags);
}

static bool is_fresh(struct scene *scene, struct build_state *state, const struct link_step *step,
                     const char *linker)
{
    struct path_list programs = {0};
    path_list_add(&programs, scene->fixture->arena, linker);
    return build_state_ask(state, step, &programs).why == BUILD_FRESH;
}

/* Records the run and a whole build, and saves both. */
static void record(struct scene *scene)
{
    struct fixture *fixture = scene->fixture;
    struct build_state *state = build_state_load(fixture->arena, scene->state_path);
    assert_true(record_run(scene, state));
    struct path_list outputs = {0};
    path_list_add(&outputs, fixture->arena, scene->output);
    const struct fingerprint key = key_of("build");
    build_state_record_build(state, &key, &outputs, "the \"summary\"\n");
    make_file(fixture, "work/state.json", build_state_text(state, fixture->arena));
}

static bool step_is_fresh(struct scene *scene)
{
    struct build_state *state = build_state_load(scene->fixture->arena, scene->state_path);
    return is_fresh(scene, state, step_of(scene), scene->linker);
}

static bool build_is_fresh(struct scene *scene, const char *key_text)
{
    struct build_state *state = build_state_load(scene->fixture->arena, scene->state_path);
    const struct fingerprint key = key_of(key_text);
    return build_state_build_is_fresh(state, &key);
}

static void touch(const char *path)
{
    const struct timespec times[2] = {{4000000000, 0}, {4000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void nothing_changed_is_fresh(void **state)
{
    struct scene scene = scene_in(*state);
    assert_false(step_is_fresh(&scene));
    assert_false(build_is_fresh(&scene, "build"));
    record(&scene);
    assert_true(step_is_fresh(&scene));
    assert_true(build_is_fresh(&scene, "build"));
    assert_false(build_is_fresh(&scene, "other"));
    const struct build_state *loaded = build_state_load(scene.fixture->arena, scene.state_path);
    assert_string_equal(build_state_summary(loaded), "the \"summary\"\n");
}

/* What is saved, loaded and saved again is the same. */
static void a_state_survives_being_saved(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    struct arena *arena = scene.fixture->arena;
    const char *first = build_state_text(build_state_load(arena, scene.state_path), arena);
    check_content(scene.fixture, "work/state.json", first);
}

static void a_changed_input_is_stale(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    make_file(scene.fixture, "in.o", "INPUT");
    touch(scene.input);
    assert_false(step_is_fresh(&scene));
    record(&scene);
    assert_true(step_is_fresh(&scene));
    file_remove(scene.input);
    assert_false(step_is_fresh(&scene));
    no_diags(scene.fixture);
}

static void a_touched_input_is_fresh(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    touch(scene.input);
    touch(scene.linker);
    assert_true(step_is_fresh(&scene));
}

/* A digest comes from the state only as long as the file's stamp is the one that is known. */
static void a_digest_follows_the_bytes(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct fingerprint digest;
    const char *const contents[] = {"one", "two", "three", ""};
    for (size_t i = 0; i < COUNT(contents); i++) {
        make_file(fixture, "new", contents[i]);
        assert_int_equal(rename(in_folder(fixture, "new"), scene.input), 0);
        const struct fingerprint expected = key_of(contents[i]);
        struct build_state *loaded = build_state_load(fixture->arena, scene.state_path);
        for (int again = 0; again < 2; again++) {
            assert_true(build_state_fingerprint(loaded, scene.input, &digest, &fixture->diags));
            assert_true(fingerprint_equal(&digest, &expected));
        }
    }
    struct build_state *last = build_state_load(fixture->arena, scene.state_path);
    assert_false(
        build_state_fingerprint(last, in_folder(fixture, "missing"), &digest, &fixture->diags));
    take_only_diag(fixture, "file-missing");
}

static void a_changed_output_is_stale(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    touch(scene.output);
    assert_false(step_is_fresh(&scene));
    assert_false(build_is_fresh(&scene, "build"));
    record(&scene);
    assert_true(step_is_fresh(&scene));
    file_remove(scene.output);
    assert_false(step_is_fresh(&scene));
    assert_false(build_is_fresh(&scene, "build"));
    record(&scene); /* of an output that is not there */
    assert_false(step_is_fresh(&scene));
    assert_false(build_is_fresh(&scene, "build"));
}

static void another_run_is_stale(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    struct build_state *loaded = build_state_load(scene.fixture->arena, scene.state_path);
    struct link_step step = *step_of(&scene);
    assert_true(is_fresh(&scene, loaded, &step, scene.linker));
    step.script_text = "SECTIONS { }";
    assert_false(is_fresh(&scene, loaded, &step, scene.linker));
    step = *step_of(&scene);
    step.argument_count = 2;
    assert_false(is_fresh(&scene, loaded, &step, scene.linker));
    step = *step_of(&scene);
    scene.argv[2] = "scripT";
    assert_false(is_fresh(&scene, loaded, &step, scene.linker));
    scene.argv[2] = "script";
    step.output_path = scene.input;
    assert_false(is_fresh(&scene, loaded, &step, scene.linker));
    step = *step_of(&scene);
    assert_false(is_fresh(&scene, loaded, &step, scene.input)); /* another linker */
    assert_false(is_fresh(&scene, loaded, &step, in_folder(scene.fixture, "missing")));
    assert_true(is_fresh(&scene, loaded, &step, scene.linker));
}

static void a_linker_that_changed_is_stale(void **state)
{
    struct scene scene = scene_in(*state);
    record(&scene);
    make_file(scene.fixture, "ld", "LINKER");
    touch(scene.linker);
    assert_false(step_is_fresh(&scene));
}

static void a_run_whose_input_is_gone_is_not_recorded(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct build_state *loaded = build_state_load(fixture->arena, scene.state_path);
    file_remove(scene.input);
    assert_false(record_run(&scene, loaded));
    take_only_diag(fixture, "file-missing");
    make_file(fixture, "in.o", "input");
    assert_false(is_fresh(&scene, loaded, step_of(&scene), scene.linker));
}

/* ---- while a build runs ---- */

static const char *settle(struct build_state *state)
{
    const char *changed;
    build_state_settle(state, &changed);
    return changed;
}

static void an_input_that_changes_during_a_run_is_noticed(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct build_state *running = build_state_load(fixture->arena, scene.state_path);
    struct fingerprint before;
    assert_true(build_state_fingerprint(running, scene.input, &before, &fixture->diags));
    assert_true(build_state_fingerprint(running, scene.linker, &before, &fixture->diags));
    assert_true(record_run(&scene, running));
    assert_null(settle(running));
    make_file(fixture, "in.o", "iNput"); /* of the same size, and perhaps in the same tick */
    assert_string_equal(settle(running), scene.input);
    assert_false(is_fresh(&scene, running, step_of(&scene), scene.linker));
    make_file(fixture, "in.o", "input"); /* as it was: the linker may have read the other one */
    make_file(fixture, "work/state.json", build_state_text(running, fixture->arena));
    assert_false(step_is_fresh(&scene));
}

/* Nobody looked at the library before the linker read it, and it changed since the run began. */
static void a_library_that_came_during_a_run_is_noticed(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct build_state *running = build_state_load(fixture->arena, scene.state_path);
    path_list_add(&scene.inputs, fixture->arena, make_file(fixture, "libc.a", "library"));
    assert_true(record_run(&scene, running));
    assert_non_null(settle(running));
    assert_false(is_fresh(&scene, running, step_of(&scene), scene.linker));
}

/* Such as the kernel's tables, which a run may write more than once. */
static void files_of_the_build_itself_may_change(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct build_state *running = build_state_load(fixture->arena, scene.state_path);
    struct fingerprint unused;
    assert_true(build_state_fingerprint(running, scene.linker, &unused, &fixture->diags));
    assert_true(build_state_fingerprint(running, scene.input, &unused, &fixture->diags));
    path_list_add(&scene.inputs, fixture->arena, make_file(fixture, "work/tables.o", "tables"));
    assert_true(record_run(&scene, running));
    assert_null(settle(running));
    assert_true(is_fresh(&scene, running, step_of(&scene), scene.linker));
    make_file(fixture, "work/tables.o", "Tables");
    assert_false(is_fresh(&scene, running, step_of(&scene), scene.linker));
    assert_null(settle(running));
}

static void a_file_that_appears_is_noticed(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    struct path_list absent = {0};
    path_list_add(&absent, fixture->arena, in_folder(fixture, "libfirst.a"));
    struct build_state *running = build_state_load(fixture->arena, scene.state_path);
    const struct build_run run = {&scene.programs, &scene.inputs, &absent};
    assert_true(build_state_record(running, step_of(&scene), &run, &fixture->diags));
    make_file(fixture, "work/state.json", build_state_text(running, fixture->arena));
    assert_true(step_is_fresh(&scene));
    make_file(fixture, "libfirst.a", "library");
    assert_false(step_is_fresh(&scene));
}

/* ---- broken states ---- */

/* Loads what is there, asks it everything, and saves it. */
static void use(struct scene *scene)
{
    struct fixture *fixture = scene->fixture;
    struct build_state *state = build_state_load(fixture->arena, scene->state_path);
    const struct fingerprint key = key_of("build");
    const struct fingerprint zero = {{0}};
    (void)is_fresh(scene, state, step_of(scene), scene->linker);
    (void)build_state_build_is_fresh(state, &key);
    assert_false(build_state_build_is_fresh(state, &zero));
    assert_non_null(build_state_summary(state));
    make_file(fixture, "work/state.json", build_state_text(state, fixture->arena));
    record(scene);
    assert_true(step_is_fresh(scene));
    assert_true(build_is_fresh(scene, "build"));
}

static void a_truncated_state_is_no_state(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    record(&scene);
    struct span whole;
    assert_true(
        file_read(fixture->arena, scene.state_path, 1 << 20, NOWHERE, &whole, &fixture->diags));
    for (size_t bytes = 0; bytes < whole.bytes; bytes += 1 + bytes / 64) {
        make_file(fixture, "work/state.json",
                  arena_copy_text(fixture->arena, (const char *)whole.data, bytes));
        if (step_is_fresh(&scene) || build_is_fresh(&scene, "build"))
            fail_msg("%zu of %zu bytes are taken for the whole", bytes, whole.bytes);
    }
    use(&scene);
}

static void other_json_is_no_state(void **state)
{
    static const char *const texts[] = {
        "",
        "null",
        "7",
        "[]",
        "{}",
        "\"imgbuild_state\"",
        "{\"imgbuild_state\": 2}",
        "\xff\xfe",
        "{\"imgbuild_state\": \"1\"}",
        "{\"imgbuild_state\": 1}",
        "[[[[[[[[",
        "{\"imgbuild_state\": 2, \"files\": 1, \"steps\": \"x\", \"build\": []}",
        "{\"imgbuild_state\": 2, \"files\": [1, null, [], {}], \"steps\": [{}, 7, \"x\"]}",
        "{\"imgbuild_state\": 2, \"files\": {\"a\": 1}, \"steps\": {\"b\": 2}, \"build\": 3}",
        "{\"imgbuild_state\": 2, \"files\": [{\"path\": 1, \"stamp\": {}, \"xxh3\": []}]}",
        "{\"imgbuild_state\": 2, \"files\": [{\"path\": \"a\", \"stamp\": [\"x\", 1.5, -1]}]}",
        "{\"imgbuild_state\": 2, \"steps\": [{\"output\": \"\", \"inputs\": [1, {}, null]}]}",
        "{\"imgbuild_state\": 2, \"steps\": [{\"output\": [], \"key\": 5, \"inputs\": 9}]}",
        "{\"imgbuild_state\": 2, \"build\": {\"key\": 1, \"outputs\": [1, {}], \"summary\": 2}}",
        "{\"imgbuild_state\": 2, \"build\": {\"key\": \"\", \"outputs\": {}, \"summary\": null}}",
        "{\"imgbuild_state\": 2, \"files\": [], \"memories\": [], \"steps\": [{\"output\": \"o\", "
        "\"inputs\": \"0\"}]}", /* of no file */
        "{\"imgbuild_state\": 2, \"files\": [{\"path\": \"a\", \"stamp\": \"1 2 3 4\", "
        "\"taken\": 1, \"xxh3\": \"00000000000000000000000000000000\"}]}",
        "{\"imgbuild_state\": 99999999999999999999999}",
        "{\"imgbuild_state\": 2, \"files\": [{\"path\": \"a\\u0000b\"}]}",
    };
    struct scene scene = scene_in(*state);
    for (size_t i = 0; i < COUNT(texts); i++) {
        make_file(scene.fixture, "work/state.json", texts[i]);
        assert_false(step_is_fresh(&scene));
        assert_false(build_is_fresh(&scene, "build"));
        use(&scene);
    }
    no_diags(scene.fixture);
}

/* A state in which one byte is another may cost a link, but does not make a changed file look
 * fresh. */
static void no_wrong_byte_hides_a_change(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    record(&scene);
    struct span whole;
    assert_true(
        file_read(fixture->arena, scene.state_path, 1 << 20, NOWHERE, &whole, &fixture->diags));
    make_file(fixture, "in.o", "another input");
    char *text = arena_copy_text(fixture->arena, (const char *)whole.data, whole.bytes);
    for (size_t i = 0; i < whole.bytes; i++) {
        const char kept = text[i];
        text[i] = kept == '0' ? '1' : '0';
        make_file(fixture, "work/state.json", text);
        assert_false(step_is_fresh(&scene));
        text[i] = kept;
    }
}

/* Names that are not UTF-8 cannot be written as JSON: they are forgotten, nothing else is. */
static void names_in_another_encoding_are_forgotten(void **state)
{
    struct scene scene = scene_in(*state);
    struct fixture *fixture = scene.fixture;
    record(&scene);
    struct scene other = scene;
    other.output = make_file(fixture, "\xe4.elf", "output");
    other.inputs = (struct path_list){0};
    path_list_add(&other.inputs, fixture->arena, make_file(fixture, "\xf6.o", "input"));
    record(&other);
    assert_false(step_is_fresh(&other));
    assert_false(build_is_fresh(&other, "build"));
    assert_true(step_is_fresh(&scene));
    other.output = scene.output;
    record(&other);
    assert_false(step_is_fresh(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_changed_is_fresh),
        TEST(a_state_survives_being_saved),
        TEST(a_changed_input_is_stale),
        TEST(a_touched_input_is_fresh),
        TEST(a_digest_follows_the_bytes),
        TEST(a_changed_output_is_stale),
        TEST(another_run_is_stale),
        TEST(a_linker_that_changed_is_stale),
        TEST(a_run_whose_input_is_gone_is_not_recorded),
        TEST(an_input_that_changes_during_a_run_is_noticed),
        TEST(a_library_that_came_during_a_run_is_noticed),
        TEST(files_of_the_build_itself_may_change),
        TEST(a_file_that_appears_is_noticed),
        TEST(a_truncated_state_is_no_state),
        TEST(other_json_is_no_state),
        TEST(no_wrong_byte_hides_a_change),
        TEST(names_in_another_encoding_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
