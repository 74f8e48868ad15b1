#include "cli/image_files.h"

#include "cli/layout_json.h"
#include "cli/report_html.h"
#include "cli/report_text.h"
#include "linker/image_format.h"
#include "sign/image_id.h"

struct image_files image_files_of(const struct built_slot *built, struct arena *arena)
{
    struct image_files files = {
        .elf = image_elf(arena, &built->image),
        .bin = image_format_bin(arena, &built->image),
        .layout_json = layout_json(built->slot, &built->plan, arena),
        .id = image_id_text(built->id, arena),
    };
    const char *layout = report_text_of_layout(built->slot, &built->plan, arena);
    files.report_text = arena_format(arena, "ID %s\n%s", files.id, layout);
    files.report_html = report_html_of(built->slot, &built->plan, files.id, arena);
    if (built->slot->manifest->formats & MANIFEST_FORMAT_HEX)
        files.hex = image_format_hex(arena, &built->image);
    return files;
}
