#include "cli/build/archive_members.h"

#include "base/buffer.h"
#include "cli/build/gdb_script.h"
#include "cli/build/openocd_script.h"
#include "cli/image/image_forms.h"
#include "cli/plan/node_json.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/sums.h"
#include "sign/digest/digest.h"

enum { FIXED_MEMBERS_MOST = 12, FORMAT = 1 };

struct packing {
    struct arena *arena;
    const struct built_slot *built;
    const struct build_files *files;
    const char *revision, *tool;
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

static const char *archive_json(const struct packing *packing)
{
    struct arena *arena = packing->arena;
    const struct manifest *manifest = packing->built->slot->manifest;
    const struct digest digest = digest_of(packing->files->bin);
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "format", FORMAT);
    json_writer_text(&writer, "name", manifest->name.text);
    json_writer_text(&writer, "board", manifest->board.text);
    json_writer_text(&writer, "slot", packing->built->slot->name);
    json_writer_text(&writer, "version", version_text(manifest, arena));
    json_writer_number(&writer, "epoch", manifest->epoch);
    json_writer_text(&writer, "id", packing->files->id);
    json_writer_text(&writer, "image_sha256", digest_hex(&digest, arena));
    json_writer_number(&writer, "header_address", packing->built->image.header_addr);
    if (packing->revision != NULL)
        json_writer_text(&writer, "revision", packing->revision);
    json_writer_text(&writer, "tool", packing->tool);
    if (manifest->compat != NULL) {
        node_json_write(&writer, "compat", manifest->compat, NODE_JSON_TEXT);
    } else {
        json_writer_open_object(&writer, "compat");
        json_writer_close_object(&writer);
    }
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
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
    add(packing, IMAGE_ELF_MEMBER, packing->files->elf);
    for (size_t i = 0; i < image_form_count; i++) {
        if (packing->files->forms[i].bytes != 0)
            add(packing, image_forms[i].member, packing->files->forms[i]);
    }
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
                          const struct build_files *files, struct span *ret)
{
    const size_t most = FIXED_MEMBERS_MOST + image_form_count + built->programs.count;
    struct packing packing = {
        .arena = build->arena,
        .built = built,
        .files = files,
        .revision = build->revision,
        .tool = build->tool,
        .members = ARENA_ARRAY(build->arena, struct archive_member, most),
    };
    add_texts(&packing);
    add_binaries(&packing);
    add_sums(&packing);
    return archive_write(packing.members, packing.count, build->arena, ret, build->diags);
}
