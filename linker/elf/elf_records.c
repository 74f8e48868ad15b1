#include "linker/elf/elf_records.h"

#include <assert.h>
#include <libelf.h>
#include <string.h>

static Elf_Type type_of(enum elf_record record)
{
    switch (record) {
    case ELF_RECORD_HEADER:
        return ELF_T_EHDR;
    case ELF_RECORD_SECTION:
        return ELF_T_SHDR;
    case ELF_RECORD_SEGMENT:
        return ELF_T_PHDR;
    case ELF_RECORD_SYMBOL:
        return ELF_T_SYM;
    }
    return ELF_T_BYTE;
}

size_t elf_records_bytes(enum elf_record record)
{
    return elf32_fsize(type_of(record), 1, EV_CURRENT);
}

/* A record in place: libelf allows the source to be the target. */
static Elf_Data record_at(void *at, enum elf_record record)
{
    return (Elf_Data){.d_buf = at,
                      .d_type = type_of(record),
                      .d_version = EV_CURRENT,
                      .d_size = elf_records_bytes(record)};
}

void elf_records_decode(struct span raw, enum elf_record record, void *ret)
{
    assert(raw.bytes >= elf_records_bytes(record));
    memcpy(ret, raw.data, elf_records_bytes(record));
    Elf_Data data = record_at(ret, record);
    const Elf_Data *decoded = elf32_xlatetom(&data, &data, ELFDATA2LSB);
    assert(decoded != NULL);
    (void)decoded;
}

void elf_records_put(struct buffer *file, size_t offset, enum elf_record record, const void *from)
{
    const size_t bytes = elf_records_bytes(record);
    assert(offset <= file->bytes && bytes <= file->bytes - offset);
    memcpy(file->data + offset, from, bytes);
    Elf_Data data = record_at(file->data + offset, record);
    const Elf_Data *encoded = elf32_xlatetof(&data, &data, ELFDATA2LSB);
    assert(encoded != NULL);
    (void)encoded;
}

void elf_records_append(struct buffer *file, enum elf_record record, const void *from)
{
    buffer_fill(file, 0, elf_records_bytes(record));
    elf_records_put(file, file->bytes - elf_records_bytes(record), record, from);
}
