/* `imgbuild info`: shows what an image is, and its info block; changes an archive's block. */
#include "cli/archive/artifact.h"
#include "cli/image/image_forms.h"
#include "cli/info_options.h"
#include "cli/sign_options.h"
#include "cli/signing/info_change.h"
#include "cli/signing/info_text.h"

#include "sign/archive/archive_sign.h"

/* ---- showing ---- */

static bool read_facts(struct invocation *invocation, const struct artifact *artifact,
                       struct info_shown *ret)
{
    struct arena *arena = invocation->arena;
    struct info_shown shown = {.is_archive = artifact->is_archive};
    struct image image;
    struct span elf, about;
    if (!artifact_need_member(artifact, IMAGE_ELF_MEMBER, &elf))
        return false;
    const char *path = artifact_pos(artifact, IMAGE_ELF_MEMBER).file;
    if (!image_read(arena, elf, path, &image, invocation->diags) ||
        !info_change_read(&image, path, arena, &shown.found, invocation->diags))
        return false;
    shown.header_addr = image.header_addr;
    if (artifact->is_archive && (!artifact_need_member(artifact, "archive.json", &about) ||
                                 !archive_about_read(about, artifact_pos(artifact, "archive.json"),
                                                     arena, &shown.about, invocation->diags)))
        return false;
    *ret = shown;
    return true;
}

static enum exit_status show(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct artifact artifact;
    struct info_shown shown;
    if (!artifact_open(options->words[0], options_value(options, "slot"), invocation->arena,
                       &artifact, invocation->diags) ||
        !read_facts(invocation, &artifact, &shown))
        return EXIT_INPUT;
    const char *text = options_flag(options, "json") ? info_text_json(&shown, invocation->arena)
                                                     : info_text(&shown, invocation->arena);
    return terminal_print(invocation->terminal, text) ? command_status(invocation) : EXIT_INPUT;
}

/* ---- changing ---- */

static bool may_change(struct invocation *invocation, struct sign_target *target)
{
    bool had_signatures;
    if (!archive_sign_is_signed(&target->archive))
        return true;
    /* first: do not drop signatures for a block that does not exist */
    if (!info_change_need_block(&target->archive, target->path, invocation->arena,
                                invocation->diags))
        return false;
    if (options_flag(&invocation->options, "drop-signatures"))
        return sign_target_drop_signatures(target, &had_signatures);
    diag_error(invocation->diags, "info-signed", (struct source_pos){target->path, 0, 0},
               "the archive is signed, and changing the info block invalidates its signatures");
    diag_hint(invocation->diags,
              "add --drop-signatures to remove them, then sign the archive again");
    return false;
}

static bool change_archive(struct invocation *invocation, const struct info_change *change)
{
    struct sign_target target;
    struct span changed;
    const bool ok = sign_options_open_target(invocation, SIGN_TARGET_TO_CHANGE, &target) &&
                    may_change(invocation, &target) &&
                    info_change_archive(&target.archive, target.path, change, invocation->arena,
                                        &changed, invocation->diags) &&
                    sign_target_write(&target, changed);
    sign_target_close(&target);
    return ok;
}

static enum exit_status change(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct info_change change = {.signer = NULL};
    struct form_signer form_signer;
    struct signer *signer = NULL;
    enum exit_status status;
    if (options_flag(options, "json") || options_value(options, "slot") != NULL)
        return command_usage(invocation, "--json and --slot cannot be used with --set or --unset");
    if (file_is_folder(options->words[0]))
        return command_usage(
            invocation,
            "--set and --unset need an archive, not a build folder: use `build --info`");
    if (!info_options_read_tags(invocation, "unset", &change.removed))
        return EXIT_USAGE;
    if (!info_options_read(invocation, "set", &change.added, &status) ||
        !sign_options_open_image_signer(invocation, &signer, &status))
        return status;
    if (signer != NULL) {
        form_signer = signer_for_forms(signer);
        change.signer = &form_signer;
    }
    const bool ok = change_archive(invocation, &change);
    signer_close(signer);
    return ok ? command_status(invocation) : EXIT_INPUT;
}

/* Options that need a change of the block. */
static bool is_lost(const struct options *options)
{
    return options_flag(options, "drop-signatures") || options_value(options, "output") != NULL ||
           options_value(options, "image-key") != NULL ||
           options_value(options, "image-signer") != NULL;
}

static enum exit_status run(struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    if (options_values(options, "set")->count != 0 || options_values(options, "unset")->count != 0)
        return change(invocation);
    if (is_lost(options))
        return command_usage(invocation, "missing --set or --unset: nothing to change");
    return show(invocation);
}

static const struct option options[] = {
    {"json", 0, OPTION_FLAG, NULL, "print as JSON"},
    {"slot", 0, OPTION_ONE, "NAME", "the image slot, for a build folder with several"},
    {"set", 0, OPTION_MANY, "KEY=VALUE",
     "put VALUE, or with @FILE the contents of FILE, into the info block"},
    {"unset", 0, OPTION_MANY, "KEY", "remove this key from the info block"},
    {"drop-signatures", 0, OPTION_FLAG, NULL, "remove the signatures of a signed archive"},
    {"output", 'o', OPTION_ONE, "FILE", "write to FILE (default: in place)"},
    IMAGE_SIGNING_OPTIONS,
};

const struct command command_info = {
    .name = "info",
    .words = "ARCHIVE|FOLDER",
    .least_words = 1,
    .most_words = 1,
    .summary = "show what an image is and its info block, or change the block",
    .help = "Shows an archive or a build folder. Signatures are not checked: use\n"
            "`imgbuild verify` for that.\n"
            "--set and --unset change the info block of an archive in every format of the\n"
            "image; the ID stays the same. The result is what `build --info` would have "
            "made.\n" INFO_OPTIONS_HELP,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
