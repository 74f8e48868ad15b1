/* `imgbuild build`: from objects to images and an archive. */
#include "cli/archive/archive_about.h"
#include "cli/build/build_board.h"
#include "cli/build/build_sign.h"
#include "cli/help.h"
#include "cli/info_options.h"
#include "cli/inputs.h"
#include "cli/sign_options.h"
#include "cli/signing/public_file.h"

#include "base/buffer.h"
#include "base/interruption.h"
#include "base/path.h"
#include "base/process/process.h"

#include <stdlib.h>
#include <string.h>

enum { PARALLEL_MOST = 1024, PARALLEL_MOST_UNDER_MAKE = 256, TIMEOUT_SECONDS_MOST = 1000000 };

/* ---- options ---- */

/* A number from 1 to `most`; *ret is untouched without the option. */
static bool read_number(struct invocation *invocation, const char *option, long most, unsigned *ret)
{
    const char *text = options_value(&invocation->options, option);
    if (text == NULL)
        return true;
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > most) {
        command_usage(invocation, "invalid --%s '%s': expected a number from 1 to %ld", option,
                      text, most);
        return false;
    }
    *ret = (unsigned)value;
    return true;
}

/* The options about imgbuild.lock. */
static bool read_locking(struct invocation *invocation, struct lock_file *ret)
{
    const char *locked = options_value(&invocation->options, "locked");
    const char *headroom = options_value(&invocation->options, "headroom");
    struct lock_file file = {.is_updated = options_flag(&invocation->options, "update-lock")};
    file.policy.budget_per_mille = LOCK_BUDGET_PER_MILLE;
    if (file.is_updated)
        file.locking = PLAN_WITH_HEADROOM;
    if (headroom != NULL && (!file.is_updated || locked != NULL)) {
        command_usage(invocation, "--headroom requires --update-lock");
        return false;
    }
    if (headroom != NULL && !lock_file_per_mille(headroom, &file.policy.headroom_per_mille)) {
        command_usage(invocation, "invalid --headroom '%s': expected a percentage such as 3%%",
                      headroom);
        return false;
    }
    if (locked != NULL && !lock_file_ask_locked(locked, &file)) {
        command_usage(invocation,
                      "invalid --locked '%s': expected strict or a percentage such as 2%%", locked);
        return false;
    }
    *ret = file;
    return true;
}

static const char *output_folder(struct invocation *invocation, const struct manifest *manifest)
{
    const char *given = options_value(&invocation->options, "output");
    if (given != NULL)
        return given;
    const char *beside = path_folder(invocation->arena, invocation->options.words[0]);
    return path_join(invocation->arena, beside,
                     arena_format(invocation->arena, "build-%s", manifest->name.text));
}

static void note_keys_without_effect(struct invocation *invocation, const struct manifest *manifest)
{
    const struct manifest_texts *keys = &manifest->without_effect;
    if (keys->count == 0)
        return;
    struct buffer names = buffer_in(invocation->arena);
    for (size_t i = 0; i < keys->count; i++)
        buffer_format(&names, "%s%s", i == 0 ? "" : ", ", keys->items[i].text);
    diag_add(invocation->diags, DIAG_NOTE, "no-effect-yet",
             (struct source_pos){manifest->name.pos.file, 0, 0},
             "read and checked, but not used yet: %s", buffer_text(&names));
}

/* What --sign, --passphrase-file and --cert ask for; *ret NULL without --sign. */
static bool read_sign(struct invocation *invocation, struct build_sign **ret,
                      enum exit_status *ret_status)
{
    const struct options *options = &invocation->options;
    const char *chain_path = options_value(options, "cert");
    struct build_sign *sign = ARENA_NEW(invocation->arena, struct build_sign);
    sign->source.key_path = options_value(options, "sign");
    sign->source.passphrase_path = options_value(options, "passphrase-file");
    if (sign->source.key_path == NULL &&
        (chain_path != NULL || sign->source.passphrase_path != NULL)) {
        *ret_status = command_usage(invocation, "--%s requires --sign",
                                    chain_path != NULL ? "cert" : "passphrase-file");
        return false;
    }
    *ret_status = EXIT_INPUT;
    if (chain_path != NULL &&
        !public_file_read_chain(chain_path, invocation->arena, &sign->chain, invocation->diags))
        return false;
    *ret = sign->source.key_path == NULL ? NULL : sign;
    return true;
}

/* The options --info and those for an image's own signature. */
static bool read_image_options(struct invocation *invocation, const struct manifest *manifest,
                               struct build *build, enum exit_status *ret_status)
{
    if (!info_options_read(invocation, "info", &build->info, ret_status) ||
        !sign_options_open_image_signer(invocation, &build->image_signer, ret_status))
        return false;
    const bool makes_mcuboot = manifest->formats & MANIFEST_FORMAT_MCUBOOT;
    *ret_status = EXIT_INPUT;
    if (build->info.count != 0 && !manifest->info.is_given) {
        diag_error(invocation->diags, "info-no-block", manifest->name.pos,
                   "--info is given, but the board has no info block");
        diag_hint(invocation->diags, "add info: {size: 256} to the board");
        return false;
    }
    if (build->image_signer != NULL && !makes_mcuboot) {
        diag_error(invocation->diags, "mcuboot-no-format", manifest->name.pos,
                   "a key for the image is given, but the board has no signed image format");
        diag_hint(invocation->diags,
                  "add mcuboot to the board's formats: formats: [elf, bin, mcuboot]");
        return false;
    }
    if (build->image_signer == NULL && makes_mcuboot) {
        diag_add(invocation->diags, DIAG_WARNING, "mcuboot-unsigned", manifest->mcuboot.pos,
                 "the image for MCUboot is not signed: it has only a digest");
        diag_hint(invocation->diags, "add --image-key KEY.pem to sign it: a boot loader with a key "
                                     "refuses an unsigned image");
    }
    return true;
}

/* Takes the folder's lock; another build in it is waited for, unless --no-wait refuses. */
static bool lock_folder(struct invocation *invocation, const struct build *build,
                        struct folder_lock *ret)
{
    enum folder_lock_answer answer =
        folder_lock_take(build->arena, build->work_folder, FOLDER_LOCK_AT_ONCE, ret, build->diags);
    if (answer == FOLDER_LOCK_BUSY && options_flag(&invocation->options, "no-wait")) {
        diag_error(build->diags, "folder-busy", NOWHERE, "another build is writing to %s",
                   build->folder);
        diag_hint(build->diags, "wait for it to finish, or give this build its own folder with -o");
        return false;
    }
    if (answer == FOLDER_LOCK_BUSY) {
        progress_show(build->progress,
                      arena_format(build->arena, "waiting for another build in %s", build->folder));
        answer = folder_lock_take(build->arena, build->work_folder, FOLDER_LOCK_WHEN_FREE, ret,
                                  build->diags);
    }
    return answer == FOLDER_LOCK_TAKEN;
}

static bool run_build(struct invocation *invocation, struct build *build)
{
    struct folder_lock lock = {-1};
    const char *summary = "";
    const bool ok = folder_create(build->arena, build->work_folder, build->diags) &&
                    lock_folder(invocation, build, &lock) && build_board(build, &summary);
    folder_lock_release(&lock);
    terminal_progress_end(invocation->terminal);
    return ok && (invocation->terminal->verbosity == QUIET ||
                  terminal_print(invocation->terminal, summary));
}

/* What the options say of how linkers run. The job server is to be closed. */
static bool read_pool(struct invocation *invocation, struct process_pool_options *ret)
{
    unsigned timeout_seconds = 0;
    unsigned parallel = process_processor_count();
    if (!read_number(invocation, "jobs", PARALLEL_MOST, &parallel) ||
        !read_number(invocation, "timeout", TIMEOUT_SECONDS_MOST, &timeout_seconds))
        return false;
    struct jobserver *server;
    const enum jobserver_state state =
        jobserver_open(invocation->arena, getenv("MAKEFLAGS"), &server);
    if (state == JOBSERVER_OPEN && options_value(&invocation->options, "jobs") == NULL)
        parallel = PARALLEL_MOST_UNDER_MAKE; /* tokens decide */
    if (state == JOBSERVER_CLOSED && options_value(&invocation->options, "jobs") == NULL)
        parallel = 1; /* as make itself does: its other jobs already use all that there is */
    *ret = (struct process_pool_options){
        .parallel = parallel,
        .timeout_seconds = timeout_seconds,
        .on_failure = options_flag(&invocation->options, "keep-going") ? PROCESS_KEEP_GOING
                                                                       : PROCESS_STOP_STARTING,
        .jobserver = server,
    };
    return true;
}

/* One attempt, from the manifest to the outputs. *ret_changed: an input that changed meanwhile, so
 * that nothing was written; NULL: none did. */
static enum exit_status build_once(struct invocation *invocation,
                                   const struct process_pool_options *pool, struct lock_file lock,
                                   const char **ret_changed)
{
    struct manifest manifest;
    struct build_sign *sign;
    enum exit_status status;
    if (!read_sign(invocation, &sign, &status))
        return status;
    if (!inputs_load_board(invocation, MANIFEST_FOR_BUILD, &manifest, &status))
        return status;
    note_keys_without_effect(invocation, &manifest);
    if (!lock_file_read(invocation->options.words[0], &manifest, invocation->arena, &lock,
                        invocation->diags))
        return EXIT_INPUT;
    const char *revision = options_value(&invocation->options, "revision");
    if (revision != NULL && !archive_about_can_say(revision))
        return command_usage(invocation, "invalid --revision: expected one line of printable text");
    const char *folder = output_folder(invocation, &manifest);
    const struct option_values *variables = options_values(&invocation->options, "define");
    struct build build = {
        .arena = invocation->arena,
        .diags = invocation->diags,
        .progress = &invocation->progress,
        .tool = help_tool(),
        .manifest = &manifest,
        .folder = folder,
        .work_folder = path_join(invocation->arena, folder, ".imgbuild"),
        .revision = revision,
        .variables = variables->items,
        .variable_count = variables->count,
        .pool = *pool,
        .explains = options_flag(&invocation->options, "explain"),
        .lock = lock,
        .sign = sign,
    };
    if (read_image_options(invocation, &manifest, &build, &status))
        status = run_build(invocation, &build) ? command_status(invocation) : EXIT_INPUT;
    signer_close(build.image_signer);
    *ret_changed = build.changed_input;
    return status;
}

/* Builds, and again when an input changed meanwhile. */
static enum exit_status build_settled(struct invocation *invocation,
                                      const struct process_pool_options *pool,
                                      const struct lock_file *lock)
{
    enum { ATTEMPTS = 3 };
    const struct diag_list before = *invocation->diags;
    const char *changed = NULL;
    for (int i = 0; i < ATTEMPTS; i++) {
        changed = NULL;
        const enum exit_status status = build_once(invocation, pool, *lock, &changed);
        if (changed == NULL || interruption_signal() != 0)
            return status;
        if (invocation->diags->error_count > before.error_count)
            *invocation->diags = before; /* errors in bytes that are no more */
    }
    diag_error(invocation->diags, "input-changed", NOWHERE, "%s changed during each of %d attempts",
               changed, ATTEMPTS);
    diag_hint(invocation->diags, "let whatever writes it finish before the build");
    return EXIT_INPUT;
}

static enum exit_status run(struct invocation *invocation)
{
    struct process_pool_options pool;
    struct lock_file lock;
    if (!read_locking(invocation, &lock) || !read_pool(invocation, &pool))
        return EXIT_USAGE;
    const enum exit_status status = build_settled(invocation, &pool, &lock);
    jobserver_close(pool.jobserver);
    return status;
}

static const struct option options[] = {
    OPTION_DEFINE,
    {"output", 'o', OPTION_ONE, "DIR", "where to write (default build-<name> beside the manifest)"},
    {"jobs", 'j', OPTION_ONE, "N",
     "run N linkers at once (default: the number of processors, or as many as make's job server "
     "allows)"},
    {"timeout", 0, OPTION_ONE, "SECONDS", "end a linker that takes longer"},
    {"keep-going", 'k', OPTION_FLAG, NULL, "after a failure, run the remaining linkers too"},
    {"no-wait", 0, OPTION_FLAG, NULL, "fail when another build is writing to the same folder"},
    {"explain", 0, OPTION_FLAG, NULL, "say why each linker runs"},
    {"locked", 0, OPTION_MAYBE, "2%|strict",
     "keep blocks where imgbuild.lock has them; extra waste allowed (default 2%), or strict"},
    {"update-lock", 0, OPTION_FLAG, NULL, "write imgbuild.lock beside the manifest"},
    {"headroom", 0, OPTION_ONE, "3%", "with --update-lock: leave the tasks room to grow"},
    {"revision", 0, OPTION_ONE, "TEXT", "source revision to record in the archive"},
    {"info", 0, OPTION_MANY, "KEY=VALUE",
     "put VALUE, or with @FILE the contents of FILE, into the info block"},
    IMAGE_SIGNING_OPTIONS,
    {"sign", 0, OPTION_ONE, "KEY.pem", "sign every archive that is written"},
    {"passphrase-file", 0, OPTION_ONE, "FILE",
     "with --sign: read the key's passphrase from FILE (default: ask)"},
    {"cert", 0, OPTION_ONE, "CHAIN.pem", "with --sign: add these certificates to the signature"},
};

const struct command command_build = {
    .name = "build",
    .words = "BOARD.yaml",
    .least_words = 1,
    .most_words = 1,
    .summary = "link, lay out and package a board's firmware",
    .help = "Links every task separately, packs all tasks into MPU regions, links the kernel\n"
            "with its tables, and writes images, reports and the archive. Only what changed is\n"
            "built again. DIR/image.d is a depfile for make.\n"
            "An archive keeps its signatures while its members are unchanged; --sign adds one.\n"
            "A build that overwrites a signed archive warns which signatures it discards.\n"
            "With --locked, blocks stay where imgbuild.lock, beside the manifest, has them; with\n"
            "--update-lock, that file is written.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
