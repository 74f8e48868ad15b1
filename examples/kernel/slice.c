#include "slice.h"
#include "console.h"
#include "memory.h"
#include <imgbuild/access.h>

bool slice_is_allowed(const struct task *task, uint32_t address, uint32_t length, uint32_t need)
{
    return imgbuild_may_access(task->record, address, length, need, IMGBUILD_DEVICE);
}

bool slice_fetch(const struct task *task, uint32_t address, void *ret, uint32_t length)
{
    if (!slice_is_allowed(task, address, length, IMGBUILD_READ))
        return false;
    memcpy(ret, (const void *)address, length);
    return true;
}

bool slice_store(const struct task *task, uint32_t address, const void *from, uint32_t length)
{
    if (!slice_is_allowed(task, address, length, IMGBUILD_WRITE))
        return false;
    memcpy((void *)address, from, length);
    return true;
}

void slice_copy(uint32_t to, uint32_t from, uint32_t length)
{
    memcpy((void *)to, (const void *)from, length);
}

static uint32_t region_of(const struct task *task, uint32_t address)
{
    uint32_t index = 0;
    while (task->record->regions[index].last < address)
        index++;
    return index;
}

void slice_tell_crossing(struct task *task, uint32_t address, uint32_t length)
{
    if (length == 0 || task->crossing_told)
        return;
    const uint32_t first = region_of(task, address);
    const uint32_t last = region_of(task, address + (length - 1));
    if (first == last)
        return;
    task->crossing_told = true;
    console_text("loan ");
    console_hex(address);
    console_text("+0x");
    console_hex_digits(length, 0);
    console_text(" crosses regions ");
    console_decimal(first);
    console_text(last - first == 1 ? " and " : " to ");
    console_decimal(last);
    console_text(" of ");
    console_text(task->record->name);
    console_line(": allowed");
}
