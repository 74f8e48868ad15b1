#include "manifests/keys/toolchain_keys.h"

#include "layout/mpu/mpu_facts.h"
#include "manifests/keys/paths.h"

static const char *const KEYS[] = {"linker", "flags", "prelink", "launcher", "style"};
static const char *const STYLES[] = {"ld", "driver"};

static const char *default_linker(const struct mpu *mpu)
{
    switch (mpu_facts_of(mpu->model)->processor) {
    case MPU_ARM:
        return "arm-none-eabi-ld";
    case MPU_RISCV:
        return "riscv64-unknown-elf-ld";
    }
    return "";
}

/* Boards that were written for an earlier imgbuild may have it. */
static void read_prelink(struct reader *reader, const struct node *map)
{
    struct manifest_flag flag = {0};
    reader_flag(reader, map, "prelink", &flag);
    if (!flag.is_given)
        return;
    diag_add(reader->diags, DIAG_WARNING, "manifest-deprecated-key", flag.pos,
             "'toolchain.prelink' has no effect: every program is linked from its objects");
    diag_hint(reader->diags, "remove it");
}

void toolchain_keys_read(struct reader *reader, const struct node *node)
{
    struct manifest_toolchain *toolchain = &reader->manifest->toolchain;
    toolchain->linker = (struct manifest_text){default_linker(&reader->manifest->mpu), NOWHERE};
    toolchain->style = MANIFEST_STYLE_LD;
    if (node == NULL || !reader_map(reader, node, "'toolchain'", KEYS, sizeof KEYS / sizeof *KEYS))
        return;
    paths_read_replaced(reader, node, "linker", &toolchain->linker);
    paths_read_replaced_list(reader, node, "flags", &toolchain->flags);
    paths_read_replaced_list(reader, node, "launcher", &toolchain->launcher);
    read_prelink(reader, node);
    size_t style = 0;
    if (reader_choice(reader, node, "style", STYLES, sizeof STYLES / sizeof *STYLES, &style))
        toolchain->style = (enum manifest_linker_style)style;
}
