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

void toolchain_keys_read(struct reader *reader, const struct node *node)
{
    struct manifest_toolchain *toolchain = &reader->manifest->toolchain;
    toolchain->linker = (struct manifest_text){default_linker(&reader->manifest->mpu), NOWHERE};
    toolchain->prelink = (struct manifest_flag){.value = true};
    toolchain->style = MANIFEST_STYLE_LD;
    if (node == NULL || !reader_map(reader, node, "'toolchain'", KEYS, sizeof KEYS / sizeof *KEYS))
        return;
    paths_read_replaced(reader, node, "linker", &toolchain->linker);
    paths_read_replaced_list(reader, node, "flags", &toolchain->flags);
    paths_read_replaced_list(reader, node, "launcher", &toolchain->launcher);
    reader_flag(reader, node, "prelink", &toolchain->prelink);
    size_t style = 0;
    if (reader_choice(reader, node, "style", STYLES, sizeof STYLES / sizeof *STYLES, &style))
        toolchain->style = (enum manifest_linker_style)style;
}
