#include "cli/build/build_files.h"

#include "cli/build/report_built.h"
#include "cli/image/image_forms.h"
#include "cli/plan/layout_json.h"
#include "cli/report/report_html.h"
#include "cli/report/report_json.h"
#include "cli/report/report_text.h"
#include "cli/signing/signer.h"
#include "linker/image/image_format.h"
#include "sign/image/image_id.h"

static bool make_forms(struct build *build, const struct built_slot *built,
                       struct build_files *files)
{
    const struct manifest *manifest = built->slot->manifest;
    struct form_signer signer;
    struct form_job job = {
        .image = &built->image,
        .bin = files->bin,
        .slot = built->slot,
        .version = {{manifest->major, manifest->minor, manifest->patch}},
        .epoch = manifest->epoch,
        .arena = build->arena,
        .diags = build->diags,
    };
    if (build->image_signer != NULL) {
        signer = signer_for_forms(build->image_signer);
        job.signer = &signer;
    }
    files->forms = ARENA_ARRAY(build->arena, struct span, image_form_count);
    for (size_t i = 0; i < image_form_count; i++) {
        const struct image_form *form = &image_forms[i];
        const bool is_made = form->is_in_every_archive || (manifest->formats & form->format) != 0;
        if (is_made && !image_forms_make(form, &job, &files->forms[i]))
            return false;
    }
    return true;
}

bool build_files_of(struct build *build, const struct built_slot *built, struct build_files *ret)
{
    struct arena *arena = build->arena;
    struct build_files files = {
        .elf = image_elf(arena, &built->image),
        .bin = image_format_bin(arena, &built->image),
        .layout_json = layout_json(built->slot, &built->plan, arena),
        .id = image_id_text(built->id, arena),
    };
    const struct report report = report_of_built(build, built);
    files.report_json = report_json_text(&report, arena);
    files.report_text = report_text(&report, arena);
    files.report_html = report_html(&report, arena);
    if (!make_forms(build, built, &files))
        return false;
    *ret = files;
    return true;
}
