/* Where the kernel starts: checks the tables before it believes them, and starts the tasks. */
#include "console.h"
#include "exit_status.h"
#include "image_id.h"
#include "machine.h"
#include "task.h"
#include <imgbuild/access.h>

_Noreturn void kernel_main(void);

/* A task's first registers go onto its stack. */
static bool stacks_suffice(const struct imgbuild_image *image)
{
    for (uint32_t i = 0; i < image->task_count; i++) {
        const struct imgbuild_task *task = &image->tasks[i];
        if (!imgbuild_may_access(task, task->stack_top - CONTEXT_FRAME_BYTES, CONTEXT_FRAME_BYTES,
                                 IMGBUILD_READ | IMGBUILD_WRITE, IMGBUILD_DEVICE))
            return false;
    }
    return true;
}

static const char *tables_complaint(void)
{
    const struct imgbuild_image *image = &imgbuild_image;
    if (image->magic != IMGBUILD_MAGIC)
        return "not made by imgbuild";
    if (image->abi != IMGBUILD_ABI || image->header_bytes != sizeof *image)
        return "made for another ABI";
    if (image->task_count == 0 || image->task_count > TASKS_MAX)
        return "no task, or more than this kernel has room for";
    if (!stacks_suffice(image))
        return "a task's stack is too small";
    const char *why = 0;
    return machine_fits(image, &why) ? 0 : why;
}

static void greet(void)
{
    const struct imgbuild_image *image = &imgbuild_image;
    char id[IMAGE_ID_CHARACTERS + 1];
    image_id_text(id);
    console_text("image ");
    console_text(id);
    console_text(": ");
    console_text(image->name);
    console_text(" ");
    console_decimal(image->major);
    console_text(".");
    console_decimal(image->minor);
    console_text(".");
    console_decimal(image->patch);
    console_text(" for ");
    console_text(image->board);
    console_text(", ");
    console_decimal(image->task_count);
    console_line(" tasks");
}

_Noreturn void kernel_main(void)
{
    const char *complaint = tables_complaint();
    if (complaint) {
        console_text("kernel: the image's tables are of no use: ");
        console_line(complaint);
        machine_exit(EXIT_BAD_TABLES);
    }
    greet();
    tasks_start();
    machine_start();
}
