#include "interrupt.h"
#include "message.h"

/* The table is sorted by number. */
static const struct imgbuild_irq *interrupt_find(uint32_t number)
{
    uint32_t first = 0;
    uint32_t end = imgbuild_image.irq_count;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        if (imgbuild_image.irqs[middle].number < number)
            first = middle + 1;
        else
            end = middle;
    }
    const bool found =
        first < imgbuild_image.irq_count && imgbuild_image.irqs[first].number == number;
    return found ? &imgbuild_image.irqs[first] : 0;
}

void interrupt_take(void)
{
    const uint32_t number = machine_interrupt_number();
    const struct imgbuild_irq *irq = interrupt_find(number);
    machine_interrupt_set(number, false);
    if (irq)
        message_notify(&tasks[irq->task], irq->notification);
}

bool interrupts_set(const struct task *task, uint32_t notifications, bool enabled)
{
    bool any = false;
    for (uint32_t i = 0; i < imgbuild_image.irq_count; i++) {
        const struct imgbuild_irq *irq = &imgbuild_image.irqs[i];
        if (irq->task != task->record->index || !(irq->notification & notifications))
            continue;
        machine_interrupt_set(irq->number, enabled);
        any = true;
    }
    return any;
}

void interrupts_disable_of(const struct task *task)
{
    (void)interrupts_set(task, UINT32_MAX, false);
}
