#include "cli/build/openocd_script.h"

#include "base/buffer.h"

static void put_source(struct buffer *out, const struct manifest_text *path)
{
    if (path->text != NULL)
        buffer_format(out, "source [find %s]\n", path->text);
}

const char *openocd_script_text(const struct built_slot *built, const char *image,
                                struct arena *arena)
{
    const struct manifest *manifest = built->slot->manifest;
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, "# Flashes and verifies the image with OpenOCD.\n");
    if (manifest->openocd_target.text != NULL)
        buffer_append_text(&out, "#   openocd -f openocd.cfg -c imgbuild_flash -c shutdown\n");
    else
        buffer_append_text(&out, "# Pass it after your board's own configuration:\n"
                                 "#   openocd -f board.cfg -f openocd.cfg -c imgbuild_flash -c "
                                 "shutdown\n");
    buffer_append_text(&out, "# What is flashed:\n");
    for (size_t i = 0; i < built->image.part_count; i++) {
        const struct image_part *part = &built->image.parts[i];
        buffer_format(&out, "#   0x%08llx..0x%08llx %s\n", (unsigned long long)part->addr,
                      (unsigned long long)(part->addr + part->bytes - 1), part->owner);
    }
    put_source(&out, &manifest->openocd_interface);
    put_source(&out, &manifest->openocd_target);
    buffer_format(&out, "set imgbuild_image [file join [file dirname [info script]] %s]\n", image);
    buffer_append_text(&out, "proc imgbuild_verify {} {\n"
                             "    global imgbuild_image\n"
                             "    init\n"
                             "    reset halt\n"
                             "    verify_image $imgbuild_image\n"
                             "}\n"
                             "proc imgbuild_flash {} {\n"
                             "    global imgbuild_image\n"
                             "    init\n"
                             "    reset init\n"
                             "    flash write_image erase $imgbuild_image\n"
                             "    imgbuild_verify\n"
                             "    reset run\n"
                             "}\n");
    return buffer_text(&out);
}
