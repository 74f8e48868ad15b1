#include "cli/report/report_names.h"

#include <imgbuild/tables.h>
#include <string.h>

/* ---- rows of a memory ---- */

const char *report_names_row(enum report_row_kind kind)
{
    switch (kind) {
    case REPORT_ROW_SKIP:
        return "skip";
    case REPORT_ROW_HOLE:
        return "hole";
    case REPORT_ROW_KERNEL:
        return "kernel";
    case REPORT_ROW_TASK:
        return "task";
    case REPORT_ROW_INFO:
        return "info";
    case REPORT_ROW_GAP:
        return "gap";
    case REPORT_ROW_FREE:
        return "free";
    }
    return "";
}

bool report_names_find_row(const char *word, enum report_row_kind *ret)
{
    for (int i = REPORT_ROW_SKIP; i <= REPORT_ROW_FREE; i++) {
        const enum report_row_kind kind = (enum report_row_kind)i;
        if (strcmp(word, report_names_row(kind)) == 0) {
            *ret = kind;
            return true;
        }
    }
    return false;
}

/* ---- sections ---- */

const char *report_names_section(enum report_section_kind kind)
{
    switch (kind) {
    case REPORT_SECTION_LOADED:
        return "loaded";
    case REPORT_SECTION_COPIED:
        return "copied";
    case REPORT_SECTION_LOAD_IMAGE:
        return "load-image";
    case REPORT_SECTION_UNLOADED:
        return "unloaded";
    case REPORT_SECTION_FILL:
        return "fill";
    }
    return "";
}

bool report_names_find_section(const char *word, enum report_section_kind *ret)
{
    for (int i = REPORT_SECTION_LOADED; i <= REPORT_SECTION_FILL; i++) {
        const enum report_section_kind kind = (enum report_section_kind)i;
        if (strcmp(word, report_names_section(kind)) == 0) {
            *ret = kind;
            return true;
        }
    }
    return false;
}

/* ---- objects ---- */

const char *report_names_object(enum report_object_kind kind)
{
    switch (kind) {
    case REPORT_OBJECT_FILE:
        return "file";
    case REPORT_OBJECT_LINKER:
        return "linker";
    case REPORT_OBJECT_MERGED:
        return "merged";
    case REPORT_OBJECT_NONE:
        return "none";
    case REPORT_OBJECT_UNKNOWN:
        return "unknown";
    }
    return "";
}

bool report_names_find_object(const char *word, enum report_object_kind *ret)
{
    for (int i = REPORT_OBJECT_FILE; i <= REPORT_OBJECT_UNKNOWN; i++) {
        const enum report_object_kind kind = (enum report_object_kind)i;
        if (strcmp(word, report_names_object(kind)) == 0) {
            *ret = kind;
            return true;
        }
    }
    return false;
}

/* ---- symbols ---- */

const char *report_names_symbol(enum report_symbol_kind kind)
{
    switch (kind) {
    case REPORT_SYMBOL_FUNCTION:
        return "function";
    case REPORT_SYMBOL_DATA:
        return "data";
    case REPORT_SYMBOL_LABEL:
        return "label";
    case REPORT_SYMBOL_UNNAMED:
        return "unnamed";
    case REPORT_SYMBOL_FILL:
        return "fill";
    case REPORT_SYMBOL_SPACE:
        return "space";
    }
    return "";
}

bool report_names_find_symbol(const char *word, enum report_symbol_kind *ret)
{
    for (int i = REPORT_SYMBOL_FUNCTION; i <= REPORT_SYMBOL_SPACE; i++) {
        const enum report_symbol_kind kind = (enum report_symbol_kind)i;
        if (strcmp(word, report_names_symbol(kind)) == 0) {
            *ret = kind;
            return true;
        }
    }
    return false;
}

/* ---- attributes ---- */

const char *report_names_attributes(struct arena *arena, uint32_t attributes)
{
    return arena_format(arena, "%c%c%c%s", attributes & IMGBUILD_READ ? 'r' : '-',
                        attributes & IMGBUILD_WRITE ? 'w' : '-',
                        attributes & IMGBUILD_EXECUTE ? 'x' : '-',
                        attributes & IMGBUILD_DMA ? "d" : "");
}
