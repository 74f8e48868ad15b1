#include "cli/gdb_script.h"

#include "base/buffer.h"

const char *gdb_script_text(const struct built_slot *built, const char *prefix, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out,
                       "# Loads the symbols of the kernel and of every task, each at its own "
                       "addresses.\n"
                       "#   gdb-multiarch image.elf -x image.gdb\n"
                       "# The files are looked for beside image.elf, wherever gdb was started.\n"
                       "set confirm off\n"
                       "python\n"
                       "import os, gdb\n"
                       "image = gdb.current_progspace().filename\n"
                       "if image is None:\n"
                       "    raise gdb.GdbError('load image.elf first: file .../image.elf')\n"
                       "for name in [\n");
    for (size_t i = 0; i < built->programs.count; i++) {
        const struct build_program *item = &built->programs.items[i];
        const char *folder = item->task == MANIFEST_NONE ? "" : "tasks/";
        buffer_format(&out, "    '%s%s%s.elf',\n", prefix, folder, item->program.name);
    }
    buffer_append_text(&out,
                       "]:\n"
                       "    path = os.path.normpath(os.path.join(os.path.dirname(image), name))\n"
                       "    gdb.execute('add-symbol-file \"%s\"' % path)\n"
                       "end\n");
    return buffer_text(&out);
}
