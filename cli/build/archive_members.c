#include "cli/build/archive_members.h"

#include "base/buffer.h"
#include "cli/build/gdb_script.h"
#include "cli/build/openocd_script.h"
#include "cli/format/json_text.h"
#include "cli/help.h"
#include "cli/plan/node_json.h"
#include "cli/signing/image_mcuboot.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/sums.h"
#include "sign/digest/digest.h"

#include <jansson.h>

enum { FIXED_MEMBERS_MOST = 16, FORMAT = 1 };

struct packing {
    struct arena *arena;
    const struct built_slot *built;
    const struct image_files *files;
    const char *revision;
    struct archive_member *members;
    size_t count;
};

static void add(struct packing *packing, const char *name, struct span content)
{
    packing->members[packing->count++] = (struct archive_member){name, content};
}

static const char *version_text(const struct manifest *manifest, struct arena *arena)
{
    return arena_format(arena, "%llu.%llu.%llu", (unsigned long long)manifest->major,
                        (unsigned long long)manifest->minor, (unsigned long long)manifest->patch);
}

static json_t *compat_json(const struct manifest *manifest, struct arena *arena)
{
    if (manifest->compat == NULL)
        return json_object();
    return json_loads(node_json_text(manifest->compat, NODE_JSON_TEXT, arena), 0, NULL);
}

static const char *archive_json(const struct packing *packing)
{
    struct arena *arena = packing->arena;
    const struct manifest *manifest = packing->built->slot->manifest;
    const struct digest digest = digest_of(packing->files->bin);
    json_t *json = json_object();
    json_object_set_new(json, "format", json_integer(FORMAT));
    json_object_set_new(json, "name", json_string(manifest->name.text));
    json_object_set_new(json, "board", json_string(manifest->board.text));
    json_object_set_new(json, "slot", json_string(packing->built->slot->name));
    json_object_set_new(json, "version", json_string(version_text(manifest, arena)));
    json_object_set_new(json, "epoch", json_integer((json_int_t)manifest->epoch));
    json_object_set_new(json, "id", json_string(packing->files->id));
    json_object_set_new(json, "image_sha256", json_string(digest_hex(&digest, arena)));
    json_object_set_new(json, "header_address",
                        json_integer((json_int_t)packing->built->image.header_addr));
    if (packing->revision != NULL)
        json_object_set_new(json, "revision", json_string(packing->revision));
    json_object_set_new(json, "tool", json_string(help_tool()));
    json_object_set_new(json, "compat", compat_json(manifest, arena));
    const char *text = json_text_take(json_dumps(json, JSON_INDENT(1)), arena);
    json_decref(json);
    return text;
}

static const char *readme_text(const struct packing *packing)
{
    const struct manifest *manifest = packing->built->slot->manifest;
    struct buffer out = buffer_in(packing->arena);
    buffer_format(&out, "%s %s for board %s", manifest->name.text,
                  version_text(manifest, packing->arena), manifest->board.text);
    if (packing->built->slot->name[0] != '\0')
        buffer_format(&out, ", image slot %s", packing->built->slot->name);
    buffer_format(&out, ".\nThe image's ID is %s.\n\n", packing->files->id);
    buffer_append_text(&out,
                       "image/          the bytes to flash, in several formats\n"
                       "elf/            the linked kernel and tasks, with their symbols\n"
                       "layout.json     where everything is in memory\n"
                       "report.json     what every byte is used for: sections, objects, symbols\n"
                       "report.txt      the same as text; report.html for a browser\n"
                       "manifest.yaml   the manifest that was built\n"
                       "debug/          scripts for debuggers\n"
                       "SHA256SUMS      digests of all other files except signatures\n\n"
                       "Check that the files are undamaged:  sha256sum -c SHA256SUMS\n"
                       "That alone does not tell you who made them.\n");
    return buffer_text(&out);
}

static void add_texts(struct packing *packing)
{
    const struct built_slot *built = packing->built;
    const char *manifest = manifest_show(built->slot->manifest, MANIFEST_PLAIN, packing->arena);
    add(packing, "README.txt", span_of_text(readme_text(packing)));
    add(packing, "archive.json", span_of_text(archive_json(packing)));
    add(packing, "manifest.yaml", span_of_text(manifest));
    add(packing, "layout.json", span_of_text(packing->files->layout_json));
    add(packing, "report.json", span_of_text(packing->files->report_json));
    add(packing, "report.txt", span_of_text(packing->files->report_text));
    add(packing, "report.html", span_of_text(packing->files->report_html));
    add(packing, "debug/image.gdb",
        span_of_text(gdb_script_text(built, GDB_FROM_ARCHIVE_FOLDER, packing->arena)));
    add(packing, "debug/openocd.cfg",
        span_of_text(openocd_script_text(built, OPENOCD_FROM_ARCHIVE_FOLDER, packing->arena)));
}

static void add_binaries(struct packing *packing)
{
    const struct built_slot *built = packing->built;
    add(packing, "image/image.elf", packing->files->elf);
    add(packing, "image/image.bin", packing->files->bin);
    if (packing->files->hex.bytes != 0)
        add(packing, "image/image.hex", packing->files->hex);
    if (packing->files->srec.bytes != 0)
        add(packing, "image/image.srec", packing->files->srec);
    if (packing->files->uf2.bytes != 0)
        add(packing, "image/image.uf2", packing->files->uf2);
    if (packing->files->mcuboot.bytes != 0)
        add(packing, "image/" IMAGE_MCUBOOT_NAME, packing->files->mcuboot);
    for (size_t i = 0; i < built->programs.count; i++) {
        const struct build_program *item = &built->programs.items[i];
        const char *folder = item->task == MANIFEST_NONE ? "elf" : "elf/tasks";
        add(packing, arena_format(packing->arena, "%s/%s.elf", folder, item->program.name),
            built->built[i].elf);
    }
}

static void add_sums(struct packing *packing)
{
    struct sums_line *lines = ARENA_ARRAY(packing->arena, struct sums_line, packing->count);
    for (size_t i = 0; i < packing->count; i++)
        lines[i] =
            (struct sums_line){digest_of(packing->members[i].content), packing->members[i].name};
    add(packing, "SHA256SUMS", sums_write(lines, packing->count, packing->arena));
}

bool archive_members_pack(struct build *build, const struct built_slot *built,
                          const struct image_files *files, struct span *ret)
{
    const size_t most = FIXED_MEMBERS_MOST + built->programs.count;
    struct packing packing = {
        .arena = build->arena,
        .built = built,
        .files = files,
        .revision = build->revision,
        .members = ARENA_ARRAY(build->arena, struct archive_member, most),
    };
    add_texts(&packing);
    add_binaries(&packing);
    add_sums(&packing);
    return archive_write(packing.members, packing.count, build->arena, ret, build->diags);
}
