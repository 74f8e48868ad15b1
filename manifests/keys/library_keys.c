#include "manifests/keys/library_keys.h"

#include "manifests/keys/paths.h"

#include <string.h>

static const char *const KEYS[] = {"path", "whole"};

static bool refuse(struct reader *reader, struct manifest_text name, const char *hint)
{
    diag_error(reader->diags, "manifest-bad-library", name.pos, "'%s' does not name a library",
               name.text);
    diag_hint(reader->diags, "%s", hint);
    return false;
}

/* What a text means; name and path are set. */
static bool read_name(struct reader *reader, struct manifest_library *library)
{
    struct manifest_text path = library->name;
    if (path.text[0] == '-') {
        library->kind = MANIFEST_LIBRARY_SEARCHED;
        if (strncmp(path.text, "-l", 2) != 0)
            return refuse(reader, path, "put other options under 'flags'");
        return path.text[2] != '\0' || refuse(reader, path, "write -lNAME, such as -lm");
    }
    library->kind = strchr(path.text, '/') == NULL ? MANIFEST_LIBRARY_NAME : MANIFEST_LIBRARY_FILE;
    if (path.text[0] == '@') {
        library->kind = MANIFEST_LIBRARY_RESPONSE;
        path.text++;
        library->name = path;
    }
    if (path.text[0] == '\0')
        return refuse(reader, path, "write a path, a name such as libm.a, or -lNAME");
    paths_join(reader, &path);
    library->path = path.text;
    return true;
}

static bool read_library(struct reader *reader, const struct node *node,
                         struct manifest_library *library)
{
    struct manifest_flag whole = {0};
    if (node->kind != NODE_MAP) {
        if (!reader_node_text(reader, node, "libraries", &library->name))
            return false;
    } else if (!reader_map(reader, node, "a library", KEYS, sizeof KEYS / sizeof *KEYS) ||
               !reader_require(reader, node, "path", node->pos, "a library")) {
        return false;
    } else {
        reader_text(reader, node, "path", &library->name);
        reader_flag(reader, node, "whole", &whole);
    }
    if (library->name.text == NULL)
        return false;
    library->is_whole = whole.value;
    paths_replace(reader, &library->name);
    return read_name(reader, library);
}

void library_keys_read(struct reader *reader, const struct node *map,
                       struct manifest_program *program)
{
    const struct node *list = node_get(map, "libraries");
    if (list == NULL)
        return;
    if (list->kind != NODE_LIST) {
        struct manifest_texts unused;
        if (!reader_node_texts(reader, list, "libraries", &unused))
            return;
    }
    struct manifest_library *libraries =
        ARENA_ARRAY(reader->arena, struct manifest_library, list->item_count);
    size_t count = 0;
    for (size_t i = 0; i < list->item_count && !reader_is_full(reader); i++)
        count += read_library(reader, list->items[i], &libraries[count]);
    program->libraries = libraries;
    program->library_count = count;
}
