#include "cli/build/image_files.h"

#include "cli/build/report_built.h"
#include "cli/plan/layout_json.h"
#include "cli/report/report_html.h"
#include "cli/report/report_json.h"
#include "cli/report/report_text.h"
#include "linker/image/image_format.h"
#include "linker/image/image_format_uf2.h"
#include "sign/image/image_id.h"

struct image_files image_files_of(struct build *build, const struct built_slot *built)
{
    struct arena *arena = build->arena;
    struct image_files files = {
        .elf = image_elf(arena, &built->image),
        .bin = image_format_bin(arena, &built->image),
        .layout_json = layout_json(built->slot, &built->plan, arena),
        .id = image_id_text(built->id, arena),
    };
    const struct report report = report_of_built(build, built);
    files.report_json = report_json_text(&report, arena);
    files.report_text = report_text(&report, arena);
    files.report_html = report_html(&report, arena);
    const struct manifest *manifest = built->slot->manifest;
    if (manifest->formats & MANIFEST_FORMAT_HEX)
        files.hex = image_format_hex(arena, &built->image);
    if (manifest->formats & MANIFEST_FORMAT_SREC)
        files.srec = image_format_srec(arena, &built->image, IMAGE_SREC_NAME);
    if (manifest->formats & MANIFEST_FORMAT_UF2)
        files.uf2 = image_format_uf2(arena, &built->image, (uint32_t)manifest->uf2_family.value);
    return files;
}
